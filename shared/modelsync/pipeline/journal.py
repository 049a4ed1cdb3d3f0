"""What happened between two catalogs, as events.

Everything is logged. A price becomes news (`price-news`) once it has stayed at least 5 % away from the last price
that was news for 24 hours: in the recorded feeds one model's price moved 113 times in two months, because its
cheapest host changed. Events of one run are ordered by id, then by kind, so that equal runs write equal logs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.documents import AliasChange, Redirect
from modelsync.catalog.events import KIND_OF_STATE, Detail, Event, EventKind
from modelsync.catalog.lifecycle import LISTED, LifecycleState, RedirectKind
from modelsync.catalog.model_info import ModelInfo, expired
from modelsync.catalog.pricing import price_moved
from modelsync.pipeline.price import published_legs
from modelsync.pipeline.retire import Census

NEWS_SHARE: Final = Decimal("0.05")
NEWS_HOLDS_FOR: Final = timedelta(hours=24)
KEPT_FOR: Final = timedelta(days=90)
"""How long `changes.json` remembers; the month files keep everything."""

FLAG_FIELDS: Final = {
    Capability.VISION: "supports_vision",
    Capability.TOOLS: "supports_tools",
    Capability.STRUCTURED_OUTPUT: "structured_output",
    Capability.JSON_MODE: "json_mode",
    Capability.IMAGE_GEN: "is_image_gen",
    Capability.REASONING: "reasoning",
    Capability.FREE: "is_free",
}
LIMIT_FIELDS: Final = {"maxContext": "max_context", "maxOutput": "max_output"}

_KIND_ORDER: Final = {kind: rank for rank, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class Journalist:
    """Writes the events of one run: its time, and the generation that will publish them; `notes` by id and field."""

    now: datetime
    generation: int
    last_look: datetime | None
    notes: Mapping[tuple[str, str], str] | None = None

    def report(
        self,
        before: Census,
        after: Census,
        *,
        alias_changes: Iterable[AliasChange],
        redirects: Iterable[Redirect],
        known_redirects: Iterable[Redirect],
    ) -> tuple[Event, ...]:
        """All events between two censuses."""
        renamed_before = {each.from_id for each in known_redirects if each.kind is RedirectKind.RENAMED}
        renames = [r for r in redirects if r.kind is RedirectKind.RENAMED and r.from_id not in renamed_before]
        events = [
            *self._arrivals(before, after),
            *self._departures(before, after),
            *(self._event(EventKind.RENAMED, r.from_id, before=r.from_id, after=r.to) for r in renames),
            *(self._event(EventKind.ALIAS, c.model_id, before=c.old_alias, after=c.new_alias) for c in alias_changes),
        ]
        for model_id, model in after.listed.items():
            old = before.last_known(model_id)
            if old is not None and old is not model and model.state is LifecycleState.ACTIVE:
                events.extend(self._changes(old, model))
        return in_order(events)

    def _event(self, kind: EventKind, model_id: str, **details: Any) -> Event:
        return Event(at=self.now, generation=self.generation, kind=kind, id=model_id, **details)

    def _arrivals(self, before: Census, after: Census) -> Iterator[Event]:
        for model_id, model in after.listed.items():
            if model.state is not LifecycleState.ACTIVE:
                continue
            old = before.listed.get(model_id)
            stone = before.tombstones.get(model_id)
            if old is None and stone is None:
                yield self._event(EventKind.ADDED, model_id)
            elif (state := old.state if old else stone.state if stone else None) is not LifecycleState.ACTIVE:
                yield self._event(EventKind.REAPPEARED, model_id, before=state, after=LifecycleState.ACTIVE)

    def _departures(self, before: Census, after: Census) -> Iterator[Event]:
        was = {i: stone.state for i, stone in before.tombstones.items()} | {
            i: model.state for i, model in before.listed.items()
        }
        gone = {i: stone.state for i, stone in after.tombstones.items() if stone.state not in LISTED}
        gone |= {i: model.state for i, model in after.listed.items() if model.state is LifecycleState.STALE}
        for model_id, state in gone.items():
            if was.get(model_id) is not state:
                stone = after.tombstones.get(model_id)
                note = stone.cause if stone is not None and state not in LISTED else None
                yield self._event(KIND_OF_STATE[state], model_id, before=was.get(model_id), after=state, note=note)

    def _changes(self, old: ModelInfo, new: ModelInfo) -> Iterator[Event]:
        if old.pricing is not new.pricing and old.pricing != new.pricing:
            before, after = published_legs(old.pricing), published_legs(new.pricing)
            changed = sorted(leg for leg in before.keys() | after.keys() if before.get(leg) != after.get(leg))
            if changed:
                yield self._event(
                    EventKind.PRICE,
                    new.id,
                    before={leg: before.get(leg) for leg in changed},
                    after={leg: after.get(leg) for leg in changed},
                )
            if old.pricing.overrides != new.pricing.overrides:
                yield self._event(EventKind.PRICE, new.id, field="overrides", note="conditional prices changed")
        for field, name in LIMIT_FIELDS.items():
            yield from self._compared(EventKind.CONTEXT, old, new, field=field, name=name)
        for flag, name in FLAG_FIELDS.items():
            yield from self._compared(EventKind.CAPABILITY, old, new, field=flag, name=name)
        yield from self._expiry(old, new)

    def _compared(self, kind: EventKind, old: ModelInfo, new: ModelInfo, *, field: str, name: str) -> Iterator[Event]:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            note = self.notes.get((new.id, field)) if self.notes else None
            yield self._event(kind, new.id, field=str(field), before=before, after=after, note=note)

    def _expiry(self, old: ModelInfo, new: ModelInfo) -> Iterator[Event]:
        before, after = old.expires_at, new.expires_at
        if before != after:
            kind = (
                EventKind.EXPIRY_ANNOUNCED
                if before is None
                else EventKind.EXPIRY_WITHDRAWN
                if after is None
                else EventKind.EXPIRY_MOVED
            )
            yield self._event(kind, new.id, before=_moment(before), after=_moment(after))
        if expired(new, self.now) and self.last_look is not None and not expired(new, self.last_look):
            yield self._event(EventKind.EXPIRY_PASSED, new.id, before=_moment(after), note="it is still listed")


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Order the events of one run."""
    return tuple(sorted(events, key=lambda event: (event.id, _KIND_ORDER[event.kind], event.field or "")))


def price_news(log: Sequence[Event], *, now: datetime, generation: int) -> tuple[Event, ...]:
    """The prices that have become news by now, judged from the log alone."""
    histories: dict[str, list[Event]] = defaultdict(list)
    for event in log:
        if event.kind is EventKind.PRICE_NEWS:
            histories[event.id] = [event]
        elif event.kind is EventKind.PRICE:
            histories[event.id].append(event)
    news = (_news_of(history, now=now, generation=generation) for history in histories.values())
    return in_order(event for event in news if event is not None)


def _news_of(history: list[Event], *, now: datetime, generation: int) -> Event | None:
    """Walk back from the newest price to the moment since which it has been away from the last news."""
    reference = _reference(history)
    moves = [event for event in history if event.kind is EventKind.PRICE]
    since = None
    prices = _prices_after(reference, moves)
    for event, price in zip(reversed(moves), reversed(prices), strict=True):
        if not _differs(reference, price):
            break
        since = event.at
    if since is None or now - since < NEWS_HOLDS_FOR:
        return None
    return Event(
        at=now,
        generation=generation,
        kind=EventKind.PRICE_NEWS,
        id=moves[-1].id,
        before=reference,
        after=prices[-1],
        note=f"held since {_moment(since)}",
    )


NEWS_LEGS: Final = ("promptPerMillion", "completionPerMillion")


def _legs(detail: Detail) -> dict[str, str | None]:
    return {leg: detail[leg] for leg in NEWS_LEGS if leg in detail} if isinstance(detail, Mapping) else {}


def _reference(history: list[Event]) -> dict[str, str | None]:
    """The prices that are known to people: those of the last news, else those before the first move."""
    reference: dict[str, str | None] = {}
    for event in history:
        known = _legs(event.after if event.kind is EventKind.PRICE_NEWS else event.before)
        reference = known | reference
    return reference


def _prices_after(reference: Mapping[str, str | None], moves: Iterable[Event]) -> list[dict[str, str | None]]:
    prices: list[dict[str, str | None]] = []
    current = dict(reference)
    for event in moves:
        current = current | _legs(event.after)
        prices.append(current)
    return prices


def _differs(reference: Mapping[str, str | None], price: Mapping[str, str | None]) -> bool:
    return any(_moved(reference.get(leg), price.get(leg)) for leg in NEWS_LEGS)


def _moved(before: str | None, after: str | None) -> bool:
    if before is None or after is None:
        return before != after
    return price_moved(Decimal(before), Decimal(after), share=NEWS_SHARE)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
