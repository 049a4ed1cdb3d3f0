"""Which missing models are kept from being removed by somebody's saved choice, and how many one tenant may keep.

A tenant is a credential that the operator gave out. What its clients lease counts while the lease lasts
(`sources.registry`); but of the models whose time has come it keeps no more than a tenth as many as there are
tombstones, or 10 where there are few: those that were used last. What the deployment's own clients put into the store
without a credential of anybody is the operator's word, and has no such bound.

Nothing is kept for longer than 180 days; that is `catalog.lifecycle`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from modelsync.pipeline.retire import Census, is_buried, waiting_to_be_removed

TENANTS_TENTH: Final = 10
"""A tenant keeps one in so many tombstones at most."""
LEAST_KEPT: Final = 10

Tenant = str | None
"""Name of a credential; None for the deployment's own clients."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Every lease in force: by tenant the ids, and the day on which each was last used."""

    leases: Mapping[Tenant, Mapping[str, date]]
    clients: Mapping[Tenant, int]
    """How many clients reported, by tenant."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What each tenant keeps of the models whose time has come, and what it would keep beyond its bound."""

    registry: Registry
    most: int
    kept: Mapping[Tenant, frozenset[str]]
    beyond: Mapping[Tenant, frozenset[str]]

    def binds(self, model_id: str) -> bool:
        """Tell whether some saved choice points at an id, and may keep it."""
        return any(
            model_id in leases and model_id not in self.beyond[tenant]
            for tenant, leases in self.registry.leases.items()
        )

    def finding(self) -> str | None:
        """A sentence where a tenant holds more than it may keep; its name is told to the operator alone."""
        tenants = sum(bool(ids) for ids in self.beyond.values())
        if not tenants:
            return None
        return (
            f"bindings: {tenants} of {len(self.beyond)} credentials hold more models whose time has come than the "
            f"{self.most} that one may keep; the others are removed, `syncmodels bindings` tells whose they are"
        )


def keeping(registry: Registry, census: Census, *, at: datetime) -> Keeping:
    """Judge every lease on a model whose time has come at a moment."""
    waiting = waiting_to_be_removed(census, at=at)
    buried = {model_id for model_id, stone in census.tombstones.items() if is_buried(stone)}
    most = max(LEAST_KEPT, len(buried | waiting) // TENANTS_TENTH)
    kept: dict[Tenant, frozenset[str]] = {}
    beyond: dict[Tenant, frozenset[str]] = {}
    for tenant, leases in registry.leases.items():
        held = _last_used_first(leases, waiting)
        bound = len(held) if tenant is None else most
        kept[tenant], beyond[tenant] = frozenset(held[:bound]), frozenset(held[bound:])
    return Keeping(registry, most, kept, beyond)


def _last_used_first(leases: Mapping[str, date], waiting: Collection[str]) -> list[str]:
    held = (model_id for model_id in leases if model_id in waiting)
    return sorted(held, key=lambda model_id: (-leases[model_id].toordinal(), model_id))
