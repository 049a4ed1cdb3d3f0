"""Object names are fixed words, numbers and dates."""

from datetime import UTC, date, datetime

import pytest

from modelsync.catalog import keys


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (keys.document_key("openrouter", keys.CURRENT), "openrouter/current.json"),
        (keys.document_key("openrouter", keys.MANIFEST), "openrouter/manifest.json"),
        (keys.document_key("deepseek", keys.STATUS), "deepseek/status.json"),
        (keys.set_key("openrouter", 7, keys.CURATED), "openrouter/sets/7/curated.json"),
        (keys.all_sets_prefix("openrouter"), "openrouter/sets/"),
        (
            keys.snapshot_key("openrouter", datetime(2026, 8, 8, 18, 42, tzinfo=UTC)),
            "openrouter/raw-2026080818.json",
        ),
        (keys.history_key("openrouter", "2026-08"), "openrouter/history/changes-2026-08.ndjson"),
        (keys.history_prefix("openrouter"), "openrouter/history/"),
        (keys.BINDINGS_PREFIX, "bindings/"),
        (keys.bindings_key("acme", 10), "bindings/v1/acme/0a.json"),
        (keys.telemetry_key(date(2026, 8, 8), "acme", 255), "telemetry/v1/2026-08-08/acme/ff.json"),
    ],
)
def test_keys_are_part_of_the_contract(key: str, expected: str) -> None:
    assert key == expected


@pytest.mark.parametrize(
    ("key", "generation"),
    [("openrouter/sets/7/curated.json", 7), ("models/openrouter/sets/123/manifest.json", 123), ("a/sets/0/x", 0)],
)
def test_a_key_of_a_set_names_its_generation(key: str, generation: int) -> None:
    assert keys.generation_of(key) == generation


def test_a_set_has_five_documents() -> None:
    assert keys.SET_DOCUMENTS == ("current", "curated", "deprecations", "signals", "changes")
