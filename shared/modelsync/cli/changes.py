"""How events look: grouped by what happened, one line for each, the same for a run, a dry run and a comparison."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter
from rich.console import RenderableType

from modelsync.catalog.events import Detail, Event, EventKind
from modelsync.catalog.lifecycle import AUTO
from modelsync.catalog.published_set import PublishedSet
from modelsync.cli.tables import figure, named, section, text

MOST_ROWS: Final = 12
"""Rows of one kind, unless all are asked for."""

TITLES: Final = {
    EventKind.ADDED: "added",
    EventKind.STALE: "missing from the feed",
    EventKind.DEPRECATED: "deprecated",
    EventKind.REMOVED: "removed",
    EventKind.REAPPEARED: "returned",
    EventKind.RENAMED: "renamed",
    EventKind.PRICE: "price (USD per million tokens)",
    EventKind.PRICE_NEWS: "price news (a move of 5 % that held for a day)",
    EventKind.CONTEXT: "limits",
    EventKind.CAPABILITY: "capabilities",
    EventKind.EXPIRY_ANNOUNCED: "end announced",
    EventKind.EXPIRY_MOVED: "end moved",
    EventKind.EXPIRY_WITHDRAWN: "end withdrawn",
    EventKind.EXPIRY_PASSED: "past its announced end",
    EventKind.CURATED_IN: "into the shortlist",
    EventKind.CURATED_OUT: "out of the shortlist",
    EventKind.ALIAS: "alias",
}

STYLES: Final = {
    EventKind.ADDED: "green",
    EventKind.REAPPEARED: "green",
    EventKind.CURATED_IN: "green",
    EventKind.STALE: "yellow",
    EventKind.DEPRECATED: "red",
    EventKind.REMOVED: "red",
    EventKind.CURATED_OUT: "yellow",
}

_EVENTS: Final = TypeAdapter(tuple[Event, ...])


def events_data(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Events as they are published."""
    dumped: list[dict[str, Any]] = _EVENTS.dump_python(tuple(events), mode="json")
    return dumped


def events_view(events: Sequence[Event], after: PublishedSet, *, full: bool) -> Iterator[RenderableType]:
    """Events for people; `after` is the set they led to, which knows names, prices and redirects."""
    by_kind: dict[EventKind, list[Event]] = defaultdict(list)
    for event in events:
        by_kind[event.kind].append(event)
    for kind in TITLES:
        if kind in by_kind:
            yield from _group(kind, by_kind[kind], _Context(after), full=full)
    if not events:
        yield text("no changes")


def _group(kind: EventKind, events: list[Event], context: "_Context", *, full: bool) -> Iterator[RenderableType]:
    rows = list(context.rows(kind, events))
    shown = rows if full or len(rows) <= MOST_ROWS else rows[:MOST_ROWS]
    yield section(f"{TITLES[kind]}: {len(rows)}", STYLES.get(kind, ""))
    yield named(shown)
    if len(shown) < len(rows):
        yield text(f"  … {len(rows) - len(shown)} more; --full lists them", "dim")


class _Context:
    """What a line needs to know besides its event."""

    def __init__(self, after: PublishedSet) -> None:
        self._models = after.models()
        redirects = after.deprecations.redirects if after.deprecations else ()
        self._redirects = {each.from_id: each for each in redirects}

    def rows(self, kind: EventKind, events: Iterable[Event]) -> Iterator[tuple[str, str]]:
        """One line for each event; the moves of one model in the shortlist share theirs."""
        if kind not in (EventKind.CURATED_IN, EventKind.CURATED_OUT):
            yield from ((event.id, self._what(event)) for event in events)
            return
        buckets: dict[str, list[str]] = defaultdict(list)
        for event in events:
            buckets[event.id].append(event.field or "")
        yield from ((model_id, ", ".join(names)) for model_id, names in buckets.items())

    def _what(self, event: Event) -> str:
        if event.kind is EventKind.ADDED:
            model = self._models.get(event.id)
            return f"{model.cost}, {figure(model.max_context)} tokens of context" if model else "and gone again"
        if event.kind in (EventKind.PRICE, EventKind.PRICE_NEWS):
            return price_move(event)
        if event.kind in (EventKind.DEPRECATED, EventKind.REMOVED, EventKind.STALE):
            return self._departure(event)
        if event.kind in (EventKind.RENAMED, EventKind.ALIAS):
            return f"{event.before} -> {event.after}"
        return value_move(event)

    def _departure(self, event: Event) -> str:
        redirect = self._redirects.get(event.id)
        kind = f" ({redirect.kind})" if redirect is not None and redirect.to != AUTO else ""
        leads = [f"-> {redirect.to}{kind}"] if redirect is not None else []
        return ", ".join([*leads, *([event.note] if event.note else [])])


def value_move(event: Event) -> str:
    """A changed value: `supportsTools: false -> true`."""
    field = f"{event.field}: " if event.field else ""
    note = f" ({event.note})" if event.note else ""
    if event.before is None and event.after is None:
        return f"{field}{event.note or ''}"
    return f"{field}{_word(event.before)} -> {_word(event.after)}{note}"


def price_move(event: Event) -> str:
    """Changed prices: `prompt 0.25 -> 0.55 (+120 %), completion 0.95 -> 1.65 (+74 %)`."""
    before, after = _legs(event.before), _legs(event.after)
    moves = [
        f"{leg.removesuffix('PerMillion')} {_price(before.get(leg))} -> {_price(after.get(leg))}"
        + _share(before.get(leg), after.get(leg))
        for leg in sorted(before.keys() | after.keys(), key=_leg_order)
        if before.get(leg) != after.get(leg)
    ]
    return ", ".join(moves) or event.note or "conditional prices"


def _leg_order(leg: str) -> tuple[bool, bool, str]:
    return leg != "promptPerMillion", leg != "completionPerMillion", leg


def _legs(detail: Detail) -> Mapping[str, str | None]:
    return detail if isinstance(detail, Mapping) else {}


def _price(value: str | None) -> str:
    return "?" if value is None else value


def _share(before: str | None, after: str | None) -> str:
    try:
        percent = round(100 * (Decimal(after or "") / Decimal(before or "") - 1))
    except ArithmeticError:  # there is no share of zero, nor of what is no price
        return ""
    return f" ({percent:+} %)" if percent else ""


def _word(value: Detail) -> str:
    words = {True: "yes", False: "no", None: "-"}
    if isinstance(value, bool) or value is None:
        return words[value]
    return figure(value) if isinstance(value, int) else str(value)
