"""Choosing a model for a scope, and what becomes of the choice as the catalog changes.

- A choice holds the id, never the word by which it was found, and what was agreed to with it: price, abilities,
  window. A way of routing that was typed behind the id (`:nitro`) stays behind it.
- What a name says exactly is chosen at once, whatever catalog says so; what merely resembles it, or stands in for a
  model that is gone, only with the user's word (`accepted`).
- A substitute changes what runs, not what was chosen. The choice itself is rewritten where the answer says that it
  may be, which no answer of an old or bundled catalog does, or where the user accepts what runs.
- A model that is missing from the list for a few days changes nothing.
- Of the choice of another model that stood before, one is kept for each scope: it comes back as it was, with the terms
  and the backend of its time, or not at all.

Values only: every step gives a new state, and keeping it is somebody else's.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from modelsync.catalog.keys import OPENROUTER
from modelsync.client.asked import ANYTHING, Binding, Needs, Stated
from modelsync.client.catalog import Catalog, Model
from modelsync.client.instants import instant
from modelsync.client.own.choice_document import checked_backend, checked_scope
from modelsync.client.own.user_fields import Merged
from modelsync.client.own.user_layer import UserLayer, model_of, used
from modelsync.client.own.user_state import UserState
from modelsync.client.reading.ages import time_text
from modelsync.client.resolving.naming import tidy
from modelsync.client.resolving.objections import costs_nothing, price_of, price_text
from modelsync.client.resolving.resolution import Outcome, Resolution
from modelsync.errors import NotFoundError, UsageError

SAID_EXACTLY: Final = frozenset({Outcome.EXACT, Outcome.CUSTOM, Outcome.ALIAS, Outcome.ALIAS_MOVED, Outcome.SLUG})
"""Outcomes where the text names the model itself."""
_BY_A_WORD: Final = {Outcome.ALIAS, Outcome.ALIAS_MOVED, Outcome.SLUG, Outcome.MATCHED}
"""Outcomes where the word that was typed goes on standing for the choice."""
_MOVED: Final = {Outcome.RENAMED, Outcome.REDIRECTED}
NO_TERMS: Final[Stated] = {}


def choose(
    state: UserState,
    answer: Resolution,
    *,
    scope: str,
    catalog: Catalog,
    now: datetime,
    needs: Needs = ANYTHING,
    backend: str = OPENROUTER,
    accepted: bool = False,
    terms: Stated | None = None,
) -> UserState:
    """The state in which a scope's model is the one that was found; it is also the one that was used last.

    `accepted` is the user's word that it may be another model than the text says. `terms` are stated with the choice
    and hold for its scope alone; None leaves those of the choice before, for what is agreed for a scope goes on. Raises
    UsageError where nothing was found, or where that word is missing, and NotFoundError where no model has such a name.
    """
    checked_scope(scope)
    if answer.id is None:
        error = NotFoundError if answer.outcome is Outcome.NOT_FOUND else UsageError
        raise error(f"use: {answer.sentence}; nothing was changed{_instead(answer)}")
    if not accepted and answer.outcome not in SAID_EXACTLY:
        raise UsageError(f"use: {answer.sentence}, which needs your word; name {answer.id}, or accept it")
    binding = binding_of(answer, layer=state.layer, catalog=catalog, now=now, needs=needs, backend=backend)
    before = state.bindings.get(scope)
    agreed = NO_TERMS if before is None else before.terms
    binding = binding._replace(terms=agreed if terms is None else terms)
    layer = used(state.layer, answer.id)
    previous = state.previous
    if before is None or before.desired != binding.desired:
        previous = {**_without(previous, scope), **({} if before is None else {scope: before})}
    bindings = {**state.bindings, scope: binding}
    return state._replace(layer=layer, bindings=bindings, previous=previous)


def restored(state: UserState, scope: str, *, before: Binding | None) -> UserState:
    """The state in which a scope has the choice again that stood before, or none where none did.

    What stood until now can come back in turn. Raises NotFoundError where it is not `before` that stood there.
    """
    checked_scope(scope)
    now = state.bindings.get(scope)
    if now is None or state.previous.get(scope) != before:
        raise NotFoundError(
            f"use: {scope}: found another choice before this one, or none, expected the one to go back to; "
            "nothing was changed"
        )
    if before is None:
        return unset(state, scope)
    return state._replace(bindings={**state.bindings, scope: before}, previous={**state.previous, scope: now})


def unset(state: UserState, scope: str) -> UserState:
    """The state without a scope's choice; raises NotFoundError where there is none."""
    checked_scope(scope)
    if scope not in state.bindings:
        raise NotFoundError(f"use: found no choice for {scope}, expected one; nothing was changed")
    return state._replace(bindings=_without(state.bindings, scope), previous=_without(state.previous, scope))


def last_used(binding: Binding) -> date:
    """The last day (UTC) on which a choice is known to have been made or asked for."""
    days = [_chosen_on(binding)]
    days += [date.fromisoformat(binding.used_on)] if binding.used_on is not None else []
    return max(days)


def used_on(state: UserState, scope: str, *, day: date) -> UserState:
    """The state in which a scope's choice was used on a day; the same one where that is known, or nothing is chosen."""
    binding = state.bindings.get(scope)
    if binding is None or f"{day}" in {binding.used_on, f"{_chosen_on(binding)}"}:
        return state
    return state._replace(bindings={**state.bindings, scope: binding._replace(used_on=f"{day}")})


def kept(
    state: UserState,
    answer: Resolution,
    *,
    scope: str,
    catalog: Catalog,
    now: datetime,
    accepted: bool = False,
) -> UserState:
    """The state after its scope's choice was resolved; the same one where the scope has no choice."""
    binding = state.bindings.get(scope)
    if binding is None:
        return state
    after = kept_binding(binding, answer, layer=state.layer, catalog=catalog, now=now, accepted=accepted)
    return state if after == binding else state._replace(bindings={**state.bindings, scope: after})


def kept_binding(
    binding: Binding,
    answer: Resolution,
    *,
    layer: UserLayer,
    catalog: Catalog,
    now: datetime,
    accepted: bool = False,
) -> Binding:
    """A choice after it was resolved: what runs instead is noted, or noted no more where the model runs again.

    `accepted` makes what runs the choice, on the terms of today.
    """
    if answer.id is None or answer.persist == "no" or "missing_from_feed" in answer.notes:
        return binding
    if accepted:
        chosen = binding_of(answer, layer=layer, catalog=catalog, now=now, needs=binding.needs, backend=binding.backend)
        return chosen._replace(alias_used=binding.alias_used)
    if answer.persist == "after_ack":
        since = binding.substituted_at if binding.effective is not None else None
        return binding._replace(effective=answer.id, substituted_at=since or time_text(now))
    if answer.outcome in _MOVED:
        return _renamed(binding, answer, catalog=catalog)
    if _desired(answer).lower() != binding.desired.lower():
        return binding  # another name led elsewhere, which runs, but was never chosen
    return binding._replace(effective=None, substituted_at=None)


def binding_of(
    answer: Resolution,
    *,
    layer: UserLayer,
    catalog: Catalog,
    now: datetime,
    needs: Needs = ANYTHING,
    backend: str = OPENROUTER,
) -> Binding:
    """The choice of what an answer found, on the terms of today; of a model that nobody lists little is known.

    Raises UsageError for a backend whose name is none.
    """
    blank = Binding(
        desired=_desired(answer),
        bound_at=time_text(now),
        alias_used=tidy(answer.asked).removeprefix("/") if answer.outcome in _BY_A_WORD else None,
        needs=needs,
        backend=checked_backend(backend),
    )
    seen = _seen(answer, layer=layer, catalog=catalog, backend=backend)
    return blank if seen is None else blank._replace(**_agreed_to(Model(answer.id or "", seen.record)))


def _seen(answer: Resolution, *, layer: UserLayer, catalog: Catalog, backend: str) -> Merged | None:
    """What was found as its user sees it at the backend, or where else it is theirs alone."""
    model_id = answer.id or ""
    at_backend = model_of(layer, model_id, catalog=catalog, backend=backend)
    return at_backend or model_of(layer, model_id, catalog=catalog)


def _agreed_to(model: Model) -> Mapping[str, Any]:
    """What the user believes that it costs and can do, for later ones are compared with the user's word on them."""
    is_known = model.record["pricingStatus"] != "unknown"
    return {
        "slug": model.slug,
        "variant": model.variant,
        "blended_price": price_text(price_of(model)),
        "is_free": costs_nothing(model) if is_known else None,
        "abilities": model.abilities,
        "context": model.context,
    }


def _chosen_on(binding: Binding) -> date:
    return instant(binding.bound_at).astimezone(UTC).date()


def _renamed(binding: Binding, answer: Resolution, *, catalog: Catalog) -> Binding:
    """The choice under its new id; price, abilities and window stay what was agreed to."""
    model = catalog.model(answer.id or "")
    if model is not None:
        binding = binding._replace(slug=model.slug, variant=model.variant)
    return binding._replace(desired=_desired(answer), effective=None, substituted_at=None)


def _without(bindings: Mapping[str, Binding], scope: str) -> Mapping[str, Binding]:
    return {name: each for name, each in bindings.items() if name != scope}


def _desired(answer: Resolution) -> str:
    return f"{answer.id}:{answer.route_hint}" if answer.route_hint is not None else answer.id or ""


def _instead(answer: Resolution) -> str:
    names = ", ".join(each.id for each in answer.candidates[:3])
    return f", and {names} could be chosen" if names else ""
