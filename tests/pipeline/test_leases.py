"""How much one tenant may keep: a tenth of the tombstones, and never fewer than ten."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.lifecycle import LifecycleState
from modelsync.pipeline.leases import Keeping, Registry, keeping
from modelsync.pipeline.retire import Census
from tests.builders import NOW, a_model

DAY = timedelta(days=1)
USED = date(2026, 7, 30)


def missing(count: int, *, days: int = 40) -> Census:
    """So many models that went missing, and are waiting for a sweep."""
    gone: dict[str, Any] = {"state": LifecycleState.STALE, "missing_since": NOW - days * DAY}
    return Census({f"a/{n:03}": a_model(f"a/{n:03}", **gone) for n in range(count)}, {})


def held(count: int, *, tenant: str | None = "acme", by: Census) -> Keeping:
    registry = Registry({tenant: dict.fromkeys(sorted(by.listed)[:count], USED)}, {tenant: 1})
    return keeping(registry, by, at=NOW)


@pytest.mark.parametrize(("gone", "most"), [(3, 10), (100, 10), (109, 10), (110, 11), (500, 50)])
def test_a_tenant_keeps_a_tenth_and_never_fewer_than_ten(gone: int, most: int) -> None:
    kept = held(500, by=missing(gone))
    assert (kept.most, len(kept.kept["acme"])) == (most, min(most, gone))


def test_the_deployments_own_clients_keep_everything() -> None:
    assert len(held(200, tenant=None, by=missing(200)).kept[None]) == 200


def test_what_is_not_yet_due_is_bound_and_counts_for_nothing() -> None:
    kept = held(50, by=missing(50, days=29))
    assert kept.kept["acme"] == frozenset()
    assert all(kept.binds(f"a/{n:03}") for n in range(50))
    assert kept.finding() is None


def test_an_id_that_one_tenant_may_not_keep_is_kept_by_another() -> None:
    census = missing(30)
    ids = sorted(census.listed)
    registry = Registry({"acme": dict.fromkeys(ids, USED), "globex": {ids[29]: USED}}, {})
    kept = keeping(registry, census, at=NOW)
    assert ids[29] in kept.beyond["acme"]
    assert kept.binds(ids[29])
    assert not kept.binds(ids[28])


@given(st.integers(0, 60), st.integers(0, 60))
def test_what_a_tenant_holds_is_kept_or_beyond_its_bound(gone: int, leased: int) -> None:
    kept = held(leased, by=missing(gone))
    assert len(kept.kept["acme"]) <= kept.most
    assert kept.kept["acme"].isdisjoint(kept.beyond["acme"])
    assert len(kept.kept["acme"] | kept.beyond["acme"]) == min(gone, leased)
    assert (kept.finding() is None) is not bool(kept.beyond["acme"])
