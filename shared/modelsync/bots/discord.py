"""Messages as Discord takes them, alone or as the response to an interaction, and what its users type.

Limits (Discord API: create message, message components): `content` 2000 characters, five action rows of five buttons,
`label` 80 and `custom_id` 1-100 characters, each `custom_id` once in a message. Every sign of Discord's markdown has a
backslash before it, `@` is broken by a joiner, no mention is allowed to ping, and links show no preview.
"""

import re
from typing import Any, Final

from modelsync.bots.messages import MOST_BUTTONS, Button, Message
from modelsync.bots.texts import cut, pages, unlinked, visible

LONGEST_TEXT: Final = 2000
LONGEST_LABEL: Final = 80
PER_ROW: Final = 5
SUPPRESS_EMBEDS: Final = 1 << 2

_ACTION_ROW, _BUTTON, _SECONDARY, _MESSAGE = 1, 2, 2, 4
_MARKUP: Final = re.compile(r"([\\*_~`|<>\[\]()#:@])")
_LIST: Final = re.compile(r"^(\s*)([-+]|\d+(?=[.)]))", re.MULTILINE)
_MENTION: Final = re.compile(r"\s*<@!?[0-9]+>\s*[/!]?(?=\w)")

Json = dict[str, Any]


def payloads(message: Message) -> tuple[Json, ...]:
    """The bodies of messages, in order; the buttons are below the last."""
    found: list[Json] = [
        {"content": text, "allowed_mentions": {"parse": []}, "flags": SUPPRESS_EMBEDS, "components": []}
        for text in pages(message.text, LONGEST_TEXT, escaped)
    ]
    found[-1]["components"] = _rows(message.buttons[:MOST_BUTTONS])
    return tuple(found)


def response(payload: Json) -> Json:
    """A body as the response to an interaction; those behind the first are sent as follow-ups, as they are."""
    return {"type": _MESSAGE, "data": payload}


def escaped(text: str) -> str:
    r"""A text that Discord shows as it is.

    >>> escaped("**<@1>** a_b")
    '\\*\\*\\<\\@\u20601\\>\\*\\* a\\_b'
    """
    bare = _MARKUP.sub(r"\\\1", unlinked(text))
    return _LIST.sub(lambda found: f"{found[1]}{_unlisted(found[2])}", bare)


def plain(text: str) -> str:
    """What somebody typed, as `answering.answer` reads it: `/use x`, also for `@TheBot use x`.

    >>> plain("<@80351110224678912> use qwen3-coder")
    '/use qwen3-coder'
    """
    return _MENTION.sub("/", text, count=1)


def _unlisted(sign: str) -> str:
    """The beginning of a list's line, which begins none any more."""
    return f"\\{sign}" if sign in "-+" else f"{sign}\\"


def _rows(buttons: tuple[Button, ...]) -> list[Json]:
    once = {each.data: each for each in buttons}.values()
    elements = [
        {
            "type": _BUTTON,
            "style": _SECONDARY,
            "label": cut(visible(each.label), LONGEST_LABEL, str),
            "custom_id": each.data,
        }
        for each in once
    ]
    rows = (elements[start : start + PER_ROW] for start in range(0, len(elements), PER_ROW))
    return [{"type": _ACTION_ROW, "components": row} for row in rows]
