"""`telemetry`: what clients reported of how calls ended, how it is judged, and what the next sweep will do.

Reporters are counted and never named, and nothing here knows of clients.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rich.console import RenderableType

from modelsync.catalog.capabilities import Capability, DetectionSource
from modelsync.catalog.figures import Rating, Telemetry
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.tables import bullets, facts, figure, heading, listing, section, text
from modelsync.pipeline.telemetry.downgrade import SHADOW_FOR, Verdict
from modelsync.pipeline.telemetry.flags import FIELD_OF, flag_of
from modelsync.pipeline.telemetry.sweep import verdict_on, window_needed
from modelsync.shell.running.outcomes import HeardOutcomes, load_outcomes

MOST_LINES: Final = 40
WORDS: Final = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One rating, with the flag that it is about as it is published now."""

    model: ModelInfo
    capability: Capability
    rating: Rating

    @property
    def flag(self) -> tuple[bool | None, DetectionSource | None]:
        detected = flag_of(self.model, self.capability)
        return detected.value, detected.source

    @property
    def worst_first(self) -> tuple[float, str, str]:
        evidence = self.rating.evidence
        return (-evidence.interval[0] if evidence else 1.0), self.model.id, self.capability


def telemetry(door: Door) -> Answer:
    """Show what was reported; a sweep as of now is judged and not published."""
    published, now = door.standing().published, door.runtime.now()
    window = window_needed(published, now=now)
    heard = load_outcomes(door.repository, listed=published.models(), now=now, window=window)
    known = published.signals.telemetry if published.signals else None
    verdict = Verdict(known) if heard.reported is None else verdict_on(published, heard.reported, now=now)
    rows = sorted(_rows(verdict.telemetry, published), key=lambda row: row.worst_first)
    return Answer(data=_data(verdict, heard, rows), view=tuple(_view(verdict, heard, rows)))


def _rows(told: Telemetry | None, published: PublishedSet) -> Iterator[_Row]:
    models = published.models()
    for model_id, ratings in told.ratings.items() if told is not None else ():
        for capability in FIELD_OF:
            if model_id in models and capability in ratings:
                yield _Row(models[model_id], capability, ratings[capability])


def _data(verdict: Verdict, heard: HeardOutcomes, rows: list[_Row]) -> dict[str, Any]:
    since = verdict.telemetry.since if verdict.telemetry is not None else None
    return {
        "since": f"{since}" if since is not None else None,
        "watchedUntil": f"{since + SHADOW_FOR}" if since is not None else None,
        "readable": heard.reported is not None,
        "ratings": [
            {
                "id": row.model.id,
                "capability": str(row.capability),
                "flag": row.flag[0],
                "decidedBy": row.flag[1],
                "rating": row.rating.model_dump(mode="json", by_alias=True),
            }
            for row in rows
        ],
        "nextSweep": [
            {"id": each.id, "capability": str(each.capability), "flag": each.value, "reason": each.note}
            for each in verdict.changes
        ],
        "findings": [*heard.findings, *verdict.findings],
    }


def _view(verdict: Verdict, heard: HeardOutcomes, rows: list[_Row]) -> Iterator[RenderableType]:
    yield heading("what clients reported of the last 7 days that are over")
    if verdict.telemetry is None:
        yield text("nothing: no report was ever kept" if heard.reported is not None else "it cannot be read")
    else:
        since = verdict.telemetry.since
        yield facts((("since", f"{since}; until {since + SHADOW_FOR} reports are only watched"),))
    if rows:
        columns = ("model", "capability", "flag", "failed", "99 %", "requests", "reporters", "days", "standing")
        yield listing(columns, map(_cells, rows[:MOST_LINES]))
    if len(rows) > MOST_LINES:
        yield text(f"… {len(rows) - MOST_LINES} more; --json has them all", "dim")
    yield section("the next sweep")
    yield bullets(_doings(verdict), at_most=MOST_LINES)
    if heard.findings:
        yield section(f"findings: {len(heard.findings)}")
        yield bullets(heard.findings, at_most=MOST_LINES)


def _cells(row: _Row) -> tuple[str, ...]:
    evidence, (value, source) = row.rating.evidence, row.flag
    flag = f"{WORDS[value]} ({source or '-'})"
    if evidence is None:
        return row.model.id, str(row.capability), flag, "-", "-", "0", "0", "0", _standing(row.rating)
    low, high = evidence.interval
    return (
        row.model.id,
        str(row.capability),
        flag,
        f"{evidence.rate:.3f}",
        f"{low:.3f}-{high:.3f}",
        figure(evidence.requests),
        str(evidence.reporters),
        str(evidence.days),
        _standing(row.rating),
    )


def _standing(rating: Rating) -> str:
    if rating.crossed_since is not None:
        return f"{rating.standing}, fails since {rating.crossed_since}"
    return f"{rating.standing} since {rating.decided_on}" if rating.decided_on is not None else rating.standing


def _doings(verdict: Verdict) -> Iterator[str]:
    for each in verdict.changes:
        yield f"{each.id}: {each.capability} becomes {WORDS[each.value]}: {each.note}"
    yield from verdict.findings
    if not verdict.changes:
        yield "no flag changes"
