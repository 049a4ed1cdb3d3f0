"""What a bot answers, before a platform gives it a form: plain texts, buttons, and what the bot's owner has to do.

A text is never parsed for markup; a button carries data of at most 64 bytes, which `pressed` makes and reads. Nothing
is done here: an effect says what to do, and the bot's owner does it.
"""

from typing import Final, Literal, NamedTuple

from modelsync.catalog.keys import OPENROUTER
from modelsync.client.asked import ANYTHING, Binding, Needs
from modelsync.client.own.notices import Notice
from modelsync.client.resolving.resolution import Resolution

MOST_ROWS: Final = 20
"""Models in one message."""
MOST_BUTTONS: Final = 24
"""One below the 25 that Discord shows."""


class Button(NamedTuple):
    """Something to press."""

    label: str
    data: str
    """What the platform hands back."""


class Message(NamedTuple):
    """One message; a long text becomes several on a platform that wants it so."""

    text: str
    """Lines of plain text."""
    buttons: tuple[Button, ...] = ()


class Bind(NamedTuple):
    """Save what was found as the choice of a scope: `bindings.set(scope, answer, catalog=, needs=, backend=)`."""

    scope: str
    answer: Resolution
    needs: Needs = ANYTHING
    """What the chat goes on needing."""
    backend: str = OPENROUTER
    """Who runs it."""


class Restore(NamedTuple):
    """Go back to the choice that stood before the last one: `bindings.restore(scope, before)`."""

    scope: str
    before: Binding | None
    """That choice as it was; None where there was none."""


class Accept(NamedTuple):
    """Accept what a notice told: `notices.ack(key, view)`."""

    scope: str
    key: str


class Sync(NamedTuple):
    """Run the pipeline, or ask how it stands, and say its answer with `syncing.report`."""

    order: Literal["all", "dry", "status"]


Effect = Bind | Restore | Accept | Sync


class Reply(NamedTuple):
    """All that follows from one message or one press."""

    messages: tuple[Message, ...] = ()
    effect: Effect | None = None
    told: tuple[Notice, ...] = ()
    """Notices that the messages tell: `notices.shown(told)` once they are sent."""


def say(*lines: str, buttons: tuple[Button, ...] = (), effect: Effect | None = None) -> Reply:
    """A reply of one message."""
    return Reply((Message("\n".join(lines), buttons),), effect)
