"""The jobs from the command line: what they say they did, and a dry run that does nothing."""

import pytest

from tests.cli.command_line import NOON, CommandLine, process
from tests.world import MODELS, a_body, a_record

LATER = "2026-06-01T18:00Z"


def test_a_run_says_what_it_published(sync: CommandLine) -> None:
    said = sync.publish().out.splitlines()
    assert said[0] == "all: published generation 1"
    assert said[1].split() == [*"models 24 active, 0 stale, 0 deprecated, 0 removed; 21 in the shortlist".split()]
    assert said[2].split() == ["documents", "current,", "curated,", "deprecations,", "signals,", "changes"]


def test_a_refresh_leaves_the_shortlist_to_the_curation(sync: CommandLine) -> None:
    sync("refresh", "--feed", sync.feed(), "--now", NOON)
    assert "models/openrouter/curated.json" not in sync.written()
    assert sync("curate", "--now", NOON).out.splitlines()[0] == "curate: published generation 2"
    assert "models/openrouter/curated.json" in sync.written()


def test_a_feed_may_come_through_standard_input(sync: CommandLine) -> None:
    body = a_body(a_record(each) for each in MODELS)
    ran = process("all", "--feed", "-", "--store", str(sync.store), stdin=body)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "all: published generation 1")


@pytest.mark.parametrize("command", ["all --feed FEED", "refresh --feed FEED", "curate", "rollback 1"])
def test_a_dry_run_writes_nothing(sync: CommandLine, command: str) -> None:
    sync.publish()
    sync.publish(MODELS[:-1], at=LATER)
    before = sync.written()
    feed = sync.feed(MODELS[1:], records=[a_record("a/newcomer")])
    ran = sync(*command.replace("FEED", feed).split(), "--dry-run", "--now", "2026-06-02T00:00Z")
    assert ran.code == 0
    assert "(dry run): " in ran.out.splitlines()[0]
    assert sync.written() == before


def test_a_dry_run_on_a_new_store_does_not_even_make_its_folder(sync: CommandLine) -> None:
    ran = sync("all", "--feed", sync.feed(), "--dry-run")
    assert ran.out.splitlines()[0] == "all (dry run): would publish generation 1"
    assert not sync.store.exists()


def test_a_dry_run_that_would_be_held_is_5_and_writes_nothing(sync: CommandLine) -> None:
    sync.publish()
    before = sync.written()
    assert sync("all", "--feed", sync.feed(MODELS[:10]), "--dry-run", "--now", LATER).code == 5
    assert sync.written() == before


def test_a_dry_run_of_a_refused_feed_writes_nothing(sync: CommandLine) -> None:
    sync.publish()
    before = sync.written()
    assert sync("all", "--feed", sync.file("bad.json", b"{}"), "--dry-run").code == 4
    assert sync.written() == before


def test_a_dry_run_prints_what_the_run_would_change_and_diff_shows_the_same(sync: CommandLine) -> None:
    sync.publish()
    words = ("refresh", "--feed", sync.feed(MODELS[1:], records=[a_record("a/newcomer")]), "--now", LATER)
    dry = sync(*words, "--dry-run").out
    sync(*words)
    real = sync("diff").out
    assert _changes(dry) == _changes(real) != []


def _changes(said: str) -> list[str]:
    """The groups of changes, which come last; the first of them is of the newcomer."""
    return said[said.index("\nadded: 1\n") :].splitlines()


def test_a_dry_run_has_its_changes_in_json(sync: CommandLine) -> None:
    sync.publish()
    feed = sync.feed(MODELS, records=[a_record("a/newcomer")])
    answer = sync("refresh", "--feed", feed, "--dry-run", "--json", "--now", LATER).json
    assert [(event["kind"], event["id"]) for event in answer["changes"]] == [("added", "a/newcomer")]
    assert answer["dryRun"] is True


def test_a_rollback_says_what_it_restored(sync: CommandLine) -> None:
    sync.publish()
    sync.publish(MODELS[:-1], at=LATER)
    ran = sync("rollback", "1", "--now", LATER)
    assert ran.out.splitlines()[0] == "rollback: published generation 3 (generation 1 restored)"
    assert sync("show", MODELS[-1], "--json").json["state"] == "active"


def test_equal_words_make_equal_bytes(sync: CommandLine) -> None:
    sync.publish()
    first = sync.written()
    sync.store = sync.folder / "again"
    sync.publish()
    assert sync.written() == first


def test_records_set_aside_and_findings_are_told(sync: CommandLine) -> None:
    ran = sync.publish(records=[a_record("a/broken", pricing={"prompt": "free"})])
    assert "set aside: 1" in ran.out
    assert "findings: " in ran.out
    assert "overrides: " in ran.out


def test_long_lists_are_cut_unless_all_is_asked_for(sync: CommandLine) -> None:
    words = ("all", "--feed", sync.feed(), "--dry-run")
    cut, full = sync(*words).out, sync(*words, "--full").out
    assert "… 12 more; --full lists them" in cut
    assert "--full" not in full
    assert all(f"  {each} " in full for each in MODELS)
