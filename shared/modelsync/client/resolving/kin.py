"""Models that may stand in for one that is gone, in the order in which they are looked at.

Relatives by how near they are, the shortlist's targets by price class, free models for who was free, and what the
shortlist names for the same use. Every order is total, down to the id. Whether any of them may be taken is decided
elsewhere.
"""

from collections.abc import Iterator
from typing import Final

from modelsync.catalog.model_ids import is_model_id, parse_model_id, size_class, version_tuple
from modelsync.client.catalog import ABILITIES, Catalog, Model
from modelsync.client.resolving.objections import Lost, costs_nothing, price_of

PAID_TIERS: Final = ("premium", "pro", "standard", "budget")
"""Dearest first; nobody who pays is moved to free models, which have other limits, without being asked."""

NEEDS_IN_TURN: Final = (*ABILITIES, "any")
"""Targets for a need are looked at in this order, that for none last."""

_LONGEST_VERSION: Final = 8


def relatives(catalog: Catalog, lost: Lost) -> list[Model]:
    """Models of the family that are of the same class of variant and stand for themselves, nearest first."""
    if not lost.family or not is_model_id(lost.id):
        return []
    kin = [model for model in catalog.of_family(lost.family) if model.variant == lost.variant and not model.is_moving]
    return sorted(kin, key=lambda model: _distance(catalog, model, lost))


def recommended(catalog: Catalog, lost: Lost) -> Iterator[Model]:
    """The shortlist's targets of the same price tier, then of the cheaper ones; of an unknown one cheapest first."""
    tier = lost.record.record["priceTier"] if lost.record is not None else None
    tiers = PAID_TIERS[PAID_TIERS.index(tier) :] if tier in PAID_TIERS else PAID_TIERS[::-1]
    ids = dict.fromkeys(target for tier in tiers for target in _targets(catalog, lost, tier=tier))
    return (model for model_id in ids if (model := catalog.model(model_id)) is not None)


def free_models(catalog: Catalog, lost: Lost) -> Iterator[Model]:
    """For who was free: the recommended, then every other one, best first, and the router to free ones last."""
    if not lost.is_free:
        return
    places = {target: place for place, target in reversed(list(enumerate(_targets(catalog, lost, tier="free"))))}
    free = [model for model in catalog.models() if not model.is_moving and costs_nothing(model)]
    yield from sorted(free, key=lambda each: (places.get(each.id, len(places)), catalog.place(each.id), each.id))
    router = catalog.free_router
    if router is not None and costs_nothing(router):
        yield router


def same_use(catalog: Catalog, lost: Lost) -> Iterator[Model]:
    """The shortlist's models for what the lost one was good for, where it was not free."""
    if lost.record is None or lost.is_free:
        return
    ids = dict.fromkeys(model_id for name in lost.record.record["buckets"] for model_id in catalog.bucket(name))
    yield from (model for model_id in ids if (model := catalog.model(model_id)) is not None)


def _targets(catalog: Catalog, lost: Lost, *, tier: str) -> list[str]:
    wanted = [need for need in NEEDS_IN_TURN if need in lost.abilities or need == "any"]
    targets = (catalog.auto_target(tier, need) for need in wanted)
    return [target for target in dict.fromkeys(targets) if target is not None]


def _distance(catalog: Catalog, model: Model, lost: Lost) -> tuple[object, ...]:
    """Same series, same size, the smallest step of version and upwards first, nearest price, place, id."""
    old, new = parse_model_id(lost.id), parse_model_id(model.id)
    before, version = version_tuple(old), version_tuple(new)
    is_older = version < before
    padded = (*version, *([0] * (_LONGEST_VERSION - len(version))))
    price = price_of(model)
    apart = abs(price - lost.price) if price is not None and lost.price is not None else None
    return (
        model.record["series"] != lost.series,
        size_class(new) != size_class(old),
        is_older,
        tuple(-digit for digit in padded) if is_older else padded,
        apart is None,
        apart or 0,
        catalog.place(model.id),
        model.id,
    )
