"""What is suggested beside a model, and instead of one that a conversation does not fit."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.asked import Policy, User
from modelsync.client.browsing.similar import AT_MOST, fits_instead, similar_and_cheaper
from modelsync.client.catalog import Catalog
from modelsync.client.resolving.objections import costs_nothing, price_of
from modelsync.client.switching.switch_check import check_switch
from modelsync.client.switching.switch_report import Session, Terms
from tests.client.recorded_catalogs import recorded_catalog
from tests.client.records import a_catalog, a_record, free, prices
from tests.client.worlds import documents

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
HALF: Final = {"pricing": prices("0.5", "2")}


def cheaper(*records: dict[str, Any], user: User | None = None, **given: Any) -> list[tuple[str, str]]:
    """What is suggested beside acme/gamma, which costs $1.75 blended, among these others."""
    catalog = a_catalog(a_record(**given), *records)
    model = catalog.model("acme/gamma")
    assert model is not None
    return [(each.model.id, each.ratio) for each in similar_and_cheaper(catalog, model, user=user or User())]


def shortlisted(*ids: str, records: tuple[dict[str, Any], ...]) -> Catalog:
    shortlist = {"models": [], "autoTargets": {}, "buckets": {"chat": {"models": [{"id": each} for each in ids]}}}
    at = {"generation": 7, "generatedAt": "2026-08-08T18:42:00Z"}
    return Catalog.of({"current": {**at, "models": list(records)}, "curated": {**at, **shortlist}, "manifest": at})


def test_a_cheaper_model_that_does_the_same_is_suggested_with_the_ratio_of_prices() -> None:
    assert cheaper(a_record("acme/half", **HALF)) == [("acme/half", "0.5x")]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "stale"},
        {"supportsVision": None},
        {"supportsTools": False},
        {"outputModalities": ["image", "text"]},
        {"maxContext": 179_999},
        {"maxContext": None},
        {"isRouter": True},
        {"expiresAt": "2026-08-20T13:00:00Z"},
        {"pricing": prices("1", "4")},
        {"pricing": prices("0.5", None)},
        {"pricingStatus": "unknown"},
        {"pricingStatus": "dynamic"},
        free(),
    ],
)
def test_what_does_less_or_does_not_cost_less_is_not_suggested(changes: dict[str, Any]) -> None:
    assert cheaper(a_record("acme/half", **{**HALF, **changes})) == []


@pytest.mark.parametrize("model_id", ["acme/half:batch", "acme/half:free", "~acme/half-latest"])
def test_variants_and_pointers_are_not_suggested(model_id: str) -> None:
    assert cheaper(a_record(model_id, **HALF)) == []


def test_nine_tenths_of_the_context_are_enough() -> None:
    assert cheaper(a_record("acme/half", maxContext=180_000, **HALF)) == [("acme/half", "0.5x")]


@pytest.mark.parametrize("changes", [free(), {"pricingStatus": "unknown"}, {"pricing": prices("0", "0")}])
def test_nothing_is_cheaper_than_what_is_free_or_of_unknown_price(changes: dict[str, Any]) -> None:
    assert cheaper(a_record("acme/half", **HALF), **changes) == []


def test_what_the_users_lists_forbid_is_not_suggested() -> None:
    assert cheaper(a_record("acme/half", **HALF), user=User(denied=frozenset({"acme/half"}))) == []


@pytest.mark.parametrize(("completion", "ratio"), [("3.99", "0.99x"), ("0.000001", "0.43x")])
def test_a_ratio_is_rounded_and_never_one(completion: str, ratio: str) -> None:
    assert cheaper(a_record("acme/less", pricing=prices("1", completion))) == [("acme/less", ratio)]


def test_a_ratio_is_never_nothing() -> None:
    assert cheaper(a_record("acme/less", pricing=prices("0.000001", "0"))) == [("acme/less", "0.01x")]


def test_the_recommended_come_first_then_the_cheapest_and_three_are_enough() -> None:
    others = tuple(
        a_record(f"acme/{name}", pricing=prices(price, "0")) for name, price in zip("abcde", "21111", strict=True)
    )
    catalog = shortlisted("acme/b", "acme/a", records=(a_record(pricing=prices("3", "0")), *others))
    model = catalog.model("acme/gamma")
    assert model is not None
    assert [each.model.id for each in similar_and_cheaper(catalog, model)] == ["acme/b", "acme/a", "acme/c"]


@given(documents(), st.randoms(use_true_random=False))
def test_suggestions_do_the_same_for_less_whatever_the_order_of_the_list(world: dict[str, Any], chance: Any) -> None:
    catalog = Catalog.of(world)
    mixed = {**world, "current": {**world["current"], "models": list(world["current"]["models"])}}
    chance.shuffle(mixed["current"]["models"])
    for model in catalog.models():
        found = similar_and_cheaper(catalog, model)
        assert found == similar_and_cheaper(Catalog.of(mixed), model)
        assert len(found) <= AT_MOST
        for other, ratio in found:
            price, before = price_of(other), price_of(model)
            assert price is not None and before is not None and 0 < price < before  # noqa: PT018  one promise
            assert model.abilities <= other.abilities
            assert 0 < float(ratio.removesuffix("x")) < 1


# --- what fits instead ---


def instead(catalog: Catalog, **given: Any) -> list[str]:
    return [each.id for each in fits_instead(catalog, "acme/gamma", now=NOW, **given)]


def test_what_the_conversation_fits_is_suggested() -> None:
    longer = a_record("acme/longer", maxContext=1_000_000)
    other = a_record("acme/as-short")
    assert instead(a_catalog(a_record(), longer, other), session=Session(tokens=300_000)) == ["acme/longer"]


def test_what_lacks_a_need_is_not_suggested() -> None:
    blind = a_record("acme/blind", supportsVision=False)
    catalog = a_catalog(a_record(supportsVision=False), blind, a_record("acme/seeing"))
    assert instead(catalog, session=Session(images=2)) == ["acme/seeing"]


def test_nothing_dearer_than_what_runs_is_suggested() -> None:
    dearer = a_record("acme/dearer", pricing=prices("1.01", "4"))
    catalog = a_catalog(a_record(), a_record("acme/running"), dearer, a_record("acme/same"))
    assert instead(catalog, session=Session(), running="acme/running") == ["acme/same"]


def test_who_runs_a_free_model_is_offered_free_ones() -> None:
    records = (a_record(), a_record("acme/running:free", **free()), a_record("acme/other:free", **free()))
    assert instead(a_catalog(*records), session=Session(), running="acme/running:free") == ["acme/other:free"]


def test_the_users_terms_count() -> None:
    catalog = a_catalog(a_record(), a_record("acme/hidden"), a_record("acme/seen"))
    terms = Terms(hidden=frozenset({"acme/hidden"}), policy=Policy())
    assert instead(catalog, session=Session(), terms=terms) == ["acme/seen"]


def test_what_fits_instead_passes_every_check_in_a_recorded_catalog(recorded_feeds: Path) -> None:
    catalog = recorded_catalog(recorded_feeds)
    session = Session(tokens=310_000, images=2, needs=frozenset({"tools"}))
    found = fits_instead(catalog, "qwen/qwen3-coder", now=NOW, running="anthropic/claude-sonnet-5", session=session)
    assert len(found) == AT_MOST
    assert all(check_switch(catalog, each.id, now=NOW, session=session).ok for each in found)


def test_free_models_of_a_recorded_catalog_are_replaced_by_free_ones(recorded_feeds: Path) -> None:
    catalog = recorded_catalog(recorded_feeds)
    running = "google/gemma-4-31b-it:free"
    found = fits_instead(catalog, running, now=NOW, running=running, session=Session())
    assert len(found) == AT_MOST
    assert all(costs_nothing(each) for each in found)
