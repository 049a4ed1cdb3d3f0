"""Notices in a chat: with the next answer, once for the whole chat, and as one sentence where there are many.

What happened is `client.own.notices`'; here it is put into a bot's words: its verbs instead of the command line's,
and a button instead of a key to type.
"""

import re
from typing import Final

from modelsync.bots.chat import Chat
from modelsync.bots.choosing import ADMINS_ONLY, OLD_BUTTON
from modelsync.bots.messages import Accept, Button, Message, Reply, say
from modelsync.bots.texts import quoted
from modelsync.client.own.notices import MOST_AT_ONCE, Notice

_NAMED: Final = 3
_KEEP: Final = "; keep it"
_VERB: Final = re.compile(r"`models (use|pick)`")
_NOT_HERE: Final = re.compile(r": take it over with `models .*`$")


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
    if len(notices) > MOST_AT_ONCE:
        names = list(dict.fromkeys(quoted(each.desired, 80) for each in notices))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return Message(f"! {len(notices)} notices on {', '.join(names[:_NAMED])}{more}: /model tells what runs now.")
    asking = [each for each in notices if each.sentence.endswith(_KEEP) and each.effective is not None]
    buttons = tuple(Button(f"Keep {quoted(each.effective, 60)}", f"keep:{each.key}") for each in asking)
    return Message("\n".join(f"! {_in_chat(each.sentence)}." for each in notices), buttons)


def _in_chat(sentence: str) -> str:
    """The sentence with the bot's verbs; quoting comes first, so that no name makes a verb."""
    return _VERB.sub(r"/\1", _NOT_HERE.sub("", quoted(sentence.removesuffix(_KEEP), 1000)))
