"""What resembles a text, in which order, and what is never shown to who did not name it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.catalog import Catalog
from modelsync.client.resolving.search import Match, find, meant_if_misspelt, resemblance, resembling, suggest
from modelsync.client.spelling import letters_of, tokens_of
from tests.builders import a_model
from tests.client.records import a_record
from tests.client.vectors import CATALOGS

MAIN = CATALOGS["main"]


def ids(match: Match | None) -> tuple[str, list[str]]:
    return ("", []) if match is None else (match.kind, [model.id for model in match.models])


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("claude sonnet 5", "letters", ["anthropic/claude-sonnet-5"]),
        ("GPT 5.6 LUNA", "letters", ["openai/gpt-5.6-luna"]),
        ("haiku 4.5", "words", ["anthropic/claude-haiku-4.5"]),
        ("luna gpt", "words", ["openai/gpt-5.6-luna"]),
        ("luna batch", "words", ["openai/gpt-5.6-luna:batch"]),
        ("opus", "words", ["anthropic/claude-opus-5"]),
        ("opus latest", "words", ["~anthropic/claude-opus-latest"]),
        ("oss", "words", ["openai/gpt-oss-20b"]),
        ("sonn", "part", ["anthropic/claude-sonnet-5"]),
        ("ling free", "words", ["inclusionai/ling-3.0-tiny:free"]),
        ("nothing of the kind", "", []),
        ("...", "", []),
    ],
)
def test_a_text_finds_whole_names_then_words_then_parts(text: str, kind: str, found: list[str]) -> None:
    assert ids(find(MAIN, text)) == (kind, found)


def test_a_model_that_is_missing_is_not_found_by_a_word() -> None:
    assert find(MAIN, "qwen3") is None


def test_of_equal_days_the_id_decides() -> None:
    assert ids(find(MAIN, "orion")) == ("words", ["orion/orion-2", "orion/orion-4"])


def test_a_version_is_one_word_and_a_dot_at_the_end_is_none() -> None:
    assert tokens_of("Claude-Haiku 4.5.") == {"claude", "haiku", "4.5"}


def test_letters_are_compared_without_punctuation_and_case() -> None:
    assert letters_of("Meta/Llama 3.1-405B:free") == "metallama31405bfree"


@pytest.mark.parametrize(("text", "thousandths"), [("one", 1000), ("ones", 800), ("xyz", 0), ("o", 0)])
def test_resemblance_is_the_share_of_common_pairs_of_letters(text: str, thousandths: int) -> None:
    record = a_model("acme/one", alias="one").model_dump(mode="json", by_alias=True)
    model = Catalog.of({"current": {"models": [record]}}).model("acme/one")
    assert model is not None
    assert resemblance(text, model) == thousandths


def test_the_shortlist_decides_between_equal_resemblances() -> None:
    records = [a_model(each).model_dump(mode="json", by_alias=True) for each in ("acme/model-1", "acme/model-2")]
    shortlist = {"models": [], "autoTargets": {}, "buckets": {"chat": {"models": [{"id": "acme/model-2"}]}}}
    catalog = Catalog.of({"current": {"models": records}, "curated": shortlist})
    assert [model.id for model in suggest(catalog, "model-3", at_most=2)] == ["acme/model-2", "acme/model-1"]


@given(st.text(max_size=20), st.integers(0, 5))
def test_no_more_is_suggested_than_was_asked_for(text: str, at_most: int) -> None:
    assert len(suggest(MAIN, text, at_most=at_most)) <= at_most


@given(st.sampled_from([model.id for model in MAIN.models()]), st.text(max_size=3), st.integers(0, 12))
def test_whom_too_few_pairs_rule_out_would_not_have_been_suggested(model_id: str, typo: str, place: int) -> None:
    text = f"{model_id[:place]}{typo}{model_id[place + 1 :]}"
    words = tokens_of(text)
    counted = [
        model.id
        for model, spelling in MAIN.spelled
        if model.is_active and spelling.may_be_meant(words) and model.id.lower() != text.lower()
        if resemblance(letters_of(text), model) >= 450
    ]
    assert sorted(model.id for model in resembling(MAIN, text)) == sorted(counted)


def test_who_misspells_a_word_is_first_shown_those_who_are_called_so() -> None:
    assert [model.id for model in suggest(MAIN, "sonet", at_most=1)] == ["anthropic/claude-sonnet-5"]
    assert [model.id for model in suggest(MAIN, "lnua", at_most=3)] == ["openai/gpt-5.6-luna"]
    assert [model.id for model in suggest(MAIN, "luna bacth", at_most=1)] == ["openai/gpt-5.6-luna:batch"]


def test_of_those_that_a_misspelt_text_means_the_shortlist_comes_first_then_the_newest() -> None:
    days = {"acme/model-1": "2026-01-01", "acme/model-2": "2026-03-01", "acme/model-3": "2026-02-01"}
    records = [a_record(each, createdAt=f"{day}T00:00:00Z") for each, day in days.items()]
    shortlist = {"models": [], "autoTargets": {}, "buckets": {"chat": {"models": [{"id": "acme/model-1"}]}}}
    catalog = Catalog.of({"current": {"models": records}, "curated": shortlist})
    found = [model.id for model in meant_if_misspelt(catalog, "modle")]
    assert found == ["acme/model-1", "acme/model-2", "acme/model-3"]


def test_nobody_is_shown_twice() -> None:
    found = [model.id for model in suggest(MAIN, "claude-sonet-5", at_most=100)]
    assert found[0] == "anthropic/claude-sonnet-5"
    assert len(found) == len(set(found))
