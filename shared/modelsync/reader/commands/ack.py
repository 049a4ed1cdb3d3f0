"""`models ack`: accept a notice, which makes what runs the choice; without letters, list what there is to accept.

Letters accept the notice of any scope, for its key is made of the scope too; all others are those of one scope.
"""

from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.session import Session
from modelsync.reader.telling import notice_item


def answer(session: Session) -> Answer:
    """What was accepted, or what could be."""
    words = session.words
    facts = session.personal.notices.unaccepted(session.view, words.scope) if session.state.bindings else ()
    if words.letters is None and not words.all:
        rows = tuple((each.key[:4], each.sentence) for each in facts)
        table = Table((Column("letters"), Column("notice", is_prose=True)), rows)
        return Answer(
            (table,) if rows else ("nothing is to be accepted",),
            items=[notice_item(each) for each in facts],
            ids=tuple(each.key for each in facts),
        )
    notices = session.personal.notices
    every = session.view.facts(session.state, now=session.now)
    typed = [each.key for each in facts] if words.all else [words.letters]
    meant = {each.scope for each in every if each.key.startswith(tuple(map(str.lower, typed)))}
    for scope in sorted(meant):  # what was never told is accepted unseen
        notices.take(session.view, scope)
    accepted = [notices.ack(each, session.view) for each in typed]
    items = [{"key": each.key, "scope": each.scope} for each in accepted]
    return Answer((f"accepted {len(items)}",), items=items, ids=tuple(each.key for each in accepted))
