"""Who serves a model, by which id, and whether there is a key for it; and back from such an id to the model.

- `gateway` and `openrouter` speak the catalog's own ids, variants, `~` and route hints included.
- A direct backend is asked by the id that the record names: people's table, or a rule whose proposal the backend was
  seen to list. What nobody named is never guessed.
- Variants, routers and moving pointers are OpenRouter's own: no direct backend has them, whatever a record says.
- On the way back candidates are tried in order, and only one that is active in the catalog counts.

The mapping itself is `modelsync.catalog.backends`'; whose key runs what is `credentials`'.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from modelsync.catalog.backends import SAME_NAMESPACE, Table, may_run_directly, openrouter_id
from modelsync.client.catalog import Catalog, Model
from modelsync.client.own.user_layer import CustomModel
from modelsync.client.resolving.naming import VIRTUAL_SUFFIXES
from modelsync.client.switching.credentials import (
    GATEWAY,
    KEYLESS,
    NO_KEY,
    OPENROUTER,
    BackendClass,
    EffectiveCredentials,
    Key,
    Situation,
    backend_class,
    effective_credentials,
)
from modelsync.client.switching.environment_keys import situation_of_own
from modelsync.errors import UsageError


class Mapped(StrEnum):
    """Who says what a backend calls a model."""

    BY_TABLE = "table"
    BY_RULE = "rule"
    AS_IT_IS = "identity"
    NOT = "none"


PRICE_NOTES: Final[Mapping[BackendClass, str | None]] = {
    BackendClass.GATEWAY: "the gateway bills it, at prices of its own",
    BackendClass.OPENROUTER: None,
    BackendClass.DIRECT: "its vendor bills it; the prices shown are OpenRouter's",
    BackendClass.DIRECT_ONLY: "the prices shown are OpenRouter's, and not those of this backend",
}
"""What there is to know of the price at each class of backend; None where the published price is the one to pay."""


class WireId(NamedTuple):
    """What a backend calls a model."""

    id: str | None
    """None where it has no id for it."""
    mapping: Mapped


class BackendOption(NamedTuple):
    """One way to call a model."""

    backend: str
    wire_id: str | None
    mapping: Mapped
    available: bool | None
    """Whether a call may be tried; None where it has an id and nobody looked for a key."""
    why_not: str | None
    price_note: str | None
    base_url: str | None = None
    """Where it answers, where that is an address of the user's own."""

    @property
    def place(self) -> str:
        """The backend with the address, for people: two servers may serve one id."""
        return self.backend if self.base_url is None else f"{self.backend} at {self.base_url}"


def wire_id_of(model: Model, backend: str, *, gateway: str = GATEWAY, route_hint: str | None = None) -> WireId:
    """What a backend calls a model, and who says so; a route hint counts only where ids are the catalog's own.

    `gateway` is the gateway's configured name.
    """
    if backend in {*SAME_NAMESPACE, gateway}:
        return WireId(model.id if route_hint is None else f"{model.id}:{route_hint}", Mapped.AS_IT_IS)
    named = model.record["backends"].get(backend)
    if named is None or not _may_run_directly(model):
        return WireId(None, Mapped.NOT)
    return WireId(named, Mapped.BY_RULE if backend in model.record.get("backendsByRule", ()) else Mapped.BY_TABLE)


def backend_options(
    model: Model,
    *,
    credentials: Mapping[str, Key] | None = None,
    gateway: str = GATEWAY,
    keyless: frozenset[str] = KEYLESS,
    route_hint: str | None = None,
) -> tuple[BackendOption, ...]:
    """Every backend that could be asked: the catalog's own, those with an id for it, those with a key.

    `credentials` are the keys by backend; None means that nobody looked. Raises UsageError for an unknown route hint.
    """
    _refuse_hint(route_hint)
    direct = tuple(sorted(name for name in model.record["backends"] if wire_id_of(model, name, gateway=gateway).id))
    names = dict.fromkeys((gateway, OPENROUTER, *direct, *sorted((credentials or {}).keys() - {GATEWAY})))
    situation = Situation(
        bound=OPENROUTER, keys=credentials or {}, in_namespace=True, direct=direct, gateway=gateway, keyless=keyless
    )
    return tuple(
        _option(
            situation._replace(bound=name),
            wire_id_of(model, name, gateway=gateway, route_hint=route_hint),
            model_id=model.id,
            is_looked_at=credentials is not None,
        )
        for name in names
    )


def custom_option(model: CustomModel, *, credentials: Mapping[str, Key] | None = None) -> BackendOption:
    """How a model of the user's own is called: at its one backend, by its id exactly as typed.

    The key that its user names is that of its backend in `credentials`.
    """
    keys = credentials or {}
    situation = situation_of_own(model, keys=keys, own_key=keys.get(model.backend, NO_KEY))
    wire_id = WireId(model.id, Mapped.AS_IT_IS)
    option = _option(situation, wire_id, model_id=model.id, is_looked_at=credentials is not None)
    return option._replace(price_note=None, base_url=model.base_url)


def from_wire(catalog: Catalog, backend: str, wire_id: str, *, gateway: str = GATEWAY) -> Model | None:
    """The active model that a backend means by an id of its own; None where it means none that the catalog knows.

    A route hint behind an id of the catalog's own is left away. People's rows are tried before those of rules.
    """
    active = {model.id: model for model in catalog.models() if model.is_active}
    if backend in {*SAME_NAMESPACE, gateway}:
        base, _, suffix = wire_id.rpartition(":")
        return active.get(wire_id) or (active.get(base) if suffix in VIRTUAL_SUFFIXES else None)
    found = openrouter_id(wire_id, backend, accept=active.keys(), table=_table(active, backend))
    return None if found is None else active[found]


def _table(active: Mapping[str, Model], backend: str) -> Table:
    """What the records say of one backend, people's rows first: candidates are tried in this order."""
    named = (model for model in active.values() if backend in model.record["backends"])
    rows = [(model, wire_id_of(model, backend)) for model in named]
    rows.sort(key=lambda row: (row[1].mapping is not Mapped.BY_TABLE, row[0].id))
    return {model.id: {backend: wire.id} for model, wire in rows if wire.id is not None}


def _may_run_directly(model: Model) -> bool:
    return may_run_directly(model.id) and not model.record["isRouter"]


def _option(situation: Situation, wire: WireId, *, model_id: str, is_looked_at: bool) -> BackendOption:
    kind = backend_class(situation.bound, gateway=situation.gateway)
    option = BackendOption(situation.bound, wire.id, wire.mapping, None, None, PRICE_NOTES[kind])
    if wire.id is None:
        return option._replace(available=False, why_not=f"it has no id for {model_id}", price_note=None)
    if not is_looked_at:
        return option
    found = effective_credentials(situation)
    runs = found.runs == situation.bound
    return option._replace(available=runs, why_not=None if runs else _why_not(found))


def _why_not(found: EffectiveCredentials) -> str:
    return found.sentence if found.hint is None else f"{found.sentence}: {found.hint}"


def _refuse_hint(route_hint: str | None) -> None:
    if route_hint is not None and route_hint not in VIRTUAL_SUFFIXES:
        expected = ", ".join(VIRTUAL_SUFFIXES)
        raise UsageError(f"route: found {route_hint[:40]!a}, expected one of {expected}; leave it away")
