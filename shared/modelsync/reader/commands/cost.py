"""`models cost`: what calls will cost, part by part."""

from datetime import datetime
from typing import Any, Final

from modelsync.catalog.pricing import decimal_text, dollars
from modelsync.client.catalog import Model
from modelsync.client.instants import instant
from modelsync.client.switching.estimate import NOTES, Estimate, estimate
from modelsync.client.switching.estimate import Part as Leg
from modelsync.client.wording import price
from modelsync.reader.answer import Answer, Column, Facts, Heading, Part, Table
from modelsync.reader.meaning import looked_at
from modelsync.reader.session import Session

_CONDITIONS: Final = frozenset({"long_prompt", "at_this_hour", "time_of_day", "unknown_condition"})
"""Notes of an estimate at prices that are not, or may not be, the listed ones."""


def answer(session: Session) -> Answer:
    """The estimate for the counts that were typed."""
    words = session.words
    model = looked_at(session, words.model)
    found = estimate(
        model,
        prompt=words.prompt,
        completion=words.completion,
        cached=words.cached,
        cache_write=words.cache_write,
        images=words.images,
        requests=words.requests,
        at=_moment(words.at),
    )
    asked = f"{words.requests:,} x ({words.prompt:,} in, {words.completion:,} out)"
    notes = [f"note: {NOTES[note]}" for note in found.notes]
    columns = (Column("part"), Column("units", is_number=True), Column("USD", is_number=True))
    parts = Table(columns, (*_rows(found), ("total", "", found.text)))
    facts = Facts((("for", asked), ("price", _listed(model, found))))
    view: list[Part] = [Heading(f"{model.id}: {found.text}"), facts, parts, *notes]
    return Answer(view, items=(_item(model.id, found),))


def _listed(model: Model, found: Estimate) -> str:
    """The listed price, and whether it is what the parts are charged at."""
    if _CONDITIONS.isdisjoint(found.notes):
        return price(model.record)
    return f"listed at {price(model.record).removesuffix('+')}; conditions apply to this call"


def _moment(text: str | None) -> datetime | None:
    return None if text is None else instant(text)


def _rows(found: Estimate) -> tuple[tuple[str, ...], ...]:
    return tuple((part.leg.replace("_", " "), f"{part.units:,}", _amount(part)) for part in found.parts)


def _amount(part: Leg) -> str:
    if part.low is None or part.high is None:
        return "?"
    return dollars(part.low) if part.low == part.high else f"{dollars(part.low)} to {dollars(part.high)}"


def _item(model_id: str, found: Estimate) -> dict[str, Any]:
    def text(value: Any) -> str | None:
        return None if value is None else decimal_text(value)

    return {
        "id": model_id,
        "status": str(found.status),
        "low": text(found.low),
        "high": text(found.high),
        "text": found.text,
        "parts": [
            {"leg": part.leg, "units": part.units, "low": text(part.low), "high": text(part.high)}
            for part in found.parts
        ],
        "notes": list(found.notes),
    }
