"""How models are served, as one run saw it, on top of what earlier runs saw.

Whom to ask is decided here, too: what is recommended or nearly so every day, everybody else in turn, by the calendar,
so that models which never answer keep nobody waiting. A model that could not be asked keeps its last figures, and
their age tells how much they are worth (`ranking.observed`). A figure that a host does not give is left out; nothing is
made of silence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Final

from modelsync.catalog.documents import Curated
from modelsync.catalog.figures import Figure, HostClaims, Operations
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import decimal_text, per_million
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.stamp import Stamp
from modelsync.sources.openrouter_endpoints import EndpointFacts, ServedModel, without_figures

CANDIDATES: Final = 100
"""Models that are asked about every day: the shortlist, those next to it, and the most used ones behind them."""

IN_ROTATION: Final = 60
"""How many of all others are asked about each day: all of 400 models in a week."""

ENDPOINTS: Final = "OpenRouter endpoints"
ORDER: Final = "OpenRouter list order"
TOOLS, STRUCTURED_OUTPUT = "tools", "structured_outputs"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run saw: ids by order, best first, endpoints of models that answered, what people should know."""

    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    served: Mapping[str, ServedModel] = field(default_factory=dict)
    findings: tuple[str, ...] = ()


Choose = Callable[[Sequence[str]], Sequence[str]]
"""Who is asked about, given the ids in the order of their use."""


def whom_to_ask(published: PublishedSet, *, by_use: Sequence[str], day: date) -> tuple[str, ...]:
    """The ids to ask about on a day, most wanted first; `by_use` is the list in the order of its use, if known."""
    asked = {model.id: model for model in published.models().values() if _can_be_asked(model)}
    use = {model_id: place for place, model_id in enumerate(by_use)}
    wanted = _wanted(published.curated)
    candidates = (i for i, model in asked.items() if i in wanted or model.buckets)
    first = sorted(candidates, key=lambda i: (i not in wanted, use.get(i, len(use)), i))[:CANDIDATES]
    others = sorted(asked.keys() - set(first))
    return (*first, *_turn_of(others, day))


def _turn_of(ids: Sequence[str], day: date) -> tuple[str, ...]:
    """Those whose turn it is: the next ones each day, and from the beginning again."""
    if not ids:
        return ()
    begin = day.toordinal() * IN_ROTATION % len(ids)
    return (*ids[begin:], *ids[:begin])[:IN_ROTATION]


def observed(published: PublishedSet, seen: Seen, *, stamp: Stamp) -> dict[str, Operations]:
    """What is known of every listed model after a run."""
    before, places = published.operations(), _places(seen.orders)
    after: dict[str, Operations] = {}
    for model_id in published.models():
        news: dict[str, object] = {
            f"{order}_order": _figure(shares[model_id], "now", ORDER, stamp)
            for order, shares in places.items()
            if model_id in shares
        }
        if model_id in seen.served:
            news |= _of_endpoints(seen.served[model_id].endpoints, stamp)
        operations = before.get(model_id, Operations()).model_copy(update=news)
        if operations.model_fields_set:
            after[model_id] = operations
    return after


def _can_be_asked(model: ModelInfo) -> bool:
    """Routers and moving pointers have no endpoints of their own."""
    return model.state is LifecycleState.ACTIVE and not model.is_router and not model.id.startswith("~")


def _wanted(curated: Curated | None) -> frozenset[str]:
    """Who is recommended, and who just missed it."""
    if curated is None:
        return frozenset()
    buckets = curated.buckets.values()
    nearly = {each.id for bucket in buckets for each in bucket.next_up}
    return frozenset(model.id for model in curated.models) | nearly


def _places(orders: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Places in each order from 0 to 1, the best is 1; models at the end for want of a figure have none.

    Who has no figure shows only where latency and throughput are told both; one of them alone is passed over.
    """
    places = {order: _shares(ids) for order, ids in orders.items() if order == "popularity"}
    if "latency" in orders and "throughput" in orders:
        silent = without_figures(orders["latency"], orders["throughput"])
        for order in ("latency", "throughput"):
            places[order] = _shares([model_id for model_id in orders[order] if model_id not in silent])
    return places


def _shares(ids: Sequence[str]) -> dict[str, float]:
    last = max(len(ids) - 1, 1)
    return {model_id: 1 - place / last for place, model_id in enumerate(ids)}


def _of_endpoints(endpoints: Sequence[EndpointFacts], stamp: Stamp) -> dict[str, object]:
    """Figures of the endpoints that are in order, or of all where none is; silence takes back nothing."""
    serving = [each for each in endpoints if each.is_healthy] or list(endpoints)
    news: dict[str, object] = {"hosts": _claims(endpoints, stamp)}
    for name, window, values in (
        ("uptime_1d", "1d", [each.uptime_1d for each in endpoints]),
        ("latency_p50_ms", "30m", [each.latency_p50_ms for each in serving]),
        ("throughput_p50_tps", "30m", [each.throughput_p50_tps for each in serving]),
    ):
        told = [value for value in values if value is not None]
        if told:
            news[name] = _figure(median(told), window, ENDPOINTS, stamp)
    return news


def _figure(value: float, window: str, source: str, stamp: Stamp) -> Figure:
    return Figure(value=round(value, 4), window=window, fetched_at=stamp.now, source=source)


def _claims(endpoints: Sequence[EndpointFacts], stamp: Stamp) -> HostClaims:
    contexts = [each.context for each in endpoints if each.context is not None]
    prices = [each.prompt_price for each in endpoints if each.prompt_price is not None]
    return HostClaims(
        endpoints=len(endpoints),
        healthy=sum(each.is_healthy for each in endpoints),
        offering_tools=_offering(TOOLS, endpoints),
        offering_structured_output=_offering(STRUCTURED_OUTPUT, endpoints),
        largest_context=max(contexts, default=None),
        smallest_context=min(contexts, default=None),
        cheapest_prompt_per_million=_per_million(min(prices, default=None)),
        dearest_prompt_per_million=_per_million(max(prices, default=None)),
        fetched_at=stamp.now,
    )


def _offering(parameter: str, endpoints: Sequence[EndpointFacts]) -> int:
    return sum(parameter in (each.supported_parameters or ()) for each in endpoints)


def _per_million(price: Decimal | None) -> str | None:
    return None if price is None else decimal_text(per_million(price))
