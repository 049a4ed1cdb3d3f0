"""Models that do the same for less, and models that a conversation fits which does not fit the one asked for.

Both are suggestions; nothing here is taken. The recommended come first, in the shortlist's order, then the others,
cheapest first, then by id: the order is total. Routers and moving pointers are left out because they vary, and so is
what is about to end; variants answer later or have limits of their own, and so have free models, which are suggested
only to who runs a free one.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Final, NamedTuple

from modelsync.catalog.pricing import ZERO, decimal_text
from modelsync.client.asked import NOBODY, User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.instants import instant
from modelsync.client.resolving.objections import costs_nothing, ends_soon, price_of
from modelsync.client.switching.switch_check import check_switch
from modelsync.client.switching.switch_report import Session, Terms

AT_MOST: Final = 3
_TENTHS_OF_CONTEXT: Final = 9
_CENT: Final = Decimal("0.01")
_USUAL: Final = Terms()


class Similar(NamedTuple):
    """A model that does the same, and how its price compares."""

    model: Model
    ratio: str
    """Its blended price over that of the other, rounded for people: `0.19x`."""


def similar_and_cheaper(
    catalog: Catalog, model: Model, *, user: User = NOBODY, at_most: int = AT_MOST
) -> tuple[Similar, ...]:
    """Models that do all that a model does, hold nine tenths of its context, and cost less, blended.

    None where its own price is unknown, or nothing.
    """
    price = _token_price(model)
    if price is None:
        return ()
    fitting = (
        (other, cheaper)
        for other, cheaper in _in_order(catalog, now=instant(catalog.generated_at))
        if cheaper < price and other.id != model.id and user.may_stand_in(other.id) and _does_the_same(other, model)
    )
    return tuple(Similar(other, _ratio(cheaper, price)) for other, cheaper in islice(fitting, at_most))


def fits_instead(
    catalog: Catalog,
    target: str | Model,
    *,
    now: datetime,
    running: str | Model | None = None,
    session: Session,
    terms: Terms = _USUAL,
    at_most: int = AT_MOST,
) -> tuple[Model, ...]:
    """Models that a session could go on with where it cannot with `target`: every check of theirs passes, or warns.

    None of them costs more, blended, than the model that is `running`, if there is one, else than the target; for who
    runs a free model only free ones fit. Both are named by id, or given as their user sees them.
    """
    other = _known(catalog, running) or _known(catalog, target)
    is_free = other is not None and costs_nothing(other)
    limit = _token_price(other) if other is not None else None
    taken = {each.id if isinstance(each, Model) else each for each in (target, running)}
    pool = _free(catalog, now=now) if is_free else _in_order(catalog, now=now)
    fitting = (
        model
        for model, price in pool
        if model.id not in taken
        and (limit is None or price <= limit)
        and (other is None or _outputs(model) == _outputs(other))
        and check_switch(catalog, model.id, now=now, running=running, session=session, terms=terms).ok
    )
    return tuple(islice(fitting, at_most))


def _known(catalog: Catalog, asked: str | Model | None) -> Model | None:
    return asked if isinstance(asked, Model) else catalog.model(asked or "")


def _in_order(catalog: Catalog, *, now: datetime) -> Iterator[tuple[Model, Decimal]]:
    """Everything that charges and may be suggested, with its price."""
    priced = ((model, price) for model in catalog.models() if (price := _token_price(model)) is not None)
    eligible = [(model, price) for model, price in priced if model.variant is None and _stands(model, now=now)]
    yield from sorted(eligible, key=lambda each: (catalog.place(each[0].id), each[1], each[0].id))


def _free(catalog: Catalog, *, now: datetime) -> Iterator[tuple[Model, Decimal]]:
    """Everything free, the variants that are among them."""
    free = [model for model in catalog.models() if costs_nothing(model) and _stands(model, now=now)]
    yield from ((model, ZERO) for model in sorted(free, key=lambda each: (catalog.place(each.id), each.id)))


def _stands(model: Model, *, now: datetime) -> bool:
    """Whether it stands for itself, today and in a month."""
    return model.is_active and not model.is_moving and not ends_soon(model, now=now)


def _token_price(model: Model) -> Decimal | None:
    """The blended price; None where it is unknown, or where tokens are not what a model charges for."""
    return price_of(model) or None


def _does_the_same(other: Model, model: Model) -> bool:
    holds_enough = model.context is None or (other.context or 0) * 10 >= model.context * _TENTHS_OF_CONTEXT
    return holds_enough and model.abilities <= other.abilities and _outputs(other) == _outputs(model)


def _outputs(model: Model) -> frozenset[str]:
    return frozenset(model.record["outputModalities"])


def _ratio(price: Decimal, of: Decimal) -> str:
    """Never one, and never nothing: what is cheaper by less than a hundredth is `0.99x`, the least `0.01x`."""
    rounded = (price / of).quantize(_CENT)
    return f"{decimal_text(min(max(rounded, _CENT), 1 - _CENT))}x"
