"""Failures that are not a model's own: something broke for many of them at once.

There is an incident where at least 3 models cross at once and

- they are a twentieth of the catalogue, or half of all of which enough is known; or
- they are of one vendor, and half of those of its models of which enough is known; or
- they cross at one backend, and are half of those of which enough is known there. Then the models are held that do
  not cross without that backend.

Below 3 models nobody can tell an incident from models that fail. What is held is not lowered, and what was reported
up to then counts for nothing (`pipeline.downgrade`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.telemetry import Observations, Subject
from modelsync.pipeline.evidence import Judged, judged

LEAST_MODELS: Final = 3
SHARE_OF_CATALOG: Final = 0.05
SHARE_OF_KNOWN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Incident:
    """What broke, and whom it concerns."""

    where: str
    models: int
    held: frozenset[Subject]


def incidents(
    crossing: Mapping[Subject, Judged],
    known: Collection[Subject],
    *,
    observations: Observations,
    models: Mapping[str, ModelInfo],
    counted_from: Mapping[Subject, date | None],
    today: date,
) -> tuple[Incident, ...]:
    """Every incident behind what crosses; `known` is everything of which enough is known, or that crosses."""
    ids, known_ids = _ids(crossing), _ids(known)
    if len(ids) < LEAST_MODELS:
        return ()
    if len(ids) >= SHARE_OF_CATALOG * len(models) or len(ids) >= SHARE_OF_KNOWN * len(known_ids):
        return (Incident("the whole catalogue", len(ids), frozenset(crossing)),)
    by_vendor = tuple(_of_vendors(crossing, known, models))
    return by_vendor + tuple(_of_backends(crossing, observations, counted_from=counted_from, today=today))


def _ids(subjects: Collection[Subject]) -> frozenset[str]:
    return frozenset(model_id for model_id, _ in subjects)


def _of_vendors(
    crossing: Collection[Subject], known: Collection[Subject], models: Mapping[str, ModelInfo]
) -> Iterator[Incident]:
    for vendor in sorted({models[model_id].vendor for model_id, _ in crossing}):
        held = frozenset(subject for subject in crossing if models[subject[0]].vendor == vendor)
        of_vendor = {model_id for model_id in _ids(known) if models[model_id].vendor == vendor}
        if _is_common(len(_ids(held)), len(of_vendor)):
            yield Incident(f"vendor {vendor}", len(_ids(held)), held)


def _of_backends(
    crossing: Collection[Subject],
    observations: Observations,
    *,
    counted_from: Mapping[Subject, date | None],
    today: date,
) -> Iterator[Incident]:
    at: dict[str, dict[Subject, Judged]] = defaultdict(dict)
    for subject, counts in observations.items():
        for backend in {count.backend for count in counts}:
            there = [count for count in counts if count.backend == backend]
            seen = judged(there, today=today, since=counted_from.get(subject))
            if seen.is_enough or seen.is_refused:
                at[backend][subject] = seen
    for backend in sorted(at):
        failing = {subject for subject, seen in at[backend].items() if seen.crosses or seen.is_refused}
        if not _is_common(len(_ids(failing)), len(_ids(at[backend]))):
            continue
        held = frozenset(
            subject
            for subject in crossing
            if not _crosses_elsewhere(
                observations, subject, backend=backend, since=counted_from.get(subject), today=today
            )
        )
        if held:
            yield Incident("one backend", len(_ids(failing)), held)  # its name is a word of clients


def _crosses_elsewhere(
    observations: Observations, subject: Subject, *, backend: str, since: date | None, today: date
) -> bool:
    elsewhere = [count for count in observations[subject] if count.backend != backend]
    seen = judged(elsewhere, today=today, since=since)
    return seen.crosses or seen.is_refused


def _is_common(crossing: int, known: int) -> bool:
    return crossing >= LEAST_MODELS and crossing >= SHARE_OF_KNOWN * known
