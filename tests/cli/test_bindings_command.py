"""`bindings`: whose saved choices keep which missing models, and whom the next sweep will remove."""

import json

import pytest

from modelsync.shell.storage.directory_store import DirectoryStore
from tests.cli.command_line import CommandLine
from tests.world import MODELS

GONE, OTHER = "qwen/qwen3-coder", "cohere/command-a"
LEFT, MIDDLE, LATER = "2026-06-02T12:00Z", "2026-06-20T12:00Z", "2026-07-20T12:00Z"


@pytest.fixture
def left(sync: CommandLine) -> CommandLine:
    """Two models left seven weeks ago, and a feed was believed today; nobody had swept since."""
    sync.publish()
    there = [each for each in MODELS if each not in (GONE, OTHER)]
    for at in (LEFT, MIDDLE):
        sync("refresh", "--feed", sync.feed(there), "--now", at)
    return sync


def bind(sync: CommandLine, model_id: str, *, key: str = "v1/acme/00", day: str = "2026-07-20") -> None:
    body = {"schema": 1, "client": "f" * 32, "day": day, "leases": [{"id": model_id, "lastUsedDay": day}]}
    DirectoryStore(sync.store).put(f"models/bindings/{key}.json", json.dumps(body).encode())


def look(sync: CommandLine) -> None:
    """A feed is believed today."""
    there = [each for each in MODELS if each not in (GONE, OTHER)]
    bind(sync, GONE, key="v1/keeper/00", day="2026-07-20")
    bind(sync, OTHER, key="v1/keeper/01", day="2026-07-20")
    sync("refresh", "--feed", sync.feed(there), "--now", LATER)
    for place in ("00", "01"):
        DirectoryStore(sync.store).delete(f"models/bindings/v1/keeper/{place}.json")


def test_without_leases_it_says_so_and_whom_the_next_sweep_removes(left: CommandLine) -> None:
    look(left)
    told = left("bindings", "--json", "--now", LATER).json
    assert told == {
        "unreadable": None, "mostKept": 10, "reporters": [], "nextSweepRemoves": [OTHER, GONE],
    }  # fmt: skip
    assert "nobody reported a saved choice" in left("bindings", "--now", LATER).out


def test_it_tells_by_credential_what_is_kept(left: CommandLine) -> None:
    look(left)
    bind(left, GONE)
    bind(left, "openai/gpt-5.2", key="anna")
    told = left("bindings", "--json", "--now", LATER).json
    assert told["reporters"] == [
        {"reporter": None, "clients": 1, "leases": 1, "keeps": [], "beyond": []},
        {"reporter": "acme", "clients": 1, "leases": 1, "keeps": [GONE], "beyond": []},
    ]
    assert told["nextSweepRemoves"] == [OTHER]
    said = left("bindings", "--now", LATER).out
    assert "acme" in said
    assert f"{GONE}, missing since 2026-06-02 12:00Z; removed in" in " ".join(said.split())


def test_the_next_sweep_does_as_it_was_told(left: CommandLine) -> None:
    look(left)
    bind(left, GONE)
    left("curate", "--now", LATER)
    assert left("show", OTHER, "--json").json["state"] == "removed"
    assert left("show", GONE, "--json").json["state"] == "deprecated"
    assert left("bindings", "--json", "--now", LATER).json["nextSweepRemoves"] == []


def test_no_client_is_named(left: CommandLine) -> None:
    bind(left, GONE)
    for words in (("bindings",), ("bindings", "--json")):
        assert "f" * 32 not in left(*words, "--now", LATER).out


def test_a_registry_that_cannot_be_read_removes_nobody(left: CommandLine) -> None:
    look(left)
    DirectoryStore(left.store).put("models/bindings/anna.json", b"<html>")
    told = left("bindings", "--json", "--now", LATER).json
    assert told["unreadable"].endswith("every model counts as bound until this is mended")
    assert told["nextSweepRemoves"] == []
    assert "every model counts as bound" in " ".join(left("bindings", "--now", LATER).out.split())
