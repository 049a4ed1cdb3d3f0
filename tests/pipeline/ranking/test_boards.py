"""Places on the boards: measured, weighted, lent within a release, or predicted."""

import pytest

from modelsync.catalog.figures import Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.ranking.boards import Board, Standing, board_standings, place_among
from modelsync.pipeline.ranking.prior import Prior, traits_of
from tests.builders import a_model, a_painter, measured

A, B, C, D = (a_model(f"{vendor}/one") for vendor in ("a", "b", "c", "d"))


def standings(board: Board, seen: dict[str, Measurements], *models: ModelInfo) -> dict[str, Standing]:
    return board_standings(board, models, seen, traits=traits_of(models))


def test_places_are_percentiles_among_the_measured() -> None:
    seen = {"a/one": measured(70, code_elo=1), "b/one": measured(20, code_elo=1), "c/one": measured(50, code_elo=1)}
    places = {i: each.place for i, each in standings(Board.THOUGHT, seen, A, B, C, D).items()}
    assert places["a/one"] == pytest.approx(0.95 * 5 / 6 + 0.05 * 0.5)
    assert places["c/one"] == pytest.approx(0.5)
    assert places["b/one"] < places["c/one"]


def test_equal_figures_share_the_middle_of_their_places() -> None:
    assert [place_among([1.0, 2.0, 2.0, 3.0], value) for value in (1.0, 2.0, 3.0)] == [0.125, 0.5, 0.875]


def test_coding_is_the_weighted_mean_of_the_figures_that_are_there() -> None:
    seen = {
        "a/one": measured(coding=60, agentic=10, code_elo=1300),
        "b/one": measured(coding=50, agentic=20, code_elo=1200),
        "c/one": measured(coding=40, agentic=30),
    }
    found = standings(Board.CODING, seen, A, B, C)
    assert found["a/one"].place == pytest.approx(0.4 * 5 / 6 + 0.2 * 1 / 6 + 0.4 * 3 / 4)
    assert found["c/one"].place == pytest.approx((0.4 * 1 / 6 + 0.2 * 5 / 6) / 0.6)
    assert found["a/one"].source == (
        "Artificial Analysis coding index, Artificial Analysis agentic index, Design Arena code"
    )
    assert {each.doubt for each in found.values()} == {0.02}


def test_a_weak_source_is_averaged_with_the_prediction_and_doubted_more() -> None:
    seen = {"a/one": measured(60), "b/one": measured(40), "c/one": measured(code_elo=1300)}
    found = standings(Board.THOUGHT, seen, A, B, C)
    traits = traits_of([A, B, C])
    prediction = Prior(traits, {}).predict(traits["c/one"])
    assert found["c/one"].place == pytest.approx((0.5 + prediction) / 2)
    assert (found["c/one"].doubt, found["c/one"].evidence) == (0.10, "measured")
    assert found["c/one"].source == "Design Arena code, averaged with a prediction"


def test_who_was_not_measured_is_predicted_and_doubted_most() -> None:
    found = standings(Board.THOUGHT, {"a/one": measured(60)}, A, B)
    assert (found["b/one"].doubt, found["b/one"].evidence) == (0.17, "prior")


def test_a_variant_takes_its_base_s_measurement_and_a_release_its_preview_s() -> None:
    free, preview, release = a_model("a/one:free"), a_model("b/two-preview"), a_model("b/two")
    found = standings(Board.THOUGHT, {"a/one": measured(60), "b/two-preview": measured(40)}, A, free, preview, release)
    for borrower, lender in (("a/one:free", "a/one"), ("b/two", "b/two-preview")):
        assert found[borrower].place == found[lender].place
        assert found[borrower].evidence == "family"
        assert found[borrower].doubt > found[lender].doubt
        assert found[borrower].source.endswith(f"of {lender}")


def test_a_variant_s_own_figure_is_its_own_but_does_not_move_the_others() -> None:
    free = a_model("a/one:free")
    seen = {"a/one": measured(60), "b/one": measured(40)}
    alone = standings(Board.THOUGHT, seen, A, B)
    with_variant = standings(Board.THOUGHT, seen | {"a/one:free": measured(60)}, A, B, free)
    assert {i: with_variant[i] for i in alone} == alone
    assert with_variant["a/one:free"].evidence == "measured"


def test_where_only_variants_were_measured_they_are_compared_with_each_other() -> None:
    ones = a_model("a/one:free"), a_model("b/one:free")
    found = standings(Board.THOUGHT, {"a/one:free": measured(60), "b/one:free": measured(40)}, *ones)
    assert (found["a/one:free"].place, found["b/one:free"].place) == pytest.approx((0.75, 0.25))


def test_figures_of_models_that_are_not_listed_count_nothing() -> None:
    seen = {"a/one": measured(60), "gone/one": measured(90)}
    assert standings(Board.THOUGHT, seen, A)["a/one"].place == 0.5


def test_pictures_are_judged_by_the_arena_of_pictures() -> None:
    one, two = a_painter("a/brush"), a_painter("b/brush")
    found = standings(Board.IMAGE, {"a/brush": measured(image_elo=1100), "b/brush": measured(image_elo=1300)}, one, two)
    assert (found["a/brush"].place, found["b/brush"].place) == (0.25, 0.75)
    assert found["a/brush"].source == "Design Arena image"


def test_a_board_without_models_is_empty() -> None:
    assert standings(Board.CODING, {}) == {}
