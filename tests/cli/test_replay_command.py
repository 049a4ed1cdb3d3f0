"""A replay from the command line, and its summary; and the recorded feeds, whose end is known."""

from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine
from tests.world import MODELS, a_body, a_record


def record(sync: CommandLine, name: str, body: bytes | None = None) -> str:
    """A snapshot of everyone, or these bytes, in the folder `feeds`."""
    sync.file(f"feeds/{name}", a_body(a_record(each) for each in MODELS) if body is None else body)
    return str(sync.folder / "feeds")


def test_the_summary_says_what_it_came_to(sync: CommandLine) -> None:
    record(sync, "openrouter-20260601T0600Z.json")
    folder = record(sync, "openrouter-20260602T0600Z.json", b"<html>")
    ran = sync("replay", folder)
    said = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert ran.code == 0
    assert said[0] == "replay: 2 snapshots, 2026-06-01 06:00Z to 2026-06-02 06:00Z"
    for line in (
        "models 24 active, 0 stale, 0 deprecated, 0 removed",
        "returned 0 models, 0 after deprecation",
        "aliases 0 changes of living models",
        "redirects 0 to dead targets",
        "feeds 1 refused, 0 held",
    ):
        assert line in said
    assert any(line.startswith("- openrouter-20260602T0600Z.json: openrouter feed: body: expected") for line in said)


def test_a_replay_of_which_every_snapshot_was_refused_is_4(sync: CommandLine) -> None:
    ran = sync("replay", record(sync, "openrouter-20260601T0600Z.json", b"<html>"))
    assert ran.code == 4
    assert ran.err.splitlines()[-1] == "syncmodels: replay: every snapshot was refused; nothing was published"


def test_a_store_that_is_newer_is_2_and_stays_as_it_is(sync: CommandLine) -> None:
    sync.publish()
    before = sync.written()
    ran = sync("replay", record(sync, "openrouter-20260601T0600Z.json"))
    assert ran.code == 2
    assert "history only goes forward: name an empty store, or later snapshots" in ran.err
    assert sync.written() == before


@pytest.mark.no_cover  # it would take four times as long, and every line of it is covered elsewhere
@pytest.mark.parametrize(
    ("series", "snapshots", "states", "returned"),
    [
        (".", 233, (400, 13, 16, 24), 31),
        ("daily-2026h1", 63, (371, 8, 17, 28), 3),
        ("all-modalities", 33, (437, 23, 11, 10), 1),
    ],
)
def test_recorded_feeds_end_as_their_lists_of_ids_say(
    sync: CommandLine, recorded_feeds: Path, series: str, snapshots: int, states: tuple[int, ...], returned: int
) -> None:
    """The numbers follow from which ids each snapshot lists, worked out without this program."""
    came_to = sync("replay", str(recorded_feeds / series), "--json").json
    assert came_to["snapshots"] == snapshots
    assert tuple(came_to["counts"][state] for state in ("active", "stale", "deprecated", "removed")) == states
    assert (len(came_to["returned"]), came_to["returnedFromDeprecated"]) == (returned, [])
    assert (came_to["aliasChangesOfLiving"], came_to["redirectsToDead"]) == (0, [])
    assert (came_to["refused"], came_to["held"]) == ([], [])
    assert sync("verify", "--json").json["problems"] == []
