"""`models why`: who says what a model's flag, price or state is; without one, how a name leads to a model."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelsync.client.browsing.explain import explain
from modelsync.client.browsing.explain_flags import FLAGS, REPORTED, Ratings
from modelsync.client.browsing.explanation import SOURCES, Explanation, Since
from modelsync.client.own.user_layer import model_of
from modelsync.client.resolving.resolution_words import explained
from modelsync.client.wording import day
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer, Column, Facts, Heading, Table
from modelsync.reader.commands.current import resolution_item
from modelsync.reader.meaning import code_of_answer, looked_at, meant
from modelsync.reader.observed import ratings_of
from modelsync.reader.options import TOPICS
from modelsync.reader.session import Session

_LAYERS: Final = {**SOURCES, "log": "noted when it changed"}


def answer(session: Session) -> Answer:
    """The explanation that was asked for."""
    words = session.words
    if words.flag is None:
        found = meant(session, words.model, policy=session.view.terms(session.state))
        head, *lines = explained(found)
        item = {"asked": found.asked, "id": found.id, **resolution_item(found)}
        return Answer((Heading(head), *lines), items=(item,), code=code_of_answer(found))
    model = looked_at(session, words.model)
    seen = model_of(session.layer, model.id, catalog=session.catalog)
    said_by = {} if seen is None else seen.said_by
    about = TOPICS[words.flag]
    reason = explain(session.catalog, model, about, said_by=said_by, ratings=_ratings(session, about))
    return _explained(model.id, reason)


def _ratings(session: Session, about: str) -> Ratings | None:
    """What clients reported of flags that they report on; raises UsageError where the network is forbidden."""
    if session.words.network and session.loader.is_offline:
        raise UsageError("why: found --network where the network is forbidden, expected one of both; choose one")
    return ratings_of(session) if FLAGS.get(about) in REPORTED else None


def _explained(model_id: str, found: Explanation) -> Answer:
    sure = [("sure", found.confidence)] if found.confidence is not None else []
    facts = [("because", found.sentence), *sure, ("since", _since(found.since))]
    said = tuple(_said(found))
    table = Table((Column("who"), Column("what they say", is_prose=True)), said)
    head = Heading(f"{model_id}: {found.about} = {_value(found.value)}")
    return Answer(
        (head, Facts(tuple(facts)), *((table,) if said else ())),
        items=(_item(model_id, found),),
        tsv=Facts((("model", model_id), (found.about, _value(found.value)), *facts, *said)),
    )


def _since(since: Since | None) -> str:
    """The day, and the generation where that is known; what reports decided is published with its day alone."""
    if since is None:
        return "not published"
    if since.generation is None:
        return since.at if len(since.at) == len("2026-08-08") else day(since.at)
    return f"{day(since.at)}, generation {since.generation}"


def _said(found: Explanation) -> Iterator[tuple[str, str]]:
    """Each layer with its words; what it would come to, were it not overridden, stands with the first of them."""
    unheard = {each.layer: each.words for each in found.overridden}
    for each in found.evidence:
        would_be = unheard.pop(each.layer, "")
        aside = f"{would_be}: does not count" if would_be != each.words else "does not count"
        yield each.layer, f"{each.words} ({aside})" if would_be else each.words
    yield from ((layer, f"{words} (does not count)") for layer, words in unheard.items())


def _value(value: Any) -> str:
    """A value for people; of the shortlist the places, from 1."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"no. {place} in {bucket}" for bucket, place in value.items())
    if isinstance(value, int):
        return f"{value:,}"
    return "?" if value is None else str(value)


def _item(model_id: str, found: Explanation) -> dict[str, Any]:
    return {
        "id": model_id,
        "about": found.about,
        "value": found.value,
        "source": found.source,
        "confidence": found.confidence,
        "since": None if found.since is None else found.since._asdict(),
        "evidence": [each._asdict() for each in found.evidence],
        "overridden": [each._asdict() for each in found.overridden],
    }
