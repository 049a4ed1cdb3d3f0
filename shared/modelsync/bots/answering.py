"""The bot's door: what follows from a message, and from a button.

    chat = Chat(view, own.state, "chat:42", now, notices=own.notices.take(view, "chat:42"))
    reply = answer(chat, "/use qwen3-coder")
    ...                                   carry out reply.effect, send reply.messages
    own.notices.shown(reply.told)

Both are functions of their arguments. Only our own errors become sentences; the owner sees to those of the effect.
"""

from collections.abc import Callable, Mapping
from typing import Final

from modelsync.bots.cards import card, own_help
from modelsync.bots.chat import Chat
from modelsync.bots.choosing import OLD_BUTTON, undo, use, use_key
from modelsync.bots.commands import Command, key_in, read_command
from modelsync.bots.listing import find, models, pick
from modelsync.bots.messages import Reply, say
from modelsync.bots.pressed import MOST_PARTS, Press, read_press, with_key
from modelsync.bots.syncing import confirmed, sync
from modelsync.bots.telling import keep, told
from modelsync.bots.texts import quoted, typed
from modelsync.errors import ModelsyncError


def answer(chat: Chat, text: str, *, me: str | None = None) -> Reply:
    """What follows from a message; of one that is no command of the bot `me` only the notices follow."""
    command = read_command(text, me=me)
    return told(Reply() if command is None else _kindly(lambda: _obeyed(chat, command)), chat)


def pressed(chat: Chat, data: str) -> Reply:
    """What follows from a button, by the data that it carries."""
    press = read_press(data)
    return told(say(OLD_BUTTON) if press is None else _kindly(lambda: _done(chat, press)), chat)


def _obeyed(chat: Chat, command: Command) -> Reply:
    return _VERBS[command.verb](chat, typed(command.argument))


def _use(chat: Chat, text: str) -> Reply:
    key = key_in(text)
    if key is not None and with_key(chat, key) is not None:
        return use_key(chat, key)
    return use(chat, text)


def _done(chat: Chat, press: Press) -> Reply:
    return _PRESSES[press.verb](chat, *(*press.parts, "", "", "")[:MOST_PARTS])


def _kindly(what: Callable[[], Reply]) -> Reply:
    """The reply, or the reason why there is none."""
    try:
        return what()
    except ModelsyncError as error:
        return say(f"{quoted(error)}.")


_VERBS: Final[Mapping[str, Callable[[Chat, str], Reply]]] = {
    "models": lambda chat, _: models(chat),
    "use": _use,
    "model": card,
    "pick": pick,
    "find": find,
    "help": lambda chat, _: own_help(chat),
    "syncmodels": sync,
}
_PRESSES: Final[Mapping[str, Callable[[Chat, str, str, str], Reply]]] = {
    "use": lambda chat, key, *_: use_key(chat, key),
    "yes": lambda chat, key, agreed, hint: use_key(chat, key, agreed=agreed, hint=hint),
    "undo": lambda chat, mark, *_: undo(chat, mark),
    "no": lambda *_: say("Nothing was changed."),
    "models": lambda chat, page, *_: models(chat, page),
    "pick": lambda chat, intent, *_: pick(chat, intent),
    "find": lambda chat, page, text, *_: find(chat, text, page),
    "keep": lambda chat, key, *_: keep(chat, key),
    "sync": lambda chat, order, generation, *_: confirmed(chat, order, generation),
}
