"""Small JSON objects, read field by field without a model of the whole.

For doors that have to start quickly and look at a few fields. Every reading says what it expects, and raises a
ValueError that names the field and what was found; a field that is missing counts as null. Fields that nobody asks
for are passed over. Documents of the catalog as a whole are decoded by `catalog.documents`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

_SHOWN_CHARACTERS: Final = 40
_NAMES: Final = {str: "text", bool: "true or false", int: "a whole number", dict: "an object", list: "a list"}


class JsonObject:
    """One JSON object; `where` is its place in the document, for what is said of it."""

    def __init__(self, fields: Mapping[str, Any], where: str = "") -> None:
        self.fields, self._where = fields, where

    @classmethod
    def decode(cls, body: bytes) -> "JsonObject":
        """The object that these bytes are."""
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            raise ValueError(f"expected JSON, found {len(body)} bytes of something else") from None
        if not isinstance(document, dict):
            raise ValueError(f"expected an object, found {_shown(document)}")
        return cls(document)

    def text(self, name: str) -> str:
        """A text."""
        found: str = self._of_kind(name, str)
        return found

    def text_or_none(self, name: str) -> str | None:
        """A text, or null."""
        return None if self.fields.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        """A whole number."""
        found: int = self._of_kind(name, int)
        return found

    def number_or_none(self, name: str) -> int | None:
        """A whole number, or null."""
        return None if self.fields.get(name) is None else self.number(name)

    def flag(self, name: str) -> bool:
        """True or false."""
        found: bool = self._of_kind(name, bool)
        return found

    def moment(self, name: str) -> datetime:
        """A time with its zone, in UTC."""
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text)
            in_utc = moment.astimezone(UTC) if moment.tzinfo is not None else None
        except (ValueError, OverflowError):  # the latter at the ends of the calendar
            in_utc = None
        if in_utc is None:
            raise ValueError(f"{self._where}{name}: expected a time with its zone, found {_shown(text)}")
        return in_utc

    def moment_or_none(self, name: str) -> datetime | None:
        """A time with its zone, in UTC, or null."""
        return None if self.fields.get(name) is None else self.moment(name)

    def moments(self, name: str) -> list[datetime]:
        """A list of times with their zones, in UTC."""
        return [JsonObject({name: item}, self._where).moment(name) for item in self.items(name)]

    def child(self, name: str) -> "JsonObject":
        """An object within this one."""
        return JsonObject(self._of_kind(name, dict), f"{self._where}{name}.")

    def child_or_none(self, name: str) -> "JsonObject | None":
        """An object within this one, or null."""
        return None if self.fields.get(name) is None else self.child(name)

    def items(self, name: str) -> list[Any]:
        """A list of anything."""
        found: list[Any] = self._of_kind(name, list)
        return found

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [JsonObject({name: item}, self._where).text(name) for item in self.items(name)]

    def _of_kind(self, name: str, kind: type) -> Any:
        found = self.fields.get(name)
        if type(found) is not kind:  # exactly: to Python, true is a whole number as well
            raise ValueError(f"{self._where}{name}: expected {_NAMES[kind]}, found {_shown(found)}")
        return found


def moment_text(moment: datetime) -> str:
    """A time in UTC as documents write it, to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return _NAMES[type(value)]
    text = json.dumps(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."
