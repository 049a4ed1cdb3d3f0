"""Two to four models side by side: one row for each thing to choose by.

Cells hold values, not text for people: amounts are decimal text in USD, lengths whole numbers. "Best" is said only
where there is an order (cheaper, longer, able, trained until later) and at least two values are known; what nobody
knows is never best, and where all are equal none is. A price that does not count tokens is no token price of zero.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from modelsync.catalog.pricing import ZERO, amount, decimal_text
from modelsync.client.amounts import known_amount
from modelsync.client.catalog import Model
from modelsync.client.resolving.objections import price_of
from modelsync.client.switching.backends import wire_id_of
from modelsync.client.switching.estimate import Estimate, estimate
from modelsync.errors import UsageError

FEWEST, MOST = 2, 4
EXAMPLE_PROMPT, EXAMPLE_ANSWER = 8000, 1000
"""Tokens of the call whose cost is compared."""

_TOKENS: Final = ("promptPerMillion", "completionPerMillion")
_MONTH: Final = 7
"""Characters of `2025-03`: some cutoffs name no day."""

Order = Callable[[Any], Any]
"""What a greater value of is better; the value is known."""


class Cell(NamedTuple):
    """One value of one model."""

    value: str | int | bool | tuple[str, ...] | None
    """As JSON; None where nobody knows."""
    note: str | None = None
    """Who says so, or why there is no one value."""


class Row(NamedTuple):
    """One thing to choose by, for every model."""

    label: str
    cells: tuple[Cell, ...]
    """In the order of the columns."""
    best: tuple[int, ...]
    """Columns of the best values; empty where there is no order, or no difference."""
    differs: bool


class Table(NamedTuple):
    """Models side by side."""

    columns: tuple[str, ...]
    """Ids."""
    rows: tuple[Row, ...]


def compare(models: Sequence[Model]) -> Table:
    """Put models side by side; raises UsageError for fewer than two, more than four, or one twice."""
    ids = tuple(model.id for model in models)
    if not FEWEST <= len(ids) <= MOST:
        raise UsageError(f"compare: found {len(ids)} models, expected {FEWEST} to {MOST}; name as many")
    twice = next((each for each in ids if ids.count(each) > 1), None)
    if twice is not None:
        raise UsageError(f"compare: found {twice[:80]!a} twice, expected different models; leave one away")
    return Table(ids, tuple(_row(label, cell, models, order) for label, (cell, order) in _ROWS.items()))


def _row(label: str, cell: Callable[[Model], Cell], models: Sequence[Model], order: Order | None) -> Row:
    cells = tuple(map(cell, models))
    differs = len({each.value for each in cells}) > 1
    return Row(label, cells, _best(cells, order) if order is not None and differs else (), differs)


def _best(cells: tuple[Cell, ...], order: Order) -> tuple[int, ...]:
    ranks = {column: order(cell.value) for column, cell in enumerate(cells) if cell.value is not None}
    if len(set(ranks.values())) < FEWEST:
        return ()
    top = max(ranks.values())
    return tuple(column for column, rank in ranks.items() if rank == top)


def _leg(name: str) -> Callable[[Model], Cell]:
    """A price per million tokens."""

    def cell(model: Model) -> Cell:
        price = model.record["pricing"].get(name)
        is_told = known_amount(price) is not None and _counts_tokens(model)
        return Cell(price) if is_told else Cell(None, _why_no_price(model))

    return cell


def _blended(model: Model) -> Cell:
    price = price_of(model) if _counts_tokens(model) else None
    return Cell(None, _why_no_price(model)) if price is None else Cell(decimal_text(price))


def _example(model: Model) -> Cell:
    """What one call costs; where that is a range, its dearer end."""
    found = estimate(model, prompt=EXAMPLE_PROMPT, completion=EXAMPLE_ANSWER)
    if found.high is None or not _counts_tokens(model):
        return Cell(None, _why_no_price(model))
    return Cell(decimal_text(found.high), _at_most(found))


def _at_most(found: Estimate) -> str | None:
    return None if found.low == found.high else "at most"


def _counts_tokens(model: Model) -> bool:
    """Whether tokens are what a model charges for: one billed by the image lists zero for them."""
    pricing = model.record["pricing"]
    legs = [known_amount(pricing.get(name)) for name in _TOKENS]
    if model.record["pricingStatus"] not in {"priced", "free"}:
        return False
    return bool(model.record["isFree"]) or any(legs)


def _why_no_price(model: Model) -> str:
    status, pricing = model.record["pricingStatus"], model.record["pricing"]
    if any(name in pricing and known_amount(pricing[name]) is None for name in _TOKENS):
        return "unknown"
    return {"dynamic": "varies", "unknown": "unknown"}.get(status, "not by the token")


def _field(name: str) -> Callable[[Model], Cell]:
    def cell(model: Model) -> Cell:
        value = model.record.get(name)
        return Cell(tuple(value) if isinstance(value, list | tuple) else value)

    return cell


def _modalities(name: str) -> Callable[[Model], Cell]:
    """Kinds of input or output in one order; none told means that nobody knows."""
    return lambda model: Cell(tuple(sorted(model.record[name])) or None)


def _flag(name: str) -> Callable[[Model], Cell]:
    return lambda model: Cell(model.record[name], model.record["detectionSource"][name])


def _limit(name: str) -> Callable[[Model], Cell]:
    """A length in tokens; where the list is silent, what a reference says."""

    def cell(model: Model) -> Cell:
        if model.record.get(name) is not None:
            return Cell(model.record[name])
        enrichment: Mapping[str, Any] = model.record.get("enrichment") or {}
        value = enrichment.get(name)
        return Cell(None) if value is None else Cell(value, enrichment["origins"][name]["source"])

    return cell


def _served_by(model: Model) -> Cell:
    """Direct backends beside OpenRouter, which serves them all."""
    return Cell(tuple(sorted(name for name in model.record["backends"] if wire_id_of(model, name).id is not None)))


def _less(value: str) -> Decimal:
    return ZERO - amount(value)


def _later(value: str) -> str:
    return value[:_MONTH]


_ROWS: Final[Mapping[str, tuple[Callable[[Model], Cell], Order | None]]] = {
    "priceIn": (_leg("promptPerMillion"), _less),
    "priceOut": (_leg("completionPerMillion"), _less),
    "blended": (_blended, _less),
    "example": (_example, _less),
    "tier": (_field("priceTier"), None),
    "context": (_limit("maxContext"), int),
    "maxOutput": (_limit("maxOutput"), int),
    "inputs": (_modalities("inputModalities"), None),
    "outputs": (_modalities("outputModalities"), None),
    "tools": (_flag("supportsTools"), bool),
    "vision": (_flag("supportsVision"), bool),
    "structuredOutput": (_flag("structuredOutput"), bool),
    "jsonMode": (_flag("jsonMode"), bool),
    "imageGen": (_flag("isImageGen"), None),
    "reasoning": (_flag("reasoning"), None),
    "state": (_field("state"), None),
    "expiresAt": (_field("expiresAt"), None),
    "listedSince": (_field("createdAt"), None),
    "knowledgeCutoff": (_limit("knowledgeCutoff"), _later),
    "variant": (_field("variant"), None),
    "backends": (_served_by, None),
}
"""Every row: its cell, and its order where there is one."""
