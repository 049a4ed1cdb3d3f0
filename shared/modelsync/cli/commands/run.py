"""`all`, `refresh`, `signals`, `curate`, `rollback`: one job, and what it did."""

from collections.abc import Iterator, Mapping

from rich.console import RenderableType

from modelsync.cli.answer import Answer
from modelsync.cli.changes import events_data, events_view
from modelsync.cli.door import Door
from modelsync.cli.exit_codes import ExitCode
from modelsync.cli.tables import bullets, facts, heading, section, text
from modelsync.shell.running.jobs import curate, observe, refresh, rollback, run_all
from modelsync.shell.running.report import summary_of
from modelsync.shell.running.runs import JobReport

MOST_LINES = 8

_DOCUMENT_ORDER = ("current", "curated", "deprecations", "signals", "changes")


def read_and_publish(door: Door) -> Answer:
    """Run `all` or `refresh`."""
    options = door.options
    job = run_all if options.command == "all" else refresh
    with door.terminal.busy(f"{options.command}: reading the feed"):
        report = job(door.runtime, accept=options.accept, dry_run=options.dry_run)
    return _answer(door, report)


def look_at_hosts(door: Door) -> Answer:
    """Run `signals`."""
    from modelsync.shell.running.watching import watch_of  # late: no other command asks about hosts

    watch = watch_of(door.settings)
    with door.terminal.busy("signals: asking how the models are served"):
        report = observe(door.runtime, watch.look, dry_run=door.options.dry_run)
    return _answer(door, report)


def curate_now(door: Door) -> Answer:
    """Run `curate`."""
    return _answer(door, curate(door.runtime, dry_run=door.options.dry_run))


def roll_back(door: Door) -> Answer:
    """Run `rollback`."""
    (generation,) = door.options.generations
    return _answer(door, rollback(door.runtime, generation, dry_run=door.options.dry_run))


def _answer(door: Door, report: JobReport) -> Answer:
    data = summary_of(report)
    if report.dry_run and report.run.refresh is not None:
        data |= {"changes": events_data(report.run.refresh.events)}
    held = report.run.outcome == "held"
    advice = "a fetch at least ten minutes later that shows the same confirms it, --accept takes it now"
    return Answer(
        data=data,
        view=tuple(_view(report, full=door.options.full)),
        code=ExitCode.HELD if held else ExitCode.DONE,
        trouble=f"{report.run.job}: the feed is held: {report.run.message}; {advice}" if held else None,
    )


def _view(report: JobReport, *, full: bool) -> Iterator[RenderableType]:
    decided = report.run.refresh
    yield heading(_headline(report))
    if decided is None:
        return
    rows = [("models", counted(report.counts))]
    if decided.documents:
        rows.append(("documents", ", ".join(name for name in _DOCUMENT_ORDER if name in decided.documents)))
    if decided.events and not report.dry_run:
        events = summary_of(report)["events"]
        rows.append(("events", ", ".join(f"{count} {kind}" for kind, count in events.items())))
    if decided.placeholder_dates:
        rows.append(("dropped", f"{decided.placeholder_dates} announced ends too far away to be meant"))
    yield facts(rows)
    for title, lines in (("set aside", decided.set_aside), ("findings", decided.findings)):
        if lines:
            yield section(f"{title}: {len(lines)}")
            yield bullets(lines, at_most=MOST_LINES)
    if report.dry_run and report.run.outcome != "held":
        yield from events_view(decided.events, report.after, full=full)
    elif decided.events:
        yield text("`syncmodels diff` shows the changes, `syncmodels status` what stands", "dim")


def _headline(report: JobReport) -> str:
    run = report.run
    note = f" ({run.message})" if run.message and run.outcome != "held" else ""
    would = "would publish" if report.dry_run else "published"
    says = {
        "published": f"{would} generation {run.generation}{note}",
        "unchanged": f"nothing changed, generation {run.generation} stands{note}",
        "held": f"the feed is held, generation {run.generation} stands",
    }
    return f"{run.job}{' (dry run)' if report.dry_run else ''}: {says.get(run.outcome, run.outcome)}"


def counted(counts: Mapping[str, int]) -> str:
    """Models by state, and of the shortlist, in one line."""
    states = ", ".join(f"{counts[state]} {state}" for state in ("active", "stale", "deprecated", "removed"))
    return f"{states}; {counts['curated']} in the shortlist"
