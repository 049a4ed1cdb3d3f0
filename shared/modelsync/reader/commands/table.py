"""Which room answers which command; those that need much, and are asked rarely, are loaded when they are asked."""

from collections.abc import Callable, Mapping
from typing import Final

from modelsync.reader.answer import Answer
from modelsync.reader.commands import (
    ack,
    backends,
    changes,
    check,
    compare,
    cost,
    current,
    keys,
    listing,
    own_lists,
    pick,
    refresh,
    show,
    status,
    use,
    user,
    why,
)
from modelsync.reader.session import Session


def _doctor(session: Session) -> Answer:
    from modelsync.reader.commands import doctor

    return doctor.answer(session)


def _telemetry(session: Session) -> Answer:
    from modelsync.reader.commands import telemetry

    return telemetry.answer(session)


def _completion(session: Session) -> Answer:
    from modelsync.reader.commands import completion

    return completion.answer(session)


_ANSWERS: Final[Mapping[str, Callable[[Session], Answer]]] = {
    "list": listing.listed,
    "search": listing.search,
    "show": show.answer,
    "pick": pick.answer,
    "compare": compare.answer,
    "cost": cost.answer,
    "changes": changes.answer,
    "why": why.answer,
    "backends": backends.answer,
    "use": use.answer,
    "current": current.answer,
    "check": check.answer,
    "keys": keys.answer,
    "ack": ack.answer,
    "alias": own_lists.alias,
    "fav": own_lists.favourites,
    "hide": own_lists.hidden,
    "promote": own_lists.promote,
    "user": user.answer,
    "status": status.answer,
    "refresh": refresh.answer,
    "doctor": _doctor,
    "completion": _completion,
    "telemetry": _telemetry,
}


def answer_to(session: Session) -> Answer:
    """The answer to the command that was typed."""
    return _ANSWERS[session.words.command](session)
