"""One true sentence for everyone who stands in a bucket, and for those who just missed it."""

from collections.abc import Mapping

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.figures import Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.ranking.lineup import Candidate, Lineup
from modelsync.pipeline.ranking.reasons import Praise, next_up
from modelsync.pipeline.ranking.score import score_models
from tests.builders import NOW, a_model, a_painter, measured


def praise(*models: ModelInfo, seen: Mapping[str, Measurements], bucket: Bucket = Bucket.CHAT) -> dict[str, str]:
    scores = score_models(models, measurements=seen, operations={}, pins=(), now=NOW)
    by_id = {model.id: model for model in models}
    ranked = scores.by_bucket[bucket]
    sentences = Praise(bucket, ((each, by_id[each.id]) for each in ranked))
    return {each.id: sentences.of(each, by_id[each.id]) for each in ranked}


def obstacles(*candidates: Candidate, members: tuple[str, ...], kept: tuple[str, ...] = ()) -> dict[str, str]:
    lineup = Lineup(candidates, kept=kept)
    lineup.admit(members)
    return {each.id: each.reason for each in next_up(lineup)}


def test_the_best_of_all_and_the_best_of_a_family_are_called_so() -> None:
    models = [a_model(i) for i in ("a/top-3", "b/one-2", "b/one-1", "c/lone")]
    seen = {"a/top-3": measured(60), "b/one-2": measured(50), "b/one-1": measured(40), "c/lone": measured(30)}
    assert praise(*models, seen=seen) == {
        "a/top-3": "Highest measured chat quality of 4 candidates, at $1.00 / $4.00.",
        "b/one-2": "Highest measured chat quality of its family, above 2 of 4 candidates, at $1.00 / $4.00.",
        "b/one-1": "Measured chat quality above 1 of 4 candidates, at $1.00 / $4.00.",
        "c/lone": "Measured chat quality above 0 of 4 candidates, at $1.00 / $4.00.",
    }


def test_shares_of_many_are_told_in_percent() -> None:
    models = [a_model(f"v{n}/m") for n in range(40)]
    sentences = praise(*models, seen={f"v{n}/m": measured(n) for n in range(40)})
    assert sentences["v38/m"] == "Measured chat quality above 95 % of 40 candidates, at $1.00 / $4.00."
    assert sentences["v39/m"] == "Highest measured chat quality of 40 candidates, at $1.00 / $4.00."


def test_two_that_lead_together_lead_not() -> None:
    models = [a_model(i) for i in ("a/one-1", "a/one-2", "b/one")]
    seen = {"a/one-1": measured(60), "a/one-2": measured(60), "b/one": measured(30)}
    assert praise(*models, seen=seen)["a/one-1"].startswith("Measured chat quality above 1 of 3")


def test_a_prediction_is_never_called_a_measurement() -> None:
    sentence = praise(a_model(days_old=0), seen={})["acme/one"]
    assert sentence == "Not measured yet; chat quality predicted above 0 of 1 candidates, at $1.00 / $4.00."


def test_a_borrowed_measurement_says_so() -> None:
    sentences = praise(a_model("a/one"), a_model("a/one-preview"), seen={"a/one-preview": measured(50)})
    assert sentences["a/one"].startswith("Measured under its other name: chat quality above")


def test_a_free_model_is_free_of_charge_and_an_odd_price_is_not_made_up() -> None:
    free = a_model("a/one:free", prompt_usd_per_mtok=0, completion_usd_per_mtok=0)
    assert praise(free, seen={})["a/one:free"].endswith(", free of charge.")
    painter = praise(a_painter(), seen={"acme/brush": measured(image_elo=1200)}, bucket=Bucket.IMAGE_GEN)
    assert painter["acme/brush"] == (
        "Highest measured image quality of 1 models that paint, at a price that cannot be told in one number."
    )


def test_each_bucket_names_its_own_virtue() -> None:
    model = a_model(supports_vision=True, reasoning="configurable")
    seen = {"acme/one": measured(50, coding=50, agentic=30)}
    assert [praise(model, seen=seen, bucket=bucket)["acme/one"].split(" of ")[0] for bucket in list(Bucket)[:5]] == [
        "Highest measured coding quality",
        "Highest measured reasoning quality",
        "Highest measured chat quality",
        "Highest measured value for money",
        "Highest measured quality",
    ]


def test_who_just_missed_a_bucket_is_told_why() -> None:
    one, two, three = (Candidate(f"f{n}", "f", rank) for n, rank in ((1, 0.9), (2, 0.8), (3, 0.795)))
    last, near, level, better = (
        Candidate(name, name, rank) for name, rank in (("last", 0.5), ("near", 0.49), ("level", 0.5003), ("new", 0.51))
    )
    assert obstacles(one, two, three, last, near, members=("f1", "f2", "last")) == {
        "f3": "Its family has its 2 places already, the lower one 0.005 ahead of it.",
        "near": "0.010 behind last, the last in the list.",
    }
    assert obstacles(last, better, level, members=("last",)) == {
        "new": "Better than last by 0.010; a newcomer needs 0.020.",
        "level": "Level with last; a newcomer must be better by 0.020.",
    }


def test_who_waits_for_tomorrow_and_who_is_kept_out_by_pins_is_told_so() -> None:
    strong, weak = Candidate("strong", "s", 0.9), Candidate("weak", "w", 0.5)
    assert obstacles(strong, weak, members=("weak",)) == {
        "strong": "Better than weak by 0.400; it waits, for a day sees 2 exchanges at most.",
    }
    assert obstacles(strong, weak, members=(), kept=("weak",)) == {
        "strong": "People pinned the models whose place it could take.",
    }


def test_three_are_named_best_first() -> None:
    crowd = [Candidate(f"c{n}", f"c{n}", n / 10) for n in range(9)]
    assert list(obstacles(*crowd, members=("c8",))) == ["c7", "c6", "c5"]
