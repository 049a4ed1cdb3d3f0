"""`models changes`: what happened lately, a line for each change, the newest first."""

from typing import Any

from modelsync.client.browsing.change_words import told
from modelsync.client.browsing.changes import Change, changes
from modelsync.client.wording import day
from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.commands.listing import limit_of
from modelsync.reader.meaning import looked_at
from modelsync.reader.session import Session


def answer(session: Session) -> Answer:
    """The changes since then, of all models or of those that were named."""
    words, catalog = session.words, session.catalog
    since: Any = int(words.since) if words.since.isdigit() else words.since
    ids = [looked_at(session, text).id for text in words.models]
    found = changes(catalog, since=since, only=words.only or (), ids=ids, now=session.now)
    newest_first = found.items[::-1]
    shown = newest_first[: limit_of(session)]
    columns = (
        Column("day", leaves=2),
        Column("what", leaves=1),
        Column("model", is_id=True),
        Column("change", is_prose=True),
    )
    table = Table(columns, tuple(_row(session, each) for each in shown))
    more = len(newest_first) - len(shown)
    said = [f"{more} more: `--limit {len(newest_first)}` shows them"] if more else []
    return Answer(
        (table, *said) if shown else (f"nothing happened since {words.since}",),
        items=[_item(session, each) for each in shown],
        ids=tuple(dict.fromkeys(each.id for each in shown)),
        total=len(newest_first),
        hidden={"beyond the limit": more} if more else {},
        extra={"since": words.since, "begins": found.begins, "gap": found.gap},
        remarks=() if found.sentence is None else (found.sentence,),
    )


def _row(session: Session, change: Change) -> tuple[str, ...]:
    word, model_id, text = told(change, catalog=session.catalog, now=session.now)
    return (day(change.at), word, model_id, text)


def _item(session: Session, change: Change) -> dict[str, Any]:
    return {**change._asdict(), "text": told(change, catalog=session.catalog, now=session.now).text}
