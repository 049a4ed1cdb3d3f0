"""Who stands in for a model that is gone: never dearer than its tier."""

from collections.abc import Iterable

from modelsync.catalog.capabilities import Need
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import PriceTier
from modelsync.pipeline.ranking.auto_targets import auto_targets
from modelsync.pipeline.ranking.score import score_models
from tests.builders import NOW, a_model, a_painter, measured

BUDGET = a_model("a/budget", prompt_usd_per_mtok="0.5", reasoning="configurable")
STANDARD = a_model("b/standard", prompt_usd_per_mtok=3, supports_vision=True)
PREMIUM = a_model("c/premium", prompt_usd_per_mtok=20, structured_output=True)
FREE = a_model("d/free:free", prompt_usd_per_mtok=0, completion_usd_per_mtok=0)
ALL = (BUDGET, STANDARD, PREMIUM, FREE)


def targets(
    *models: ModelInfo, need: Need = Need.ANY, curated: Iterable[str] | None = None, best: str = ""
) -> list[str | None]:
    """Targets of one need, cheapest tier first; all models are curated unless `curated` says who is."""
    seen = {model.id: measured(90 if model.id == best else 10) for model in models} if best else {}
    scores = score_models(models, measurements=seen, operations={}, pins=(), now=NOW)
    by_id = {model.id: model for model in models}
    found = auto_targets(by_id, scores, curated=set(by_id if curated is None else curated))
    assert list(found) == list(PriceTier)
    return [found[tier][need] for tier in PriceTier]


def test_every_tier_gets_the_best_of_its_own_price_or_else_of_a_cheaper_one() -> None:
    assert targets(*ALL) == ["d/free:free", "a/budget", "b/standard", "b/standard", "c/premium"]


def test_nothing_dearer_ever_stands_in() -> None:
    assert targets(STANDARD, PREMIUM) == [None, None, "b/standard", "b/standard", "c/premium"]


def test_a_target_serves_the_need() -> None:
    assert targets(*ALL, need=Need.VISION) == [None, None, "b/standard", "b/standard", "b/standard"]
    assert targets(*ALL, need=Need.REASONING) == [None, "a/budget", "a/budget", "a/budget", "a/budget"]
    assert targets(*ALL, need=Need.STRUCTURED_OUTPUT) == [None, None, None, None, "c/premium"]
    mute = a_model("e/mute", supports_tools=False)
    assert targets(mute, need=Need.TOOLS) == [None] * 5


def test_the_best_of_a_tier_is_the_one_that_ranks_highest() -> None:
    rival = a_model("z/rival", prompt_usd_per_mtok="0.5")
    assert targets(BUDGET, rival, best="z/rival")[1] == "z/rival"


def test_only_curated_models_stand_in_but_a_free_one_is_looked_for_everywhere() -> None:
    assert targets(*ALL, curated=["b/standard"]) == ["d/free:free", "d/free:free", *["b/standard"] * 3]
    second = a_model("e/free:free", prompt_usd_per_mtok=0, completion_usd_per_mtok=0)
    assert targets(FREE, second, best="d/free:free", curated=["e/free:free"])[0] == "e/free:free"


def test_a_painter_never_stands_in_for_talk() -> None:
    assert targets(a_painter()) == [None] * 5


def test_a_model_without_a_tier_is_no_target() -> None:
    assert targets(a_model(price_tier=None)) == [None] * 5
