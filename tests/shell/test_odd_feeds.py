"""One odd record never stops the others, is never published as it came, and never makes the next run stumble.

The records are in `tests.feeds.odd_feeds`; every promise here is held for each of them, through the real jobs.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.faulty_stores import Watched
from tests.feeds.bad_feeds import GOOD_IDS
from tests.feeds.odd_feeds import ODD_ID, ODD_RECORDS, OddRecord
from tests.promises import assert_in_order
from tests.world import MODELS, World, a_record

DOCUMENTS = ("changes", "curated", "current", "deprecations", "manifest", "signals", "status")
UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories that move a cursor, hide, turn the direction, or are half a character."""

LONGEST_TEXT = 4200


@dataclass(frozen=True)
class Outcome:
    """A world that has read one odd record, or the error that kept it from doing so."""

    odd: OddRecord
    world: World
    body: bytes
    error: Exception | None

    def seen(self) -> World:
        """The world, unless the whole feed was lost to one record."""
        if self.error is not None:
            pytest.fail(f"the run stopped with {type(self.error).__name__}: {str(self.error)[:200]}", pytrace=False)
        return self.world


@pytest.fixture(scope="module")
def good_world() -> World:
    """So many models that one record may be set aside, and so few that a run is quick."""
    world = World(MODELS)
    world.run()
    world.wait()
    return world


@pytest.fixture(scope="module", params=ODD_RECORDS, ids=lambda odd: odd.sentence)
def outcome(request: pytest.FixtureRequest, good_world: World) -> Outcome:
    odd: OddRecord = request.param
    world = good_world.twin()
    body = good_world.feed.body.replace(b'"data": [', b'"data": [' + odd.text.encode() + b", ", 1)
    try:
        world.run(body=body)
    except Exception as error:  # noqa: BLE001  whatever it is: a run must not stop at one record
        return Outcome(odd, world, body, error)
    return Outcome(odd, world, body, None)


def test_the_other_models_are_published_as_ever(outcome: Outcome, good_world: World) -> None:
    others = {i: model for i, model in outcome.seen().published.models().items() if i != ODD_ID}
    assert others == good_world.published.models()


def test_the_record_is_published_or_set_aside(outcome: Outcome) -> None:
    published = ODD_ID in outcome.seen().published.models()
    assert outcome.odd.is_published in (published, None)
    assert len(outcome.seen().status.set_aside) == (0 if published else 1)


def test_the_heartbeat_names_it_where_something_was_lost(outcome: Outcome) -> None:
    status = outcome.seen().status
    of_the_feed = (finding for finding in status.findings if not finding.startswith("shortlist: "))
    told = "\n".join((*status.set_aside, *of_the_feed))
    assert re.search(r"\A\Z" if outcome.odd.told is None else outcome.odd.told, told)


def test_no_text_of_it_can_break_a_terminal_or_a_page(outcome: Outcome) -> None:
    for name in DOCUMENTS:
        for place, text in texts_in(outcome.seen().document(name), name):
            bad = {character for character in text if unicodedata.category(character) in UNSAFE} - {"\n"}
            assert bad == set(), f"{place}: {text[:60]!a}"
    published = outcome.world.bytes_of_documents()
    assert [key for key, body in published.items() if b"<" in body and not key.endswith(".ndjson")] == []


def test_no_text_of_it_is_published_at_any_length(outcome: Outcome) -> None:
    for name in DOCUMENTS:
        for place, text in texts_in(outcome.seen().document(name), name):
            assert len(text) <= LONGEST_TEXT, place


def texts_in(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every string in parsed JSON, keys included, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield f"{place}: a key", key
            yield from texts_in(inner, f"{place}.{key[:40]}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts_in(inner, f"{place}[{index}]")


def test_the_same_feed_again_writes_only_the_heartbeat(outcome: Outcome) -> None:
    world = outcome.seen().twin()
    watched = Watched(world.store)
    world.store = watched
    world.run(body=outcome.body)
    assert watched.written == ["models/openrouter/status.json"]


def test_what_was_published_can_be_read_again(outcome: Outcome) -> None:
    assert_in_order(outcome.seen().store)


def test_a_run_without_the_record_goes_on(outcome: Outcome) -> None:
    world = outcome.seen().twin()
    world.wait()
    assert world.run().run.succeeded


def test_an_id_listed_twice_alike_is_published_once_and_told() -> None:
    world = World()
    world.run(body=listing(world, a_record(ODD_ID), a_record(ODD_ID)))
    assert world.state_of(ODD_ID) == "active"
    assert world.status.findings[0] == "odd/one is listed 2 times, alike (1x)"


def test_an_id_listed_twice_with_two_prices_is_set_aside() -> None:
    world = World(GOOD_IDS)
    world.run(body=listing(world, a_record(ODD_ID), a_record(ODD_ID, prompt="0.5")))
    assert ODD_ID not in world.published.models()
    assert len(world.status.set_aside) == 2
    assert "(odd/one): expected one record, found 2 that differ" in world.status.set_aside[0]


def test_a_listed_model_whose_record_becomes_unreadable_stays_as_it_was() -> None:
    world = World(GOOD_IDS)
    world.run()
    before = world.document("current")
    world.feed.set(GOOD_IDS[0], pricing={"prompt": "free of charge"})
    world.wait()
    assert world.run().run.outcome == "unchanged"
    assert world.document("current") == before
    assert GOOD_IDS[0] in world.status.set_aside[0]


def test_five_of_a_hundred_records_may_be_unreadable() -> None:
    world = World(GOOD_IDS)
    world.run()
    for model_id in GOOD_IDS[:5]:
        world.feed.set(model_id, pricing={})
    world.wait()
    assert world.run().run.succeeded
    assert len(world.status.set_aside) == 5


def test_ten_of_a_hundred_ids_may_leave_at_once() -> None:
    world = World(GOOD_IDS)
    world.run()
    world.feed.drop(*GOOD_IDS[:10])
    world.wait()
    assert world.run().run.outcome == "published"
    assert world.manifest.counts["stale"] == 10


def test_a_key_on_every_record_is_one_finding() -> None:
    world = World()
    for model_id in world.feed.ids:
        world.feed.set(model_id, carbon_grams=1)
    assert world.run().run.outcome == "published"
    assert "unknown key 'carbon_grams', ignored (24x)" in world.status.findings


def test_ten_thousand_complaints_are_a_hundred_lines() -> None:
    world = World()
    world.feed.set(world.feed.ids[0], **{f"key_{number}": 0 for number in range(10_000)})
    world.run()
    assert len(world.status.findings) == 100
    assert re.fullmatch(r"\.\.\. and \d+ more", world.status.findings[-1])


def listing(world: World, *more: dict[str, Any]) -> bytes:
    return json.dumps({"data": [*world.feed.records, *more]}).encode()
