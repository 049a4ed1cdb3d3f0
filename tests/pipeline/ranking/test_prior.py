"""What a model is likely worth that nobody measured."""

from typing import Any

import pytest

from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.ranking.prior import Prior, traits_of
from tests.builders import a_model, a_painter

NEWEST = a_model("zenith/newest", days_old=0)


def predicted(model: ModelInfo, **measured: tuple[ModelInfo, float]) -> float:
    """The place of a model, given others and their measured places."""
    others = {other.id: place for other, place in measured.values()}
    traits = traits_of([NEWEST, model, *(other for other, _ in measured.values())])
    return Prior(traits, others).predict(traits[model.id])


@pytest.mark.parametrize(
    "better",
    [
        {"completion_usd_per_mtok": 40},
        {"days_old": 10},
        {"reasoning": "configurable"},
        {"max_context": 1_048_576},
        {"supports_tools": True},
    ],
)
def test_dearer_newer_and_abler_models_are_expected_to_be_better(better: dict[str, Any]) -> None:
    plain: dict[str, Any] = {"supports_tools": False}
    assert predicted(a_model(**{**plain, **better})) > predicted(a_model(**plain))


def test_without_any_measurement_the_estimate_stands() -> None:
    # The base 0.085, a decade of price 0.15, the newest 0.50, reasoning 0.15, tools 0.02, twice the context 0.03.
    model = a_model(completion_usd_per_mtok=10, days_old=0, reasoning="fixed", supports_tools=True, max_context=262_144)
    assert predicted(model) == pytest.approx(0.935)


def test_what_its_kin_were_better_than_expected_a_model_is_expected_to_be_too() -> None:
    kin, stranger = a_model("acme/one"), a_model("other/one")
    model = a_model("acme/two")
    assert predicted(model, a=(kin, 0.9)) > predicted(model)
    assert predicted(model, a=(kin, 0.1)) < predicted(model)
    assert predicted(model, a=(stranger, 0.9)) == predicted(model)


def test_the_nearest_two_of_a_brand_count_and_the_nearer_counts_more() -> None:
    model = a_model("acme/new", days_old=50)
    near, nearer, far = (a_model(f"acme/{n}", days_old=d) for n, d in (("b", 90), ("a", 60), ("c", 400)))
    low, high = predicted(model, a=(nearer, 0.2), b=(near, 0.8)), predicted(model, a=(nearer, 0.8), b=(near, 0.2))
    assert low < high
    assert predicted(model, a=(nearer, 0.8), b=(near, 0.2), c=(far, 1.0)) == high


def test_another_family_of_the_brand_is_further_away() -> None:
    model = a_model("acme/one-2")
    own, other = a_model("acme/one-1"), a_model("acme/ace-1")
    assert predicted(model, a=(own, 0.9)) > predicted(model, a=(other, 0.9)) > predicted(model)


@pytest.mark.parametrize("place", [0.0, 1.0])
def test_a_prediction_is_a_place(place: float) -> None:
    model, kin = a_model("acme/two", completion_usd_per_mtok=600, days_old=0), a_model("acme/one", days_old=0)
    assert 0 <= predicted(model, a=(kin, place)) <= 1


def test_age_is_counted_from_the_newest_model_so_that_an_unchanged_list_keeps_its_predictions() -> None:
    alone = traits_of([a_model(days_old=700)])
    among_newer = traits_of([a_model(days_old=700), NEWEST])
    assert alone["acme/one"].listed_day == 0
    assert among_newer["acme/one"].estimate < alone["acme/one"].estimate


def test_a_model_of_unknown_age_counts_as_old_and_an_unknown_price_as_low() -> None:
    assert predicted(a_model(created_at=None)) < predicted(a_model(days_old=700))
    assert predicted(a_model(completion_usd_per_mtok=None, prompt_usd_per_mtok=None)) < predicted(a_model())


def test_a_list_without_any_date_can_be_predicted() -> None:
    traits = traits_of([a_model(created_at=None)])
    assert 0 <= Prior(traits, {}).predict(traits["acme/one"]) <= 1


def test_a_painter_is_judged_by_the_price_of_its_pictures_and_not_by_its_talk() -> None:
    cheap, dear = a_painter(image_usd_per_mtok=3), a_painter(image_usd_per_mtok=60)
    talker = a_painter(image_usd_per_mtok=60, reasoning="configurable", supports_tools=True, max_context=1_048_576)
    assert predicted(cheap) < predicted(dear) == predicted(talker)
