"""With every source beside the list switched off the catalog is still valid, and the shortlist meets its constraints.

No copy of a reference, no figures of hosts, no reports of clients, no benchmarks, no overrides: the list alone.
"""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from modelsync.catalog.keys import ENRICHMENT_COPY
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.laws import violations
from modelsync.sources.models_dev import parse_models_dev
from modelsync.sources.models_dev_copy import EnrichmentCopy, encode_copy, reduced
from tests.reference import READ_ON
from tests.world import World, a_body

NEWEST = "openrouter-20260808T1842Z.json.gz"
ALL_MODALITIES = "all-modalities/*.json.gz"
REFERENCE = "extra/models-dev-api-20260613T0425Z.json.gz"


def records_of(feed: Path) -> list[dict[str, Any]]:
    document = json.loads(gzip.decompress(feed.read_bytes()))
    listed: list[dict[str, Any]] = document["data"] if isinstance(document, dict) else document
    return listed


def bare(records: list[dict[str, Any]]) -> bytes:
    """The list without what others measured."""
    return a_body({key: value for key, value in record.items() if key != "benchmarks"} for record in records)


def published_of(world: World, body: bytes) -> PublishedSet:
    world.run(body=body, accept=True)
    return world.published


def laws_broken(world: World) -> tuple[str, ...]:
    published = world.published
    assert published.changes is not None
    return violations(published, published.changes.events, now=world.now)


def shortfalls(published: PublishedSet) -> dict[str, int]:
    assert published.curated is not None
    return {str(bucket): each.shortfall for bucket, each in published.curated.buckets.items() if each.shortfall}


def test_a_recorded_list_alone_makes_a_valid_catalog_and_a_whole_shortlist(recorded_feeds: Path) -> None:
    world = World()
    published = published_of(world, bare(records_of(recorded_feeds / NEWEST)))
    assert published.current is not None
    assert published.curated is not None
    assert len(published.current.models) == 400
    assert laws_broken(world) == ()
    assert shortfalls(published).keys() <= {"image-gen"}  # this list has hardly a model that paints
    assert len(published.curated.models) >= 30
    components = [entry.components for bucket in published.curated.buckets.values() for entry in bucket.models]
    assert {each.quality.evidence for each in components} == {"prior"}
    assert {each.reliability.evidence for each in components} == {"neutral"}


def test_with_all_modalities_every_bucket_is_met(recorded_feeds: Path) -> None:
    world = World()
    published = published_of(world, bare(records_of(max(recorded_feeds.glob(ALL_MODALITIES)))))
    assert laws_broken(world) == ()
    assert shortfalls(published) == {}


def test_no_evidence_is_published_where_there_is_none(recorded_feeds: Path) -> None:
    published = published_of(World(), bare(records_of(recorded_feeds / NEWEST)))
    assert published.signals is not None
    assert (dict(published.signals.models), dict(published.signals.operations)) == ({}, {})
    assert all(model.enrichment is None and not model.backends for model in published.models().values())


def test_a_small_world_without_evidence_keeps_every_law_over_weeks() -> None:
    world = World()
    world.run()
    for gone in world.feed.ids[:3]:
        world.feed.drop(gone)
        world.run_schedule(during=timedelta(days=10))
    assert laws_broken(world) == ()
    assert world.published.curated is not None
    assert all(each.shortfall == 0 or each.shortfall_reason for each in world.published.curated.buckets.values())


def test_a_reference_moves_nobody_in_or_out_of_the_shortlist(recorded_feeds: Path) -> None:
    without, body = World(), bare(records_of(recorded_feeds / NEWEST))
    with_it = World()
    models = reduced(parse_models_dev(gzip.decompress((recorded_feeds / REFERENCE).read_bytes())).providers)
    with_it.store.put(f"models/{ENRICHMENT_COPY}", encode_copy(EnrichmentCopy(READ_ON, models)))
    plain, rich = published_of(without, body), published_of(with_it, body)
    assert plain.curated is not None
    assert rich.curated is not None
    assert rich.curated.buckets == plain.curated.buckets
    assert rich.curated.auto_targets == plain.curated.auto_targets
    assert sum(model.enrichment is not None for model in rich.models().values()) > 200
