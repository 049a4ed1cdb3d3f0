"""How good the ranking is on recorded lists, measured against the figures that the lists themselves carry."""

import gzip
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modelsync.catalog.buckets import MINIMUM, Bucket
from modelsync.catalog.documents import Curated
from modelsync.catalog.figures import Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.ranking.boards import MEASURED_DOUBT, Board, board_standings, place_among
from modelsync.pipeline.ranking.eligibility import is_recommendable
from modelsync.pipeline.ranking.prior import Prior, Traits, traits_of
from tests.timeline import Timeline

NEWEST = "openrouter-20260808T1842Z.json.gz"
RECORDED = (
    NEWEST,
    "openrouter-20260715T1918Z.json.gz",
    "all-modalities/openrouter-20260721T0325Z.json.gz",
    "all-modalities/openrouter-20260616T0511Z.json.gz",
)


class Recorded:
    """A recorded list as it would be published on its day, by an empty catalog."""

    def __init__(self, path: Path) -> None:
        self.at = datetime.strptime(path.name, "openrouter-%Y%m%dT%H%MZ.json.gz").replace(tzinfo=UTC)
        line = Timeline()
        line.read_body(gzip.decompress(path.read_bytes()), at=self.at)
        line.curate(at=self.at)
        published = line.published
        assert published.curated is not None
        assert published.signals is not None
        self.models: Mapping[str, ModelInfo] = line.models
        self.curated: Curated = published.curated
        self.measurements: Mapping[str, Measurements] = published.signals.models


@pytest.fixture(params=RECORDED)
def recorded(request: pytest.FixtureRequest, recorded_feeds: Path) -> Recorded:
    return Recorded(recorded_feeds / str(request.param))


def left_out_errors(places: Mapping[str, float], traits: Mapping[str, Traits]) -> list[float]:
    """By how much each measured place is missed when it alone is not known."""
    return [
        abs(Prior(traits, {i: p for i, p in places.items() if i != left_out}).predict(traits[left_out]) - place)
        for left_out, place in places.items()
    ]


@pytest.mark.parametrize("board", [Board.THOUGHT, Board.CODING])
def test_a_model_that_nobody_measured_is_missed_by_a_tenth_at_most_on_average(recorded: Recorded, board: Board) -> None:
    models = [m for m in recorded.models.values() if Bucket.CHAT in m.buckets and is_recommendable(m, now=recorded.at)]
    traits = traits_of(models)
    standings = board_standings(board, models, recorded.measurements, traits=traits)
    sure = {i: each.place for i, each in standings.items() if each.doubt <= MEASURED_DOUBT and ":" not in i}
    errors = left_out_errors(sure, traits)
    assert len(errors) >= 90
    assert sum(errors) / len(errors) <= 0.10


def gain_of(places: list[float]) -> float:
    return sum((2 ** (4 * place) - 1) / math.log2(n + 2) for n, place in enumerate(places[:10]))


def agreement(bucket: Bucket, figures: Mapping[str, float], recorded: Recorded) -> float:
    """NDCG of a bucket in rank order against figures, the ideal list having two of a family as well."""
    fit = {i: v for i, v in figures.items() if ":" not in i and bucket in recorded.models[i].buckets}
    ladder = sorted(fit.values())
    places = {i: place_among(ladder, value) for i, value in fit.items()}
    ours = [places[each.id] for each in recorded.curated.buckets[bucket].models if each.id in places]
    ideal: list[float] = []
    taken: dict[str, int] = {}
    for i in sorted(places, key=lambda i: -places[i]):
        family = recorded.models[i].family
        taken[family] = taken.get(family, 0) + 1
        if taken[family] <= 2:
            ideal.append(places[i])
    return gain_of(ours) / gain_of(ideal[: len(ours)])


def test_buckets_agree_with_the_measured_figures(recorded: Recorded) -> None:
    listed = {i: seen for i, seen in recorded.measurements.items() if i in recorded.models}
    thought = {i: seen.intelligence_index for i, seen in listed.items() if seen.intelligence_index is not None}
    coding = {i: seen.coding_index for i, seen in listed.items() if seen.coding_index is not None}
    for bucket in (Bucket.REASONING, Bucket.CHAT, Bucket.VISION):
        assert agreement(bucket, thought, recorded) >= 0.95
    assert agreement(Bucket.CODING, coding, recorded) >= 0.90


def test_every_bucket_of_a_recorded_list_meets_its_minimum(recorded: Recorded) -> None:
    buckets = recorded.curated.buckets
    assert {bucket: len(buckets[bucket].models) >= MINIMUM[bucket] for bucket in Bucket} == dict.fromkeys(Bucket, True)
    assert 30 <= len(recorded.curated.models) <= 40


def test_every_tier_has_a_stand_in_for_every_need_but_perhaps_where_nothing_is_paid(recorded_feeds: Path) -> None:
    targets = Recorded(recorded_feeds / NEWEST).curated.auto_targets
    assert [tier for tier, needs in targets.items() if None in needs.values()] == []
