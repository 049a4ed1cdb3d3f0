"""`models list` and `models search`: models in pages, with a word on what is not shown and why."""

from collections.abc import Iterable, Mapping
from typing import Final

from modelsync.client.browse import Scope, browse
from modelsync.client.filters import Filter
from modelsync.client.pages import Page
from modelsync.client.recommended import shortlist
from modelsync.client.seen import Seen
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer, Heading, Part
from modelsync.reader.exit_codes import ExitCode, RefusedError
from modelsync.reader.narrowing import filter_of
from modelsync.reader.rows import item, model_table
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
    said = _footer(page, name=f"models {words.command}")
    table: list[Part] = [model_table(session, page.items)] if page.items else ["no model is all of that"]
    return Answer(
        (*table, *said),
        items=[item(seen) for seen in page.items],
        ids=tuple(seen.id for seen in page.items),
        total=page.total,
        hidden=page.hidden,
        extra={"cursor": page.cursor, "isResemblance": page.is_resemblance},
        remarks=("no name has that in it; these resemble it",) if page.is_resemblance else (),
    )


def _footer(page: Page, *, name: str) -> Iterable[str]:
    left = page.total - sum(page.hidden.values())
    yield f"{len(page.items)} of {left}{f'; more: {name} ... --cursor {page.cursor}' if page.cursor else ''}"
    if page.hidden:
        yield hidden_words(page.hidden)


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
    parts: list[Part] = [Heading(session.opened.loaded.words())]
    shown: list[Seen] = []
    for place, bucket in enumerate(buckets):
        rows = [pick.seen for pick in bucket.items if best[pick.seen.id][1] == place]
        if rows:
            parts += [Heading(f"{bucket.name}: {bucket.label.lower()}"), model_table(session, rows)]
            shown += rows
    total = sum(1 for _ in session.catalog.models())
    hidden = {"beyond the shortlist": total - sum(1 for seen in shown if session.catalog.model(seen.id) is not None)}
    more = "models pick USE, models search TEXT; --all shows every model"
    return Answer(
        (*parts, f"{len(shown)} of {total} models. {more}"),
        items=[item(seen) for seen in shown],
        ids=tuple(seen.id for seen in shown),
        total=len(shown) + sum(hidden.values()),
        hidden=hidden,
    )
