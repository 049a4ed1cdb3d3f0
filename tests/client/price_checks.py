"""What must hold of every price text and every estimate of a published model, whatever a feed says of it.

`problems_of` says what is wrong, in words; a test over recorded lists expects nothing. Amounts are worked out here once
more, with fractions, for the calls whose price has no condition.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from modelsync.client.catalog import Model
from modelsync.client.switching.estimate import Estimate, EstimateStatus, estimate
from tests.timeline import Timeline

CALLS: Final[tuple[Mapping[str, Any], ...]] = (
    {"prompt": 0, "completion": 0},
    {"prompt": 1, "completion": 1},
    {"prompt": 8000, "completion": 1000},
    {"prompt": 8000, "completion": 1000, "cached": 4000, "cache_write": 1000},
    {"prompt": 300001, "completion": 7, "requests": 3},
    {"prompt": 1000, "completion": 100, "images": 2},
)
AMOUNT: Final = r"\$(?:[1-9][0-9]*\.[0-9]{2}|0\.(?:[0-9]{2}|0*[1-9][0-9]{0,2}))"
"""Cents, or three digits that count: binary fractions have more, as 0.1 + 0.2 has them."""
COST: Final = re.compile(rf"free|varies|\?|{AMOUNT} / {AMOUNT}|{AMOUNT}/[A-Za-z_]+(?: [a-z_]+)?")
ESTIMATE: Final = re.compile(rf"free|varies|\?|(?:at least )?{AMOUNT}|{AMOUNT} to {AMOUNT}")
WORDS: Final = {"dynamic": "varies", "free": "free", "unknown": "?"}
MIDNIGHT: Final = datetime(2026, 8, 8, tzinfo=UTC)


def published_models(path: Path) -> Mapping[str, Model]:
    """A recorded list as a pipeline publishes it on its day."""
    line = Timeline()
    stamp = path.name.removeprefix("openrouter-").removesuffix("Z.json.gz")
    at = datetime.strptime(stamp, "%Y%m%dT%H%M%S" if len(stamp) > 13 else "%Y%m%dT%H%M").replace(tzinfo=UTC)
    line.read_body(gzip.decompress(path.read_bytes()), at=at)
    return {each.id: Model(each.id, json.loads(each.model_dump_json(by_alias=True))) for each in line.models.values()}


def problems_of(model: Model) -> list[str]:
    """Everything that is wrong with how a model's prices are told."""
    found = [*_cost_problems(model)]
    for call in CALLS:
        anytime = estimate(model, **call)
        found += _estimate_problems(model, call, anytime)
        found += _range_problems(model, call, anytime)
        found += _sum_problems(model, call, anytime)
    return [f"{model.id}: {problem}" for problem in found]


def _cost_problems(model: Model) -> Iterator[str]:
    cost, status = str(model.record["cost"]), model.record["pricingStatus"]
    if not COST.fullmatch(cost):
        yield f"cost {cost!a} is no price text"
    if cost != WORDS.get(status, cost) or (status == "priced" and cost in {"free", "varies", "?"}):
        yield f"cost {cost!a} of a model that is {status}"
    if status == "priced" and not re.search("[1-9]", cost):
        yield f"cost {cost!a} of a model that charges"
    if model.record["isRouter"] and status not in {"dynamic", "free"}:
        yield f"a router that is {status}"


def _estimate_problems(model: Model, call: Mapping[str, Any], found: Estimate) -> Iterator[str]:
    status, text = model.record["pricingStatus"], found.text
    if not ESTIMATE.fullmatch(text):
        yield f"estimate {text!a} of {call} is no price text"
    if (found.high is None) is not (found.status is EstimateStatus.UNKNOWN):
        yield f"half an estimate of {call}: {found}"
    yield from _bound_problems(found, call, is_by_picture=_is_by_picture(model))
    if found.low is not None and found.high is not None:
        if not (found.low.is_finite() and found.high.is_finite() and 0 <= found.low <= found.high):
            yield f"estimate from {found.low} to {found.high} of {call}"
    elif text not in {"varies", "?"} and found.low is None:
        yield f"an unknown price of {call} is told as {text!a}"
    if status in {"dynamic", "unknown"} and text != WORDS[status]:
        yield f"estimate {text!a} of a model that is {status}"
    if status == "free" and text != "free":
        yield f"estimate {text!a} of a free model"
    if status == "priced" and text == "free":
        yield f"estimate {text!a} of a model that charges"


def _bound_problems(found: Estimate, call: Mapping[str, Any], *, is_by_picture: bool) -> Iterator[str]:
    """Only images that are tokens leave an estimate with one end, which is above zero and says that it is one."""
    if found.low is not None and found.high is None:
        is_told = found.text.startswith("at least $") and {"image_tokens", "takes_no_images"} & set(found.notes)
        if not call.get("images") or is_by_picture or found.low <= 0 or not is_told:
            yield f"one end of {call}: {found}"
    if call.get("images") and found.high is not None and not (is_by_picture or found.is_free):
        yield f"images of {call} are priced by the piece: {found}"


def _is_by_picture(model: Model) -> bool:
    """Whether an image has a price of its own: in all recorded lists that is one of at least 256 prompt tokens."""
    pricing = model.record["pricing"]
    price, token = (Fraction(text or 0) for text in (pricing["perUnit"].get("image"), pricing.get("promptPerMillion")))
    return price * 1_000_000 > token * 200 and price > 0


def _range_problems(model: Model, call: Mapping[str, Any], anytime: Estimate) -> Iterator[str]:
    """An estimate at any hour holds those of all hours, and is no wider where only the hour decides."""
    overrides = model.record["pricing"]["overrides"]
    if anytime.low is None or anytime.high is None or not overrides:
        return
    ends: list[Any] = []
    for minute in _minutes(overrides):
        at_hour = estimate(model, **call, at=MIDNIGHT + timedelta(minutes=minute))
        if (
            at_hour.low is None
            or at_hour.high is None
            or not anytime.low <= at_hour.low <= at_hour.high <= anytime.high
        ):
            yield f"at minute {minute} {call} costs {at_hour.text}, at any time {anytime.text}"
        ends += [at_hour.low, at_hour.high]
    is_by_hour = not any("other" in each for each in overrides)
    if is_by_hour and (min(ends), max(ends)) != (anytime.low, anytime.high):
        yield f"{call} costs {min(ends)} to {max(ends)} at some hour, and {anytime.low} to {anytime.high} at any"


def _minutes(overrides: list[Mapping[str, Any]]) -> list[int]:
    """Each hour, and the minutes at and before which a window begins or ends."""
    edges = [each[side] for each in overrides for side in ("utcStart", "utcEnd") if side in each]
    minutes = [edge // 100 * 60 + edge % 100 for edge in edges]
    return sorted({each % 1440 for minute in minutes for each in (minute, minute - 1)} | set(range(0, 1440, 60)))


def _sum_problems(model: Model, call: Mapping[str, Any], found: Estimate) -> Iterator[str]:
    """The amount once more, where no condition holds and nothing but prompt and completion is counted."""
    pricing = model.record["pricing"]
    plain = call.keys() == {"prompt", "completion"} and not pricing["overrides"] and not pricing["perUnit"]
    if not plain or model.record["pricingStatus"] != "priced" or found.status is not EstimateStatus.EXACT:
        return
    legs = ((call["prompt"], "promptPerMillion"), (call["completion"], "completionPerMillion"))
    expected = sum((count * Fraction(pricing[name]) / 1_000_000 for count, name in legs if count), Fraction(0))
    if found.low is None or Fraction(found.low) != expected:
        yield f"{call} costs {found.low}, expected {float(expected)}"
