"""One record of the list becomes facts, is refused with its place, or loses what only enriches it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from modelsync.sources.facts import ModelFacts, PriceCondition, ReasoningFacts
from modelsync.sources.openrouter_record import facts_of
from tests.timeline import facts
from tests.world import ABSENT, a_record

# What the list held on 2024-11-10: no arrays of modalities, no parameters, no canonical slug.
OF_2024: dict[str, Any] = {
    "id": "meta-llama/llama-3.2-11b-vision-instruct:free",
    "name": "Meta: Llama 3.2 11B Vision Instruct (free)",
    "created": 1727222400,
    "description": "Two lines\nof text.",
    "context_length": 131072,
    "architecture": {"modality": "text+image->text", "tokenizer": "Llama3", "instruct_type": "llama3"},
    "pricing": {"prompt": "0", "completion": "0", "image": "0", "request": "0"},
    "top_provider": {"context_length": 8192, "max_completion_tokens": 4096, "is_moderated": False},
    "per_request_limits": None,
}


def noticed(**fields: Any) -> list[str]:
    """What is said of a record that is used."""
    said: list[str] = []
    facts_of(a_record("a/b", **fields), notice=said.append)
    return said


def problem(**fields: Any) -> str:
    """Why a record is refused."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the sentence itself is compared
        facts("a/b", **fields)
    return str(caught.value)


def priced(**legs: Any) -> dict[str, Any]:
    """A `pricing` that a record may have."""
    return {"prompt": "0.000001", "completion": "0.000002", **legs}


def test_a_record_of_2024_is_read_from_its_modality_text() -> None:
    assert facts_of(OF_2024, notice=pytest.fail) == ModelFacts(
        parts=facts("meta-llama/llama-3.2-11b-vision-instruct:free").parts,
        name="Meta: Llama 3.2 11B Vision Instruct (free)",
        description="Two lines\nof text.",
        canonical_slug=None,
        created_at=datetime(2024, 9, 25, tzinfo=UTC),
        max_context=131072,
        max_output=4096,
        input_modalities=("image", "text"),
        output_modalities=("text",),
        supported_parameters=None,
        prices={"prompt": Decimal(0), "completion": Decimal(0), "image": Decimal(0), "request": Decimal(0)},
        raw_prices={"prompt": "0", "completion": "0", "image": "0", "request": "0"},
        conditional_prices=(),
        reasoning=None,
        measurements=None,
        expires_at=None,
        alias_target=None,
    )


# Ids


@pytest.mark.parametrize(
    "model_id",
    [
        "openai/gpt-4o-2024-05-13",
        "openrouter/auto",
        "~anthropic/claude-opus-latest",
        "stealth/ox-alpha",
        "qwen/qwen3-coder:free",
        "a" * 98 + "/" + "b" * 101,
    ],
)
def test_an_id_is_kept_exactly(model_id: str) -> None:
    assert facts(model_id).id == model_id


@pytest.mark.parametrize(
    "model_id",
    [
        "",
        "../../etc/passwd",
        "a/../b",
        "/a/b",
        "a//b",
        "a/b/",
        "a b/c",
        "a/b\n",
        "a/b\x1b[2J",
        "a/b:c:d",
        "a\\b",
        "модель/x",
        "a/b?x=1",
        "a/<b>",
        "a" * 201,
    ],
)
def test_an_id_that_could_be_a_path_or_a_command_is_refused(model_id: str) -> None:
    with pytest.raises(ValueError, match=r"^model id: expected "):
        facts(model_id)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (ABSENT, "id: expected a value, found nothing"),
        (None, "id: expected a valid string, found 'None'"),
        (7, "id: expected a valid string, found '7'"),
        (["a/b"], "id: expected a valid string, found '['a/b']'"),
    ],
)
def test_an_id_that_is_no_text_is_refused(value: object, said: str) -> None:
    assert problem(id=value) == said


# Texts


def test_a_name_is_one_clean_line() -> None:
    assert facts("a/b", name="GPT\x1b[31m\n5\u202e").name == "GPT [31m 5"
    assert facts("a/b", name="x" * 201).name == "x" * 199 + "…"


@pytest.mark.parametrize("name", ["", " ", "\x1b", ABSENT])
def test_a_model_without_a_name_is_named_by_its_id(name: object) -> None:
    assert facts("a/b", name=name).name == "a/b"


def test_a_description_keeps_its_lines_and_is_bounded() -> None:
    assert facts("a/b", description="one\n\ntwo\x07three").description == "one\n\ntwo three"
    assert facts("a/b", description="x" * 4201).description == "x" * 4199 + "…"


@pytest.mark.parametrize("description", [None, "", ABSENT])
def test_a_description_may_be_missing(description: object) -> None:
    assert facts("a/b", description=description).description == ""


@pytest.mark.parametrize(
    ("slug", "read"),
    [
        ("qwen/qwen3-coder-480b-a35b-07-25", "qwen/qwen3-coder-480b-a35b-07-25"),
        (None, None),
        (ABSENT, None),
        ("../x", None),
        ("", None),
    ],
)
def test_a_canonical_slug_that_is_no_id_is_silence(slug: object, read: str | None) -> None:
    assert facts("a/b", canonical_slug=slug).canonical_slug == read


@pytest.mark.parametrize(
    ("created", "at"),
    [
        (1767225600, datetime(2026, 1, 1, tzinfo=UTC)),
        (1767225600.9, datetime(2026, 1, 1, tzinfo=UTC)),
        (0, None),
        (-1, None),
        (4102444799, datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (4102444800, None),
        (10**300, None),
        (None, None),
        (ABSENT, None),
    ],
)
def test_a_creation_time_before_1970_or_after_2100_is_silence(created: object, at: datetime | None) -> None:
    assert facts("a/b", created=created).created_at == at


def test_an_unknown_key_is_noticed_and_harmless() -> None:
    assert noticed(**{"new\x1bkey": {"deep": [1, 2]}}) == ["unknown key 'new key', ignored"]


def test_every_known_key_goes_without_saying() -> None:
    assert noticed(links={"details": "/x"}, supported_voices=None, knowledge_cutoff="2026-01-01") == []


# Limits


@pytest.mark.parametrize(
    ("context", "top", "read"),
    [
        (131072, {"context_length": 8192}, 131072),
        (None, {"context_length": 8192}, 8192),
        (ABSENT, {"context_length": 8192}, 8192),
        (0, {"context_length": 8192}, 8192),
        (0, {"context_length": 0}, None),
        (None, {"context_length": None}, None),
        (None, None, None),
        (None, ABSENT, None),
        (10_000_000, None, 10_000_000),
        (10**12, None, 10**12),
    ],
)
def test_the_context_window_falls_back_to_the_top_provider(context: object, top: object, read: int | None) -> None:
    assert facts("a/b", context_length=context, top_provider=top).max_context == read


@pytest.mark.parametrize(
    ("top", "read"),
    [
        ({"max_completion_tokens": 4096}, 4096),
        ({"max_completion_tokens": 10**9, "context_length": 1}, 10**9),
        ({"max_completion_tokens": 0}, None),
        ({"max_completion_tokens": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_an_output_limit_of_nothing_is_unknown(top: object, read: int | None) -> None:
    assert facts("a/b", top_provider=top).max_output == read


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"context_length": -1},
            "context_length: expected greater than or equal to 0, found '-1'",
        ),
        (
            {"context_length": 10**12 + 1},
            "context_length: expected less than or equal to 1000000000000, found '1000000000001'",
        ),
        (
            {"context_length": "128k"},
            "context_length: expected a valid integer, unable to parse string as an integer, found '128k'",
        ),
        (
            {"top_provider": {"max_completion_tokens": [1]}},
            "top_provider.max_completion_tokens: expected a valid integer, found '[1]'",
        ),
    ],
)
def test_a_limit_that_is_no_count_refuses_the_record(fields: dict[str, Any], said: str) -> None:
    assert problem(**fields) == said


# Modalities and parameters


@pytest.mark.parametrize(
    ("architecture", "inputs", "outputs"),
    [
        ({"modality": "text->text"}, ("text",), ("text",)),
        ({"modality": "text+image->text"}, ("image", "text"), ("text",)),
        ({"modality": "text+image->text+image"}, ("image", "text"), ("image", "text")),
        (
            {"modality": "text->text", "input_modalities": ["text", "file", "image"], "output_modalities": ["text"]},
            ("file", "image", "text"),
            ("text",),
        ),
        ({"modality": "text+image->text", "input_modalities": ["text"]}, ("text",), ("text",)),
        ({"modality": "text->text", "output_modalities": ["image"]}, ("text",), ("image",)),
        ({"modality": None, "input_modalities": ["text"], "output_modalities": ["rerank"]}, ("text",), ("rerank",)),
        ({"input_modalities": [], "output_modalities": []}, (), ()),
        ({"input_modalities": ["text", "text"], "output_modalities": ["text"]}, ("text",), ("text",)),
    ],
)
def test_the_arrays_of_modalities_beat_the_text(
    architecture: dict[str, Any], inputs: tuple[str, ...], outputs: tuple[str, ...]
) -> None:
    read = facts("a/b", architecture=architecture)
    assert (read.input_modalities, read.output_modalities) == (inputs, outputs)


@pytest.mark.parametrize(
    ("architecture", "said"),
    [
        ({}, "architecture: expected modalities, found 'None'"),
        ({"modality": "text"}, "architecture: expected modalities, found 'text'"),
        ({"input_modalities": ["text"]}, "architecture: expected modalities, found 'None'"),
        (None, "architecture: expected a valid dictionary or instance of _Architecture, found 'None'"),
        (ABSENT, "architecture: expected a value, found nothing"),
        (
            {"input_modalities": "text", "output_modalities": ["text"]},
            "architecture.input_modalities: expected a valid tuple, found 'text'",
        ),
    ],
)
def test_a_record_without_modalities_is_refused(architecture: object, said: str) -> None:
    assert problem(architecture=architecture) == said


@pytest.mark.parametrize(
    "architecture",
    [
        {"input_modalities": ["te\x1b[2Jxt"], "output_modalities": ["text"]},
        {"input_modalities": ["text"], "output_modalities": ["te xt"]},
        {"input_modalities": ["t" * 81], "output_modalities": ["text"]},
        {"input_modalities": ["<script>"], "output_modalities": ["text"]},
        {"modality": "te\x1b[2Jxt->text"},
        {"modality": "text->" + "t" * 81},
        {"modality": "->"},
        {"modality": "text+<script>->text"},
    ],
)
def test_a_modality_that_is_no_plain_word_refuses_the_record(architecture: dict[str, Any]) -> None:
    assert "expected a word of at most 80 letters, digits and _-.+/, found " in problem(architecture=architecture)


def test_parameters_are_a_set() -> None:
    read = facts("a/b", supported_parameters=["tools", "stop", "tools", "max_tokens"])
    assert read.supported_parameters == ("max_tokens", "stop", "tools")


@pytest.mark.parametrize(("value", "read"), [(ABSENT, None), (None, None), ([], ())])
def test_no_list_of_parameters_is_silence_and_an_empty_one_is_empty(value: object, read: object) -> None:
    assert facts("a/b", supported_parameters=value).supported_parameters == read


def test_a_parameter_that_is_no_plain_word_refuses_the_record() -> None:
    assert "found 'to ols'" in problem(supported_parameters=["to\nols"])


# Prices


@pytest.mark.parametrize(
    ("value", "usd", "raw"),
    [
        ("0.0000003", "0.0000003", "0.0000003"),
        ("0.00000008333333333333334", "0.00000008333333333333334", "0.00000008333333333333334"),
        ("0.00000300", "0.000003", "0.00000300"),
        ("3e-7", "0.0000003", "3e-7"),
        ("-1", "-1", "-1"),
        (0, "0", "0"),
        (3, "3", "3"),
        (0.000003, "0.000003", "3e-06"),
        (0.1, "0.1", "0.1"),
        (-1, "-1", "-1"),
    ],
)
def test_a_price_is_a_decimal_text_or_a_number(value: object, usd: str, raw: str) -> None:
    read = facts("a/b", pricing=priced(prompt=value))
    assert (read.prices["prompt"], read.raw_prices["prompt"]) == (Decimal(usd), raw)


def test_every_leg_of_a_price_is_kept_but_those_that_are_null() -> None:
    read = facts("a/b", pricing=priced(web_search="0.01", new_leg="0.5", image=None))
    assert read.raw_prices == {"prompt": "0.000001", "completion": "0.000002", "web_search": "0.01", "new_leg": "0.5"}


@pytest.mark.parametrize(
    ("pricing", "said"),
    [
        (priced(prompt="free"), "pricing.prompt: expected a decimal number, found 'free'"),
        (priced(prompt=""), "pricing.prompt: expected a decimal number, found ''"),
        (priced(prompt="NaN"), "pricing.prompt: expected a decimal number, found 'NaN'"),
        (priced(prompt=True), "pricing.prompt: expected a decimal string, found 'True'"),
        (priced(prompt=[1]), "pricing.prompt: expected a decimal string, found '[1]'"),
        (priced(prompt=None), "pricing.prompt: expected a decimal string, found nothing"),
        ({"completion": "0"}, "pricing.prompt: expected a decimal string, found nothing"),
        ({"prompt": "0"}, "pricing.completion: expected a decimal string, found nothing"),
        (priced(image="x"), "pricing.image: expected a decimal number, found 'x'"),
        (
            priced(**{"a leg": "0"}),
            "pricing.a leg: expected a word of at most 80 letters, digits and _-.+/, found 'a leg'",
        ),
        ([], "pricing: expected a valid dictionary, found '[]'"),
        (ABSENT, "pricing: expected a value, found nothing"),
    ],
)
def test_a_price_that_cannot_be_read_refuses_the_record(pricing: object, said: str) -> None:
    assert problem(pricing=pricing) == said


def test_a_discount_is_no_price() -> None:
    """It is a share from 0 to 1 that endpoints carry; as a leg it would make every free model cost something."""
    assert "discount" not in facts("a/b", pricing=priced(discount=0.5)).prices


def test_conditional_prices_are_read_with_their_conditions() -> None:
    long = {"min_prompt_tokens": 200000, "prompt": "0.000006", "completion": "0.0000225"}
    night = {"utc_start": 1630, "utc_end": 30, "prompt": "0.000001", "input_cache_read": "0.0000001"}
    assert facts("a/b", pricing=priced(overrides=[long, night])).conditional_prices == (
        PriceCondition({"prompt": Decimal("0.000006"), "completion": Decimal("0.0000225")}, min_prompt_tokens=200000),
        PriceCondition(
            {"prompt": Decimal("0.000001"), "input_cache_read": Decimal("0.0000001")}, utc_start=1630, utc_end=30
        ),
    )


def test_a_condition_of_an_unknown_name_is_kept_as_it_is() -> None:
    week = {"utc_days": ["sat", 7], "prompt": "0.1", "new_price": "7", "image": None, "of": 2.5, "on": True, "by": None}
    (condition,) = facts("a/b", pricing=priced(overrides=[week])).conditional_prices
    assert condition.prices == {"prompt": Decimal("0.1")}
    assert condition.other == {"by": None, "new_price": "7", "of": 2.5, "on": True, "utc_days": ["sat", 7]}


@pytest.mark.parametrize("shape", [{"day": 6}, [["sat"]], 10**12, "x" * 200])
def test_a_condition_of_an_unknown_shape_does_not_refuse_the_record(shape: object) -> None:
    """Keys come without a version; one in seven models has conditions, and so many refusals would refuse the feed."""
    read = facts("a/b", pricing=priced(overrides=[{"when": shape, "prompt": "0.1"}]))
    assert read.prices["prompt"] == Decimal("0.000001")


def test_the_order_of_keys_in_a_condition_means_nothing() -> None:
    """It changes from fetch to fetch, and must not look like another price."""
    one, other = ({"when": {"from": 1, "to": 2}, "prompt": "0.1"}, {"prompt": "0.1", "when": {"to": 2, "from": 1}})
    assert facts("a/b", pricing=priced(overrides=[one])) == facts("a/b", pricing=priced(overrides=[other]))


@pytest.mark.parametrize("value", [None, []])
def test_a_price_may_have_no_conditions(value: object) -> None:
    assert facts("a/b", pricing=priced(overrides=value)).conditional_prices == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "pricing.overrides: expected a list, found '{}'"),
        (["x"], "pricing.overrides[0].record: expected a valid dictionary or instance of _Condition, found 'x'"),
        (
            [{"prompt": "1"}, {"min_prompt_tokens": -1}],
            "pricing.overrides[1].min_prompt_tokens: expected greater than or equal to 0, found '-1'",
        ),
        ([{"utc_start": 2401}], "pricing.overrides[0].utc_start: expected less than or equal to 2400, found '2401'"),
        ([{"prompt": "-1"}], "pricing.overrides[0]: expected prices of zero or more, found '{'prompt': '-1'}'"),
        ([{"prompt": "x"}], "pricing.overrides[0].prompt: expected a decimal number, found 'x'"),
    ],
)
def test_a_condition_that_cannot_be_read_refuses_the_record(value: object, said: str) -> None:
    assert problem(pricing=priced(overrides=value)) == said


# What only enriches


@pytest.mark.parametrize(
    ("value", "read"), [("2025-08-31", "2025-08-31"), ("2025-08", "2025-08"), (None, None), (ABSENT, None)]
)
def test_a_knowledge_cutoff_is_kept_as_exact_as_it_was_given(value: object, read: str | None) -> None:
    assert facts("a/b", knowledge_cutoff=value).knowledge_cutoff == read


@pytest.mark.parametrize("value", ["soon", "2025-13-01", "0001-01-01", "", 2025, ["2025-08-31"], "2025-08-31T00:00Z"])
def test_a_knowledge_cutoff_that_is_no_day_is_dropped_with_a_finding(value: object) -> None:
    (told,) = noticed(knowledge_cutoff=value)
    assert told.startswith("knowledge_cutoff '")
    assert facts("a/b", knowledge_cutoff=value).knowledge_cutoff is None


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"mandatory": True}, ReasoningFacts(mandatory=True, efforts=None, takes_max_tokens=False)),
        (
            {"mandatory": False, "supported_efforts": None},
            ReasoningFacts(mandatory=False, efforts=None, takes_max_tokens=False),
        ),
        (
            {"mandatory": True, "supported_efforts": ["high", "low"], "default_effort": "low"},
            ReasoningFacts(mandatory=True, efforts=("high", "low"), takes_max_tokens=False),
        ),
        (
            {"mandatory": True, "supported_efforts": []},
            ReasoningFacts(mandatory=True, efforts=(), takes_max_tokens=False),
        ),
        (
            {"mandatory": True, "supports_max_tokens": True},
            ReasoningFacts(mandatory=True, efforts=None, takes_max_tokens=True),
        ),
        (None, None),
    ],
)
def test_reasoning_controls_are_read(value: object, read: ReasoningFacts | None) -> None:
    assert facts("a/b", reasoning=value).reasoning == read


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "reasoning.mandatory: expected a value, found nothing, ignored"),
        ({"mandatory": "yes"}, "reasoning.mandatory: expected a valid boolean, found 'yes', ignored"),
        (True, "reasoning.record: expected a valid dictionary or instance of _Reasoning, found 'True', ignored"),
    ],
)
def test_reasoning_that_cannot_be_read_is_dropped_with_a_word(value: object, said: str) -> None:
    assert noticed(reasoning=value) == [said]
    assert facts("a/b", reasoning=value).reasoning is None


def test_an_effort_that_is_no_plain_word_costs_no_more_than_the_reasoning() -> None:
    odd = {"mandatory": True, "supported_efforts": ["very high"]}
    assert facts("a/b", reasoning=odd).reasoning is None
    assert len(noticed(reasoning=odd)) == 1


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-08-08", datetime(2026, 8, 8, 13, tzinfo=UTC)),
        ("2098-12-31", datetime(2098, 12, 31, 13, tzinfo=UTC)),
        ("9999-01-01", datetime(9999, 1, 1, 13, tzinfo=UTC)),
        ("2026-08-08T17:00:00Z", datetime(2026, 8, 8, 17, tzinfo=UTC)),
        ("2026-08-08T17:00:00", datetime(2026, 8, 8, 17, tzinfo=UTC)),
        ("2026-08-08T17:00:00+02:00", datetime(2026, 8, 8, 15, tzinfo=UTC)),
        (None, None),
        ("", None),
        (ABSENT, None),
    ],
)
def test_a_bare_expiry_date_means_13_00_utc(value: object, at: datetime | None) -> None:
    assert facts("a/b", expiration_date=value).expires_at == at
    assert noticed(expiration_date=value) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("soon", "'soon'"),
        ("2026-02-30", "'2026-02-30'"),
        ("0000-00-00", "'0000-00-00'"),
        ("9999-12-31T23:59:59-14:00", "'9999-12-31T23:59:59-14:00'"),
        ({"date": 1}, "'{'date': 1}'"),
        (["2026-08-08"], "'['2026-08-08']'"),
        ("2026-08-0\x1b", "'2026-08-0'"),
    ],
)
def test_an_expiry_that_cannot_be_read_is_dropped_with_a_word(value: object, found: str) -> None:
    assert facts("a/b", expiration_date=value).expires_at is None
    assert noticed(expiration_date=value) == [f"expiration_date: expected YYYY-MM-DD, found {found}, ignored"]


def test_benchmarks_are_read_by_arena_and_category() -> None:
    arena = {"arena": "models", "category": "code", "elo": 1234, "win_rate": 55.5, "rank": 3}
    read = facts(
        "a/b",
        benchmarks={
            "design_arena": [arena, {"arena": "builders", "category": "ui", "elo": 1000.5}],
            "artificial_analysis": {"intelligence_index": 37.4, "coding_index": 44, "agentic_index": None},
        },
    ).measurements
    assert read is not None
    assert (read.intelligence_index, read.coding_index, read.agentic_index) == (37.4, 44.0, None)
    assert list(read.design_arena) == ["builders/ui", "models/code"]
    assert (read.design_arena["models/code"].elo, read.design_arena["models/code"].rank) == (1234.0, 3)
    assert read.design_arena["models/code"].win_rate == 55.5


@pytest.mark.parametrize(
    "value",
    [
        None,
        ABSENT,
        {},
        {"design_arena": []},
        {"artificial_analysis": {}},
        {"artificial_analysis": {"intelligence_index": None}},
        {"artificial_analysis": None},
    ],
)
def test_benchmarks_without_a_figure_are_silence(value: object) -> None:
    assert facts("a/b", benchmarks=value).measurements is None
    assert noticed(benchmarks=value) == []


@pytest.mark.parametrize(
    "value",
    [
        7,
        {"design_arena": [{"arena": "models", "category": "code"}]},
        {"design_arena": [{"arena": "models", "category": "code", "elo": "high"}]},
        {"design_arena": [{"elo": 1000}]},
        {"artificial_analysis": {"intelligence_index": [1]}},
        {"artificial_analysis": {"intelligence_index": "NaN"}},
        {"artificial_analysis": {"coding_index": float("inf")}},
        {"design_arena": [{"arena": "models", "category": "code", "elo": float("inf")}]},
    ],
)
def test_benchmarks_that_cannot_be_read_are_dropped_with_a_word(value: object) -> None:
    assert facts("a/b", benchmarks=value).measurements is None
    said = noticed(benchmarks=value)
    assert len(said) == 1
    assert said[0].startswith("benchmarks")
    assert said[0].endswith(", ignored")


def test_an_arena_is_named_by_one_clean_line() -> None:
    read = facts("a/b", benchmarks={"design_arena": [{"arena": "mo\x1bdels", "category": "c" * 90, "elo": 1}]})
    assert read.measurements is not None
    assert list(read.measurements.design_arena) == ["mo dels/" + "c" * 79 + "…"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"slug": "anthropic/claude-opus-4.8", "name": "Claude"}, "anthropic/claude-opus-4.8"),
        ({"slug": "../x"}, None),
        (None, None),
        (ABSENT, None),
    ],
)
def test_an_alias_target_is_an_id_or_silence(value: object, read: str | None) -> None:
    assert facts("~anthropic/claude-opus-latest", alias_target=value).alias_target == read


def test_an_alias_whose_target_is_away_has_no_price_no_parameters_and_no_limits() -> None:
    """As recorded on 2026-07-01 for `~anthropic/claude-fable-latest`."""
    read = facts(
        "~anthropic/claude-fable-latest",
        pricing={"prompt": "-1", "completion": "-1"},
        supported_parameters=[],
        context_length=None,
        top_provider={"context_length": None, "max_completion_tokens": None, "is_moderated": False},
    )
    assert read.prices == {"prompt": Decimal(-1), "completion": Decimal(-1)}
    assert (read.supported_parameters, read.max_context, read.max_output) == ((), None, None)
