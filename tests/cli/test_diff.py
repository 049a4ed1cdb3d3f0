"""What changed between two generations, for people."""

import pytest

from tests.cli.command_line import CommandLine
from tests.world import MODELS, a_record

FIRST, LAST = MODELS[0], MODELS[-1]


@pytest.fixture
def store(sync: CommandLine) -> CommandLine:
    """Three generations: the first; one price moved; one model missing and one new."""
    dearer = a_record(FIRST, prompt="0.0000015", context_length=262144)
    sync.publish()
    sync.publish(MODELS[1:], records=[dearer], at="2026-06-01T18:00Z")
    sync.publish(MODELS[1:-1], records=[dearer, a_record("a/newcomer")], at="2026-06-02T00:00Z")
    return sync


def lines(said: str) -> list[str]:
    return [" ".join(line.split()) for line in said.splitlines()]


def test_without_words_it_is_the_previous_generation_to_the_newest(store: CommandLine) -> None:
    said = lines(store("diff").out)
    assert said[0] == "generation 2 to 3"
    assert "from 2, published 2026-06-01 18:00Z" in said
    assert "to 3, published 2026-06-02 00:00Z" in said
    assert "a/newcomer $1.00 / $2.00, 131,072 tokens of context" in said
    assert LAST in said


def test_one_word_is_where_to_begin(store: CommandLine) -> None:
    assert lines(store("diff", "1").out)[0] == "generation 1 to 3"


def test_two_words_are_both_ends(store: CommandLine) -> None:
    said = lines(store("diff", "1", "2").out)
    assert said[0] == "generation 1 to 2"
    assert f"{FIRST} prompt 1 -> 1.5 (+50 %)" in said
    assert f"{FIRST} maxContext: 131,072 -> 262,144" in said


def test_the_way_back_is_a_difference_too(store: CommandLine) -> None:
    said = lines(store("diff", "3", "2").out)
    assert said[0] == "generation 3 to 2"
    assert f"{LAST} stale -> active" in said


def test_a_first_generation_differs_from_the_empty_catalog(sync: CommandLine) -> None:
    sync.publish()
    said = lines(sync("diff").out)
    assert said[:2] == ["generation 0 to 1", "from 0, the empty catalog"]
    assert "added: 24" in said


def test_a_generation_does_not_differ_from_itself(store: CommandLine) -> None:
    assert lines(store("diff", "2", "2").out)[-1] == "no changes"


def test_the_answer_for_programs_counts_and_lists(store: CommandLine) -> None:
    answer = store("diff", "--json").json
    assert (answer["from"], answer["to"], answer["counts"]["added"], answer["counts"]["stale"]) == (2, 3, 1, 1)
    assert {"current", "changes"} <= set(answer["documents"])
    assert {event["generation"] for event in answer["changes"]} == {3}


def test_a_redirect_is_told_with_a_departure(sync: CommandLine) -> None:
    sync.publish()
    sync.publish(MODELS[:-1], at="2026-06-02T00:00Z")
    sync.publish(MODELS[:-1], at="2026-06-16T00:00Z")
    assert f"{LAST} -> auto, left the feed unannounced" in lines(sync("diff").out)
