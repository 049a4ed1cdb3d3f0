"""`models show`: everything about one model, also one that is gone: price, limits, abilities, who runs it."""

from collections.abc import Iterable
from typing import Any, Final

from modelsync.client.amounts import usd
from modelsync.client.browsing.similar import similar_and_cheaper
from modelsync.client.catalog import Model
from modelsync.client.own.user_layer import as_user
from modelsync.client.switching.estimate import estimate
from modelsync.client.wording import ABILITY_WORDS, ability, day, price, remarks, size
from modelsync.reader.answer import Answer, Facts, Heading
from modelsync.reader.meaning import looked_at
from modelsync.reader.rows import item
from modelsync.reader.serving import options_of
from modelsync.reader.session import Session

EXAMPLE_PROMPT, EXAMPLE_ANSWER = 8000, 1000
"""Tokens of the call that a price is shown by."""

_SOURCES: Final = {"api": "listed", "heuristic": "guessed by its name", "telemetry": "observed", "override": "people"}


def answer(session: Session) -> Answer:
    """One model."""
    model = looked_at(session, session.words.model)
    like_it = similar_and_cheaper(session.worded, model, user=as_user(session.layer))
    rows = [*_facts(session, model), ("run via", "; ".join(_ways(session, model)))]
    rows += [("like it", ", ".join(f"{each.model.id} ({each.ratio})" for each in like_it))] if like_it else []
    facts = Facts(tuple((label, value) for label, value in rows if value))
    about = (
        model.record.get("description") or "",
        f"more: models changes {model.alias}, models why {model.alias} FLAG",
    )
    similar = [{"id": each.model.id, "ratio": each.ratio} for each in like_it]
    head = Heading(f"{model.record['name']} · {model.id}")
    view = (head, facts, *(text for text in about if text))
    return Answer(view, items=(item(model),), ids=(model.id,), extra={"similar": similar})


def _facts(session: Session, model: Model) -> Iterable[tuple[str, str]]:
    record = model.record
    yield "alias", model.alias
    yield "state", _state(session, model)
    yield "price", _price(model)
    yield "conditions", "; ".join(_conditions(record["pricing"]["overrides"]))
    yield "limits", f"{size(model.context)} context, {size(record['maxOutput'])} output"
    yield "can", ", ".join(_abilities(record))
    yield "reads", ", ".join(record["inputModalities"])
    yield "writes", ", ".join(record["outputModalities"])
    yield "slug", model.slug or ""
    yield "listed", day(record["createdAt"])
    yield "notes", ", ".join(remarks(model, now=session.now))


def _price(model: Model) -> str:
    """What tokens cost, and what a call does; nothing further where that is free, varies, or nobody knows it."""
    record, tier = model.record, model.record["priceTier"]
    if record["pricingStatus"] != "priced":
        return price(record)
    call = estimate(model, prompt=EXAMPLE_PROMPT, completion=EXAMPLE_ANSWER).text
    return f"{price(record)} per million{f', {tier} tier' if tier else ''}; 8K in and 1K out: {call}"


def _state(session: Session, model: Model) -> str:
    state = str(model.record["state"])
    since = model.record.get("missingSince")
    leads = session.catalog.redirect(model.id)
    said = f"{state} since {day(since)}" if since is not None else state
    if leads is None or state not in {"deprecated", "removed"}:
        return said
    return f"{said}, leads to {leads.model_id or 'no model of its own: see `models pick`'}"


def _conditions(overrides: Iterable[Any]) -> Iterable[str]:
    """Prices that hold under conditions, as they were published."""
    for each in overrides:
        when = f"from {each['minPromptTokens']:,} tokens" if "minPromptTokens" in each else _hours(each)
        legs = [f"{usd(each[leg])} {word}" for leg, word in _LEGS.items() if leg in each]
        yield f"{when}: {', '.join(legs)}" if legs else when


_LEGS: Final = {"promptPerMillion": "in", "completionPerMillion": "out"}


def _hours(override: Any) -> str:
    return f"{override.get('utcStart', '?')} to {override.get('utcEnd', '?')} UTC"


def _abilities(record: Any) -> Iterable[str]:
    for flag, word in ABILITY_WORDS.items():
        source = record["detectionSource"].get(flag)
        yield f"{word} {ability(record, flag)}{f' ({_SOURCES[source]})' if source in _SOURCES else ''}"


def _ways(session: Session, model: Model) -> Iterable[str]:
    if model.record["state"] not in {"active", "stale"}:
        return
    for option in options_of(session, model):
        if option.wire_id is not None:
            yield f"{option.place} as {option.wire_id}{'' if option.available else ' (no key)'}"
