"""What counts as an exchange in the shortlist, of which a day sees two at most."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from modelsync.catalog.documents import Current
from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.ranking.curation import is_exchange
from tests.builders import NOW, a_model
from tests.timeline import a_stamp
from tests.world import World


def after(*models: ModelInfo) -> PublishedSet:
    """A small world's shortlist, and these models listed."""
    world = World()
    world.run()
    return replace(world.published, current=Current(**a_stamp(2, at=NOW).on(), models=models))


def out(model_id: str = "acme/one", bucket: str = "chat", kind: EventKind = EventKind.CURATED_OUT) -> Event:
    return Event(at=NOW, generation=2, kind=kind, id=model_id, field=bucket)


def test_a_model_that_could_have_stayed_made_room() -> None:
    assert is_exchange(out(), after(a_model("acme/one")), now=NOW)


@pytest.mark.parametrize(
    "fields",
    [{"state": "stale", "missing_since": NOW}, {"expires_at": NOW + timedelta(days=10)}, {"buckets": ("coding",)}],
    ids=["missing", "about to end", "no longer eligible"],
)
def test_who_could_not_stay_made_room_for_nobody(fields: dict[str, Any]) -> None:
    assert not is_exchange(out(), after(a_model("acme/one", **fields)), now=NOW)


def test_who_left_the_list_made_room_for_nobody() -> None:
    assert not is_exchange(out(), after(a_model("acme/two")), now=NOW)


def test_a_release_that_stands_there_under_another_id_made_no_room() -> None:
    standing = "openai/gpt-5.2"
    published = after(a_model(f"{standing}:free"), a_model(standing))
    assert published.curated is not None
    assert standing in {entry.id for entry in published.curated.buckets["chat"].models}  # type: ignore[index]
    assert not is_exchange(out(f"{standing}:free"), published, now=NOW)
    assert is_exchange(out(f"{standing}:free"), replace(published, curated=None), now=NOW)


def test_who_came_in_is_no_exchange() -> None:
    assert not is_exchange(out(kind=EventKind.CURATED_IN), after(a_model("acme/one")), now=NOW)
