"""Messages as Telegram's `sendMessage` takes them.

Limits (Telegram Bot API): `text` 1-4096 characters after entities parsing, counted in UTF-16 units; `callback_data`
1-64 bytes. For the label of a button none is documented; 64 is what a phone shows. Texts go without `parse_mode`, so
that no sign formats; what Telegram would find by itself (mentions, tags, links) is broken by joiners, and link previews
are off.
"""

from typing import Any, Final

from modelsync.bots.messages import MOST_BUTTONS, Button, Message
from modelsync.bots.texts import cut, pages, unlinked, visible

LONGEST_TEXT: Final = 4096
LONGEST_LABEL: Final = 64
_PER_ROW: Final = 2

Json = dict[str, Any]


def payloads(message: Message, chat_id: int | str) -> tuple[Json, ...]:
    """The bodies of `sendMessage`, in order; the buttons are below the last."""
    found: list[Json] = [
        {"chat_id": chat_id, "text": text, "link_preview_options": {"is_disabled": True}}
        for text in pages(message.text, LONGEST_TEXT, unlinked)
    ]
    if message.buttons:
        found[-1]["reply_markup"] = {"inline_keyboard": _keyboard(message.buttons[:MOST_BUTTONS])}
    return tuple(found)


def _keyboard(buttons: tuple[Button, ...]) -> list[list[Json]]:
    keys = [{"text": cut(visible(each.label), LONGEST_LABEL, unlinked), "callback_data": each.data} for each in buttons]
    return [keys[start : start + _PER_ROW] for start in range(0, len(keys), _PER_ROW)]
