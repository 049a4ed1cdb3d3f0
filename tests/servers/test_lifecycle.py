"""The lifecycle rules of the examples, on a real server whose days last seconds: they delete what they are meant to."""

import json
import time
from pathlib import Path
from typing import Any

from tests.servers.buckets import store_in
from tests.servers.ceph import Ceph
from tests.world import FEW, World

RULES = Path(__file__).resolve().parents[2] / "examples/s3/lifecycle.json"
FIRST_OF_THE_DAY, LATER_THAT_DAY = "models/openrouter/raw-2026060106.json", "models/openrouter/raw-2026060112.json"
PATIENCE_SECONDS = 30


def rules_with_a_short_life_for(tag: str) -> Any:
    """The rules, of which only the one that chooses by a tag comes to pass within a test."""
    lifecycle = json.loads(RULES.read_text(encoding="utf-8"))
    (chosen,) = (rule for rule in lifecycle["Rules"] if tag in json.dumps(rule["Filter"]))
    chosen["Expiration"] = {"Days": 1}
    return lifecycle


def test_of_a_day_only_the_first_snapshot_outlives_the_rule_for_the_others(ceph: Ceph) -> None:
    endpoint = ceph.over_tls
    bucket = endpoint.new_bucket()
    world = World(FEW, store=store_in(endpoint, bucket))
    world.run()
    world.wait()
    world.run()
    published = set(world.store.list())
    assert {FIRST_OF_THE_DAY, LATER_THAT_DAY} <= published
    client, patience_ends = endpoint.client(), time.monotonic() + PATIENCE_SECONDS
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rules_with_a_short_life_for("90d"))
    while LATER_THAT_DAY in (left := set(world.store.list())):
        assert time.monotonic() < patience_ends
    assert left == published - {LATER_THAT_DAY}
