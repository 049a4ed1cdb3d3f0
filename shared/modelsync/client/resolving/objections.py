"""What speaks against a substitute: the one place that guards abilities, window, price and consent.

`Lost` holds what is known of a model that is gone or changed; a saved choice's own figures come before the catalog's.
`objections` names everything that speaks against a substitute, gravest first; only a model with none may be taken
without asking. A price that is not known is never compared as a number, and free is a matter of prices, never of a
name.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from modelsync.catalog.lifecycle import is_placeholder
from modelsync.catalog.model_ids import IdParts, base_id, is_model_id, lineage, parse_model_id
from modelsync.catalog.pricing import ZERO, blended, decimal_text
from modelsync.client.amounts import known_amount
from modelsync.client.asked import Binding, Needs, Policy, User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.instants import instant

ENDING_WITHIN: Final = timedelta(days=30)
"""A model whose announced end is as near as this replaces nothing."""

_OTHER_KEYS: Final = frozenset({"perUnit", "overrides", "raw"})
_CONDITIONS: Final = frozenset({"minPromptTokens", "utcStart", "utcEnd", "other"})


class Lost(NamedTuple):
    """What is known of the model that has to be replaced; None where nobody knows."""

    id: str
    record: Model | None
    slug: str | None
    variant: str | None
    family: str
    series: str
    is_free: bool | None
    price: Decimal | None
    """Blended, USD per million tokens."""
    abilities: frozenset[str]
    """What a substitute must do."""
    known_abilities: frozenset[str]
    """What it could do itself."""
    context: int
    """Tokens that a substitute must hold."""
    outputs: frozenset[str] | None

    @property
    def base(self) -> str:
        """The id without its variant."""
        return base_id(self.id)


def lost_model(catalog: Catalog, model_id: str, *, binding: Binding | None, needs: Needs) -> Lost:
    """Everything known of a model: as it was chosen, as it was last seen, and what its id says."""
    stone = catalog.tombstone(model_id)
    record = catalog.model(model_id) or (stone.last_known if stone is not None else None)
    parts = parse_model_id(model_id) if is_model_id(model_id) else None
    family, series = _lines(record, parts)
    needs = _stronger(needs, binding)
    able = record.abilities if record is not None else frozenset[str]()
    bound_able = binding.abilities if binding is not None else None
    sure = record.sure_abilities if record is not None else frozenset[str]()
    return Lost(
        id=model_id,
        record=record,
        slug=record.slug if record is not None else (binding.slug if binding is not None else None),
        variant=parts.variant if parts is not None else None,
        family=family,
        series=series,
        is_free=_was_free(binding, record),
        price=_price_then(binding, record),
        abilities=needs.abilities
        if needs.abilities is not None
        else (sure if record is not None else bound_able or able),
        known_abilities=able if bound_able is None else bound_able,
        context=max(needs.context, _nine_tenths(_window(binding, record))),
        outputs=frozenset(record.record["outputModalities"]) if record is not None else None,
    )


def objections(
    model: Model, lost: Lost, *, policy: Policy, user: User, now: datetime, paid_is_agreed: bool = False
) -> tuple[str, ...]:
    """Everything that speaks against a substitute, gravest first; empty means that it may be taken unasked."""
    found = {
        "denied": not user.may_stand_in(model.id),
        "missing": not model.is_active,
        "ending": ends_soon(model, now=now),
        "output": lost.outputs is not None and frozenset(model.record["outputModalities"]) != lost.outputs,
        "abilities": not lost.abilities <= model.abilities,
        "context": lost.context > (model.context or 0),
    }
    named = tuple(name for name, speaks in found.items() if speaks)
    return (*named, *_price_objections(model, lost, policy=policy, paid_is_agreed=paid_is_agreed))


def costs_nothing(model: Model) -> bool:
    """Whether a model is free by every price it states, under any condition."""
    pricing = model.record["pricing"]
    amounts = [*_legs(pricing).values(), *pricing["perUnit"].values()]
    amounts += [price for override in pricing["overrides"] for price in _legs(override).values()]
    return bool(model.record["isFree"]) and all(known_amount(price) == ZERO for price in amounts)


def price_of(model: Model) -> Decimal | None:
    """Blended price in USD per million tokens; None where it is unknown or varies."""
    pricing = model.record["pricing"]
    prompt, completion = (known_amount(pricing.get(name)) for name in ("promptPerMillion", "completionPerMillion"))
    if model.record["pricingStatus"] not in {"priced", "free"} or prompt is None or completion is None:
        return None
    return blended(prompt, completion)


def price_text(price: Decimal | None) -> str | None:
    """The price in plain decimal notation."""
    return None if price is None else decimal_text(price)


def ends_soon(model: Model, *, now: datetime) -> bool:
    """Whether the announced end of a model is near; an end in a far future is a placeholder."""
    if model.expires_at is None:
        return False
    end = instant(model.expires_at)
    return end - now <= ENDING_WITHIN and not is_placeholder(end, now=now)


def is_dearer(after: Decimal, before: Decimal, *, policy: Policy) -> bool:
    """Whether a price is above what the policy's factor lets it grow to."""
    return after > before * Decimal(policy.price_factor)


def _price_objections(model: Model, lost: Lost, *, policy: Policy, paid_is_agreed: bool) -> tuple[str, ...]:
    after = price_of(model)
    capped = policy.price_cap is not None and (after is None or after > Decimal(policy.price_cap))
    over = ("over_cap",) if capped else ()
    if costs_nothing(model):
        return ()
    if lost.is_free:
        return over if paid_is_agreed and after is not None else ("paid", *over)
    if after is None or lost.price is None:
        return over if policy.unknown_price == "warn" and not (capped and after is None) else ("unknown_price", *over)
    dearer = is_dearer(after, lost.price, policy=policy) or _has_dearer_units(model, lost, policy=policy)
    return ("dearer", *over) if dearer else over


def _has_dearer_units(model: Model, lost: Lost, *, policy: Policy) -> bool:
    """A fee for each request is part of any call; where tokens cost nothing, every other leg is the price."""
    before = _all_legs(lost.record) if lost.record is not None else {}
    after = _all_legs(model)
    names = after.keys() if lost.price == 0 else after.keys() & {"request"}
    pairs = [(known_amount(after[name]), known_amount(before.get(name, "0"))) for name in names]
    return any(now is None or then is None or is_dearer(now, then, policy=policy) for now, then in pairs)


def _all_legs(model: Model) -> dict[str, str]:
    pricing = model.record["pricing"]
    return {**_legs(pricing), **pricing["perUnit"]}


def _legs(prices: Mapping[str, Any]) -> dict[str, str]:
    return {name: price for name, price in prices.items() if name not in _OTHER_KEYS | _CONDITIONS}


def _lines(record: Model | None, parts: IdParts | None) -> tuple[str, str]:
    if record is not None:
        return record.record["family"], record.record["series"]
    return lineage(parts) if parts is not None else ("", "")


def _stronger(needs: Needs, binding: Binding | None) -> Needs:
    """The caller's own needs, and where it states none those of the saved choice."""
    if binding is None:
        return needs
    abilities = binding.needs.abilities if needs.abilities is None else needs.abilities
    return Needs(abilities=abilities, context=max(needs.context, binding.needs.context))


def _was_free(binding: Binding | None, record: Model | None) -> bool | None:
    if binding is not None and binding.is_free is not None:
        return binding.is_free
    return bool(record.record["isFree"]) if record is not None else None


def _price_then(binding: Binding | None, record: Model | None) -> Decimal | None:
    if binding is not None and binding.blended_price is not None:
        return Decimal(binding.blended_price)
    return price_of(record) if record is not None else None


def _window(binding: Binding | None, record: Model | None) -> int:
    if binding is not None and binding.context is not None:
        return binding.context
    return (record.context or 0) if record is not None else 0


def _nine_tenths(tokens: int) -> int:
    """Rounded up, in whole numbers, so that every language comes to the same."""
    return -(-tokens * 9 // 10)
