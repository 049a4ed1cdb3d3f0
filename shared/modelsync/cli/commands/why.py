"""`why`: one model's flags, price, state, alias and places, each with its reasons."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Final

from rich.console import RenderableType

from modelsync.catalog.capabilities import Capability
from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.explain.case import Case, Explanation
from modelsync.cli.explain.flags import explain_flag
from modelsync.cli.explain.life import explain_alias, explain_state
from modelsync.cli.explain.price import explain_price
from modelsync.cli.explain.shortlist import explain_places
from modelsync.cli.lookup import find_model
from modelsync.cli.tables import facts, heading, section
from modelsync.errors import CorruptDocumentError, FeedError
from modelsync.pipeline.refresh import census_of
from modelsync.shell.publishing.history import whole_log
from modelsync.shell.running.inputs import load_bound
from modelsync.sources.facts import ModelFacts

EXPLAINED: Final[Mapping[str, Callable[[Case], Explanation]]] = {
    **{str(flag): partial(explain_flag, flag) for flag in Capability},
    "price": explain_price,
    "state": explain_state,
    "alias": explain_alias,
    "curated": explain_places,
}


def why(door: Door) -> Answer:
    """Explain one topic of the model that was named, or all of them."""
    case = _case(door)
    topics = EXPLAINED if door.options.topic is None else (door.options.topic,)
    explanations = [EXPLAINED[topic](case) for topic in topics]
    return Answer(
        data={"id": case.known.id, "alias": case.model.alias, "explanations": [each.data() for each in explanations]},
        view=(heading(f"{case.known.id} ({case.model.name})"), *_view(explanations)),
    )


def _view(explanations: Sequence[Explanation]) -> Iterator[RenderableType]:
    """Who asks for one topic hears of everyone who had a say; who asks for all hears of those who spoke."""
    for each in explanations:
        yield section(each.headline)
        yield facts((*each.lines, *each.silent) if len(explanations) == 1 else each.lines)


def _case(door: Door) -> Case:
    published = door.standing().published
    known = find_model(published, door.options.model)
    log = whole_log(door.repository.history(), published.changes.events if published.changes else ())
    now = door.runtime.now()
    bindings = load_bound(door.repository, census_of(published), now=now)
    return Case(
        known=known,
        published=published,
        log=tuple(event for event in log if event.id == known.id),
        overrides=door.runtime.read_overrides().on(now.date()),
        bound=bindings.bound,
        feed_facts=cache(partial(_feed_facts, door, known.id)),
        now=now,
    )


def _feed_facts(door: Door, model_id: str) -> ModelFacts | None:
    """What the feed behind the newest list says of a model, if its body is still kept."""
    current = door.standing().published.current
    key = current.source.snapshot if current is not None else None
    body = door.repository.load_snapshot(key) if key is not None else None
    if body is None or key is None:
        return None
    try:
        models = door.runtime.source.parse(body).models
    except FeedError as error:
        raise CorruptDocumentError(key, f"it was a list when it was kept ({error})") from error
    return next((facts for facts in models if facts.id == model_id), None)
