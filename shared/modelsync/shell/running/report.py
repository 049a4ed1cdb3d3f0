"""What a job did, in values that any door can print, log or count."""

from collections import Counter
from typing import Any

from modelsync.shell.publishing.first_look import REPEATED, repeated_summary
from modelsync.shell.running.runs import JobReport


def summary_of(report: JobReport) -> dict[str, Any]:
    """One flat JSON object: how it ended, what stands, what happened, what waits."""
    run, decided = report.run, report.run.refresh
    if report.repeated and run.slot is not None:
        return repeated_summary(run.slot, at=run.at, generation=run.generation, dry_run=report.dry_run)
    return {
        "job": run.job,
        "at": f"{run.at:%Y-%m-%dT%H:%M:%SZ}",
        "outcome": run.outcome,
        "dryRun": report.dry_run,
        "repeated": False,
        "generation": run.generation,
        "message": run.message,
        "documents": sorted(decided.documents) if decided else [],
        "counts": dict(report.counts),
        "events": _events(report),
        "setAside": list(decided.set_aside) if decided else [],
        "heldPrices": sum(model.pending_pricing is not None for model in report.after.models().values()),
        "findings": list(decided.findings) if decided else [],
        "placeholderDates": decided.placeholder_dates if decided else 0,
    }


def metrics_of(report: JobReport) -> dict[str, int]:
    """What to count of a run, by metric name; one that was repeated looked at nothing, and counts as such."""
    run = report.run
    if report.repeated:
        return dict(REPEATED)
    return {
        "Published": int(run.outcome == "published"),
        "HeldFeed": int(run.outcome == "held"),
        "Success": int(run.succeeded),
        "ActiveModels": report.counts["active"],
        "Events": sum(_events(report).values()),
        "SetAsideRecords": len(run.refresh.set_aside) if run.refresh else 0,
    }


def _events(report: JobReport) -> dict[str, int]:
    kinds = Counter(str(event.kind) for event in report.run.refresh.events) if report.run.refresh else Counter[str]()
    return dict(sorted(kinds.items()))
