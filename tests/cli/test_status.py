"""The dashboard: how old, how many, what is held and why, and what a person should do."""

from tests.cli.command_line import CommandLine
from tests.world import MODELS, a_record

LATER = "2026-06-01T18:00Z"


def rows(said: str) -> dict[str, str]:
    """The dashboard's labels and what stands behind them."""
    pairs = (line.split("  ", 1) for line in said.splitlines() if "  " in line.strip() and not line.startswith(" "))
    return {label: value.strip() for label, value in pairs}


def test_an_empty_store_has_a_status_that_says_what_to_run(sync: CommandLine) -> None:
    ran = sync("status")
    assert (ran.code, ran.err) == (0, "")
    assert f"nothing is published in {sync.store} yet: run `syncmodels all`" in ran.out
    assert not sync.store.exists()


def test_a_fresh_store_has_ages_and_counts_and_no_hints(sync: CommandLine) -> None:
    sync.publish()
    ran = sync("status", "--now", "2026-06-01T13:30Z")
    shown = rows(ran.out)
    assert shown["generation"] == "1, published 2026-06-01 12:00Z, 1 h 30 min ago"
    assert shown["feed"] == "24 records, file:feed.json"
    assert shown["last run"] == "all: published generation 1, 2026-06-01 12:00Z, 1 h 30 min ago"
    assert shown["next due"] == "2026-06-01 18:00Z, in 4 h 30 min"
    assert shown["models"] == "24 active, 0 stale, 0 deprecated, 0 removed"
    assert shown["failures"] == "0"
    assert "coding" in shown["shortlist"]
    assert "reasoning: 5 below its minimum of 5. " in ran.out
    assert sync("status", "--json", "--now", "2026-06-01T13:30Z").json["hints"] == []


def test_a_catalog_that_grew_old_says_so(sync: CommandLine) -> None:
    sync.publish()
    hints = sync("status", "--json", "--now", "2026-06-04T12:00Z").json["hints"]
    assert hints == [
        "a feed was last believed 3 d ago: run `syncmodels all`, mend the schedule",
        "the shortlist was last recomputed 3 d ago: run `syncmodels curate`",
    ]
    assert rows(sync("status", "--now", "2026-06-04T12:00Z").out)["next due"].endswith("ago, overdue")


def test_a_refused_feed_is_named_with_its_cause(sync: CommandLine) -> None:
    sync.publish()
    sync("all", "--feed", sync.file("bad.json", b"[]"), "--now", LATER)
    ran = sync("status", "--now", LATER)
    shown = rows(ran.out)
    assert (shown["last run"], shown["failures"]) == ("all: refused, 2026-06-01 18:00Z, 0 min ago", "1")
    assert shown["last success"] == "all: published generation 1, 2026-06-01 12:00Z, 6 h ago"
    assert "1 runs in a row brought nothing: openrouter feed: data: expected at least one model" in ran.out


def test_a_store_in_which_no_run_ever_succeeded_names_the_cause(sync: CommandLine) -> None:
    sync("all", "--feed", sync.file("bad.json", b"[]"), "--now", LATER)
    ran = sync("status", "--now", LATER)
    assert ran.code == 0
    assert rows(ran.out)["last success"] == "never"
    assert "expected at least one model, found an empty list" in ran.out


def test_a_held_feed_is_named_with_its_cause(sync: CommandLine) -> None:
    sync.publish()
    sync.publish(MODELS[:10], at=LATER)
    ran = sync("status", "--now", LATER)
    assert "held feed, since 2026-06-01 18:00Z, 0 min ago" in ran.out
    assert "ids gone: 14 of 24, at most 10% expected" in ran.out
    assert "a feed is held: run `syncmodels refresh` to look again, or with --accept to take it" in ran.out


def test_a_held_price_is_named_with_what_waits(sync: CommandLine) -> None:
    sync.publish()
    sync.publish(MODELS[1:], at=LATER, records=[a_record(MODELS[0], prompt="0.0001")])
    ran = sync("status", "--now", LATER)
    assert "held prices: 1" in ran.out
    assert "prompt 1 -> 100, completion 2 -> 2 USD per million at once, since 2026-06-01 18:00Z" in ran.out


def test_records_that_were_set_aside_are_named(sync: CommandLine) -> None:
    sync.publish(records=[a_record("a/broken", pricing={"prompt": "free"})])
    ran = sync("status")
    assert "records set aside: 1" in ran.out
    assert "data[24] (a/broken)" in ran.out


def test_a_heartbeat_that_cannot_be_read_is_no_error(sync: CommandLine) -> None:
    sync.publish()
    (sync.store / "models/openrouter/status.json").write_bytes(b"{")
    ran = sync("status")
    assert ran.code == 0
    assert "there is no heartbeat that can be read; the next run writes one" in ran.out


def test_a_fixed_name_that_lags_behind_is_named(sync: CommandLine) -> None:
    sync.publish()
    (sync.store / "models/openrouter/current.json").write_bytes(b"{")
    assert "a run was stopped while it wrote current: the next one repairs it" in sync("status").out


def test_a_rollback_is_told(sync: CommandLine) -> None:
    sync.publish()
    sync.publish(MODELS[:-1], at=LATER)
    sync("rollback", "1", "--now", LATER)
    assert rows(sync("status", "--now", LATER).out)["generation"].endswith("0 min ago, generation 1 restored")
