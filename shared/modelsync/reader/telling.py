"""What a user has to be told about saved choices, told once: on standard error, beside whatever was asked.

- A sentence is taken before it is printed and noted behind that, so that two commands at once tell it once, and one
  that dies between repeats it at most once.
- What became of a choice is kept only once it was told, since a choice that says no more cannot be told of.
- `--quiet` takes nothing. `--json` lists what is due and takes it only with `--ack`; `--jsonl` has no place for it, and
  tells it on standard error where it takes it.
- Nothing here keeps a command from answering: where files cannot be read or written, people are told less, or again.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from modelsync.client.own.notices import Notice, messages
from modelsync.errors import ModelsyncError, StoreError
from modelsync.reader.session import Session
from modelsync.reader.terminal import Form, Terminal


class Told(NamedTuple):
    """What goes beside an answer."""

    items: tuple[dict[str, Any], ...] = ()
    """For JSON."""
    sentences: tuple[str, ...] = ()
    """For people."""
    confirm: Callable[[], None] = lambda: None
    """Notes that it was told; called when it was."""


def told_to(session: Session, terminal: Terminal) -> Told:
    """What is due where a catalog was opened and something is chosen."""
    if not session.has_opened or session.words.quiet or session.words.command in {"ack", "user"}:
        return Told()
    try:
        return _told(session, form=terminal.form) if session.state.bindings else Told()
    except ModelsyncError:  # a command that reads the file says what is wrong with it
        return Told()


def notice_item(notice: Notice) -> dict[str, Any]:
    """A notice for scripts."""
    return {
        "key": notice.key,
        "scope": notice.scope,
        "cause": str(notice.cause),
        "desired": notice.desired,
        "effective": notice.effective,
        "milestone": notice.milestone,
        "text": notice.text,
    }


def _told(session: Session, *, form: Form) -> Told:
    own, scope = session.personal.notices, session.words.scope
    if form in {Form.JSON, Form.JSONL} and not session.words.ack_notices:
        return Told(tuple(map(notice_item, own.pending(session.view, scope))))
    taken = own.take(session.view, scope)

    def confirm() -> None:
        own.shown(taken)
        if not vars(session.words).get("gone"):
            with suppress(StoreError):  # a folder that cannot be written keeps nobody from going on
                session.personal.bindings.keep(session.view)

    return Told(tuple(map(notice_item, taken)), () if form is Form.JSON else messages(taken).get(scope, ()), confirm)
