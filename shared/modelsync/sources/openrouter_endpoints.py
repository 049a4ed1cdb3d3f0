"""How OpenRouter says that its models are served: the endpoints of one model, and the list in an order.

    GET /api/v1/models/{author}/{slug}/endpoints     {"data": {"id", "endpoints": [...]}}
    GET /api/v1/models?sort=latency-low-to-high      the list, best first; models without the figure last

An endpoint that cannot be read is left out and told; an answer about another model, or without endpoints to read, is
an error. Percentages become shares; a figure that is none is silence, and costs nothing but itself. What a figure is
worth is for the pipeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from modelsync.catalog.model_ids import is_model_id
from modelsync.catalog.pricing import ZERO, parse_price
from modelsync.errors import FeedFormatError
from modelsync.sources.openrouter import NAME
from modelsync.sources.records import json_document
from modelsync.sources.text import quoted
from modelsync.sources.wire import Tokens, Wire, read_wire

ORDERS: Final[Mapping[str, str]] = {
    "latency": "latency-low-to-high",
    "throughput": "throughput-high-to-low",
    "popularity": "most-popular",
}
"""What a list can be ordered by, best first, and the word for it."""

HEALTHY: Final = 0
"""The status of an endpoint that is neither degraded nor down; those are below."""

MOST_ENDPOINTS: Final = 200
LEAST_WITHOUT_FIGURES: Final = 3
"""So many models at the end of two orders, alike, are there for want of a figure; fewer may be there by chance."""

LARGEST_FIGURE: Final = 1e9
FULL: Final = 100


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """One host of a model, as it describes itself and as it was seen; None where nothing is said.

    `uptime_1d` is a share (0 to 1) of a day's requests, `latency_p50_ms` the median time to the first token,
    `throughput_p50_tps` output tokens a second, both of 30 minutes; `prompt_price` USD per token.
    """

    is_healthy: bool
    supported_parameters: frozenset[str] | None
    context: int | None
    prompt_price: Decimal | None
    uptime_1d: float | None
    latency_p50_ms: float | None
    throughput_p50_tps: float | None


@dataclass(frozen=True, slots=True)
class ServedModel:
    """The endpoints of one model, and what of the answer could not be read."""

    id: str
    endpoints: tuple[EndpointFacts, ...]
    problems: tuple[str, ...] = ()


def endpoints_url(list_url: str, model_id: str) -> str:
    """Address of a model's endpoints, beside that of the list; raises ValueError for an id that is none."""
    if not is_model_id(model_id):
        raise ValueError(f"expected a model id, found {quoted(model_id)}")
    parts = urlsplit(list_url)
    path = f"{parts.path.rstrip('/')}/{quote(model_id, safe='/:~')}/endpoints"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def ordered_url(list_url: str, order: str) -> str:
    """Address of the list in one of ORDERS."""
    parts = urlsplit(list_url)
    query = "&".join(filter(None, (parts.query, f"sort={ORDERS[order]}")))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def parse_endpoints(body: bytes, *, model_id: str) -> ServedModel:
    """Read the endpoints of a model; raises FeedFormatError where they are not there, or not of this model."""
    data = _part(json_document(body, source=NAME), "data")
    found = data.get("id")
    if found != model_id:
        raise FeedFormatError(NAME, f"endpoints of {model_id}: id", f"expected this id, found {quoted(found)}")
    records = data.get("endpoints")
    if not isinstance(records, list) or len(records) > MOST_ENDPOINTS:
        raise FeedFormatError(
            NAME, f"endpoints of {model_id}", f"expected a list of at most {MOST_ENDPOINTS}, found {_kind(records)}"
        )
    endpoints, problems = [], []
    for place, record in enumerate(records):
        try:
            endpoints.append(_facts(record))
        except ValueError as error:
            problems.append(f"endpoints.{place}: {error}")
    if problems and not endpoints:
        raise FeedFormatError(NAME, f"endpoints of {model_id}: {problems[0].partition(':')[0]}", problems[0])
    return ServedModel(model_id, tuple(endpoints), tuple(problems))


def ids_in_order(body: bytes) -> tuple[str, ...]:
    """The ids of a list in its own order, each once; raises FeedFormatError where it holds none."""
    document = json_document(body, source=NAME)
    data = document.get("data") if isinstance(document, dict) else document
    records: list[Any] = data if isinstance(data, list) else []
    named = (record.get("id") for record in records if isinstance(record, dict))
    ids = tuple(dict.fromkeys(i for i in named if isinstance(i, str) and is_model_id(i)))
    if not ids:
        raise FeedFormatError(NAME, "data", "expected a list of models in an order, found no ids")
    return ids


def without_figures(one: Sequence[str], other: Sequence[str]) -> frozenset[str]:
    """The models at the common end of two orders: a list puts those without the figure last, and leaves them in place.

    >>> sorted(without_figures(("a", "b", "x", "y", "z"), ("b", "a", "x", "y", "z")))
    ['x', 'y', 'z']
    """
    alike = 0
    for this, that in zip(reversed(one), reversed(other), strict=False):
        if this != that:
            break
        alike += 1
    return frozenset(one[len(one) - alike :]) if alike >= LEAST_WITHOUT_FIGURES else frozenset()


class _Pricing(Wire):
    prompt: Any = None


class _Endpoint(Wire):
    status: int | None = None
    supported_parameters: list[str] | None = None
    context_length: Tokens | None = None
    pricing: _Pricing | None = None
    uptime_last_1d: Any = None
    latency_last_30m: Any = None
    throughput_last_30m: Any = None


def _facts(record: object) -> EndpointFacts:
    if not isinstance(record, dict):
        raise ValueError(f"expected an object, found {_kind(record)}")
    seen = read_wire(_Endpoint, record)
    return EndpointFacts(
        is_healthy=seen.status is None or seen.status >= HEALTHY,
        supported_parameters=None if seen.supported_parameters is None else frozenset(seen.supported_parameters),
        context=seen.context_length or None,
        prompt_price=_price(seen.pricing),
        uptime_1d=_share(seen.uptime_last_1d),
        latency_p50_ms=_median(seen.latency_last_30m),
        throughput_p50_tps=_median(seen.throughput_last_30m),
    )


def _share(percent: object) -> float | None:
    """A percentage as a share; a hundredth too much is a hundred, anything else that is none is silence."""
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= FULL + 1:
        return None
    return min(percent, FULL) / FULL


def _median(percentiles: object) -> float | None:
    """The p50 of some percentiles; one that is no positive number is silence."""
    found = percentiles.get("p50") if isinstance(percentiles, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found <= LARGEST_FIGURE:
        return None
    return float(found)


def _price(pricing: _Pricing | None) -> Decimal | None:
    """USD per token; what is no price, or stands for one that varies, is silence."""
    found = pricing.prompt if pricing is not None else None
    if not isinstance(found, str):
        return None
    try:
        price = parse_price(found)
    except ValueError:
        return None
    return price if price >= ZERO else None


def _part(document: object, name: str) -> Mapping[str, Any]:
    part = document.get(name) if isinstance(document, dict) else None
    if not isinstance(part, dict):
        raise FeedFormatError(NAME, name, f"expected an object, found {_kind(part)}")
    return part


def _kind(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    return {dict: "an object", str: "a text", type(None): "nothing"}.get(type(value), "something else")
