"""An older generation's content is published again, and nothing that was published since is forgotten."""

from modelsync.catalog.events import fold_states
from tests.timeline import DAY, HOUR, START, Timeline, overrides
from tests.world import MODELS, a_record

EVERYONE = [a_record(i) for i in MODELS]
NEW = a_record("new/model")


def a_line_with_a_newcomer() -> Timeline:
    """Generation 1 lists everyone, 2 is its shortlist, 3 lists a newcomer and another window of the first."""
    line = Timeline()
    line.read(*EVERYONE, at=START)
    line.curate(at=START)
    line.read(*EVERYONE[1:], a_record(MODELS[0], context_length=1000), NEW, at=START + DAY)
    return line


def test_the_list_becomes_what_it_was() -> None:
    line = a_line_with_a_newcomer()
    line.roll_back(2, at=START + 2 * DAY)
    assert line.generation == 4
    assert line.models == line.generations[2].models()
    assert line.published.current is not None
    assert (line.published.current.generation, line.published.current.generated_at) == (4, START + 2 * DAY)


def test_whoever_is_newer_gets_a_tombstone_that_says_so() -> None:
    line = a_line_with_a_newcomer()
    line.roll_back(2, at=START + 2 * DAY)
    stone = line.tombstones["new/model"]
    assert (stone.state, stone.cause) == ("deprecated", "not in the generation that was restored")
    assert (stone.first_seen, stone.missing_since, stone.deprecated_at) == (
        START + DAY,
        START + 2 * DAY,
        START + 2 * DAY,
    )
    assert line.redirects["new/model"].to == "auto"
    assert line.happened_to("new/model") == ["added", "deprecated"]


def test_whoever_is_newer_and_was_dead_in_between_is_withdrawn_too() -> None:
    line = Timeline()
    line.read(*EVERYONE, at=START)
    line.read(*EVERYONE, NEW, at=START + DAY)
    line.read(*EVERYONE, at=START + 2 * DAY)
    line.read(*EVERYONE, at=START + 20 * DAY)
    line.read(*EVERYONE, NEW, at=START + 21 * DAY)
    assert line.tombstones["new/model"].state == "active"
    line.roll_back(1, at=START + 22 * DAY)
    assert line.states["new/model"] == "deprecated"
    assert line.tombstones["new/model"].deprecated_at == START + 22 * DAY
    assert line.redirects["new/model"].to == "auto"


def test_whoever_is_newer_returns_with_the_next_feed() -> None:
    line = a_line_with_a_newcomer()
    alias = line.models["new/model"].alias
    line.roll_back(2, at=START + 2 * DAY)
    line.read(*EVERYONE, NEW, at=START + 3 * DAY)
    assert (line.states["new/model"], line.models["new/model"].alias) == ("active", alias)
    assert line.models["new/model"].first_seen == START + DAY


def test_the_log_tells_the_way_back() -> None:
    line = a_line_with_a_newcomer()
    refresh = line.roll_back(2, at=START + 2 * DAY)
    assert [(str(event.kind), event.id) for event in refresh.events] == [
        ("context", MODELS[0]),
        ("deprecated", "new/model"),
    ]
    assert fold_states(line.log) == line.published.states()


def test_whoever_died_since_is_back() -> None:
    line = Timeline()
    line.read(*EVERYONE, at=START)
    line.read(*EVERYONE[1:], at=START + DAY)
    line.read(*EVERYONE[1:], at=START + 20 * DAY)
    assert line.states[MODELS[0]] == "deprecated"
    line.roll_back(1, at=START + 21 * DAY)
    assert line.states[MODELS[0]] == "active"
    assert line.tombstones[MODELS[0]].returned_at == START + 21 * DAY
    assert MODELS[0] not in line.redirects
    assert line.happened_to(MODELS[0]) == ["added", "stale", "deprecated", "reappeared"]


def test_whoever_returned_since_is_as_dead_as_it_was() -> None:
    line = Timeline()
    line.read(*EVERYONE, at=START)
    line.read(*EVERYONE[1:], at=START + DAY)
    line.read(*EVERYONE[1:], at=START + 20 * DAY)
    line.read(*EVERYONE, at=START + 21 * DAY)
    line.roll_back(3, at=START + 22 * DAY)
    assert line.states[MODELS[0]] == "deprecated"
    assert line.tombstones[MODELS[0]].deprecated_at == START + 20 * DAY
    assert fold_states(line.log) == line.published.states()


def test_the_shortlist_and_the_measurements_become_what_they_were() -> None:
    line = Timeline()
    line.read(*(a_record(i, benchmarks={"artificial_analysis": {"intelligence_index": 30}}) for i in MODELS), at=START)
    line.curate(at=START)
    line.read(
        *(a_record(i, benchmarks={"artificial_analysis": {"intelligence_index": n}}) for n, i in enumerate(MODELS)),
        at=START + DAY,
    )
    line.curate(at=START + DAY)
    refresh = line.roll_back(2, at=START + 2 * DAY)
    assert {"curated", "signals"} <= set(refresh.documents)
    then, now = line.generations[2], line.published
    assert then.curated is not None
    assert now.curated is not None
    assert now.signals is not None
    assert now.curated.buckets == then.curated.buckets
    assert now.curated.generation == 5
    assert {each.intelligence_index for each in now.signals.models.values()} == {30}


def test_the_way_back_of_the_shortlist_is_told_too() -> None:
    line = Timeline()
    line.read(*EVERYONE, at=START)
    line.curate(at=START)
    line.overrides = overrides(curated_overrides=[{"action": "ban", "id": "openai/gpt-5.2"}])
    line.curate(at=START + DAY)
    assert "curated-out" in line.happened_to("openai/gpt-5.2")
    line.overrides = overrides()
    line.roll_back(2, at=START + 2 * DAY)
    assert line.happened_to("openai/gpt-5.2")[-1] == "curated-in"


def test_a_generation_without_a_shortlist_recommends_nobody_who_is_gone() -> None:
    line = Timeline()
    line.read(*EVERYONE, at=START)
    line.read(*EVERYONE, NEW, at=START + HOUR)
    line.curate(at=START + HOUR)
    line.roll_back(1, at=START + DAY)
    assert line.states["new/model"] == "deprecated"
    recommended = {model.id for model in line.published.curated.models} if line.published.curated else set()
    assert "new/model" not in recommended


def test_rolling_back_to_where_one_stands_writes_nothing() -> None:
    line = a_line_with_a_newcomer()
    assert line.roll_back(3, at=START + 2 * DAY).documents == {}


def test_an_alias_that_was_given_since_still_leads_to_its_model() -> None:
    line = Timeline()
    line.read(*EVERYONE, at=START)
    line.overrides = overrides(alias_overrides=[{"id": "qwen/qwen3-coder", "alias": "coder"}])
    line.read(*EVERYONE, at=START + DAY)
    line.overrides = overrides()
    line.roll_back(1, at=START + 2 * DAY)
    assert line.models["qwen/qwen3-coder"].alias == "qwen3-coder"
    line.read(*EVERYONE, a_record("acme/coder"), at=START + 3 * DAY)
    assert line.models["acme/coder"].alias != "coder"
    assert line.published.deprecations is not None
    known = {each.old_alias: each.model_id for each in line.published.deprecations.alias_history}
    assert known.get("coder") == "qwen/qwen3-coder"
