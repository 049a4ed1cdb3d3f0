"""Why a price is published as it is: its status, its tier, what holds under conditions, what waits."""

from collections.abc import Iterator
from typing import Final

from modelsync.catalog.events import EventKind
from modelsync.catalog.keys import OPENROUTER
from modelsync.catalog.model_info import ModelInfo, PriceOverride, TokenPrices
from modelsync.catalog.pricing import PriceTier, PricingStatus
from modelsync.cli.changes import price_move
from modelsync.cli.explain.case import Case, Explanation
from modelsync.cli.tables import ago, figure, moment
from modelsync.pipeline.price import NOT_PER_TOKEN, PUBLISHED_NAMES

MOST_MOVES: Final = 5

STATUS_BECAUSE: Final = {
    PricingStatus.PRICED: "something is charged for",
    PricingStatus.FREE: "prompt and completion are zero, nothing else is charged, and that is the whole price",
    PricingStatus.UNKNOWN: "all prices are zero or missing, and it is billed by a unit that the feed does not give",
    PricingStatus.DYNAMIC: "a price of -1: it costs what the model that is routed to costs",
}
TIER_SPAN: Final = {
    PriceTier.FREE: "zero, and really free",
    PriceTier.BUDGET: "above 0 and below 1",
    PriceTier.STANDARD: "from 1 and below 5",
    PriceTier.PRO: "from 5 and below 15",
    PriceTier.PREMIUM: "from 15",
}


def explain_price(case: Case) -> Explanation:
    """Say why a price has its status and tier, and whether another one waits."""
    model = case.model
    return Explanation(
        topic="price",
        headline=f"price {model.cost}, {model.pricing_status}, tier {model.price_tier or '-'}",
        lines=(
            ("status", f"{model.pricing_status}: {STATUS_BECAUSE[model.pricing_status]}"),
            ("tier", _tier(model)),
            *legs_of(model),
            *_pinned(model),
            ("pending", _pending(case)),
            *_moves(case),
        ),
    )


def legs_of(model: ModelInfo) -> Iterator[tuple[str, str]]:
    """Every price of a model: the plain ones, those by another unit, those under a condition."""
    plain = _token_legs(model.pricing)
    if plain:
        yield "per million", plain
    if model.pricing.per_unit:
        yield "per unit", ", ".join(f"{leg} {price}" for leg, price in model.pricing.per_unit.items())
    for override in model.pricing.overrides:
        yield _condition(override), _token_legs(override) or "other prices, see --json"


def _token_legs(prices: TokenPrices) -> str:
    legs = ((alias, getattr(prices, name)) for name, alias in PUBLISHED_NAMES.items())
    return ", ".join(f"{alias.removesuffix('PerMillion')} {price}" for alias, price in legs if price is not None)


def _condition(override: PriceOverride) -> str:
    conditions = []
    if override.min_prompt_tokens is not None:
        conditions.append(f"over {figure(override.min_prompt_tokens)}")
    if override.utc_start is not None or override.utc_end is not None:
        conditions.append(f"{_clock(override.utc_start)}-{_clock(override.utc_end)}Z")
    if override.other is not None and isinstance(days := override.other.get("days"), str):
        conditions.append(days)
    return " ".join(conditions) or "conditional"


def _clock(hhmm: int | None) -> str:
    return "" if hhmm is None else f"{hhmm:04}"


def _tier(model: ModelInfo) -> str:
    prompt = model.pricing.prompt_per_million
    if model.price_tier is not None:
        return f"{model.price_tier}: the prompt price {prompt} is {TIER_SPAN[model.price_tier]} USD per million tokens"
    if model.pricing_status in (PricingStatus.UNKNOWN, PricingStatus.DYNAMIC):
        return f"none: the price is {model.pricing_status}"
    if not NOT_PER_TOKEN.isdisjoint(model.output_modalities):
        return "none: it is not charged per token"
    return "none: no price per prompt token is above zero, and the model is not free"


def _pinned(model: ModelInfo) -> Iterator[tuple[str, str]]:
    """Where a direct provider's price is from: none of their lists tells one that is translated."""
    if model.provider != OPENROUTER and model.pricing.raw:
        yield "from", f"pinned/{model.provider}.json; its line names the page"


def _pending(case: Case) -> str:
    pending = case.model.pending_pricing
    if pending is None:
        return "none: no other price waits"
    seen = f"seen first {moment(pending.since)}, {ago(pending.since, case.now)}"
    rule = "it stands once a feed ten minutes later still shows it, or 48 hours later where it fell to zero"
    return f"{pending.reason}; {seen}; {rule}"


def _moves(case: Case) -> Iterator[tuple[str, str]]:
    moves = [event for event in case.log if event.kind is EventKind.PRICE]
    if len(moves) > MOST_MOVES:
        yield "moved", f"{len(moves)} times, at last:"
    for event in moves[-MOST_MOVES:]:
        yield "moved", f"{moment(event.at)}  {price_move(event)}"
