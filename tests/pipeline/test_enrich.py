"""What a reference adds: values that the record lacks, with their origin, and backends that it was seen to list."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.model_info import Enrichment, ModelInfo
from modelsync.pipeline.enrich import carried_backends, carried_enrichment, enriched, matched
from modelsync.sources.models_dev_copy import EnrichmentCopy, NativeFacts
from tests.builders import a_model
from tests.reference import copy_of_reference
from tests.timeline import facts

MINI = NativeFacts("2026-01-15", "2025-08", "gpt-mini", open_weights=False, max_context=400_000, max_output=128_000)
LISTED = NativeFacts("2026-01-20", "2025-09", "gpt", open_weights=True, max_context=1_000, max_output=1_000)


def enriching(model: ModelInfo, copy: EnrichmentCopy, **table: str) -> ModelInfo:
    """The model with what a copy adds to it; `table` are its native ids by backend, as people wrote them."""
    return enriched({model.id: model}, copy, table={model.id: table} if table else {})[model.id]


def published(model: ModelInfo) -> dict[str, Any]:
    """The parts of its record that are looked at here, as readers see them."""
    record = model.model_dump(mode="json", by_alias=True)
    return {name: record[name] for name in ("backends", "backendsByRule", "enrichment") if name in record}


def test_a_value_is_published_with_whose_entry_told_it_and_when() -> None:
    model = a_model("openai/gpt-mini", max_output=9)
    copy = copy_of_reference({"openai": {"gpt-mini": NativeFacts("2026-01-15", open_weights=False)}})
    origin = {"source": "models.dev", "record": "openai/gpt-mini", "day": "2026-05-30"}
    assert published(enriching(model, copy)) == {
        "backends": {"openai": "gpt-mini"},
        "backendsByRule": ["openai"],
        "enrichment": {
            "releaseDate": "2026-01-15",
            "openWeights": False,
            "origins": {"openWeights": origin, "releaseDate": origin},
        },
    }


def test_a_model_that_the_reference_does_not_know_is_published_as_before() -> None:
    model = a_model("acme/one")
    assert enriching(model, copy_of_reference({"openai": {"gpt-mini": MINI}})) is model
    assert published(model) == {"backends": {}}


def test_the_vendors_own_entry_comes_first_and_the_listed_one_fills_what_it_leaves_open() -> None:
    copy = copy_of_reference(
        {"openai": {"gpt-mini": NativeFacts("2026-01-15")}, "openrouter": {"openai/gpt-mini": LISTED}}
    )
    told = enriching(a_model("openai/gpt-mini"), copy).enrichment
    assert told is not None
    assert (told.release_date, told.knowledge_cutoff, told.open_weights) == ("2026-01-15", "2025-09", True)
    assert told.origins["releaseDate"].record == "openai/gpt-mini"
    assert told.origins["knowledgeCutoff"].record == "openrouter/openai/gpt-mini"


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"max_context": None, "max_output": None}, (400_000, 128_000)),
        ({"max_context": 5, "max_output": None}, (None, 128_000)),
        ({"max_context": 5, "max_output": 5}, (None, None)),
    ],
)
def test_limits_are_told_only_where_the_record_has_none(own: dict[str, Any], told: tuple[int | None, ...]) -> None:
    model = a_model("openai/gpt-mini", **own)
    after = enriching(model, copy_of_reference({"openai": {"gpt-mini": MINI}}))
    assert after.enrichment is not None
    assert (after.enrichment.max_context, after.enrichment.max_output) == told
    assert (after.max_context, after.max_output) == (own["max_context"], own["max_output"])


def test_the_limits_of_a_reseller_are_not_taken_for_the_models_own() -> None:
    copy = copy_of_reference({"openrouter": {"acme/one": LISTED}})
    told = enriching(a_model("acme/one", max_context=None), copy).enrichment
    assert told is not None
    assert (told.max_context, told.max_output, told.family) == (None, None, "gpt")


def test_a_knowledge_cutoff_that_the_feed_tells_is_not_told_again() -> None:
    model = a_model("openai/gpt-mini", knowledge_cutoff="2024-01-01")
    after = enriching(model, copy_of_reference({"openai": {"gpt-mini": MINI}}))
    assert after.enrichment is not None
    assert after.enrichment.knowledge_cutoff is None
    assert after.knowledge_cutoff == "2024-01-01"


def test_a_new_copy_that_says_the_same_changes_no_record() -> None:
    first = enriching(a_model("openai/gpt-mini"), copy_of_reference({"openai": {"gpt-mini": MINI}}))
    assert enriching(first, copy_of_reference({"openai": {"gpt-mini": MINI}}, day=date(2026, 6, 6))) is first


def test_a_value_that_changed_has_the_day_of_its_copy() -> None:
    first = enriching(a_model("openai/gpt-mini"), copy_of_reference({"openai": {"gpt-mini": MINI}}))
    new = NativeFacts("2026-01-16", MINI.knowledge_cutoff)
    told = enriching(first, copy_of_reference({"openai": {"gpt-mini": new}}, day=date(2026, 6, 6))).enrichment
    assert told is not None
    assert (told.release_date, told.origins["releaseDate"].day) == ("2026-01-16", date(2026, 6, 6))
    assert told.origins["knowledgeCutoff"].day == date(2026, 5, 30)


def test_what_the_reference_no_longer_says_goes() -> None:
    first = enriching(a_model("openai/gpt-mini"), copy_of_reference({"openai": {"gpt-mini": MINI}}))
    after = enriching(first, copy_of_reference({"openai": {"other": MINI}}))
    assert published(after) == {"backends": {}}


def test_a_variant_has_no_backend_and_is_known_by_its_own_id_alone() -> None:
    copy = copy_of_reference({"openai": {"gpt-mini": MINI}, "openrouter": {"openai/gpt-mini:free": LISTED}})
    after = enriching(a_model("openai/gpt-mini:free"), copy, openai="gpt-mini")
    assert dict(after.backends) == {}
    assert after.enrichment is not None
    assert {each.record for each in after.enrichment.origins.values()} == {"openrouter/openai/gpt-mini:free"}


def test_the_tables_word_wins_over_a_rule_and_needs_no_list() -> None:
    after = enriching(
        a_model("openai/gpt-mini"),
        copy_of_reference({"openai": {"gpt-mini": MINI}}),
        openai="gpt-mini-2026",
        bedrock="b",
    )
    assert dict(after.backends) == {"bedrock": "b", "openai": "gpt-mini-2026"}
    assert after.backends_by_rule == ()


def test_one_card_has_several_backends() -> None:
    copy = copy_of_reference({"openai": {"gpt-mini": MINI}})
    after = enriching(a_model("openai/gpt-mini"), copy, bedrock="openai.gpt-mini-v1:0")
    assert dict(after.backends) == {"bedrock": "openai.gpt-mini-v1:0", "openai": "gpt-mini"}
    assert after.backends_by_rule == ("openai",)


def test_only_the_vendors_own_backend_speaks_for_a_model() -> None:
    copy = copy_of_reference({"dashscope": {"deepseek-r1": MINI}, "deepseek": {"deepseek-r1": LISTED}})
    after = enriching(a_model("deepseek/deepseek-r1"), copy, dashscope="deepseek-r1", deepseek="deepseek-r1")
    assert after.enrichment is not None
    assert after.enrichment.release_date == LISTED.release_date


def test_a_rule_whose_backend_the_copy_does_not_know_keeps_what_it_found() -> None:
    first = enriching(a_model("openai/gpt-mini"), copy_of_reference({"openai": {"gpt-mini": MINI}}))
    after = enriching(first, copy_of_reference({"google": {"gemini": MINI}}))
    assert (dict(after.backends), after.backends_by_rule) == ({"openai": "gpt-mini"}, ("openai",))


def test_matches_are_the_models_of_which_there_is_an_entry() -> None:
    models = {i: a_model(i) for i in ("openai/gpt-mini", "acme/one", "acme/two")}
    copy = copy_of_reference({"openai": {"gpt-mini": MINI}, "openrouter": {"acme/one": LISTED}})
    assert matched(models, copy, table={}) == 2


# Carried over by a refresh


def carried(known: ModelInfo, **fields: Any) -> Enrichment | None:
    return carried_enrichment(known, facts(known.id, **fields))


def test_a_refresh_carries_over_what_still_fits() -> None:
    copy = copy_of_reference({"openai": {"gpt-mini": MINI}})
    known = enriching(a_model("openai/gpt-mini", max_context=None, max_output=None), copy)
    silent: dict[str, Any] = {"context_length": None, "top_provider": None}
    assert carried(known, **silent) is known.enrichment
    told = carried(known, context_length=7, top_provider=None, knowledge_cutoff="2024-01-01")
    assert told is not None
    assert (told.max_context, told.max_output, told.knowledge_cutoff) == (None, 128_000, None)
    assert sorted(told.origins) == ["family", "maxOutput", "openWeights", "releaseDate"]


def test_an_enrichment_of_which_nothing_is_left_is_left_out() -> None:
    copy = copy_of_reference({"openai": {"gpt-mini": NativeFacts(max_output=1)}})
    known = enriching(a_model("openai/gpt-mini", max_output=None), copy)
    assert known.enrichment is not None
    assert carried(known, top_provider={"max_completion_tokens": 5}) is None


def test_a_model_that_nobody_enriched_stays_bare() -> None:
    assert carried_enrichment(None, facts("openai/gpt-mini")) is None
    assert carried(a_model("openai/gpt-mini")) is None


def test_a_row_that_people_took_back_is_gone_at_the_next_refresh_and_a_rule_stays() -> None:
    known = a_model("openai/gpt-mini", backends={"bedrock": "b", "openai": "gpt-mini"}, backends_by_rule=("openai",))
    assert carried_backends({}, known) == ({"openai": "gpt-mini"}, ("openai",))
    assert carried_backends({"openai": "named"}, known) == ({"openai": "named"}, ())
    assert carried_backends({"bedrock": "b"}, None) == ({"bedrock": "b"}, ())


# The law

optional = st.none() | st.integers(1, 1000)
entries = st.builds(
    NativeFacts,
    release_date=st.sampled_from([None, "2026-01-15"]),
    knowledge_cutoff=st.sampled_from([None, "2025-08"]),
    open_weights=st.none() | st.booleans(),
    max_context=optional,
    max_output=optional,
)


@given(own=entries, listed=entries, context=optional, output=optional, cutoff=st.sampled_from([None, "2024-01"]))
def test_gaps_are_filled_and_nothing_is_overruled(
    own: NativeFacts, listed: NativeFacts, context: int | None, output: int | None, cutoff: str | None
) -> None:
    """Whatever two entries say: every other field of the record is as it was, and every value has its origin."""
    model = a_model("openai/gpt-mini", max_context=context, max_output=output, knowledge_cutoff=cutoff)
    copy = copy_of_reference({"openai": {"gpt-mini": own}, "openrouter": {"openai/gpt-mini": listed}})
    after = enriching(model, copy)
    added = {"backends", "backends_by_rule", "enrichment"}
    assert after.model_dump(exclude=added) == model.model_dump(exclude=added)
    if after.enrichment is not None:
        told = after.enrichment.model_dump(mode="json", by_alias=True, exclude={"origins"})
        assert told.keys() == after.enrichment.origins.keys()
        assert not told.keys() & {
            name
            for name, value in (("maxContext", context), ("maxOutput", output), ("knowledgeCutoff", cutoff))
            if value
        }
