"""models.dev's document becomes facts by provider and model; what cannot be read costs itself alone."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.errors import CorruptDocumentError, FeedFormatError
from modelsync.sources.models_dev import parse_models_dev
from modelsync.sources.models_dev_copy import EnrichmentCopy, NativeFacts, decode_copy, encode_copy, reduced
from tests.reference import a_document, an_entry, copy_of_reference

RECORDED = "extra/models-dev-api-20260613T0425Z.json.gz"
FLAT = "extra/models-dev-flat-20260701T1640Z.json.gz"


def facts_of(record: object) -> NativeFacts:
    return parse_models_dev(a_document(openai={"gpt-x": record})).providers["openai"]["gpt-x"]


def test_an_entry_tells_when_a_model_was_released_and_what_it_can_hold() -> None:
    assert facts_of(an_entry("gpt-x")) == NativeFacts(
        release_date="2026-01-15",
        knowledge_cutoff="2025-08",
        family="gpt",
        open_weights=False,
        max_context=400_000,
        max_output=128_000,
    )


@pytest.mark.parametrize(
    ("fields", "silent"),
    [
        ({"release_date": "soon"}, "release_date"),
        ({"release_date": "2026-02-30"}, "release_date"),
        ({"release_date": "1970-01-01"}, "release_date"),
        ({"release_date": "20260115"}, "release_date"),
        ({"knowledge": "2025-13"}, "knowledge_cutoff"),
        ({"knowledge": "9999-12"}, "knowledge_cutoff"),
        ({"family": "a line\nof two"}, "family"),
        ({"limit": {"context": 0, "output": 10}}, "max_context"),
        ({"limit": {"context": 10, "output": 99_999_999}}, "max_output"),
    ],
)
def test_a_value_that_cannot_be_meant_is_dropped_and_counted(fields: dict[str, Any], silent: str) -> None:
    read = parse_models_dev(a_document(openai={"gpt-x": an_entry("gpt-x", **fields)}))
    facts = read.providers["openai"]["gpt-x"]
    assert getattr(facts, silent) is None
    assert facts.open_weights is False
    assert len(read.findings) == 1
    assert read.set_aside == ()


@pytest.mark.parametrize("record", ["a text", [], None, {}, {"id": "another"}, {"id": "gpt-x", "limit": "large"}])
def test_a_record_that_cannot_be_read_is_set_aside_alone(record: object) -> None:
    others = {f"gpt-{n}": an_entry(f"gpt-{n}") for n in range(9)}
    read = parse_models_dev(a_document(openai={"gpt-x": record, **others}))
    assert read.providers["openai"].keys() == others.keys()
    assert [each.where for each in read.set_aside] == ["openai.models[0]"]
    assert read.record_count == 10


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 201, "a\x1b[2J", 'a"b'])
def test_an_id_that_is_no_plain_word_is_set_aside_and_not_repeated(name: str) -> None:
    others = {f"gpt-{n}": an_entry(f"gpt-{n}") for n in range(9)}
    read = parse_models_dev(a_document(openai={**others, name: an_entry(name)}))
    assert read.providers["openai"].keys() == others.keys()
    assert "expected at most 200 letters" in read.set_aside[0].problem


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>down</html>",
        b'{"error": "rate limited"}',
        b'{"openai": {"models": []}}',
        b'{"openai": {"gpt-4.1": {"id": "gpt-4.1"}}}',
        b'{"openai": {"models": {}}}',
        a_document(openai={"gpt-x": an_entry("gpt-x")})[:-9],
    ],
)
def test_a_document_that_is_no_such_thing_is_refused(body: bytes) -> None:
    with pytest.raises(FeedFormatError, match=r"models\.dev feed: body: expected"):
        parse_models_dev(body)


def test_a_document_most_of_which_cannot_be_read_is_refused() -> None:
    records = {f"gpt-{n}": {"name": "?"} for n in range(3)} | {"gpt-x": an_entry("gpt-x")}
    with pytest.raises(FeedFormatError, match="3 of 4 that cannot be read"):
        parse_models_dev(a_document(openai=records))


def test_the_whole_recorded_document_is_read(recorded_feeds: Path) -> None:
    read = parse_models_dev(gzip.decompress((recorded_feeds / RECORDED).read_bytes()))
    assert (read.record_count, len(read.providers), read.set_aside) == (5258, 145, ())
    assert read.providers["anthropic"]["claude-haiku-4-5"] == NativeFacts(
        release_date="2025-10-15",
        knowledge_cutoff="2025-02-28",
        family="claude-haiku",
        open_weights=False,
        max_context=200_000,
        max_output=64_000,
    )


def test_its_other_shape_without_provider_records_is_refused(recorded_feeds: Path) -> None:
    with pytest.raises(FeedFormatError, match="expected providers with models, found none"):
        parse_models_dev(gzip.decompress((recorded_feeds / FLAT).read_bytes()))


def test_the_copy_keeps_the_vendors_own_entries_and_ours_under_our_names(recorded_feeds: Path) -> None:
    kept = reduced(parse_models_dev(gzip.decompress((recorded_feeds / RECORDED).read_bytes())).providers)
    assert {backend: len(models) for backend, models in kept.items()} == {
        "anthropic": 25, "cohere": 14, "dashscope": 51, "deepseek": 4, "google": 22, "minimax": 7, "mistral": 30,
        "moonshot": 8, "openai": 50, "openrouter": 337, "x-ai": 8, "z-ai": 13,
    }  # fmt: skip


def test_a_copy_is_a_small_part_of_the_document(recorded_feeds: Path) -> None:
    body = gzip.decompress((recorded_feeds / RECORDED).read_bytes())
    copy = copy_of_reference(reduced(parse_models_dev(body).providers))
    assert len(encode_copy(copy)) < len(body) / 40


texts = st.none() | st.sampled_from(["2026-01-15", "2025-08"])
native_facts = st.builds(
    NativeFacts,
    release_date=texts,
    knowledge_cutoff=texts,
    family=st.none() | st.sampled_from(["gpt", "claude-haiku"]),
    open_weights=st.none() | st.booleans(),
    max_context=st.none() | st.integers(1, 20_000_000),
    max_output=st.none() | st.integers(1, 20_000_000),
)
copies = st.builds(
    EnrichmentCopy,
    day=st.dates(),
    models=st.dictionaries(
        st.sampled_from(["openai", "openrouter"]), st.dictionaries(st.text(min_size=1), native_facts, min_size=1)
    ),
)


@given(copies)
def test_a_copy_is_read_as_it_was_written(copy: EnrichmentCopy) -> None:
    assert decode_copy(encode_copy(copy), key="k") == copy


@given(copies)
def test_equal_copies_have_equal_bytes_in_whatever_order_they_were_made(copy: EnrichmentCopy) -> None:
    turned = {backend: dict(reversed(list(models.items()))) for backend, models in reversed(list(copy.models.items()))}
    assert encode_copy(EnrichmentCopy(copy.day, turned)) == encode_copy(copy)


@pytest.mark.parametrize(
    "change",
    [
        {"day": "someday"},
        {"day": None},
        {"models": []},
        {"models": {"openai": ["gpt-x"]}},
        {"models": {"openai": {"gpt-x": {"release_date": "soon"}}}},
        {"models": {"openai": {"gpt-x": {"max_context": -1}}}},
        {"models": {"openai": {"gpt-x": {"max_context": True}}}},
        {"models": {"openai": {"gpt-x": {"family": "x\x1b"}}}},
        {"models": {"openai": {"gpt-x": {"unknown": 1}}}},
    ],
)
def test_a_stored_copy_that_somebody_changed_is_corrupt(change: dict[str, Any]) -> None:
    whole = json.loads(encode_copy(copy_of_reference({"openai": {"gpt-x": NativeFacts(open_weights=True)}})))
    with pytest.raises(CorruptDocumentError, match=r"expected a copy of models\.dev"):
        decode_copy(json.dumps(whole | change).encode(), key="enrichment/models-dev.json")
