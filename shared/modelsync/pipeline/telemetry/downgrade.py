"""Which flags clients' reports overrule, and when a flag that they overruled counts again.

A daily sweep judges every model that is there, by the days that are over:

- A flag that is true becomes false when it crosses (`evidence`) at two sweeps in a row, on different days;
  one that the router refuses as a rule at once.
- It becomes true again when it is well, by what was reported since; when the list says something new of the model
  (`flags`); when people say so. Without evidence for 28 days nobody knows: it is null.
- Nothing is lowered by an incident (`incidents`); what was reported up to then counts for nothing. What goes
  on to cross a week after it began is no incident any more.
- At most 5 flags change on a day. What is recommended waits for people. In the first 28 days nothing changes at all:
  findings say what would.

Two sweeps on one day judge once: the second finds what the first one decided. Only flags of the list and of family
rules are judged; what people said is not, and nothing is ever raised above the list.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from modelsync.catalog.capabilities import Capability, DetectionSource
from modelsync.catalog.figures import Rating, Telemetry
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.reports import FAILURES
from modelsync.catalog.telemetry import FOUR_WEEKS, WEEK, Observations, Subject
from modelsync.pipeline.telemetry.evidence import Judged, evidence_of, judged, sentence_of
from modelsync.pipeline.telemetry.flags import LISTED, flag_of, listed_source
from modelsync.pipeline.telemetry.incidents import incidents

SHADOW_FOR: Final = timedelta(days=28)
UNVERIFIED_AFTER: Final = timedelta(days=28)
MOST_CHANGES: Final = 5
"""On one day, whatever happens."""

_NEW: Final = Rating(standing="watched")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep judges by: everything that was reported, and the day; the listed models, and who is recommended."""

    observations: Observations
    today: date
    models: Mapping[str, ModelInfo]
    recommended: Collection[str] = frozenset()
    whole: bool = True
    """Whether everything could be read that was kept of `window_needed`: else silence proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A flag that changes, and why."""

    id: str
    capability: Capability
    value: bool | None
    source: DetectionSource
    rating: Rating
    note: str

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return self.id, self.capability


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a sweep decided; `telemetry` None: there never was a report."""

    telemetry: Telemetry | None
    changes: tuple[Change, ...] = ()
    findings: tuple[str, ...] = ()
    error_rates: Mapping[str, float] = field(default_factory=dict)
    """Share of the calls of tools that failed, by id, where enough was found out at this sweep; none while reports are
    only watched."""


@dataclass(slots=True)
class _Docket:
    """What is known of each subject while a sweep judges."""

    ratings: dict[Subject, Rating] = field(default_factory=dict)
    seen: dict[Subject, Judged] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


def judge(sweep: Sweep, known: Telemetry | None) -> Verdict:
    """Judge everything that was reported; `known` is what the last sweep published."""
    since = known.since if known is not None else sweep.today if sweep.observations else None
    if since is None:
        return Verdict(None)
    docket = _opened(sweep, known)
    back = list(_restorations(sweep, docket))
    crossing = _crossing(sweep, docket)
    held = _hold_incidents(sweep, docket, crossing)
    crossing = {subject: seen for subject, seen in crossing.items() if subject not in held}
    ripe = [subject for subject in crossing if _is_ripe(sweep, docket, subject)]
    surest_first = sorted(ripe, key=lambda subject: (-crossing[subject].tally.interval[0], subject))
    wanted = (*back, *(_lowered(sweep, docket, subject) for subject in surest_first))
    changes = tuple(_within_bounds(sweep, docket, wanted, since=since))
    docket.ratings |= {change.subject: change.rating for change in changes}
    ratings: dict[str, dict[str, Rating]] = {}
    for (model_id, capability), rating in sorted(docket.ratings.items()):
        if _is_worth_keeping(rating, sweep.today):
            ratings.setdefault(model_id, {})[str(capability)] = rating
    in_shadow = sweep.today - since < SHADOW_FOR
    telemetry = Telemetry(since=since, ratings=ratings)
    return Verdict(telemetry, changes, tuple(docket.findings), {} if in_shadow else _error_rates(docket, held))


def _error_rates(docket: _Docket, held: Collection[Subject]) -> dict[str, float]:
    """Of calls of tools, those by which a flag was lowered among them; an incident is no model's own rate."""
    return {
        i: seen.tally.rate
        for (i, capability), seen in docket.seen.items()
        if capability is Capability.TOOLS and (seen.is_enough or seen.is_refused) and (i, capability) not in held
    }


def _opened(sweep: Sweep, known: Telemetry | None) -> _Docket:
    """Every subject as it stands before the sweep: what was known, put right by what the records say now."""
    docket, stood = _Docket(), _ratings(known)
    for model_id, model in sweep.models.items():
        for capability in FAILURES:
            subject = (model_id, capability)
            rating = stood.get(subject)
            if model.state is not LifecycleState.ACTIVE:
                if rating is not None:
                    docket.ratings[subject] = rating
                continue
            rating = _put_right(rating, model, capability, sweep.today)
            counts = sweep.observations.get(subject, ())
            seen = judged(counts, today=sweep.today, since=rating.counted_from)
            evidence = evidence_of(seen.tally) if seen.tally.requests else None
            docket.ratings[subject] = rating.model_copy(update={"evidence": evidence})
            docket.seen[subject] = seen
    return docket


def _ratings(known: Telemetry | None) -> dict[Subject, Rating]:
    """What was known of each; a capability that this version does not judge is passed over."""
    rated = known.ratings if known is not None else {}
    return {
        (i, capability): by_name[capability]
        for i, by_name in rated.items()
        for capability in FAILURES
        if capability in by_name
    }


def _put_right(rating: Rating | None, model: ModelInfo, capability: Capability, today: date) -> Rating:
    flag = flag_of(model, capability)
    if flag.source is not DetectionSource.TELEMETRY:
        if rating is not None and rating.standing != "watched":  # the list or people spoke: what was reported is past
            return _NEW.model_copy(update={"counted_from": today})
        return rating or _NEW
    standing: Literal["lowered", "unverified"] = "unverified" if flag.value is None else "lowered"
    if rating is None or rating.standing != standing:  # the figures were lost, or are those of another generation
        return Rating(standing=standing, counted_from=today, decided_on=today)
    return rating


def _restorations(sweep: Sweep, docket: _Docket) -> Iterator[Change]:
    for (model_id, capability), seen in docket.seen.items():
        rating, model = docket.ratings[model_id, capability], sweep.models[model_id]
        if rating.standing == "watched":
            continue
        update: dict[str, object] = {"decided_on": sweep.today}
        if seen.is_well:
            evidence = evidence_of(seen.tally)
            update |= {"standing": "watched", "decided_by": evidence, "crossed_since": None, "crossed_on": None}
            after = rating.model_copy(update=update)
            note = f"clients' reports confirm it again: {sentence_of(evidence)}"
            source = listed_source(model)
            yield Change(id=model_id, capability=capability, value=True, source=source, rating=after, note=note)
        elif may_be_forgotten(rating, today=sweep.today) and _is_forgotten(sweep, rating, (model_id, capability)):
            month = judged(
                sweep.observations.get((model_id, capability), ()),
                today=sweep.today,
                window=FOUR_WEEKS,
                since=rating.counted_from,
            )
            evidence = evidence_of(month.tally, window=FOUR_WEEKS)
            after = rating.model_copy(update=update | {"standing": "unverified", "decided_by": evidence})
            note = f"unverified, there is too little evidence: {sentence_of(evidence)}"
            source = DetectionSource.TELEMETRY
            yield Change(id=model_id, capability=capability, value=None, source=source, rating=after, note=note)


def may_be_forgotten(rating: Rating, *, today: date) -> bool:
    """Whether a flag was lowered so long ago that it matters whether there has been any evidence since."""
    is_old = rating.decided_on is not None and today - rating.decided_on >= UNVERIFIED_AFTER
    return rating.standing == "lowered" and is_old


def _is_forgotten(sweep: Sweep, rating: Rating, subject: Subject) -> bool:
    """Whether there has been no evidence of a lowered flag since."""
    if not sweep.whole:
        return False
    counts = sweep.observations.get(subject, ())
    month = judged(counts, today=sweep.today, window=FOUR_WEEKS, since=rating.counted_from)
    return not (month.is_enough or month.could_be_refused)


def _crossing(sweep: Sweep, docket: _Docket) -> dict[Subject, Judged]:
    """Everything that fails too often, and could be lowered; of the rest it is forgotten that it ever did."""
    crossing: dict[Subject, Judged] = {}
    for subject, seen in docket.seen.items():
        if (seen.crosses or seen.is_refused) and _can_be_lowered(sweep.models[subject[0]], subject[1]):
            crossing[subject] = seen
        else:
            docket.ratings[subject] = _calmed(docket.ratings[subject], seen, sweep.today)
    return crossing


def _calmed(rating: Rating, seen: Judged, today: date) -> Rating:
    """A rating of what does not cross, without what is past."""
    if rating.held_since is not None and (seen.is_enough or today - rating.held_since >= FOUR_WEEKS):
        rating = rating.model_copy(update={"held_since": None})
    if rating.crossed_on is not None:
        rating = rating.model_copy(update={"crossed_since": None, "crossed_on": None})
    return rating


def _can_be_lowered(model: ModelInfo, capability: Capability) -> bool:
    flag = flag_of(model, capability)
    unverified = flag.value is None and flag.source is DetectionSource.TELEMETRY
    return unverified or (flag.value is True and flag.source in LISTED)


def _hold_incidents(sweep: Sweep, docket: _Docket, crossing: Collection[Subject]) -> frozenset[Subject]:
    """What does not cross by itself; the reports of it so far are set aside."""
    found = incidents(
        crossing,
        docket.seen,
        observations=sweep.observations,
        models={i: model for i, model in sweep.models.items() if model.state is LifecycleState.ACTIVE},
        ratings=docket.ratings,
        today=sweep.today,
    )
    held = frozenset[Subject]().union(*(incident.held for incident in found))
    afresh = {"counted_from": sweep.today, "evidence": None, "crossed_since": None, "crossed_on": None}
    for subject in held:
        rating = docket.ratings[subject]
        since = rating.held_since or sweep.today
        docket.ratings[subject] = rating.model_copy(update={**afresh, "held_since": since})
    docket.findings.extend(incident.finding for incident in found)
    return held


def _is_ripe(sweep: Sweep, docket: _Docket, subject: Subject) -> bool:
    """Remember that it crossed, and tell whether that is enough to lower it: at the second sweep, or at once."""
    rating, today = docket.ratings[subject], sweep.today
    in_a_row = rating.crossed_on is not None and today - rating.crossed_on <= WEEK
    since = rating.crossed_since if in_a_row and rating.crossed_since is not None else today
    docket.ratings[subject] = rating.model_copy(update={"crossed_since": since, "crossed_on": today})
    return since < today or docket.seen[subject].is_refused


def _lowered(sweep: Sweep, docket: _Docket, subject: Subject) -> Change:
    model_id, capability = subject
    seen = docket.seen[subject]
    evidence = evidence_of(seen.tally)
    why = "the router refuses it" if seen.is_refused else "clients' reports say that it fails"
    rating = Rating(standing="lowered", counted_from=sweep.today, decided_on=sweep.today, decided_by=evidence)
    note = f"{why}: {sentence_of(evidence)}"
    source = DetectionSource.TELEMETRY
    return Change(id=model_id, capability=capability, value=False, source=source, rating=rating, note=note)


def _within_bounds(sweep: Sweep, docket: _Docket, wanted: Collection[Change], *, since: date) -> Iterator[Change]:
    """The changes that may be made today; of each of the others a finding says why not."""
    done = sum(r.decided_on == sweep.today and r.decided_by is not None for r in docket.ratings.values())
    for change in wanted:
        what = f"telemetry: {change.id}: {change.capability}: {change.note}"
        if sweep.today - since < SHADOW_FOR:
            docket.findings.append(f"{what}; it stays as it is, reports are only watched until {since + SHADOW_FOR}")
        elif change.value is False and change.id in sweep.recommended:
            docket.findings.append(f"{what}; it is recommended, so that people decide: give it an override line")
        elif done >= MOST_CHANGES:
            docket.findings.append(f"{what}; {MOST_CHANGES} flags changed today, so that it waits for tomorrow")
        else:
            done += 1
            yield change


def _is_worth_keeping(rating: Rating, today: date) -> bool:
    """Whether anything would be lost with it."""
    recent = rating.counted_from is not None and today - rating.counted_from < FOUR_WEEKS
    return rating.standing != "watched" or rating.evidence is not None or rating.crossed_on is not None or recent
