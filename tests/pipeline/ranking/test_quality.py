"""What a bucket makes of a board: places among its own, doubt, cheapness for the cheap, pins of people."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pytest

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.overrides import QualityPin
from modelsync.pipeline.ranking.boards import Standing
from modelsync.pipeline.ranking.quality import bucket_standings, pin_weight, quality_component, quality_value
from tests.builders import a_model

TODAY = date(2026, 8, 1)
CROWD = tuple(f"crowd/m{n}" for n in range(10))


def measured_at(place: float, doubt: float = 0.02) -> Standing:
    return Standing(place, doubt, "measured", "a board")


def predicted_at(place: float) -> Standing:
    return Standing(place, 0.17, "prior", "a prediction")


def standings(
    board: Mapping[str, Standing], bucket: Bucket = Bucket.CHAT, *pins: QualityPin, models: Iterable[ModelInfo] = ()
) -> dict[str, Standing]:
    """Places in a bucket of models with these standings on its board; `models` are those that are not ordinary."""
    special = {model.id: model for model in models}
    listed = [special.get(i) or a_model(i) for i in board]
    return bucket_standings(bucket, listed, board, pins=pins, today=TODAY)


def a_pin(**fields: Any) -> QualityPin:
    words = {"reason": "a test", "source": "a board of people", "since": "2026-01-01"}
    return QualityPin.model_validate(
        {"id": "acme/*", "bucket": "chat", "score": 0.9, "date": "2026-07-01", **words, **fields}
    )


def test_quality_is_the_lower_end_of_what_is_known_squared() -> None:
    assert quality_value(measured_at(0.92)) == 0.81
    assert quality_value(predicted_at(0.92)) == 0.5625
    assert quality_value(predicted_at(0.1)) == 0.0


def test_the_published_part_names_its_evidence_and_source() -> None:
    component = quality_component(measured_at(0.92))
    assert (component.value, component.evidence, component.source, component.date) == (
        0.81,
        "measured",
        "a board",
        None,
    )


def test_a_guess_never_tops_a_measurement_of_the_same_place() -> None:
    assert quality_value(predicted_at(0.99)) < quality_value(measured_at(0.90))


def low_half(ids: Iterable[str] = CROWD) -> dict[str, Standing]:
    """Measured models whose places on the board are 0.05, 0.10 and so on."""
    return {model_id: measured_at((n + 1) / 20) for n, model_id in enumerate(ids)}


def test_places_are_counted_among_the_models_of_the_bucket() -> None:
    found = standings(low_half())
    assert found["crowd/m9"].place == pytest.approx(0.95)
    assert found["crowd/m0"].place == pytest.approx(0.05)


def test_a_prediction_is_placed_between_the_measured_ones() -> None:
    found = standings(low_half() | {"acme/one": predicted_at(0.275), "acme/top": predicted_at(1.0)})
    assert found["acme/one"].place == pytest.approx(0.5)
    assert found["acme/top"].place == 1.0


def test_a_prediction_at_the_very_bottom_stays_there() -> None:
    assert standings(low_half() | {"acme/one": predicted_at(0.0)})["acme/one"].place == 0.0


def test_with_too_few_measured_models_the_places_of_the_board_stand() -> None:
    assert standings(low_half(CROWD[:9]))["crowd/m8"].place == 0.45


def test_variants_do_not_count_among_the_measured() -> None:
    variants = {f"{model_id}:free": measured_at(0.9) for model_id in CROWD}
    assert standings(low_half() | variants)["crowd/m9"].place == standings(low_half())["crowd/m9"].place


def test_a_third_of_the_quality_of_the_fast_is_cheapness() -> None:
    models = a_model("acme/cheap", completion_usd_per_mtok=1), a_model("acme/dear", completion_usd_per_mtok=9)
    board = {model.id: measured_at(0.6) for model in models}
    found = standings(board, Bucket.FAST, models=models)
    assert found["acme/cheap"].place == pytest.approx(2 / 3 * 0.6 + 1 / 3 * 0.75)
    assert found["acme/dear"].place == pytest.approx(2 / 3 * 0.6 + 1 / 3 * 0.25)
    assert found["acme/cheap"].source == "a board; a third cheapness"
    assert standings(board, Bucket.CHAT, models=models)["acme/cheap"].source == "a board"


def test_a_price_that_cannot_be_compared_is_not_cheap() -> None:
    unknown = a_model("acme/unknown", completion_usd_per_mtok=None)
    board = {"acme/unknown": measured_at(0.6), "acme/known": measured_at(0.6)}
    assert standings(board, Bucket.FAST, models=[unknown])["acme/unknown"].place == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("pinned", "weight"),
    [("2026-08-02", 1.0), ("2026-06-02", 1.0), ("2026-05-27", 1.0), ("2026-03-27", 0.5), ("2025-08-01", 0.03)],
)
def test_a_pin_counts_in_full_for_60_days_and_then_fades(pinned: str, weight: float) -> None:
    assert pin_weight(date.fromisoformat(pinned), today=TODAY) == pytest.approx(weight, abs=0.03)


def test_a_fading_pin_moves_once_a_week() -> None:
    weights = {pin_weight(date(2026, 1, 1), today=date(2026, 4, day)) for day in range(1, 29)}
    assert len(weights) == 5


def test_a_fresh_pin_stands_for_what_it_says() -> None:
    found = standings({"acme/one": predicted_at(0.3), "other/one": predicted_at(0.3)}, Bucket.CHAT, a_pin())
    assert found["acme/one"] == Standing(0.9, 0.02, "measured", "a board of people", "2026-07-01")
    assert found["other/one"] == predicted_at(0.3)


def test_an_old_pin_shrinks_to_what_would_stand_without_it() -> None:
    old = standings({"acme/one": predicted_at(0.3)}, Bucket.CHAT, a_pin(date="2026-02-01"))["acme/one"]
    assert 0.3 < old.place < 0.6
    assert 0.1 < old.doubt < 0.17
    assert (old.evidence, old.source, old.date) == ("prior", "a prediction", None)


def test_a_pin_speaks_only_for_its_bucket() -> None:
    assert standings({"acme/one": predicted_at(0.3)}, Bucket.REASONING, a_pin())["acme/one"] == predicted_at(0.3)


def test_the_later_of_two_pins_wins_by_itself() -> None:
    pins = a_pin(score=0.1), a_pin(id="acme/one", score=0.8)
    assert standings({"acme/one": predicted_at(0.3)}, Bucket.CHAT, *pins)["acme/one"].place == 0.8
