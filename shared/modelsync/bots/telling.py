"""Notices in a chat: with the next answer, once for the whole chat, and as one sentence where there are many.

What happened, and what there is to do about it, is `client.own.notices`'; here a command is one of the bot's verbs, or
a button instead of a key to type.
"""

from collections.abc import Mapping
from typing import Final

from modelsync.bots.chat import Chat
from modelsync.bots.choosing import ADMINS_ONLY, OLD_BUTTON
from modelsync.bots.messages import Accept, Button, Message, Reply, say
from modelsync.bots.texts import quoted
from modelsync.client.own.notices import Command, Notice, digest_of

_ADVICE: Final[Mapping[Command, str]] = {
    Command.CHOOSE: ": choose with /use",
    Command.PICK: ": choose another with /pick",
}
"""What stands behind a sentence in a chat; what is kept has a button, and a chat adds no models of its own."""


def told(reply: Reply, chat: Chat) -> Reply:
    """The reply with the chat's notices behind it."""
    if not chat.notices:
        return reply
    return reply._replace(messages=(*reply.messages, _message(chat.notices)), told=chat.notices)


def keep(chat: Chat, key: str) -> Reply:
    """Accept what a notice told."""
    if not chat.may_choose:
        return say(ADMINS_ONLY)
    facts = chat.view.facts(chat.state, now=chat.now)
    mine = next((each for each in facts if each.key == key and each.scope == chat.scope), None)
    if mine is None:
        return say(OLD_BUTTON)
    return say(
        f"Your model is {quoted(mine.effective or mine.desired, 100)} from now on.", effect=Accept(chat.scope, key)
    )


def _message(notices: tuple[Notice, ...]) -> Message:
    digest = digest_of(notices, named=lambda name: quoted(name, 80))
    if digest is not None:
        return Message(f"! {digest}: /model tells what runs now.")
    asking = [each for each in notices if each.asks_to_keep]
    buttons = tuple(Button(f"Keep {quoted(each.effective, 60)}", f"keep:{each.key}") for each in asking)
    return Message("\n".join(f"! {_in_chat(each)}." for each in notices), buttons)


def _in_chat(notice: Notice) -> str:
    """The sentence, and the verb behind it; no name in the sentence makes a verb."""
    advice = "" if notice.command is None else _ADVICE.get(notice.command, "")
    return f"{quoted(notice.sentence, 1000)}{advice}"
