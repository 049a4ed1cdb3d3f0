"""`models ack`: accept a notice, which makes what runs the choice; without letters, list what there is to accept."""

from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.session import Session
from modelsync.reader.telling import notice_item


def answer(session: Session) -> Answer:
    """What was accepted, or what could be."""
    words = session.words
    facts = [each for each in session.view.facts(session.state, now=session.now) if each.scope == words.scope]
    if words.letters is None and not words.all:
        rows = tuple((each.key[:4], each.sentence) for each in facts)
        table = Table((Column("letters"), Column("notice", is_prose=True)), rows)
        return Answer(
            (table,) if rows else ("nothing is to be accepted",),
            items=[notice_item(each) for each in facts],
            ids=tuple(each.key for each in facts),
        )
    notices = session.personal.notices
    notices.take(session.view, words.scope)  # what was never told is accepted unseen, by its letters
    typed = [each.key for each in facts] if words.all else [words.letters]
    accepted = [notices.ack(each, session.view) for each in typed]
    items = [{"key": each.key, "scope": each.scope} for each in accepted]
    return Answer((f"accepted {len(items)}",), items=items, ids=tuple(each.key for each in accepted))
