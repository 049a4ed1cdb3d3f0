"""Which misspelt words are put right, and that nothing else is touched."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modelsync.client.misspelling import Vocabulary, is_one_slip, nearest
from modelsync.client.spelling import spelling_of
from tests.client.records import a_record

IDS = (
    "anthropic/claude-sonnet-5",
    "anthropic/claude-opus-4.8",
    "deepseek/deepseek-chat",
    "google/gemini-3.5-flash",
    "google/gemma-4-31b",
    "meta-llama/llama-4-scout",
    "openai/gpt-5.6-luna",
)
VOCABULARY = Vocabulary(spelling_of(a_record(each)) for each in IDS)
WORDS = ("anthropic", "claude", "deepseek", "gemini", "google", "scout", "sonnet")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same word after one slip of a finger."""
    word = draw(st.sampled_from(WORDS))
    at, letter = draw(st.integers(0, len(word) - 1)), draw(st.sampled_from(LETTERS))
    head, here, tail = word[:at], word[at], word[at + 1 :]
    kinds = [head + tail, head + letter + here + tail, head + letter + tail, head + tail[:1] + here + tail[1:]]
    slipped = draw(st.sampled_from(kinds))
    assume(slipped != word)
    return word, slipped


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("gemni", "gemini"),
        ("Cluade", "claude"),
        ("deepsek", "deepseek"),
        ("sonnett", "sonnet"),
        ("claud sonet 5", "claude sonnet 5"),
        ("anthropic/claude-opuss-4.8", "anthropic/claude-opus-4.8"),
        ("gtp 5", "gpt 5"),
    ],
)
def test_a_word_one_slip_away_from_one_of_the_catalog_is_that_one(text: str, corrected: str) -> None:
    assert VOCABULARY.corrected(text) == corrected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "claude sonnet",  # nothing is wrong with it
        "CLAUDE",  # nor with this
        "gpd5",  # another digit is another model, and so may another letter beside one be
        "claude3.opu",  # part of a version
        "gt",  # two letters are near to anything
        "gmni",  # two slips away
        "gémini",  # nothing that fingers do by themselves
        "mixtral",
    ],
)
def test_whatever_else_was_typed_stays(text: str) -> None:
    assert VOCABULARY.corrected(text) is None


def test_of_two_words_as_near_the_one_in_more_names_is_meant_then_the_first_by_letters() -> None:
    ids = ("acme/mole-1", "acme/mole-2", "acme/mode-3", "acme/more-4")
    spellings = [spelling_of(a_record(each, alias=each.partition("/")[2])) for each in ids]
    assert Vocabulary(spellings).corrected("move") == "mole"
    assert Vocabulary(spellings[2:]).corrected("move") == "mode"


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("visoin", "vision"),
        ("Vision", "vision"),
        ("vison", "vision"),
        ("chatt", None),
        ("image", "image"),
        ("zz", None),
    ],
)
def test_of_known_words_the_only_one_that_is_a_slip_away_is_meant(word: str, near: str | None) -> None:
    assert nearest(word, ("vision", "image", "chats", "chat", "chatter")) == near


@given(slips())
def test_every_slip_is_one(slip: tuple[str, str]) -> None:
    word, slipped = slip
    assert is_one_slip(word, slipped)
    assert is_one_slip(slipped, word)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_a_slip_is_what_one_edit_or_exchange_makes(word: str, other: str) -> None:
    at = range(len(word) + 1)
    reached = {
        *(word[:i] + word[i + 1 :] for i in at),
        *(word[:i] + letter + word[i:] for i in at for letter in "abc"),
        *(word[:i] + letter + word[i + 1 :] for i in at for letter in "abc"),
        *(word[:i] + word[i + 1 : i + 2] + word[i : i + 1] + word[i + 2 :] for i in at),
    }
    assert is_one_slip(word, other) == (other in reached - {word})


@given(slips())
def test_what_was_put_right_needs_no_more(slip: tuple[str, str]) -> None:
    corrected = VOCABULARY.corrected(slip[1])
    assert corrected is None or VOCABULARY.corrected(corrected) is None
