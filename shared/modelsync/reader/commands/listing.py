"""`models list` and `models search`: models in pages, with a word on what is not shown and why."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from modelsync.client.browsing.browse import Scope, browse
from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.pages import Page
from modelsync.client.browsing.recommended import shortlist
from modelsync.client.browsing.seen import Seen, seen_models
from modelsync.client.browsing.sieve import HIDDEN_BY_YOU, counted
from modelsync.client.browsing.uses import use_of
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer, Heading, Part
from modelsync.reader.exit_codes import ExitCode, RefusedError
from modelsync.reader.narrowing import filter_of
from modelsync.reader.rows import item, model_table, signs
from modelsync.reader.session import Session

LIMIT: Final = 40
"""Rows that people see at once; a script gets all that there are."""
EVERYTHING: Final = 1_000_000
A_USE: Final = 6
"""Models that people see of one use at once."""


def listed(session: Session) -> Answer:
    """The shortlist by use, where nothing else was asked for; else a page of the list that was.

    Who says what a model must be, and not of which list, means all models.
    """
    words, wanted = session.words, filter_of(session)
    scope: Scope = words.of or ("curated" if wanted == Filter() else "all")
    is_plain = words.of in {None, "curated"} and wanted == Filter() and words.sort == "best" and words.cursor is None
    if is_plain and words.limit is None and "curated" in session.opened.loaded.documents:
        return _by_use(session)
    return _page(session, "", scope=scope, filters=wanted)


def limit_of(session: Session) -> int:
    """The rows of one answer."""
    usual = LIMIT if session.is_watched else EVERYTHING
    return usual if session.words.limit is None else int(session.words.limit)


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
    page = browse(
        session.catalog,
        text,
        scope=scope,
        filters=filters,
        sort=words.sort,
        limit=limit_of(session),
        cursor=words.cursor,
        layer=session.layer,
    )
    if page.is_resemblance and not page.items:
        message = f"no model is called {text[:80]!a}"
        raise RefusedError(message, code=ExitCode.NOT_FOUND, hint=f"what resembles it is {hidden_words(page.hidden)}")
    table = model_table(session, page.items)
    return Answer(
        (table, *signs(table), *_footer(page, typed=words.typed)),
        items=[item(seen) for seen in page.items],
        ids=tuple(seen.id for seen in page.items),
        total=page.total,
        hidden=page.hidden,
        extra=_besides(page.total, page.hidden, cursor=page.cursor, is_resemblance=page.is_resemblance),
        remarks=tuple(_remarks(page)),
    )


def _remarks(page: Page) -> Iterable[str]:
    """What has to be said of a page beside its rows: that they only resemble, or why there are none."""
    if page.is_resemblance:
        yield "no name has that in it; these resemble it"
    elif not page.items:
        yield f"nothing is shown; {hidden_words(page.hidden)}" if page.hidden else "there is none yet"


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
    return f"hidden: {counted(hidden)}"


def _by_use(session: Session) -> Answer:
    """The best of each use for who looks at it, and the whole shortlist for a script; each model is one item.

    A script that reads columns gets a row for each item, in that order, and no model twice.
    """
    buckets = shortlist(session.catalog, layer=session.layer)
    at_most = A_USE if session.is_watched else EVERYTHING
    binding = session.state.bindings.get(session.words.scope)
    chosen = f"; you use {binding.effective or binding.desired}" if binding is not None else ""
    parts: list[Part] = [Heading(f"{session.opened.loaded.words()}{chosen}")]
    by_id: dict[str, Seen] = {}
    meanings: dict[str, None] = {}
    for bucket in buckets:
        rows = [pick.seen for pick in bucket.items[:at_most]]
        table = model_table(session, rows)
        left = len(bucket.items) - len(rows)
        more = (f"{left} more: models pick {use_of(bucket.name)}",) if left else ()
        parts += [Heading(f"{bucket.name}: {bucket.label.lower()}"), table, *more, *bucket.notes]
        by_id |= {seen.id: seen for seen in rows}
        meanings |= dict.fromkeys(signs(table))
    shown = tuple(by_id.values())
    hidden = _not_shown(session, by_id.keys())
    total = len(shown) + sum(hidden.values())
    advice = "see `models pick USE`, `models search TEXT`, or `models list --all`"
    people = (*parts, *meanings, f"{len(shown)} of {total} models; {advice}", hidden_words(hidden))
    return Answer(
        people if session.is_watched else (model_table(session, shown),),
        items=[item(seen) for seen in shown],
        ids=tuple(seen.id for seen in shown),
        total=total,
        hidden=hidden,
        extra=_besides(total, hidden),
    )


def _besides(
    total: int, hidden: Mapping[str, int], *, cursor: str | None = None, is_resemblance: bool = False
) -> dict[str, Any]:
    """What a list has beside its items, for scripts."""
    matches = total - sum(hidden.values())
    return {"cursor": cursor, "isResemblance": is_resemblance, "matches": matches}


def _not_shown(session: Session, shown: AbstractSet[str]) -> dict[str, int]:
    """How many models are not among those that are shown, by the one reason of each."""
    left = [seen for seen in seen_models(session.catalog, session.layer) if seen.id not in shown]
    hidden = sum(1 for seen in left if seen.is_hidden)
    further = sum(1 for seen in left if not seen.is_hidden and session.catalog.is_recommended(seen.id))
    counts = {
        "further down the shortlist": further,
        "beyond the shortlist": len(left) - hidden - further,
        HIDDEN_BY_YOU: hidden,
    }
    return {reason: count for reason, count in counts.items() if count}
