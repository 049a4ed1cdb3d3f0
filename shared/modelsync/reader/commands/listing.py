"""`models list` and `models search`: models in pages, with a word on what is not shown and why."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from modelsync.client.browsing.browse import Scope, browse
from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.pages import Page
from modelsync.client.browsing.recommended import shortlist
from modelsync.client.browsing.seen import Seen, seen_models
from modelsync.client.browsing.sieve import HIDDEN_BY_YOU
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer, Heading, Part
from modelsync.reader.exit_codes import ExitCode, RefusedError
from modelsync.reader.narrowing import filter_of
from modelsync.reader.rows import item, model_table, signs
from modelsync.reader.session import Session

LIMIT: Final = 40


def listed(session: Session) -> Answer:
    """The shortlist by use, where nothing else was asked for; else a page of the list that was."""
    words, wanted = session.words, filter_of(session)
    is_plain = words.of == "curated" and wanted == Filter() and words.sort == "best" and words.cursor is None
    if is_plain and words.limit is None and "curated" in session.opened.loaded.documents:
        return _by_use(session)
    return _page(session, "", scope=words.of, filters=wanted)


def search(session: Session) -> Answer:
    """A page of all models whose names match; what only resembles the text is shown with a warning."""
    text = " ".join(session.words.text)
    wanted = filter_of(session)
    if not text.strip() and wanted == Filter():
        raise UsageError("search: expected a text, or something to filter by; see `models search --help`")
    answer = _page(session, text, scope="all", filters=wanted)
    if answer.total == 0:
        hint = "`models list --all` shows every model"
        raise RefusedError(f"no model is called {text[:80]!a}", code=ExitCode.NOT_FOUND, hint=hint)
    return answer


def _page(session: Session, text: str, *, scope: Scope, filters: Filter) -> Answer:
    words = session.words
    limit = LIMIT if words.limit is None else words.limit
    page = browse(
        session.catalog,
        text,
        scope=scope,
        filters=filters,
        sort=words.sort,
        limit=limit,
        cursor=words.cursor,
        layer=session.layer,
    )
    table = model_table(session, page.items)
    shown: list[Part] = [table, *signs(table)] if page.items else [_nothing(page)]
    return Answer(
        (*shown, *_footer(page, typed=words.typed)),
        items=[item(seen) for seen in page.items],
        ids=tuple(seen.id for seen in page.items),
        total=page.total,
        hidden=page.hidden,
        extra={"cursor": page.cursor, "isResemblance": page.is_resemblance},
        remarks=("no name has that in it; these resemble it",) if page.is_resemblance else (),
    )


def _nothing(page: Page) -> str:
    return "no model is all of that" if page.total else "there is none yet"


def _footer(page: Page, *, typed: Sequence[str]) -> Iterable[str]:
    left = page.total - sum(page.hidden.values())
    if page.items:
        yield f"{len(page.items)} of {left}{f'; more: {_going_on(typed, page.cursor)}' if page.cursor else ''}"
    if page.hidden:
        yield hidden_words(page.hidden)


def _going_on(typed: Sequence[str], cursor: str) -> str:
    """The same command for the next page."""
    words = list(typed)
    for place, word in enumerate(typed):
        if word == "--cursor":
            del words[place : place + 2]
        elif word.startswith("--cursor="):
            del words[place]
    return f"models {shlex.join([*words, '--cursor', cursor])}"


def hidden_words(hidden: Mapping[str, int]) -> str:
    """What is not shown, and why."""
    return f"hidden: {', '.join(f'{count} {reason}' for reason, count in hidden.items())}"


def _by_use(session: Session) -> Answer:
    """Each recommended model once, under the use in which it stands highest."""
    buckets = shortlist(session.catalog, layer=session.layer)
    best: dict[str, tuple[int, int]] = {}
    for place, bucket in enumerate(buckets):
        for rank, pick in enumerate(bucket.items):
            best[pick.seen.id] = min(best.get(pick.seen.id, (rank, place)), (rank, place))
    binding = session.state.bindings.get(session.words.scope)
    chosen = f"; you use {binding.effective or binding.desired}" if binding is not None else ""
    parts: list[Part] = [Heading(f"{session.opened.loaded.words()}{chosen}")]
    shown: list[Seen] = []
    meanings: dict[str, None] = {}
    for place, bucket in enumerate(buckets):
        rows = [pick.seen for pick in bucket.items if best[pick.seen.id][1] == place]
        if rows:
            table = model_table(session, rows)
            parts += [Heading(f"{bucket.name}: {bucket.label.lower()}"), table, *bucket.notes]
            shown += rows
            meanings |= dict.fromkeys(signs(table))
    hidden = _not_shown(session, {seen.id for seen in shown})
    total = len(shown) + sum(hidden.values())
    more = "see `models pick USE`, `models search TEXT`, or `models list --all`"
    return Answer(
        (*parts, *meanings, f"{len(shown)} of {total} models; {more}", hidden_words(hidden)),
        items=[item(seen) for seen in shown],
        ids=tuple(seen.id for seen in shown),
        total=total,
        hidden=hidden,
        extra={"cursor": None, "isResemblance": False},
    )


def _not_shown(session: Session, shown: AbstractSet[str]) -> dict[str, int]:
    """How many models are not among those that are shown, by the one reason of each."""
    left = [seen for seen in seen_models(session.catalog, session.layer) if seen.id not in shown]
    hidden = sum(1 for seen in left if seen.is_hidden)
    counts = {"beyond the shortlist": len(left) - hidden, HIDDEN_BY_YOU: hidden}
    return {reason: count for reason, count in counts.items() if count}
