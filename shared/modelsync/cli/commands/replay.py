"""`replay`: recorded feeds run again in the order of time, with a bar on a terminal and a summary at the end."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import RenderableType

from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.exit_codes import ExitCode
from modelsync.cli.tables import bullets, facts, heading, moment, section
from modelsync.shell.running.replay import Snapshot, Summary, recorded_snapshots, replay, summarise

MOST_LINES: Final = 10
BY_DAY: Final = "shortlist, by day"


def replay_folder(door: Door) -> Answer:
    """Replay a folder into the store."""
    started = time.monotonic()
    snapshots = recorded_snapshots(door.options.folder, source=door.runtime.source.name)
    steps = door.terminal.watched(
        replay(door.runtime, snapshots),
        total=len(snapshots),
        begin=f"replay: {len(snapshots)} snapshots, {_from_to(snapshots)}",
        now_at=lambda step: f"replay {moment(step.snapshot.at)}",
    )
    summary = summarise(steps)
    seconds = round(time.monotonic() - started, 1)
    refused = len(summary.refused) == summary.snapshots
    return Answer(
        data=_data(summary, snapshots, seconds),
        view=tuple(_view(summary, snapshots, seconds)),
        code=ExitCode.FEED if refused else ExitCode.DONE,
        trouble="replay: every snapshot was refused; nothing was published" if refused else None,
    )


def _from_to(snapshots: Sequence[Snapshot]) -> str:
    return f"{moment(snapshots[0].at)} to {moment(snapshots[-1].at)}"


def _data(summary: Summary, snapshots: Sequence[Snapshot], seconds: float) -> dict[str, Any]:
    return {
        "snapshots": summary.snapshots,
        "from": f"{snapshots[0].at:%Y-%m-%dT%H:%M:%SZ}",
        "to": f"{snapshots[-1].at:%Y-%m-%dT%H:%M:%SZ}",
        "generation": summary.generation,
        "counts": summary.counts,
        "events": summary.events,
        "returned": list(summary.returned),
        "returnedFromDeprecated": list(summary.returned_from_deprecated),
        "aliasChangesOfLiving": summary.alias_changes,
        "redirectsToDead": list(summary.dead_redirects),
        "refused": list(summary.refused),
        "held": list(summary.held),
        "shortlistMoves": {
            day: {"exchanged": moves.exchanged, "left": moves.left} for day, moves in summary.shortlist_moves.items()
        },
        "seconds": seconds,
    }


def _moves(summary: Summary) -> str:
    moves = summary.shortlist_moves.values()
    most, exchanged = max((each.exchanged for each in moves), default=0), sum(each.exchanged for each in moves)
    left = sum(each.left for each in moves)
    return f"{exchanged} exchanges, at most {most} a day; {left} places of models that could not stay"


def _by_day(summary: Summary) -> Iterator[str]:
    for day, moves in summary.shortlist_moves.items():
        yield f"{day}: {moves.exchanged} exchanged, {moves.left} that could not stay"


def _view(summary: Summary, snapshots: Sequence[Snapshot], seconds: float) -> Iterator[RenderableType]:
    counts = summary.counts
    states = ", ".join(f"{counts[state]} {state}" for state in ("active", "stale", "deprecated", "removed"))
    yield heading(f"replay: {summary.snapshots} snapshots, {_from_to(snapshots)}")
    yield facts(
        (
            ("models", states),
            ("shortlist", f"{counts['curated']} models, {_moves(summary)}"),
            ("generations", f"up to {summary.generation}, {summary.events:,} events"),
            ("returned", f"{len(summary.returned)} models, {len(summary.returned_from_deprecated)} after deprecation"),
            ("aliases", f"{summary.alias_changes} changes of living models"),
            ("redirects", f"{len(summary.dead_redirects)} to dead targets"),
            ("feeds", f"{len(summary.refused)} refused, {len(summary.held)} held"),
            ("took", f"{seconds:g} s"),
        )
    )
    for title, lines in (
        ("refused", summary.refused),
        ("held", summary.held),
        ("returned after deprecation", summary.returned_from_deprecated),
        ("redirects to dead targets", summary.dead_redirects),
        (BY_DAY, tuple(_by_day(summary))),
    ):
        if lines:
            yield section(title)
            yield bullets(lines, at_most=len(lines) if title == BY_DAY else MOST_LINES)
