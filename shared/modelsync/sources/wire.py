"""What the rooms of wire formats share: how a record is read strictly, and the bounds of what it may say.

A wire model takes what it knows of a record and ignores the rest, because keys come without a version. Texts are
cleaned by `text`; here are their lengths.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modelsync.sources.text import quoted

MOST_TOKENS: Final = 10**12
"""No context window or output limit is larger; the largest on record is 10,000,000."""

LONGEST_NAME: Final = 200
LONGEST_DESCRIPTION: Final = 4200
"""Characters; the longest recorded description has 4,075."""

LONGEST_WORD: Final = 80

YEAR_2100: Final = 4_102_444_800
"""In seconds since 1970."""

EARLIEST: Final = date(2015, 1, 1)
LATEST: Final = date(2100, 1, 1)
"""Days of a model's life lie between them; others are placeholders."""

_WORD: Final = re.compile(rf"[A-Za-z0-9_.+/-]{{1,{LONGEST_WORD}}}")

Tokens = Annotated[int, Field(ge=0, le=MOST_TOKENS)]


class Wire(BaseModel):
    """Base of all wire models: what is not known is ignored, and no number is infinite."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


W = TypeVar("W", bound=Wire)


def read_wire(kind: type[W], value: object, *, shown: Callable[[object], str] = quoted) -> W:
    """Read a record or a part of one; raises ValueError with the first thing that is wrong.

    `shown` writes the value that was found, for sources whose records may be repeated to anybody.
    """
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise ValueError(complaint(error, shown=shown)) from None


def complaint(error: ValidationError, *, shown: Callable[[object], str] = quoted) -> str:
    """The first thing that is wrong: where, what was expected, what was found."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "record"
    missing = first["type"] == "missing"
    found = "nothing" if missing else shown(first["input"])
    wanted = "a value" if missing else first["msg"].removeprefix("Input should be ")
    return f"{where}: expected {wanted}, found {found}"


@lru_cache(maxsize=4096)
def words(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Words of a list whose order carries no meaning, sorted; raises ValueError where one is no plain word.

    Remembered, because a feed holds a few hundred different lists thousands of times.
    """
    return None if values is None else tuple(sorted({word(value) for value in values}))


def word(text: str) -> str:
    """A plain word; raises ValueError for anything else."""
    if not is_word(text):
        raise ValueError(f"expected a word of at most 80 letters, digits and _-.+/, found {quoted(text)}")
    return text


def is_word(text: str) -> bool:
    """True for what `word` takes."""
    return _WORD.fullmatch(text) is not None


def created(seconds: float | None) -> datetime | None:
    """A time of creation; those before 1970 or after 2100 are nobody's and are read as silence."""
    return datetime.fromtimestamp(int(seconds), UTC) if seconds is not None and 0 < seconds < YEAR_2100 else None


def day_or_month(text: str) -> str:
    """A day or a month as ISO text, as exact as it was given; raises ValueError for anything else.

    >>> day_or_month("2024-07")
    '2024-07'
    """
    day = date.fromisoformat(f"{text}-01" if len(text) == len("2024-07") else text)
    if not EARLIEST <= day < LATEST or text not in (day.isoformat(), f"{day:%Y-%m}"):
        raise ValueError(f"expected a day or a month from {EARLIEST} on, found {quoted(text)}")
    return text
