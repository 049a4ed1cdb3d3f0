"""Prices that jumped wait until a second snapshot shows them again.

A change of more than ten times, or to or from zero, is held once: the old price stays, the new one is published
as pending. It is believed when a fetch at least ten minutes later still shows it (a reply of the source may be
five minutes old); a price that fell to zero must hold for 48 hours, because a paid model that is listed at zero
for one snapshot is a mistake (2 of 2 in 62 recorded days). A jump that went away leaves no trace.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from modelsync.catalog.model_info import ModelInfo, PendingPricing, Pricing
from modelsync.catalog.pricing import ZERO, amount, price_jumped
from modelsync.pipeline.price import costs, is_dynamic, published_legs

SECOND_LOOK_AFTER: Final = timedelta(minutes=10)
"""A fetch sooner than this may be the same reply out of a cache, so it confirms nothing."""

ZERO_HOLDS_FOR: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Believed:
    """The pricing to publish, and one that waits."""

    pricing: Pricing
    pending: PendingPricing | None


def believed_pricing(seen: Pricing, previous: ModelInfo | None, *, now: datetime, accept: bool) -> Believed:
    """Decide which price of a model is published; `accept` is an operator's word for every new one."""
    if previous is None or accept or seen is previous.pricing or not jumped(previous.pricing, seen):
        return Believed(seen, None)
    since = _first_seen(previous.pending_pricing, seen) or now
    wait = ZERO_HOLDS_FOR if _falls_to_zero(previous.pricing, seen) else SECOND_LOOK_AFTER
    if now - since >= wait:
        return Believed(seen, None)
    reason = _reason(previous.pricing, seen)
    return Believed(previous.pricing, PendingPricing(pricing=seen, since=since, reason=reason))


def _first_seen(pending: PendingPricing | None, seen: Pricing) -> datetime | None:
    return pending.since if pending is not None and not jumped(pending.pricing, seen) else None


def jumped(old: Pricing, new: Pricing) -> bool:
    """Tell whether a leg of both moved by more than ten times, or to or from zero, or all cost came or went.

    What a router costs is no number, so nothing jumps to it; from it, only a fall to zero is one.
    """
    if is_dynamic(new):
        return False
    if is_dynamic(old):
        return not costs(new)
    return costs(old) != costs(new) or any(price_jumped(before, after) for before, after in _legs_of_both(old, new))


def is_awaited(previous: ModelInfo, seen: Pricing) -> bool:
    """Tell whether a jumped price is the one that is pending already."""
    return _first_seen(previous.pending_pricing, seen) is not None


def _falls_to_zero(old: Pricing, new: Pricing) -> bool:
    falls = any(before > ZERO and after == ZERO for before, after in _legs_of_both(old, new))
    return falls or ((costs(old) or is_dynamic(old)) and not costs(new))


def _legs_of_both(old: Pricing, new: Pricing) -> Iterator[tuple[Decimal, Decimal]]:
    """A leg that only one of them has says nothing: the feed adds and drops legs."""
    before, after = published_legs(old), published_legs(new)
    for leg in before.keys() & after.keys():
        if before[leg] != after[leg]:
            yield amount(before[leg]), amount(after[leg])


def _reason(old: Pricing, new: Pricing) -> str:
    return (
        f"prompt {old.prompt_per_million} -> {new.prompt_per_million}, "
        f"completion {old.completion_per_million} -> {new.completion_per_million} USD per million at once"
    )
