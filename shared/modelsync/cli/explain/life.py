"""Why a model is in its state, and why it has its alias."""

from collections.abc import Iterator
from typing import Final

from modelsync.catalog.aliases import derive_alias
from modelsync.catalog.events import STATE_AFTER, EventKind
from modelsync.catalog.lifecycle import DEPRECATED_AFTER, KEPT_AT_MOST, REMOVED_AFTER, LifecycleState
from modelsync.catalog.model_ids import parse_model_id
from modelsync.cli.explain.case import Case, Explanation
from modelsync.cli.tables import ago, moment

MOST_EVENTS: Final = 6
MOST_NAMES: Final = 5

LIFE_EVENTS: Final = frozenset(STATE_AFTER) | {
    EventKind.RENAMED,
    EventKind.EXPIRY_ANNOUNCED,
    EventKind.EXPIRY_MOVED,
    EventKind.EXPIRY_WITHDRAWN,
    EventKind.EXPIRY_PASSED,
}


def explain_state(case: Case) -> Explanation:
    """Say since when a model is in its state, what comes next, and where its users go."""
    return Explanation(
        topic="state",
        headline=f"state {case.known.state}{_since(case)}",
        lines=(*_dates(case), *_decisions(case), *_redirect(case), *_events(case)),
    )


def _since(case: Case) -> str:
    event = next((event for event in reversed(case.log) if event.kind in STATE_AFTER), None)
    return f", since generation {event.generation} ({moment(event.at)})" if event else ""


def _dates(case: Case) -> Iterator[tuple[str, str]]:
    model, stone, state = case.model, case.known.tombstone, case.known.state
    yield "first seen", moment(model.first_seen)
    if model.expires_at is not None:
        yield "ends", f"announced for {moment(model.expires_at)}, {ago(model.expires_at, case.now)}"
    missing = stone.missing_since if stone is not None and not case.known.is_listed else model.missing_since
    if state is LifecycleState.ACTIVE:
        yield "next", "it stays active while the feed lists it"
    elif missing is not None:
        yield "missing", f"since {moment(missing)}, {ago(missing, case.now)}"
        if stone is not None and not case.known.is_listed:
            yield "cause", stone.cause
        if state is LifecycleState.STALE:
            yield "next", f"deprecated from {moment(missing + DEPRECATED_AFTER)} on, unless a feed lists it again"
        elif state is LifecycleState.DEPRECATED:
            yield "next", f"removed from {moment(missing + REMOVED_AFTER)} on, unless it returns or is bound"
        else:
            yield "next", "its tombstone stays; it is active again as soon as a feed lists it"
    if stone is not None and stone.returned_at is not None:
        yield "returned", f"{moment(stone.returned_at)}, {ago(stone.returned_at, case.now)}"


def _decisions(case: Case) -> Iterator[tuple[str, str]]:
    for each in case.overrides.pins:
        if each.id == case.known.id:
            yield "override", f"kept as stale while it is missing: {each.reason}"
    for stone in case.overrides.tombstones:
        if stone.id == case.known.id:
            yield "override", f"{stone.state} without waiting: {stone.reason}"
    bound = case.bound(case.known.id)
    yield (
        "bound",
        f"yes: a saved choice points at it, so it is kept for up to {KEPT_AT_MOST.days} days after it went missing"
        if bound
        else "no saved choice points at it",
    )


def _redirect(case: Case) -> Iterator[tuple[str, str]]:
    redirect = case.known.redirect
    if redirect is None:
        gone = case.known.state is not LifecycleState.ACTIVE
        yield "redirect", "none yet: most models that go missing come back" if gone else "none is needed"
        return
    safe = "costs no more than 1.25 times the last price" if redirect.price_safe else "may cost more"
    yield "redirect", f"to {redirect.to} ({redirect.kind}, {redirect.confidence}, {safe}): {redirect.reason}"


def _events(case: Case) -> Iterator[tuple[str, str]]:
    events = [event for event in case.log if event.kind in LIFE_EVENTS]
    for event in events[-MOST_EVENTS:]:
        note = f": {event.note}" if event.note else ""
        yield "event", f"{moment(event.at)}  {event.kind}{note}"


def explain_alias(case: Case) -> Explanation:
    """Say where an alias comes from, and which ones the model had before."""
    return Explanation(
        topic="alias",
        headline=f"alias {case.model.alias}",
        lines=(("rule", _rule(case)), *_former(case), ("law", "it stays with this model for ever")),
    )


def _rule(case: Case) -> str:
    model = case.model
    derived = derive_alias(parse_model_id(model.id))
    override = next((each for each in case.overrides.aliases if each.id == model.id), None)
    if override is not None and override.alias == model.alias:
        return f"people chose it: {override.reason} ({override.source})"
    refused = f"; people wanted {override.alias}, which could not be given" if override is not None else ""
    if model.alias == derived:
        return f"what its id suggests, without vendor, dates and revision tags{refused}"
    rivals = [i for i in _ids(case) if i != model.id and derive_alias(parse_model_id(i)) == derived]
    if rivals and model.alias.startswith(f"{derived}-"):
        more = ", ..." if len(rivals) > MOST_NAMES else ""
        return (
            f"its id suggests {derived}, and so does that of {', '.join(rivals[:MOST_NAMES])}{more}: "
            f"characters of its digest tell it apart{refused}"
        )
    return f"it was given earlier and stays; its id would suggest {derived} today{refused}"


def _ids(case: Case) -> list[str]:
    return sorted(case.published.states())


def _former(case: Case) -> Iterator[tuple[str, str]]:
    for change in case.known.former_aliases:
        yield "former", f"{change.old_alias} until {moment(change.since)}; it still resolves"
