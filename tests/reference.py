"""A small models.dev for tests: its document, its entries, and the copy that the catalog keeps of it."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from modelsync.sources.models_dev_copy import EnrichmentCopy, Models

READ_ON: Final = date(2026, 5, 30)
"""Day of a copy, unless a test says another one."""


def an_entry(model_id: str, /, **fields: Any) -> dict[str, Any]:
    """One model's entry; `fields` replace whole keys."""
    entry: dict[str, Any] = {
        "id": model_id,
        "name": model_id.upper(),
        "family": "gpt",
        "attachment": True,
        "reasoning": True,
        "tool_call": True,
        "knowledge": "2025-08",
        "release_date": "2026-01-15",
        "last_updated": "2026-01-15",
        "open_weights": False,
        "limit": {"context": 400_000, "output": 128_000},
        "modalities": {"input": ["text"], "output": ["text"]},
        "cost": {"input": 1, "output": 4},
    }
    return entry | fields


def a_document(**providers: Mapping[str, object]) -> bytes:
    """The document with these providers, each with its entries by id."""
    return json.dumps({name: _provider(name, models) for name, models in providers.items()}).encode()


def copy_of_reference(models: Models, *, day: date = READ_ON) -> EnrichmentCopy:
    """A copy with these facts by backend and native id."""
    return EnrichmentCopy(day, models)


def _provider(name: str, models: Mapping[str, object]) -> dict[str, object]:
    return {"id": name, "name": name.title(), "env": [], "npm": "@x/y", "doc": "https://example.org", "models": models}
