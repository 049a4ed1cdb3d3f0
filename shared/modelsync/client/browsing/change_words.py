"""One line for each change: a word for what happened, and what there is to know of it today.

A model that is gone is told with what could be used instead: a free model, its paid sibling, or where the catalog
sends its users. Whatever a newer publisher adds to the kinds is told by its own name.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from modelsync.catalog.pricing import ZERO, dollars
from modelsync.client.amounts import known_amount, usd
from modelsync.client.asked import ANYTHING, CAREFUL, NOBODY
from modelsync.client.browsing.changes import Change
from modelsync.client.catalog import ABILITIES, Catalog, Model
from modelsync.client.instants import instant
from modelsync.client.resolving.kin import free_models, recommended
from modelsync.client.resolving.objections import Lost, costs_nothing, lost_model, objections

WORDS: Final[Mapping[str, str]] = {
    "added": "new",
    "stale": "missing",
    "deprecated": "gone",
    "removed": "gone",
    "reappeared": "back",
    "renamed": "renamed",
    "price": "price",
    "price-news": "price",
    "context": "limit",
    "capability": "flag",
    "expiry-announced": "ends",
    "expiry-moved": "ends",
    "expiry-withdrawn": "stays",
    "expiry-passed": "overdue",
    "curated-in": "shortlisted",
    "curated-out": "dropped",
    "alias": "alias",
}
"""The first word of a line, by kind."""

LEGS: Final[Mapping[str, str]] = {
    "promptPerMillion": "in",
    "completionPerMillion": "out",
    "cacheReadPerMillion": "cache read",
    "cacheWritePerMillion": "cache write",
    "cacheWrite1hPerMillion": "cache write for an hour",
    "reasoningPerMillion": "reasoning",
    "audioPerMillion": "sound in",
    "audioOutputPerMillion": "sound out",
    "audioCachePerMillion": "sound cache",
    "imageTokenPerMillion": "image in",
    "imageOutputPerMillion": "image out",
}
FIELDS: Final[Mapping[str, str]] = {
    **{flag: need for need, flag in ABILITIES.items()},
    "structuredOutput": "structured output",
    "jsonMode": "JSON mode",
    "isImageGen": "paints images",
    "isFree": "free",
    "maxContext": "context",
    "maxOutput": "longest answer",
}

_LEGS_IN_ORDER: Final = tuple(LEGS)
_PLURAL_FROM: Final = 2


class Told(NamedTuple):
    """A change for people."""

    word: str
    id: str
    text: str


class Alternatives(NamedTuple):
    """What could be used instead of a model that is gone; None where there is none."""

    free: str | None = None
    """Where it was free itself: the best that is."""
    paid: str | None = None
    """Where it was free: the same model, which charges."""
    instead: str | None = None
    """Where it was not: where the catalog sends its users, or what it recommends."""


def told(change: Change, *, catalog: Catalog, now: datetime) -> Told:
    """A change in words; days are counted from `now`."""
    in_words = _TEXTS.get(change.kind, _moved)
    return Told(WORDS.get(change.kind, change.kind), change.id, in_words(change, catalog, now))


def alternatives(catalog: Catalog, model_id: str) -> Alternatives:
    """What nothing speaks against: for who was free a free model and the paid sibling, else the catalog's word."""
    lost = lost_model(catalog, model_id, binding=None, needs=ANYTHING)
    free = next((each.id for each in free_models(catalog, lost) if _fits(each, lost, catalog)), None)
    if lost.is_free:
        base = catalog.model(lost.base)
        paid = base is not None and base.is_active and base.id != model_id and not costs_nothing(base)
        return Alternatives(free, base.id if paid and base is not None else None)
    redirect = catalog.redirect(model_id)
    target = catalog.model(redirect.to) if redirect is not None else None
    if target is not None and target.is_active:
        return Alternatives(instead=target.id)
    fitting = (each.id for each in recommended(catalog, lost) if _fits(each, lost, catalog))
    return Alternatives(instead=next(fitting, None))


def _fits(model: Model, lost: Lost, catalog: Catalog) -> bool:
    now = instant(catalog.generated_at)
    return model.id != lost.id and not objections(model, lost, policy=CAREFUL, user=NOBODY, now=now)


def _new(change: Change, catalog: Catalog, _: datetime) -> str:
    model = catalog.model(change.id)
    if model is None:
        return "and gone again"
    cost = str(model.record["cost"])
    return cost if model.context is None else f"{cost}, {model.context:,} tokens of context"


def _missing(change: Change, catalog: Catalog, _: datetime) -> str:
    model = catalog.model(change.id)
    if model is not None and model.is_active:
        return "back since"
    return "not in the last list; it may return" if model is not None else "gone since"


def _gone(change: Change, catalog: Catalog, _: datetime) -> str:
    model = catalog.model(change.id)
    if model is not None:
        return "back since" if model.is_active else "listed again since, and missing now"
    named = alternatives(catalog, change.id)._asdict()
    offers = [model_id if name == "instead" else f"{name}: {model_id}" for name, model_id in named.items() if model_id]
    return f"-> {' · '.join(offers)}" if offers else "nothing fits instead"


def _back(change: Change, _: Catalog, __: datetime) -> str:
    return "listed again" if change.before is None else f"listed again, was {change.before}"


def _renamed(change: Change, _: Catalog, __: datetime) -> str:
    return f"-> {_value(change.after)}"


def _price(change: Change, _: Catalog, __: datetime) -> str:
    before, after = _prices(change.before), _prices(change.after)
    legs = sorted({*before, *after}, key=lambda leg: (_LEGS_IN_ORDER.index(leg) if leg in LEGS else len(LEGS), leg))
    moves = [_leg(leg, before.get(leg), after.get(leg)) for leg in legs]
    held = [change.note] if change.note is not None and (change.kind == "price-news" or not moves) else []
    return ", ".join([*moves, *held]) or "changed"


def _leg(leg: str, before: str | None, after: str | None) -> str:
    name = LEGS.get(leg, leg)
    was, now = known_amount(before), known_amount(after)
    if was is None or now is None:
        return f"{name} {usd(before)} -> {usd(after)}"
    share = "" if was in {ZERO, now} else f" ({_percent(was, now)})"
    return f"{name} {dollars(was)} -> {dollars(now)}{share}"


def _percent(before: Decimal, after: Decimal) -> str:
    """A move in whole percent; one that rounds to none is told as less than one."""
    percent = round((after - before) / before * 100)
    sign = "+" if after > before else "-"
    return f"{sign}{abs(percent)} %" if percent else f"{sign}<1 %"


def _limit(change: Change, _: Catalog, __: datetime) -> str:
    return f"{_name(change)} {_tokens(change.before)} -> {_tokens(change.after)} tokens"


def _flag(change: Change, _: Catalog, __: datetime) -> str:
    why = f" ({change.note})" if change.note is not None else ""
    return f"{_name(change)} {_value(change.before)} -> {_value(change.after)}{why}"


def _ends(change: Change, catalog: Catalog, now: datetime) -> str:
    if not isinstance(change.after, str):
        return _moved(change, catalog, now)
    moved = f", moved from {_day(change.before)}" if change.before is not None else ""
    return f"{_in_days(instant(change.after), now=now)}{moved}"


def _stays(change: Change, _: Catalog, __: datetime) -> str:
    return f"its end on {_day(change.before)} was withdrawn"


def _overdue(change: Change, catalog: Catalog, __: datetime) -> str:
    model = catalog.model(change.id)
    still = "; it is still listed" if model is not None and model.is_active else ""
    return f"its end was announced for {_day(change.before)}{still}"


def _shortlisted(change: Change, _: Catalog, __: datetime) -> str:
    came = "into" if change.kind == "curated-in" else "out of"
    why = f" ({change.note})" if change.note is not None else ""
    return f"{came} the shortlist for {change.field or 'some use'}{why}"


def _moved(change: Change, _: Catalog, __: datetime) -> str:
    """Any change, by its values alone."""
    name = f"{_name(change)} " if change.field is not None else ""
    why = f" ({change.note})" if change.note is not None else ""
    return f"{name}{_value(change.before)} -> {_value(change.after)}{why}"


def _prices(detail: Any) -> Mapping[str, str | None]:
    return detail if isinstance(detail, Mapping) else {}


def _name(change: Change) -> str:
    return FIELDS.get(change.field or "", change.field or "it")


def _tokens(count: Any) -> str:
    return f"{count:,}" if isinstance(count, int) else _value(count)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)


def _day(moment: Any) -> str:
    return "an unknown day" if moment is None else str(moment)[:10]


def _in_days(end: datetime, *, now: datetime) -> str:
    days = (end.date() - now.astimezone(end.tzinfo).date()).days
    if days == 0:
        return "today"
    count = f"{abs(days)} day{'s' if abs(days) >= _PLURAL_FROM else ''}"
    return f"in {count}" if days > 0 else f"on {end:%Y-%m-%d}, {count} ago"


_TEXTS: Final[Mapping[str, Callable[[Change, Catalog, datetime], str]]] = {
    "added": _new,
    "stale": _missing,
    "deprecated": _gone,
    "removed": _gone,
    "reappeared": _back,
    "renamed": _renamed,
    "price": _price,
    "price-news": _price,
    "context": _limit,
    "capability": _flag,
    "expiry-announced": _ends,
    "expiry-moved": _ends,
    "expiry-withdrawn": _stays,
    "expiry-passed": _overdue,
    "curated-in": _shortlisted,
    "curated-out": _shortlisted,
    "alias": _moved,
}
"""The text of a line, by kind."""
