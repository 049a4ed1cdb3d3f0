"""`enrich` keeps what models.dev says, and `show` tells it with its origin."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.cli.command_line import CommandLine
from tests.reference import a_document, an_entry

OPENAI = {model_id: an_entry(model_id) for model_id in ("gpt-5.2", *(f"gpt-{n}" for n in range(9)))}
COPY = "models/enrichment/models-dev.json"


def lines(out: str) -> list[str]:
    return [" ".join(line.split()) for line in out.splitlines()]


def document(sync: CommandLine, **providers: Mapping[str, object]) -> str:
    return sync.file("api.json", a_document(**providers))


def test_it_says_what_was_read_kept_and_matched(sync: CommandLine) -> None:
    sync.publish()
    ran = sync("enrich", "--feed", document(sync, openai=OPENAI), "--now", "2026-06-02T12:00Z")
    assert (ran.code, ran.err) == (0, "")
    assert lines(ran.out) == [
        "enrich: kept a new copy of 2026-06-02",
        "read 10 records of 1 providers",
        "kept 10 models: 10 openai",
        "matched 1 of 24 listed models",
        "the next `syncmodels curate` takes it up",
    ]
    assert COPY in sync.written()


def test_it_answers_in_one_object(sync: CommandLine) -> None:
    sync.publish()
    answer = sync("enrich", "--feed", document(sync, openai=OPENAI), "--json", "--now", "2026-06-02T12:00Z").json
    assert answer == {
        "job": "enrich",
        "outcome": "written",
        "dryRun": False,
        "source": "file:api.json",
        "day": "2026-06-02",
        "records": 10,
        "providers": 1,
        "setAside": [],
        "setAsideCount": 0,
        "kept": {"openai": 10},
        "keptBefore": None,
        "listed": 24,
        "matched": 1,
        "findings": [],
    }


def test_a_dry_run_says_so_and_writes_nothing(sync: CommandLine) -> None:
    sync.publish()
    before = sync.written()
    ran = sync("enrich", "--feed", document(sync, openai=OPENAI), "--dry-run", "--now", "2026-06-02T12:00Z")
    assert ran.out.splitlines()[0] == "enrich (dry run): would keep a new copy of 2026-06-02"
    assert sync.written() == before


def test_nothing_new_is_said(sync: CommandLine) -> None:
    feed = document(sync, openai=OPENAI)
    sync("enrich", "--feed", feed, "--now", "2026-06-02T12:00Z")
    ran = sync("enrich", "--feed", feed, "--now", "2026-06-09T12:00Z")
    assert ran.out.splitlines()[0] == "enrich: nothing changed, the copy of 2026-06-02 stands"


def test_a_document_that_is_refused_is_4_and_leaves_the_copy(sync: CommandLine) -> None:
    sync("enrich", "--feed", document(sync, openai=OPENAI), "--now", "2026-06-02T12:00Z")
    before = sync.written()
    fewer = document(sync, openai={"gpt-5.2": OPENAI["gpt-5.2"]})
    ran = sync("enrich", "--feed", fewer, "--now", "2026-06-09T12:00Z")
    assert ran.code == 4
    assert "expected at least 75% of the 10 models of the last good copy, found 1" in ran.err
    assert sync.written() == before
    assert sync("enrich", "--feed", fewer, "--accept", "--now", "2026-06-09T12:00Z").code == 0


def test_show_tells_backends_and_what_is_known_elsewhere(sync: CommandLine) -> None:
    sync.publish()
    sync("enrich", "--feed", document(sync, openai=OPENAI), "--now", "2026-06-02T12:00Z")
    people = {"reason": "it is", "source": "the test", "since": "2026-01-01"}
    row = {"id": "openai/gpt-5.2", "backends": {"bedrock": "openai.gpt-v1"}} | people
    table = Path(sync.file("people/backend-mappings.json", json.dumps({"entries": [row]}).encode()))
    assert sync("curate", "--overrides", str(table.parent), "--now", "2026-06-02T13:00Z").code == 0
    said = lines(sync("show", "openai/gpt-5.2").out)
    for line in (
        "also openai.gpt-v1 at bedrock",
        "also gpt-5.2 at openai, found by rule",
        "known elsewhere",
        "value told by",
        "releaseDate 2026-01-15 models.dev of 2026-06-02: openai/gpt-5.2",
        "knowledgeCutoff 2025-08 models.dev of 2026-06-02: openai/gpt-5.2",
        "openWeights no models.dev of 2026-06-02: openai/gpt-5.2",
    ):
        assert line in said


def test_show_says_nothing_of_a_model_that_nobody_enriched(sync: CommandLine) -> None:
    sync.publish()
    said = lines(sync("show", "openai/gpt-5.2").out)
    assert "known elsewhere" not in said
