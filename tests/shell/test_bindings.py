"""What clients chose is kept for 180 days, and where that cannot be known, everything is."""

import json
from collections.abc import Iterable
from datetime import timedelta

import pytest

from modelsync.errors import StoreError
from tests.faulty_stores import Passing
from tests.promises import assert_in_order
from tests.world import World, crowd

LEAVER, OTHER = "qwen/qwen3-coder", "cohere/command-a"
KEY = "models/bindings/anna.json"
LONG = timedelta(days=45)


@pytest.fixture
def world() -> World:
    """Two models have just left."""
    made = World()
    made.run()
    made.feed.drop(LEAVER, OTHER)
    made.wait()
    made.refresh()
    return made


def report(world: World, body: object, *, key: str = KEY) -> None:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    world.store.put(key, text)


def a_lease(model_id: str, day: str) -> dict[str, object]:
    return {"schema": 1, "client": "anna", "day": day, "leases": [{"id": model_id, "lastUsedDay": day}]}


def test_without_bindings_everybody_who_left_is_removed_after_thirty_days(world: World) -> None:
    world.come_back(after=LONG)
    assert (world.state_of(LEAVER), world.state_of(OTHER)) == ("removed", "removed")


def test_a_bound_model_outlives_its_feed(world: World) -> None:
    world.bind(LEAVER)
    world.run_schedule(during=LONG)
    assert (world.state_of(LEAVER), world.state_of(OTHER)) == ("deprecated", "removed")
    assert_in_order(world.store)


def test_a_bound_model_is_redirected_all_the_same(world: World) -> None:
    world.bind(LEAVER)
    world.come_back(after=LONG)
    redirects = {each["from"]: each["to"] for each in world.document("deprecations")["redirects"]}
    assert LEAVER in redirects


def test_one_of_two_clients_is_enough(world: World) -> None:
    world.bind(LEAVER, client="anna")
    world.bind(LEAVER, client="bert")
    world.come_back(after=timedelta(days=10))
    world.fall_silent("anna")
    world.come_back(after=timedelta(days=60))
    assert world.state_of(LEAVER) == "deprecated"


def test_a_client_that_falls_silent_keeps_its_model_for_thirty_five_days_more(world: World) -> None:
    world.bind(LEAVER)
    world.come_back(after=timedelta(days=20))
    world.fall_silent()
    world.come_back(after=timedelta(days=35))
    assert world.state_of(LEAVER) == "deprecated"
    world.come_back(after=timedelta(days=1))
    assert world.state_of(LEAVER) == "removed"


def test_a_choice_that_was_not_used_for_ninety_days_binds_no_more(world: World) -> None:
    world.come_back(after=timedelta(days=29))
    today, used = world.now.date(), world.now.date() - timedelta(days=88)
    report(world, a_lease(LEAVER, f"{today}") | {"leases": [{"id": LEAVER, "lastUsedDay": f"{used}"}]})
    world.come_back(after=timedelta(days=1))
    assert world.state_of(LEAVER) == "deprecated"
    world.come_back(after=timedelta(days=2))
    assert world.state_of(LEAVER) == "removed"


def test_a_binding_found_after_the_removal_does_not_take_it_back(world: World) -> None:
    world.come_back(after=LONG)
    world.bind(LEAVER)
    world.come_back(after=timedelta(days=2))
    assert world.state_of(LEAVER) == "removed"


def test_a_bound_model_that_returns_is_active(world: World) -> None:
    world.bind(LEAVER)
    world.come_back(after=LONG)
    world.feed.add(LEAVER)
    world.wait()
    world.refresh()
    assert world.state_of(LEAVER) == "active"


UNREADABLE = {
    "no JSON": b"<html>",
    "an empty file": b"",
    "no UTF-8": b"\xff\xfe",
    "a list": b"[]",
    "no day": b'{"leases": []}',
    "no leases": b'{"day": "2026-06-01"}',
    "a day that is none": b'{"day": "2026-06-31", "leases": []}',
    "an id that is a number": b'{"day": "2026-06-01", "leases": [{"id": 1, "lastUsedDay": "2026-06-01"}]}',
    "an id of 1 MB": b'{"day": "2026-06-01", "leases": [{"id": "%s", "lastUsedDay": "2026-06-01"}]}'
    % (b"x" * 1_000_000),
    "501 leases": json.dumps(
        {"day": "2026-06-01", "leases": [{"id": "a/b", "lastUsedDay": "2026-06-01"}] * 501}
    ).encode(),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_one_report_that_cannot_be_read_binds_everything(world: World, body: bytes) -> None:
    report(world, body)
    world.come_back(after=LONG)
    assert (world.state_of(LEAVER), world.state_of(OTHER)) == ("deprecated", "deprecated")


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_the_heartbeat_names_the_report_that_cannot_be_read(world: World, body: bytes) -> None:
    report(world, body)
    world.wait()
    world.curate()
    [finding] = [each for each in world.status.findings if KEY in each]
    assert finding.endswith("every model counts as bound until this is mended")
    assert finding.isprintable()
    assert len(finding) <= 500


def test_a_refresh_names_it_where_somebody_may_be_removed(world: World) -> None:
    report(world, b"<html>")
    world.come_back(after=LONG)
    assert [each for each in world.status.findings if KEY in each]


def test_as_soon_as_it_is_mended_the_clock_that_ran_on_counts(world: World) -> None:
    report(world, b"<html>")
    world.come_back(after=LONG)
    world.store.delete(KEY)
    world.wait()
    world.refresh()
    assert world.state_of(LEAVER) == "removed"


class WithoutBindings(Passing):
    """A store that cannot show what clients reported."""

    def before(self, verb: str, key: str) -> None:
        if key.startswith("models/bindings/") and verb in ("get", "list"):
            raise StoreError(f"store: {key}: no permission; give this job the right to read it")


def test_a_registry_that_cannot_be_listed_binds_everything(world: World) -> None:
    world.store = WithoutBindings(world.store)
    world.come_back(after=LONG)
    assert world.state_of(LEAVER) == "deprecated"
    assert [each for each in world.status.findings if "no permission" in each]


def test_a_report_that_is_taken_back_while_it_is_read_is_no_trouble(world: World) -> None:
    class Vanishing(Passing):
        def before(self, verb: str, key: str) -> None:
            if verb == "get" and key == KEY:
                self._store.delete(KEY)

    report(world, b"<html>")
    world.store = Vanishing(world.store)
    world.wait()
    world.refresh()
    assert [each for each in world.status.findings if KEY in each] == []


def test_a_day_in_the_far_future_binds_nobody_for_ever(world: World) -> None:
    """A client whose clock is wrong reports once: its word lasts no longer than another's."""
    report(world, a_lease(LEAVER, "2099-01-01"))
    world.come_back(after=timedelta(days=120))
    assert world.state_of(LEAVER) == "removed"


def test_an_id_that_nobody_knows_is_no_trouble(world: World) -> None:
    report(world, a_lease("\x1b[2J../../etc/passwd", f"{world.now:%Y-%m-%d}"))
    world.wait()
    world.refresh()
    assert world.status.last_attempt.outcome == "unchanged"
    assert_in_order(world.store)


def test_bindings_are_read_and_never_written(world: World) -> None:
    report(world, a_lease(LEAVER, "2026-06-01"))
    before = world.store.get(KEY)
    world.come_back(after=timedelta(days=3))
    assert world.store.get(KEY) == before


@pytest.mark.parametrize(("days", "state"), [(179, "deprecated"), (180, "removed")])
def test_nobody_keeps_a_model_for_more_than_180_days(world: World, days: int, state: str) -> None:
    world.bind(LEAVER)
    world.come_back(after=timedelta(days=days))
    assert world.state_of(LEAVER) == state
    assert LEAVER not in world.published.models()


def test_a_registry_that_cannot_be_read_keeps_nothing_for_more_than_180_days_either(world: World) -> None:
    report(world, b"<html>")
    world.come_back(after=timedelta(days=181))
    assert world.state_of(LEAVER) == "removed"
    assert LEAVER in {each["id"] for each in world.document("deprecations")["tombstones"]}
    assert LEAVER in {each["from"] for each in world.document("deprecations")["redirects"]}


# What one credential may keep.

TENANTS = "models/bindings/v1"


@pytest.fixture
def emptied() -> World:
    """Thirty models have just left, of a hundred."""
    made = World(crowd(100, vendors=20))
    made.run()
    made.feed.drop(*made.feed.ids[:30])
    made.wait()
    made.refresh(accept=True)
    return made


def lease(world: World, ids: Iterable[str], *, tenant: str = "acme", place: int = 0, days_ago: int = 0) -> None:
    day = world.now.date()
    leases = [{"id": i, "lastUsedDay": f"{day - timedelta(days=days_ago)}"} for i in ids]
    body = {"schema": 1, "client": "0" * 32, "day": f"{day}", "reports": 1, "leases": leases}
    report(world, body, key=f"{TENANTS}/{tenant}/{place:02x}.json")


def kept(world: World) -> list[str]:
    return [i for i, state in world.published.states().items() if state == "deprecated"]


def test_a_credential_keeps_ten_models_or_a_tenth_of_the_tombstones(emptied: World) -> None:
    gone = sorted(crowd(100, vendors=20)[:30])
    emptied.wait(LONG)
    lease(emptied, gone)
    emptied.refresh()
    assert kept(emptied) == gone[:10]
    [finding] = [each for each in emptied.status.findings if each.startswith("bindings")]
    assert finding.startswith(
        "bindings: 1 of 1 credentials hold more models whose time has come than the 10 that one may keep"
    )
    assert "acme" not in finding
    assert_in_order(emptied.store)


def test_it_keeps_those_that_were_used_last(emptied: World) -> None:
    gone = sorted(crowd(100, vendors=20)[:30])
    emptied.wait(LONG)
    lease(emptied, gone[:20], days_ago=5)
    lease(emptied, gone[20:], place=1, days_ago=1)
    emptied.refresh()
    assert kept(emptied) == gone[20:]


def test_each_credential_keeps_as_many(emptied: World) -> None:
    gone = sorted(crowd(100, vendors=20)[:30])
    emptied.wait(LONG)
    lease(emptied, gone[:10])
    lease(emptied, gone[10:20], tenant="globex")
    emptied.refresh()
    assert kept(emptied) == gone[:20]
    assert [each for each in emptied.status.findings if each.startswith("bindings")] == []


def test_the_deployments_own_clients_keep_all_that_they_use(emptied: World) -> None:
    gone = sorted(crowd(100, vendors=20)[:30])
    for model_id in gone:
        emptied.bind(model_id)
    emptied.come_back(after=LONG)
    assert kept(emptied) == gone


def test_models_that_are_there_use_up_nothing(emptied: World) -> None:
    gone = sorted(crowd(100, vendors=20)[:30])
    emptied.wait(LONG)
    lease(emptied, [*emptied.feed.ids, *gone[:10]])
    emptied.refresh()
    assert kept(emptied) == gone[:10]
