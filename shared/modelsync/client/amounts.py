"""Amounts as a record or a change names them: the one place through which the client reads a published price.

What is no finite decimal in plain notation, or is below zero, is a price that nobody knows: it is not free, not cheap,
and not compared with anything; and one bad number in a list of hundreds breaks no question about the others.
"""

import re
from decimal import Decimal
from typing import Final

from modelsync.catalog.pricing import amount, dollars

_PLAIN: Final = re.compile(r"[0-9]{1,80}(?:\.[0-9]{1,80})?")
"""More digits than any price has, and few enough to reckon with."""


def known_amount(text: object) -> Decimal | None:
    """The amount in USD; None where the text is none.

    >>> known_amount("0.3"), known_amount("NaN"), known_amount("-5"), known_amount("1e400000"), known_amount(None)
    (Decimal('0.3'), None, None, None, None)
    """
    return amount(text) if isinstance(text, str) and _PLAIN.fullmatch(text) else None


def usd(text: object) -> str:
    """The amount for people, `?` where nobody knows it."""
    found = known_amount(text)
    return "?" if found is None else dollars(found)
