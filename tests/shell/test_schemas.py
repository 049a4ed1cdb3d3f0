"""The published contract: the committed schemas are those of the classes, and every document is as they say."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from modelsync.catalog.documents import DOCUMENTS
from modelsync.errors import NotFoundError
from modelsync.pipeline.overrides import FILES
from modelsync.shell.contracts.schemas import encode_schema, schema_file, schema_names, schema_of
from modelsync.shell.running.jobs import run_all
from modelsync.shell.running.runtime import build_runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.stores import MemoryStore
from tests.world import World

REPOSITORY = Path(__file__).resolve().parents[2]
COMMITTED = REPOSITORY / "schemas" / "v1"


def complaints(name: str, document: object) -> list[str]:
    validator = Draft202012Validator(dict(schema_of(name)), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


@pytest.mark.parametrize("name", schema_names())
def test_the_committed_schema_is_that_of_the_classes(name: str) -> None:
    committed = (COMMITTED / schema_file(name)).read_text(encoding="utf-8")
    assert committed == encode_schema(schema_of(name)).decode(), "run `syncmodels schema --write schemas/v1`"


def test_no_other_schema_is_committed() -> None:
    files = {str(path.relative_to(COMMITTED)) for path in COMMITTED.rglob("*.json")}
    assert files == {schema_file(name) for name in schema_names()}


@pytest.mark.parametrize("name", schema_names())
def test_a_schema_is_one_of_2020_12_with_a_name_of_its_own(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(dict(schema))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:modelsync:schema:v1:{name.replace('/', ':')}"


def test_every_document_a_store_holds_is_as_its_schema_says() -> None:
    world = World()
    world.run()
    world.feed.drop("x-ai/grok-4.3")
    world.feed.set("openai/gpt-5.2", prompt="0.00002", expiration_date="2026-06-20")
    world.run_schedule(during=timedelta(days=16))
    world.rollback(1)
    assert {name: complaints(name, world.document(name)) for name in DOCUMENTS} == {key: [] for key in DOCUMENTS}


def test_every_document_of_a_replay_is_as_its_schema_says(recorded_feeds: Path) -> None:
    """Every eighth day of two months, each document of each generation, the heartbeat after each run."""
    validators = {
        name: Draft202012Validator(dict(schema_of(name)), format_checker=FormatChecker()) for name in DOCUMENTS
    }
    store, generations = MemoryStore(), 0
    for path in sorted((recorded_feeds / "daily-2026h1").glob("openrouter-*.json.gz"))[::8]:
        now = datetime.strptime(path.name, "openrouter-%Y%m%dT%H%MZ.json.gz").replace(tzinfo=UTC)
        runtime = replace(build_runtime(Settings(feed=str(path), now=now)), store=store)
        generations += run_all(runtime, accept=True).run.outcome == "published"
        for name, validator in validators.items():
            stored = store.get(f"models/openrouter/{name}.json")
            assert stored is not None
            assert [error.message for error in validator.iter_errors(json.loads(stored.body))] == []
    assert generations == 8


@pytest.mark.parametrize("file", FILES)
def test_every_override_file_that_ships_is_as_its_schema_says(file: str) -> None:
    shipped: Any = json.loads((REPOSITORY / "overrides" / file).read_text(encoding="utf-8"))
    assert complaints(f"overrides/{file.removesuffix('.json')}", shipped) == []


def test_a_document_with_an_unknown_field_is_refused() -> None:
    world = World()
    world.run()
    assert complaints("manifest", world.document("manifest") | {"surprise": 1}) != []


def test_a_document_that_lacks_a_field_with_a_default_is_refused() -> None:
    world = World()
    world.run()
    manifest = world.document("manifest")
    del manifest["schemaVersion"]
    assert complaints("manifest", manifest) == ["$: 'schemaVersion' is a required property"]


def test_a_name_without_a_schema_is_an_error_that_lists_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="choose one of manifest, current, curated"):
        schema_of("nope")
