"""Failures that are not a model's own: something broke for many of them at once.

There is an incident where at least 3 models begin to fail at once and

- they are a twentieth of the catalogue, or half of all of which enough is known; or
- they are of one vendor, and half of those of its models of which enough is known; or
- as many fail at one backend, and are half of those of which enough is known there. Then the models are held that do
  not cross without that backend.

At once is within three days, for as long it takes until there is evidence of everybody. What crosses for longer than
that, or goes on to cross a week after an incident, fails by itself: it belongs to no incident, neither as one of
those that fail nor as one of those of which enough is known. Neither does what the router refuses as a rule.

Below 3 models nobody can tell an incident from models that fail. What is held is not lowered, and what was reported
up to then counts for nothing (`downgrade`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from modelsync.catalog.figures import Rating
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.telemetry import WEEK, Count, Observations, Subject
from modelsync.pipeline.telemetry.evidence import Judged, judged

LEAST_MODELS: Final = 3
SHARE_OF_CATALOG: Final = 0.05
SHARE_OF_KNOWN: Final = 0.5
AT_ONCE: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Incident:
    """What broke, and whom it concerns."""

    where: str
    models: int
    held: frozenset[Subject]

    @property
    def finding(self) -> str:
        """A sentence for people."""
        return (
            f"telemetry: {self.models} models of {self.where} began to fail at once, expected that models fail alone; "
            "no flag was lowered, and what was reported of them up to now counts for nothing; those that still fail "
            "in a week are judged"
        )


def incidents(
    crossing: Collection[Subject],
    seen: Mapping[Subject, Judged],
    *,
    observations: Observations,
    models: Mapping[str, ModelInfo],
    ratings: Mapping[Subject, Rating],
    today: date,
) -> tuple[Incident, ...]:
    """Every incident behind what crosses, by all that was seen and by the ratings as they were before the sweep."""
    began = {s for s in crossing if not seen[s].is_refused and _begins(ratings[s], today)}
    known = {s for s, each in seen.items() if s in began or (each.is_enough and not (each.crosses or each.is_refused))}
    ids = _ids(began)
    if len(ids) >= LEAST_MODELS and (
        len(ids) >= SHARE_OF_CATALOG * len(models) or len(ids) >= SHARE_OF_KNOWN * len(_ids(known))
    ):
        return (Incident("the whole catalogue", len(ids), frozenset(began)),)
    heard = {subject: observations[subject] for subject in known if subject in observations}
    by_vendor = tuple(_of_vendors(began, known, models))
    return by_vendor + tuple(_of_backends(began, heard, ratings=ratings, today=today))


def _begins(rating: Rating, today: date) -> bool:
    """Whether what crosses today began to just now, and was not held by an incident a week ago."""
    if rating.held_since is not None and today - rating.held_since >= WEEK:
        return False
    goes_on = rating.crossed_on is not None and today - rating.crossed_on <= WEEK
    return not goes_on or rating.crossed_since is None or today - rating.crossed_since < AT_ONCE


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
    crossing: Collection[Subject], observations: Observations, *, ratings: Mapping[Subject, Rating], today: date
) -> Iterator[Incident]:
    if not crossing:
        return
    at: dict[str, dict[Subject, Judged]] = defaultdict(dict)
    for subject, counts in observations.items():
        for backend in {count.backend for count in counts}:
            there = [count for count in counts if count.backend == backend]
            seen = judged(there, today=today, since=ratings[subject].counted_from)
            if seen.is_enough:
                at[backend][subject] = seen
    for backend in sorted(at):
        failing = {subject for subject, seen in at[backend].items() if seen.crosses}
        if not _is_common(len(_ids(failing)), len(_ids(at[backend]))):
            continue
        held = frozenset(
            subject
            for subject in crossing
            if not _crosses_elsewhere(
                observations[subject], backend=backend, since=ratings[subject].counted_from, today=today
            )
        )
        if held:
            yield Incident("one backend", len(_ids(failing)), held)  # its name is a word of clients


def _crosses_elsewhere(counts: Collection[Count], *, backend: str, since: date | None, today: date) -> bool:
    return judged([count for count in counts if count.backend != backend], today=today, since=since).crosses


def _is_common(crossing: int, known: int) -> bool:
    return crossing >= LEAST_MODELS and crossing >= SHARE_OF_KNOWN * known
