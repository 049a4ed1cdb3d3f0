"""Which room answers which command."""

from collections.abc import Callable, Mapping
from typing import Final

from modelsync.reader.answer import Answer
from modelsync.reader.commands import (
    ack,
    backends,
    changes,
    check,
    compare,
    completion,
    cost,
    current,
    doctor,
    keys,
    listing,
    own_lists,
    pick,
    refresh,
    show,
    status,
    telemetry,
    use,
    user,
    why,
)
from modelsync.reader.session import Session

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
    "doctor": doctor.answer,
    "completion": completion.answer,
    "telemetry": telemetry.answer,
}


def answer_to(session: Session) -> Answer:
    """The answer to the command that was typed."""
    return _ANSWERS[session.words.command](session)
