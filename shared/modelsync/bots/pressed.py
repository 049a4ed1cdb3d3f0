"""What a button carries, in at most 64 bytes: a verb and its parts, joined by colons; a model is its key.

A key is made of the id alone: ten letters and digits, the same in every generation. An alias would fit too, but may be
another model's by the time somebody presses. A key that no model has any more means nothing, and the bot says so.
What was agreed to is in the data as well, so that an old button never agrees to a new price; and of the choice that a
button goes back to the mark, so that it never goes back to another one. The choice itself is kept with the user's.

Limits: Telegram `callback_data` 1-64 bytes (Bot API, InlineKeyboardButton); Discord `custom_id` 100 characters; Slack
`value` 2000.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from modelsync.bots.chat import Chat
from modelsync.bots.messages import Button
from modelsync.bots.texts import quoted
from modelsync.client.asked import Binding
from modelsync.client.catalog import Model
from modelsync.client.own.choice_document import binding_document
from modelsync.client.resolving.naming import VIRTUAL_SUFFIXES
from modelsync.client.wording import price

MOST_BYTES: Final = 64
KEY_LENGTH: Final = 10
_PARTS: Final = {"use": 1, "yes": 3, "undo": 1, "models": 1, "pick": 1, "find": 2, "keep": 1, "sync": 2, "no": 0}
"""How many parts each verb has at most; the last takes what is left."""
MOST_PARTS: Final = max(_PARTS.values())


class Press(NamedTuple):
    """A button that was pressed."""

    verb: str
    parts: tuple[str, ...]


def data_of(verb: str, *parts: str) -> str | None:
    """The data of a button; None where it would be too long for a platform, or holds what is not seen."""
    data = ":".join((verb, *parts))
    return data if data.isprintable() and len(data.encode()) <= MOST_BYTES else None


def read_press(data: str) -> Press | None:
    """The button that carries this data; None where none does."""
    verb, *rest = data.split(":", 1)
    if verb not in _PARTS or bool(rest) != bool(_PARTS[verb]) or data_of(data) is None:
        return None
    return Press(verb, tuple(rest[0].split(":", _PARTS[verb] - 1)) if rest else ())


def key_of(text: str) -> str:
    """Ten letters and digits that stand for an id.

    >>> key_of("qwen/qwen3-coder")
    'mupwynaib4'
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode()[:KEY_LENGTH].lower()


def price_mark(model: Model) -> str:
    """Ten letters and digits that stand for a model at its price of today."""
    return key_of(f"{model.id}\n{price(model.record)}")


def with_key(chat: Chat, key: str) -> str | None:
    """The id that a key stands for, among all that are listed, gone, or the user's own; None where no one is."""
    found = {model_id for model_id in _known_ids(chat) if key_of(model_id) == key}
    return found.pop() if len(found) == 1 else None


def use_button(model_id: str, label: str) -> Button:
    """A button that chooses a model."""
    return Button(quoted(label), f"use:{key_of(model_id)}")


def choice_mark(binding: Binding | None) -> str:
    """Ten letters and digits that stand for all that was chosen and agreed to; what runs meanwhile is no part of it."""
    if binding is None:
        return "none"
    chosen = binding._replace(effective=None, substituted_at=None)
    return key_of(json.dumps(binding_document(chosen), sort_keys=True))


def undo_button(chat: Chat) -> Button:
    """A button that goes back to the choice that stands now, once another one does."""
    return Button("Undo", f"undo:{choice_mark(chat.binding)}")


def without_hint(desired: str) -> tuple[str, str]:
    """An id, and the way of routing that stands behind it, if any does."""
    model_id, _, hint = desired.rpartition(":")
    return (model_id, hint) if model_id and hint in VIRTUAL_SUFFIXES else (desired, "")


def _known_ids(chat: Chat) -> Iterator[str]:
    yield from (model.id for model in chat.catalog.models())
    yield from (stone["id"] for stone in chat.catalog.document("deprecations").get("tombstones", ()))
    yield from (own.id for own in chat.state.layer.models)
    yield from chat.state.layer.recents
    if chat.binding is not None:
        yield without_hint(chat.binding.desired)[0]
