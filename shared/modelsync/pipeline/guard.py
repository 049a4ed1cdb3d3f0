"""Whether a feed is believed: accepted, held for a second look, or refused.

- Refused (FeedFormatError): no models at all, or more than 5 % of the records unreadable. Fewer are set aside.
- Held: more than 10 % of the active ids gone, more than a quarter of the vendors gone, or, for more than 10 % of
  the models, a price that jumped or a whole kind of facts lost. Of the recorded feeds the largest honest loss in a
  step is 8.0 % of the ids. While a feed is held nothing is published and no clock moves.
- A held feed is confirmed by a fetch at least ten minutes later that shows the same; what only the later one
  shows counts anew. An operator may accept it instead.

The stage decides on facts alone: it fetches nothing and publishes nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from modelsync.catalog.documents import HeldFeed, Source
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import ZERO, PricingStatus
from modelsync.errors import FeedFormatError
from modelsync.pipeline.hold import SECOND_LOOK_AFTER, is_awaited, jumped
from modelsync.pipeline.price import published_pricing
from modelsync.sources.facts import ModelFacts, ParsedFeed

UNREADABLE_AT_MOST: Final = Fraction(5, 100)
IDS_LOST_AT_MOST: Final = Fraction(10, 100)
VENDORS_LOST_AT_MOST: Final = Fraction(25, 100)
FACTS_CHANGED_AT_MOST: Final = Fraction(10, 100)
FEW: Final = 5
"""So few vendors or jumped prices are judged one by one, not as a sign that the whole feed is wrong."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """One rule's view of a feed: the subjects concerned, of how many, and how many may be."""

    subjects: frozenset[str]
    of: int
    at_most: Fraction
    floor: int

    def stands(self, without: Collection[str] = ()) -> bool:
        concerned = len(self.subjects - set(without))
        return concerned > self.floor and concerned > self.at_most * self.of


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a readable feed: `held` is None where it is believed."""

    held: HeldFeed | None
    notes: tuple[str, ...]


def judge(
    feed: ParsedFeed,
    models: Mapping[str, ModelInfo],
    *,
    held: HeldFeed | None,
    source: Source,
    now: datetime,
    accept: bool,
) -> Verdict:
    """Judge a feed against the models last published; raises FeedFormatError where it is refused."""
    refuse_unreadable(feed)
    doubts = {name: doubt for name, doubt in _doubts(feed, models).items() if doubt.stands()}
    if not doubts:
        return Verdict(None, ())
    reasons = tuple(_sentence(name, doubt) for name, doubt in doubts.items())
    if accept:
        return Verdict(None, tuple(f"accepted by an operator: {reason}" for reason in reasons))
    same = held is not None and all(not d.stands(held.doubts.get(name, ())) for name, d in doubts.items())
    if held is not None and same:
        if now - held.since >= SECOND_LOOK_AFTER:
            return Verdict(None, tuple(f"confirmed by a second fetch: {reason}" for reason in reasons))
        return Verdict(held, reasons)
    return Verdict(_hold(doubts, reasons, source, now), reasons)


def refuse_unreadable(feed: ParsedFeed) -> None:
    """Refuse a feed that holds no models, or too many records that cannot be read; raises FeedFormatError."""
    if feed.record_count == 0:
        raise FeedFormatError(feed.source, "data", "expected at least one model, found an empty list")
    if len(feed.set_aside) > UNREADABLE_AT_MOST * feed.record_count:
        first = feed.set_aside[0]
        raise FeedFormatError(
            feed.source,
            f"{first.where}.{first.problem}",
            f"{len(feed.set_aside)} of {feed.record_count} records cannot be read, where at most 5 % may",
        )


def _doubts(feed: ParsedFeed, models: Mapping[str, ModelInfo]) -> dict[str, _Doubt]:
    active = {i: model for i, model in models.items() if model.state is LifecycleState.ACTIVE}
    there = {facts.id for facts in feed.models} | {each.id for each in feed.set_aside if each.id is not None}
    there |= feed.unjudged
    both = [(facts, active[facts.id]) for facts in feed.models if facts.id in active]
    vendors = {model.vendor for model in active.values()}
    vendors_there = {model.vendor for i, model in active.items() if i in there}
    return {
        "ids gone": _Doubt(frozenset(active.keys() - there), len(active), IDS_LOST_AT_MOST, 0),
        "vendors gone": _Doubt(frozenset(vendors - vendors_there), len(vendors), VENDORS_LOST_AT_MOST, FEW),
        "prices jumped": _changed(both, _price_jumped),
        "prices gone": _changed(both, _lost_price),
        "parameters gone": _changed(both, _lost_parameters),
        "limits gone": _changed(both, _lost_limits),
    }


def _changed(both: list[tuple[ModelFacts, ModelInfo]], test: Callable[[ModelFacts, ModelInfo], bool]) -> _Doubt:
    concerned = frozenset(facts.id for facts, model in both if test(facts, model))
    return _Doubt(concerned, len(both), FACTS_CHANGED_AT_MOST, FEW)


def _price_jumped(facts: ModelFacts, model: ModelInfo) -> bool:
    """A price that is pending already was doubted once, by itself; it is no reason to doubt the next feed."""
    if facts.raw_prices == model.pricing.raw:
        return False
    seen = published_pricing(facts)
    return jumped(model.pricing, seen) and not is_awaited(model, seen)


def _lost_price(facts: ModelFacts, model: ModelInfo) -> bool:
    return model.pricing_status is not PricingStatus.DYNAMIC and any(price < ZERO for price in facts.prices.values())


def _lost_parameters(facts: ModelFacts, model: ModelInfo) -> bool:
    return bool(model.supported_parameters) and not facts.supported_parameters


def _lost_limits(facts: ModelFacts, model: ModelInfo) -> bool:
    return model.max_context is not None and facts.max_context is None


def _sentence(name: str, doubt: _Doubt) -> str:
    some = ", ".join(sorted(doubt.subjects)[:3])
    return f"{name}: {len(doubt.subjects)} of {doubt.of}, at most {float(doubt.at_most):.0%} expected ({some}, ...)"


def _hold(doubts: Mapping[str, _Doubt], reasons: tuple[str, ...], source: Source, now: datetime) -> HeldFeed:
    return HeldFeed(
        since=now,
        reason="; ".join(reasons),
        sha256=source.sha256,
        snapshot=source.snapshot,
        doubts={name: tuple(sorted(doubt.subjects)) for name, doubt in sorted(doubts.items())},
    )
