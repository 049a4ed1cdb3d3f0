"""How single words of the command line become values; argparse tells what ArgumentTypeError says."""

import argparse
import re
from decimal import Decimal
from typing import Final

from modelsync.client.browsing.uses import use_of
from modelsync.client.reading.ages import duration
from modelsync.errors import UsageError

_SIZE: Final = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?([KkMm]?)", re.ASCII)
_UNITS: Final = {"": 1, "K": 1_000, "M": 1_000_000}
_MONEY: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?", re.ASCII)
MOST: Final = 1_000_000_000


def size(text: str) -> int:
    """A count of tokens: `200000`, `200K`, `1M`, `1.05M`."""
    found = _SIZE.fullmatch(text)
    tokens = Decimal(f"{found[1]}.{found[2] or 0}") * _UNITS[found[3].upper()] if found else None
    if tokens is None or tokens != int(tokens) or tokens > MOST:
        raise argparse.ArgumentTypeError(f"expected a number of tokens such as 200000, 200K or 1M, found {text[:40]!a}")
    return int(tokens)


def count(text: str) -> int:
    """A whole number from 0."""
    if not (text.isascii() and text.isdigit() and int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"expected a whole number from 0, found {text[:40]!a}")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {text[:40]!a}")
    return int(text)


def use(text: str) -> str:
    """A use as people call it; what the shortlist calls it is understood too."""
    return use_of(text.lower())


def money(text: str) -> str:
    """An amount in USD, in plain decimal notation."""
    if not _MONEY.fullmatch(text.removeprefix("$")):
        raise argparse.ArgumentTypeError(f"expected an amount in USD such as 0.5, found {text[:40]!a}")
    return text.removeprefix("$")


def span(text: str) -> str:
    """A length of time such as `12h`."""
    try:
        duration(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(
            f"expected a number and m, h or d, such as 12h, found {text[:40]!a}"
        ) from error
    return text


def seconds(text: str) -> float:
    """A time to wait, in seconds."""
    if not _MONEY.fullmatch(text) or not 0 < float(text) <= 3600:  # noqa: PLR2004  an hour
        raise argparse.ArgumentTypeError(f"expected seconds above 0, found {text[:40]!a}")
    return float(text)
