"""The two conductors: what was published plus what is known becomes what will be published."""

from datetime import timedelta

import pytest

from modelsync.catalog.figures import Measurements
from modelsync.errors import FeedFormatError
from tests.timeline import DAY, HOUR, START, Timeline, overrides
from tests.world import MODELS, Record, a_record, crowd

EVERYONE = [a_record(i) for i in MODELS]


def without(*ids: str) -> list[Record]:
    return [record for record in EVERYONE if record["id"] not in ids]


def with_changed(model_id: str, **fields: object) -> list[Record]:
    return [*without(model_id), a_record(model_id, **fields)]


def a_standing_line(**files: object) -> Timeline:
    line = Timeline(overrides(**files))  # type: ignore[arg-type]  # what each file holds is checked as it is read
    line.read(*EVERYONE, at=START)
    return line


def test_the_first_feed_writes_every_document_but_the_shortlist() -> None:
    refresh = Timeline().read(*EVERYONE, at=START)
    assert set(refresh.documents) == {"current", "deprecations", "signals", "changes"}
    assert refresh.held is None
    assert not refresh.curated


def test_a_document_says_when_and_in_which_generation_its_content_came_to_be() -> None:
    line = a_standing_line()
    line.read(*with_changed(MODELS[0], context_length=1000), at=START + DAY)
    published = line.published
    assert published.current is not None
    assert published.signals is not None
    assert (published.current.generation, published.current.generated_at) == (2, START + DAY)
    assert (published.signals.generation, published.signals.generated_at) == (1, START)
    assert published.current.source.fetched_at == START + DAY
    assert published.current.source.model_count == 24


def test_models_are_published_in_the_order_of_their_ids() -> None:
    line = Timeline()
    line.read(*reversed(EVERYONE), at=START)
    assert list(line.models) == sorted(MODELS)


@pytest.mark.parametrize(
    ("fields", "documents"),
    [
        ({"context_length": 1000}, {"current", "changes"}),
        ({"description": "Another one."}, {"current"}),
        ({"benchmarks": {"artificial_analysis": {"intelligence_index": 40.5}}}, {"signals"}),
        ({"knowledge_cutoff": "2026-01-01"}, {"current"}),
        ({"default_parameters": {"temperature": 1}}, set()),
    ],
)
def test_only_the_documents_whose_content_changed_are_written(fields: dict[str, object], documents: set[str]) -> None:
    refresh = a_standing_line().read(*with_changed(MODELS[0], **fields), at=START + HOUR)
    assert set(refresh.documents) == documents


def test_a_model_that_left_changes_the_list_and_the_log() -> None:
    line = a_standing_line()
    assert set(line.read(*without(MODELS[0]), at=START + HOUR).documents) == {"current", "changes"}
    left = line.read(*without(MODELS[0]), at=START + HOUR + 14 * DAY)
    assert set(left.documents) == {"current", "deprecations", "changes"}


def test_a_held_feed_changes_no_document_and_says_why() -> None:
    line = a_standing_line()
    refresh = line.read(*EVERYONE[:12], at=START + HOUR)
    assert (refresh.documents, refresh.events) == ({}, ())
    assert refresh.held is not None
    assert "; ".join(refresh.findings) == refresh.held.reason
    assert [finding.partition(",")[0] for finding in refresh.findings] == [
        "ids gone: 12 of 24",
        "vendors gone: 7 of 12",
    ]


def test_a_held_feed_is_published_once_it_is_confirmed() -> None:
    line = a_standing_line()
    line.read(*EVERYONE[:12], at=START + HOUR)
    refresh = line.read(*EVERYONE[:12], at=START + 2 * HOUR)
    assert refresh.held is None
    assert refresh.findings[0].startswith("confirmed by a second fetch: ids gone: 12 of 24")
    assert list(line.states.values()).count("stale") == 12


def test_an_operator_may_accept_a_feed_that_would_be_held() -> None:
    refresh = a_standing_line().read(*EVERYONE[:12], at=START + HOUR, accept=True)
    assert refresh.findings[0].startswith("accepted by an operator: ids gone: 12 of 24")


def test_a_refused_feed_is_an_error() -> None:
    with pytest.raises(FeedFormatError):
        a_standing_line().read("x", "y", at=START + HOUR)


def test_prices_that_were_confirmed_are_not_held_again() -> None:
    """A second look makes them pending; the next fetch that shows the same must not count as a new doubt."""
    ids = crowd(100, vendors=20)
    line = Timeline()
    line.read(*(a_record(i) for i in ids), at=START)
    dear = [a_record(i, prompt="0.001", completion="0.002") for i in ids]
    held = [line.read(*dear, at=START + number * HOUR).held is not None for number in (1, 2, 3)]
    assert held == [True, False, False]
    assert {model.pricing.prompt_per_million for model in line.models.values()} == {"1000"}


# Records that cannot be read


def test_an_unreadable_record_is_told_and_the_rest_is_published() -> None:
    line = a_standing_line()
    refresh = line.read(*with_changed(MODELS[0], prompt="free"), a_record("new/model"), at=START + HOUR)
    assert refresh.set_aside == (f"data[23] ({MODELS[0]}): pricing.prompt: expected a decimal number, found 'free'",)
    assert line.states["new/model"] == "active"


def test_a_model_whose_record_cannot_be_read_stays_as_it_was_known() -> None:
    line = a_standing_line()
    before = line.models[MODELS[0]]
    refresh = line.read(*with_changed(MODELS[0], prompt="free"), at=START + 400 * DAY)
    assert refresh.documents == {}
    assert line.models[MODELS[0]] == before


def test_a_missing_model_that_is_back_with_an_unreadable_record_is_back() -> None:
    line = a_standing_line()
    line.read(*without(MODELS[0]), at=START + HOUR)
    line.read(*with_changed(MODELS[0], prompt="free"), at=START + 2 * HOUR)
    assert (line.states[MODELS[0]], line.models[MODELS[0]].missing_since) == ("active", None)
    assert line.happened_to(MODELS[0]) == ["added", "stale", "reappeared"]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (a_record("x/y", prompt="x"), "data[24] (x/y): pricing.prompt: expected a decimal number, found 'x'"),
        ("text", "data[24] (no readable id): expected an object, found a text"),
    ],
)
def test_an_unreadable_record_of_nobody_known_changes_nothing(record: object, said: str) -> None:
    refresh = a_standing_line().read(*EVERYONE, record, at=START + HOUR)
    assert (refresh.documents, refresh.set_aside) == ({}, (said,))


# What else a run has to say


def test_placeholder_dates_are_counted() -> None:
    ends = ["2098-12-31", "9999-01-01", "2026-08-08"]
    refresh = Timeline().read(*(a_record(f"a/m-{end}", expiration_date=end) for end in ends), at=START)
    assert refresh.placeholder_dates == 2


def test_findings_of_the_feed_and_of_aliases_are_told() -> None:
    line = Timeline(overrides(alias_overrides=[{"id": "a/b", "alias": "same"}, {"id": "c/d", "alias": "same"}]))
    refresh = line.read(a_record("a/b", surprise=1), a_record("c/d"), at=START)
    assert refresh.findings[0] == "unknown key 'surprise', ignored (1x)"
    assert [finding.partition(":")[0] for finding in refresh.findings[1:]] == [
        "alias override of a/b",
        "alias override of c/d",
    ]


# Names


def test_an_alias_that_people_changed_is_told_and_remembered() -> None:
    line = a_standing_line()
    line.overrides = overrides(alias_overrides=[{"id": "qwen/qwen3-coder", "alias": "coder"}])
    line.read(*EVERYONE, at=START + HOUR)
    assert line.models["qwen/qwen3-coder"].alias == "coder"
    assert line.published.deprecations is not None
    history = [(each.old_alias, each.new_alias, each.model_id) for each in line.published.deprecations.alias_history]
    assert history == [("qwen3-coder", "coder", "qwen/qwen3-coder")]
    assert line.happened_to("qwen/qwen3-coder") == ["added", "alias"]


def test_an_alias_of_the_dead_is_not_given_away() -> None:
    line = Timeline()
    line.read(a_record("a/one"), a_record("b/two"), at=START)
    line.read(a_record("b/two"), at=START + DAY, accept=True)
    line.read(a_record("b/two"), a_record("c/one"), at=START + 60 * DAY)
    assert line.states["a/one"] == "removed"
    assert line.models["c/one"].alias != "one"
    line.read(a_record("b/two"), a_record("c/one"), a_record("a/one"), at=START + 61 * DAY)
    assert line.models["a/one"].alias == "one"


def test_a_model_that_returns_keeps_the_day_it_was_first_seen() -> None:
    line = Timeline()
    line.read(a_record("a/one"), a_record("b/two"), at=START)
    line.read(a_record("b/two"), at=START + DAY, accept=True)
    line.read(a_record("b/two"), at=START + 40 * DAY)
    line.read(a_record("a/one"), a_record("b/two"), at=START + 50 * DAY)
    assert line.models["a/one"].first_seen == START


def test_a_price_that_jumped_while_a_model_was_gone_is_held_too() -> None:
    line = Timeline()
    line.read(a_record("a/one"), a_record("b/two"), at=START)
    line.read(a_record("b/two"), at=START + DAY, accept=True)
    line.read(a_record("b/two"), at=START + 20 * DAY)
    free = a_record("a/one", prompt="0", completion="0")
    line.read(free, a_record("b/two"), at=START + 21 * DAY)
    assert not line.models["a/one"].is_free


# Measurements


def scored(model_id: str, index: float) -> Record:
    return a_record(model_id, benchmarks={"artificial_analysis": {"intelligence_index": index}})


def test_measurements_are_published_by_id_with_their_citations() -> None:
    line = Timeline()
    line.read(scored("a/b", 40.5), a_record("c/d"), at=START)
    assert line.published.signals is not None
    assert line.published.signals.models == {"a/b": Measurements(intelligence_index=40.5)}
    assert [citation.partition(" (")[0] for citation in line.published.signals.citations] == [
        "Artificial Analysis",
        "Design Arena",
    ]


def test_a_feed_without_any_measurement_takes_none_back() -> None:
    line = Timeline()
    line.read(scored("a/b", 40.5), at=START)
    assert line.read(a_record("a/b"), at=START + HOUR).documents == {}


def test_a_measurement_that_one_model_lost_is_gone() -> None:
    line = Timeline()
    line.read(scored("a/b", 40.5), scored("c/d", 30), at=START)
    line.read(a_record("a/b"), scored("c/d", 30), at=START + HOUR)
    assert line.published.signals is not None
    assert set(line.published.signals.models) == {"c/d"}


# The log


def test_the_log_of_the_last_90_days_is_kept_in_the_document() -> None:
    line = a_standing_line()
    line.read(*with_changed(MODELS[0], context_length=1000), at=START + 90 * DAY)
    assert line.published.changes is not None
    assert len(line.published.changes.events) == 25
    line.read(*EVERYONE, at=START + 90 * DAY + HOUR)
    assert [str(event.kind) for event in line.published.changes.events] == ["context", "context"]
    assert len(line.log) == 26


def test_a_price_is_news_by_the_first_run_after_a_day() -> None:
    line = a_standing_line()
    moved = with_changed(MODELS[0], prompt="0.000002")
    line.read(*moved, at=START + HOUR)
    assert line.read(*moved, at=START + DAY).documents == {}
    news = line.read(*moved, at=START + DAY + HOUR)
    assert set(news.documents) == {"changes"}
    assert line.happened_to(MODELS[0]) == ["added", "price", "price-news"]


def test_a_generation_that_an_event_names_is_the_one_that_published_it() -> None:
    line = a_standing_line()
    line.read(*without(MODELS[0]), at=START + HOUR)
    assert [event.generation for event in line.log if event.id == MODELS[0]] == [1, 2]


# The daily run


def test_a_shortlist_is_made_of_what_stands() -> None:
    line = a_standing_line()
    refresh = line.curate(at=START + HOUR)
    assert refresh.curated
    assert set(refresh.documents) == {"curated", "changes"}
    assert {str(event.kind) for event in refresh.events} == {"curated-in"}
    assert line.published.curated is not None
    entries = {
        (str(bucket), entry.id) for bucket, each in line.published.curated.buckets.items() for entry in each.models
    }
    assert {(event.field, event.id) for event in refresh.events} == entries


def test_who_leaves_the_shortlist_is_told() -> None:
    line = a_standing_line()
    line.curate(at=START)
    assert line.published.curated is not None
    first = line.published.curated.models[0].id
    line.read(*without(first), at=START + HOUR)
    line.curate(at=START + 2 * HOUR)
    assert first not in {model.id for model in line.published.curated.models}
    assert set(line.happened_to(first)) == {"added", "curated-in", "stale", "curated-out"}


def test_the_sweep_buries_who_was_missed_long_enough_by_the_last_believed_feed() -> None:
    line = a_standing_line()
    line.read(*without(MODELS[0]), at=START + DAY)
    line.curate(at=START + 100 * DAY)
    assert line.states[MODELS[0]] == "stale"
    line.read(*without(MODELS[0]), at=START + 14 * DAY + 23 * HOUR)
    line.curate(at=START + 16 * DAY)
    assert line.states[MODELS[0]] == "stale"


def test_the_sweep_applies_what_people_wrote_since_the_last_feed() -> None:
    line = a_standing_line()
    line.read(*without(MODELS[0]), at=START + DAY)
    line.overrides = overrides(deprecation_overrides={"tombstones": [{"id": MODELS[0], "state": "removed"}]})
    refresh = line.curate(at=START + 2 * DAY)
    assert line.states[MODELS[0]] == "removed"
    assert set(refresh.documents) == {"current", "curated", "deprecations", "changes"}


def test_two_exchanges_a_day_are_counted_from_the_log() -> None:
    """Dear models go when cheap and strong ones come, but not all on one day."""
    line = Timeline()
    old = [scored(f"vendor-{n}/old-{n}", 20 + n) for n in range(40)]
    line.read(*old, at=START)
    line.curate(at=START)
    better = [scored(f"vendor-{n}/new-{n}", 60 + n) for n in range(30)]
    line.read(*old, *better, at=START + HOUR)
    exchanged = [
        sum(event.kind == "curated-out" for event in line.curate(at=START + timedelta(hours=hours)).events)
        for hours in (2, 3, 24, 25)
    ]
    assert exchanged == [2, 0, 2, 0]


def test_a_run_may_be_followed_by_another_in_one_report() -> None:
    line = a_standing_line()
    first = line.read(*without(MODELS[0]), at=START + HOUR)
    second = line.curate(at=START + HOUR)
    both = first.then(second)
    assert set(both.documents) == {"current", "changes", "curated"}
    assert both.documents["changes"] is second.documents["changes"]
    assert both.events == (*first.events, *second.events)
    assert both.curated
