"""`bindings`: whose saved choices keep which missing models, and whom the next sweep will remove.

Credentials are told by the names that the operator gave them; nothing here knows of clients.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from rich.console import RenderableType

from modelsync.catalog.lifecycle import KEPT_AT_MOST, LifecycleState
from modelsync.catalog.published_set import PublishedSet
from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.tables import ago, bullets, facts, heading, listing, moment, section, text
from modelsync.errors import FeedError, StoreError
from modelsync.pipeline.leases import Keeping, Tenant, keeping
from modelsync.pipeline.refresh import census_of
from modelsync.pipeline.retire import Census, age, everything_is_bound
from modelsync.shell.running.inputs import load_registry

MOST_LINES: Final = 40
OWN: Final = "(the deployment's own)"


@dataclass(frozen=True, slots=True)
class _Holdings:
    """What is held, None where that cannot be read, and what follows from it."""

    census: Census
    keeping: Keeping | None
    unreadable: str | None
    removed: tuple[str, ...]
    now: datetime

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        """The deployment's own clients first, then credentials by name."""
        found = self.keeping.registry.leases if self.keeping is not None else {}
        return tuple(sorted(found, key=lambda tenant: (tenant is not None, tenant or "")))


def bindings(door: Door) -> Answer:
    """Show who holds what; a sweep as of now is worked out and not published."""
    published, now = door.standing().published, door.runtime.now()
    census = census_of(published)
    try:
        kept, unreadable = keeping(load_registry(door.repository, now=now), census, at=now), None
    except (FeedError, StoreError) as error:
        kept, unreadable = None, f"{error}; every model counts as bound until this is mended"
    removed = _removed(door, published, census, kept, now=now)
    holdings = _Holdings(census, kept, unreadable, removed, now)
    return Answer(data=_data(holdings), view=tuple(_view(holdings)))


def _removed(
    door: Door, published: PublishedSet, census: Census, kept: Keeping | None, *, now: datetime
) -> tuple[str, ...]:
    """Whom a sweep would remove: it ages nobody beyond the last feed that was believed."""
    status = door.repository.load_status()
    last_look = status.observed_at if status is not None else None
    after = age(
        census,
        {i: model for i, model in census.listed.items() if model.state is LifecycleState.ACTIVE},
        overrides=door.runtime.read_overrides().on(now.date()),
        bound=kept.binds if kept is not None else everything_is_bound,
        seen_until=last_look or (published.current.generated_at if published.current else now),
    )
    was = published.states()
    gone = (i for i, stone in after.tombstones.items() if stone.state is LifecycleState.REMOVED)
    return tuple(i for i in gone if was.get(i) is not LifecycleState.REMOVED)


def _data(holdings: _Holdings) -> dict[str, Any]:
    kept = holdings.keeping
    return {
        "unreadable": holdings.unreadable,
        "mostKept": kept.most if kept is not None else None,
        "reporters": [
            {
                "reporter": tenant,
                "clients": kept.registry.clients.get(tenant, 0),
                "leases": len(kept.registry.leases[tenant]),
                "keeps": sorted(kept.kept[tenant]),
                "beyond": sorted(kept.beyond[tenant]),
            }
            for tenant in holdings.tenants
            if kept is not None
        ],
        "nextSweepRemoves": list(holdings.removed),
    }


def _view(holdings: _Holdings) -> Iterator[RenderableType]:
    yield heading("saved choices, and the missing models that they keep")
    kept = holdings.keeping
    if kept is None:
        yield bullets((holdings.unreadable or "",), at_most=1, style="yellow")
    else:
        yield facts((("bounds", f"{kept.most} models by credential, {KEPT_AT_MOST.days} days by model"),))
        yield from _of_tenants(holdings, kept)
    yield section(f"the next sweep removes: {len(holdings.removed)}")
    yield bullets(holdings.removed or ("nobody",), at_most=MOST_LINES)


def _of_tenants(holdings: _Holdings, kept: Keeping) -> Iterator[RenderableType]:
    if not holdings.tenants:
        yield text("nobody reported a saved choice")
        return
    rows = (
        (
            tenant or OWN,
            str(kept.registry.clients.get(tenant, 0)),
            str(len(kept.registry.leases[tenant])),
            str(len(kept.kept[tenant])),
            str(len(kept.beyond[tenant])),
        )
        for tenant in holdings.tenants
    )
    yield listing(("reporter", "clients", "leases", "keeps", "too many"), rows)
    ids = sorted(frozenset[str]().union(*kept.kept.values()))
    if ids:
        yield section(f"kept from being removed: {len(ids)}")
        yield bullets((_kept(model_id, holdings) for model_id in ids), at_most=MOST_LINES)


def _kept(model_id: str, holdings: _Holdings) -> str:
    stone, model = holdings.census.tombstones.get(model_id), holdings.census.listed.get(model_id)
    since = (model.missing_since if model is not None else None) or (stone.missing_since if stone is not None else None)
    if since is None:
        return model_id
    ends = since + KEPT_AT_MOST
    return f"{model_id}, missing since {moment(since)}; removed {ago(ends, holdings.now)} at the latest"
