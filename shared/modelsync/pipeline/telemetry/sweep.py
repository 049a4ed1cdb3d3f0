"""What clients' reports change in what stands published: flags of records, and the figures in `signals.json`.

The rules are `downgrade`; here their verdict meets the documents. Where no report was ever kept, nothing
changes, and no document says a word of telemetry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from modelsync.catalog.documents import Signals, content_of
from modelsync.catalog.figures import Figure, Operations
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.catalog.telemetry import FOUR_WEEKS, WEEK, Reported
from modelsync.pipeline.ranking.observed import WORTHLESS_AFTER
from modelsync.pipeline.stamp import Stamp
from modelsync.pipeline.telemetry.downgrade import Change, Sweep, Verdict, judge, may_be_forgotten
from modelsync.pipeline.telemetry.flags import with_flag

SOURCE: Final = "clients' reports"

Notes = Mapping[tuple[str, str], str]
"""By id and by flag: why it changed."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep changed: records, the signals (None: those that stand), and the reasons for the log."""

    changes: tuple[Change, ...] = ()
    signals: Signals | None = None
    findings: tuple[str, ...] = ()

    @property
    def notes(self) -> Notes:
        """Why flags changed."""
        return {(change.id, str(change.capability)): change.note for change in self.changes}

    def applied(self, models: Mapping[str, ModelInfo]) -> dict[str, ModelInfo]:
        """The records with the flags that changed."""
        changed = dict(models)
        for each in self.changes:
            changed[each.id] = with_flag(changed[each.id], each.capability, value=each.value, source=each.source)
        return changed


def window_needed(published: PublishedSet, *, now: datetime) -> timedelta:
    """How far back a sweep has to look: four weeks only where a flag may have been without evidence for as long."""
    telemetry = published.signals.telemetry if published.signals else None
    rated = (rating for ratings in telemetry.ratings.values() for rating in ratings.values()) if telemetry else ()
    today = now.astimezone(UTC).date()
    return FOUR_WEEKS if any(may_be_forgotten(rating, today=today) for rating in rated) else WEEK


def verdict_on(published: PublishedSet, reported: Reported, *, now: datetime) -> Verdict:
    """What a sweep at this moment decides."""
    sweep = Sweep(
        observations=reported.observations,
        today=now.astimezone(UTC).date(),
        models=published.models(),
        recommended=frozenset(model.id for model in published.curated.models) if published.curated else frozenset(),
        whole=reported.whole,
    )
    return judge(sweep, published.signals.telemetry if published.signals else None)


def sweep_reports(published: PublishedSet, reported: Reported | None, *, stamp: Stamp) -> Swept:
    """Judge what was reported; None: it could not be read, so that everything stays as it was."""
    if reported is None:
        return Swept()
    verdict = verdict_on(published, reported, now=stamp.now)
    if verdict.telemetry is None:
        return Swept()
    standing = published.signals or Signals(**stamp.on(), citations=(), models={})
    operations = _with_error_rates(standing.operations, verdict.error_rates, stamp.now)
    signals = standing.model_copy(update={**stamp.on(), "telemetry": verdict.telemetry, "operations": operations})
    same = published.signals is not None and content_of(signals) == content_of(published.signals)
    return Swept(verdict.changes, None if same else signals, verdict.findings)


def _with_error_rates(
    operations: Mapping[str, Operations], rates: Mapping[str, float], now: datetime
) -> dict[str, Operations]:
    """How models are served, with the share of calls of tools that failed, as of the last day that is over.

    Where too little is known now, the figure that stands ages until it is worth nothing: a model does not become
    reliable by having its flag lowered, upon which its reports begin anew.
    """
    over = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    after: dict[str, Operations] = {}
    for model_id in sorted({*operations, *rates}):
        known = operations.get(model_id, Operations())
        stood = known.tool_error_rate
        if model_id in rates:
            after[model_id] = known.model_copy(update={"tool_error_rate": _figure(rates[model_id], over)})
        elif stood is not None and stood.source == SOURCE and over - stood.fetched_at >= WORTHLESS_AFTER:
            after[model_id] = known.model_copy(update={"tool_error_rate": None})
        else:
            after[model_id] = known
    return {i: each for i, each in after.items() if each != Operations()}


def _figure(rate: float, over: datetime) -> Figure:
    return Figure(value=round(rate, 4), window=f"{WEEK.days}d", fetched_at=over, source=SOURCE)
