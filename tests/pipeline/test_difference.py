"""What lies between two published sets, told as events."""

from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.difference import difference
from tests.timeline import DAY, HOUR, START, Timeline
from tests.world import MODELS, a_record

LATER = START + 15 * DAY


def between(line: Timeline, first: int, second: int) -> tuple[Event, ...]:
    before = line.generations[first] if first else PublishedSet()
    return difference(before, line.generations[second], at=LATER, generation=second, last_look=START)


def a_line() -> Timeline:
    line = Timeline()
    line.read(*(a_record(each) for each in MODELS), at=START)
    return line


def test_the_first_generation_adds_everyone_to_the_empty_catalog() -> None:
    events = between(a_line(), 0, 1)
    assert [event.id for event in events] == sorted(MODELS)
    assert {event.kind for event in events} == {EventKind.ADDED}


def test_a_set_does_not_differ_from_itself() -> None:
    assert between(a_line(), 1, 1) == ()


def test_steps_in_between_are_not_seen() -> None:
    line = a_line()
    others = [a_record(each) for each in MODELS if each != "x-ai/grok-4.3"]
    line.read(*others, at=START + 6 * HOUR)
    line.read(*others, a_record("x-ai/grok-4.3", prompt="0.000002"), at=START + 12 * HOUR)
    assert [event.kind for event in between(line, 1, 2)] == [EventKind.STALE]
    (price,) = between(line, 1, 3)
    assert (price.kind, price.before, price.after) == (
        EventKind.PRICE,
        {"promptPerMillion": "1"},
        {"promptPerMillion": "2"},
    )


def test_the_way_back_is_told_as_well() -> None:
    line = a_line()
    line.read(*(a_record(each) for each in MODELS), a_record("a/newcomer"), at=START + 6 * HOUR)
    line.read(*(a_record(each) for each in MODELS), at=START + 12 * HOUR)
    assert [(event.kind, event.id) for event in between(line, 3, 2)] == [(EventKind.REAPPEARED, "a/newcomer")]


def test_moves_in_the_shortlist_are_told_by_bucket() -> None:
    line = a_line()
    line.curate(at=START)
    moves = {event.field for event in between(line, 1, 2) if event.id == "openai/gpt-5.2"}
    assert moves == {"coding", "chat", "fast"}
    assert {event.kind for event in between(line, 1, 2)} == {EventKind.CURATED_IN}
    assert {event.kind for event in between(line, 2, 1)} == {EventKind.CURATED_OUT}
