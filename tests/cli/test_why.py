"""Every published fact has its reasons, and they are the true ones."""

import json

import pytest

from tests.cli.command_line import NOON, CommandLine
from tests.timeline import Entries, override_file
from tests.world import MODELS, Record, a_record

LATER = "2026-06-01T18:00Z"
REASONS = a_record(
    "deepseek/deepseek-r1",
    supported_parameters=["include_reasoning", "reasoning", "response_format"],
    reasoning={"mandatory": True, "supported_efforts": ["low", "high"], "supports_max_tokens": True},
)
SILENT = a_record("a/silent", supported_parameters=[])
DEAR = a_record("a/dear", prompt="0.00002", completion="0.00005")
PAINTS = {"input_modalities": ["text"], "output_modalities": ["image"], "modality": "text->image"}
PAINTER = a_record("a/painter", architecture=PAINTS)
ROUTER = a_record("openrouter/auto", pricing={"prompt": "-1", "completion": "-1"})
RECORDS = (REASONS, SILENT, DEAR, PAINTER, ROUTER)
OTHERS = tuple(each for each in MODELS if each != "deepseek/deepseek-r1")


@pytest.fixture
def store(sync: CommandLine) -> CommandLine:
    """A store of many kinds of models, under overrides of its own."""
    files: dict[str, Entries] = {
        "capability-overrides": [{"match": "qwen/*", "flags": {"supportsVision": True}}],
        "family-rules": [{"pattern": "silent", "flags": {"supportsTools": True}}],
        "alias-overrides": [{"id": "openai/gpt-5.2", "alias": "best"}],
        "curated-overrides": [{"action": "ban", "id": "x-ai/grok-4.3"}],
    }
    for name, entries in files.items():
        sync.file(f"overrides/{name}.json", override_file(entries))
    feed = sync.feed(OTHERS, records=RECORDS)
    assert sync("all", "--feed", feed, "--now", NOON, "--overrides", str(sync.folder / "overrides")).code == 0
    return sync


def why(
    store: CommandLine, word: str, topic: str, *, now: str = LATER, overrides: bool = True
) -> tuple[str, dict[str, str]]:
    """The headline of one explanation, and its lines by label; `overrides`: under those of the test."""
    ours = ("--overrides", str(store.folder / "overrides")) if overrides else ()
    (told,) = store("why", word, topic, "--json", "--now", now, *ours).json["explanations"]
    return told["headline"], {line["label"]: line["text"] for line in told["lines"] if line["label"]}


# --- flags ---


def test_a_flag_that_the_feed_lists(store: CommandLine) -> None:
    headline, lines = why(store, "openai/gpt-5.2", "tools")
    assert headline == "supportsTools = yes, decided by api, since generation 1 (2026-06-01 12:00Z)"
    assert lines == {
        "api": "tools is among the parameters (max_tokens, structured_outputs, temperature, tools)",
        "heuristic": "no family rule speaks of it",
        "telemetry": "no client has reported an outcome",
        "override": "none",
    }


def test_a_flag_on_which_the_feed_is_silent_and_a_rule_speaks(store: CommandLine) -> None:
    headline, lines = why(store, "a/silent", "supportsTools")
    assert headline.startswith("supportsTools = yes, decided by heuristic, since generation 1")
    assert lines["api"] == "silent: the feed lists no parameters"
    assert lines["heuristic"] == "silent says yes: made for a test"


def test_a_flag_that_no_layer_knows(store: CommandLine) -> None:
    headline, _ = why(store, "a/silent", "json")
    assert headline.startswith("jsonMode = unknown, no layer knows")


def test_a_flag_that_people_decided(store: CommandLine) -> None:
    headline, lines = why(store, "qwen/qwen3-coder", "vision")
    assert headline.startswith("supportsVision = yes, decided by override")
    assert lines["api"] == "image is not among the input modalities (text)"
    assert lines["override"] == "qwen/* says yes since 2020-01-01: made for a test (the test)"


def test_json_mode_is_not_structured_output(store: CommandLine) -> None:
    headline, lines = why(store, "deepseek/deepseek-r1", "structured")
    assert headline.startswith("structuredOutput = no, decided by api")
    assert lines["api"].endswith("; response_format alone is plain JSON mode")


def test_reasoning_names_the_controls_that_the_feed_gives(store: CommandLine) -> None:
    headline, lines = why(store, "deepseek/deepseek-r1", "reasoning")
    assert headline.startswith("reasoning = configurable, decided by api")
    assert lines["api"] == (
        "a reasoning object: mandatory, efforts high, low, a budget; parameters reasoning, include_reasoning"
    )


def test_free_names_what_is_charged(store: CommandLine) -> None:
    assert why(store, "openai/gpt-5.2", "free")[1]["api"] == "it charges for completion, prompt"


def test_a_flag_that_changed_says_since_when(store: CommandLine) -> None:
    blind = a_record("openai/gpt-5.2", supported_parameters=["temperature"])
    ids = [each for each in OTHERS if each != "openai/gpt-5.2"]
    store("refresh", "--feed", store.feed(ids, records=[*RECORDS, blind]), "--now", LATER)
    assert why(store, "openai/gpt-5.2", "tools")[0] == (
        "supportsTools = no, decided by api, since generation 2 (2026-06-01 18:00Z)"
    )


# --- price ---


def test_a_price_says_why_it_has_its_tier(store: CommandLine) -> None:
    headline, lines = why(store, "a/dear", "price")
    assert headline == "price $20.00 / $50.00, priced, tier premium"
    assert lines["tier"] == "premium: the prompt price 20 is from 15 USD per million tokens"
    assert lines["per million"] == "prompt 20, completion 50"
    assert lines["pending"] == "none: no other price waits"


def test_a_price_of_minus_one_is_that_of_another_model(store: CommandLine) -> None:
    headline, lines = why(store, "openrouter/auto", "price")
    assert headline == "price varies, dynamic, tier -"
    assert lines["status"] == "dynamic: a price of -1: it costs what the model that is routed to costs"
    assert lines["tier"] == "none: the price is dynamic"


def test_a_price_that_waits_says_for_what(store: CommandLine) -> None:
    jumped = a_record("a/dear", prompt="0.001", completion="0.00005")
    store("refresh", "--feed", store.feed(OTHERS, records=[*RECORDS[:2], *RECORDS[3:], jumped]), "--now", LATER)
    _, lines = why(store, "a/dear", "price")
    assert lines["pending"].startswith("prompt 20 -> 1000, completion 50 -> 50 USD per million at once; seen first")


def test_conditions_and_other_units_are_part_of_a_price(sync: CommandLine) -> None:
    peak = {"utc_start": 800, "utc_end": 1630, "prompt": "0.000003"}
    long = {"min_prompt_tokens": 200000, "prompt": "0.000002"}
    pricing = {"prompt": "0.000001", "completion": "0.000002", "request": "0.01", "overrides": [long, peak]}
    sync.publish(records=[a_record("a/model", pricing=pricing)])
    lines = why(sync, "a/model", "price", overrides=False)[1]
    assert lines["per unit"] == "request 0.01"
    assert lines["over 200,000"] == "prompt 2"
    assert lines["0800-1630Z"] == "prompt 3"


@pytest.mark.parametrize(
    ("record", "tier"),
    [
        (a_record("a/model", prompt="0", completion="0"), "free: the prompt price 0 is zero, and really free USD"),
        (a_record("a/model", prompt="0", completion="0", architecture=PAINTS), "none: the price is unknown"),
        (a_record("a/model", prompt="0"), "none: no price per prompt token is above zero, and the model is not free"),
        (
            a_record("a/model", architecture={"input_modalities": ["text"], "output_modalities": ["speech"]}),
            "none: it is not charged per token",
        ),
    ],
)
def test_a_tier_or_none_has_its_reason(sync: CommandLine, record: Record, tier: str) -> None:
    sync.publish(records=[record])
    assert why(sync, "a/model", "price", overrides=False)[1]["tier"].startswith(tier)


def test_a_price_that_moves_often_shows_its_last_moves(sync: CommandLine) -> None:
    for hour in range(8):
        sync.publish(records=[a_record("a/model", prompt=f"0.00000{hour + 1}")], at=f"2026-06-01T1{hour}:00Z")
    said = [" ".join(line.split()) for line in sync("why", "a/model", "price").out.splitlines()]
    assert "moved 7 times, at last:" in said
    assert next(line for line in said if "->" in line) == "moved 2026-06-01 13:00Z prompt 3 -> 4 (+33 %)"


# --- state ---


def test_an_active_model_needs_no_redirect(store: CommandLine) -> None:
    headline, lines = why(store, "openai/gpt-5.2", "state")
    assert headline == "state active, since generation 1 (2026-06-01 12:00Z)"
    assert lines["redirect"] == "none is needed"
    assert lines["bound"] == "no saved choice points at it"


def test_a_missing_model_says_when_it_will_be_deprecated(store: CommandLine) -> None:
    store("refresh", "--feed", store.feed(OTHERS[:-1], records=RECORDS), "--now", LATER)
    headline, lines = why(store, OTHERS[-1], "state")
    assert headline == "state stale, since generation 2 (2026-06-01 18:00Z)"
    assert lines["next"] == "deprecated from 2026-06-15 18:00Z on, unless a feed lists it again"
    assert lines["redirect"] == "none yet: most models that go missing come back"


def test_a_deprecated_model_says_when_it_will_be_removed_and_where_to_go(store: CommandLine) -> None:
    for at in (LATER, "2026-06-15T18:00Z"):
        store("refresh", "--feed", store.feed(OTHERS[:-1], records=RECORDS), "--now", at)
    _, lines = why(store, OTHERS[-1], "state")
    assert lines["next"] == "removed from 2026-07-01 18:00Z on, unless it returns or is bound"
    assert lines["redirect"].startswith("to auto (auto, guess, ")
    assert lines["cause"] == "left the feed unannounced"


def test_a_bound_model_is_never_removed(store: CommandLine) -> None:
    lease = {"schema": 1, "client": "c", "day": "2026-06-01", "leases": [{"id": "a/dear", "lastUsedDay": "2026-06-01"}]}
    store.file("store/models/bindings/c.json", json.dumps(lease).encode())
    assert why(store, "a/dear", "state")[1]["bound"].startswith("yes: a saved choice points at it")


def test_a_removed_model_keeps_its_tombstone_until_it_returns(sync: CommandLine) -> None:
    gone = MODELS[-1]
    sync.publish()
    for at in ("2026-06-01T18:00Z", "2026-06-16T18:00Z", "2026-07-02T18:00Z"):
        sync.publish(MODELS[:-1], at=at)
    headline, lines = why(sync, gone, "state", overrides=False)
    assert headline == "state removed, since generation 4 (2026-07-02 18:00Z)"
    assert lines["next"] == "its tombstone stays; it is active again as soon as a feed lists it"
    sync.publish(at="2026-07-03T18:00Z")
    headline, lines = why(sync, gone, "state", overrides=False, now="2026-07-04T18:00Z")
    assert headline == "state active, since generation 5 (2026-07-03 18:00Z)"
    assert lines["returned"] == "2026-07-03 18:00Z, 1 d ago"
    assert why(sync, gone, "tools", overrides=False)[0].endswith("since generation 1 (2026-06-01 12:00Z)")


def test_what_people_decided_about_a_missing_model_is_told(sync: CommandLine) -> None:
    decided: dict[str, Entries] = {
        "pins": [{"id": MODELS[-1]}],
        "tombstones": [{"id": MODELS[-2], "state": "removed"}],
    }
    sync.file("overrides/deprecation-overrides.json", override_file(decided))
    sync.publish()
    sync.publish(MODELS[:-2], at=LATER)
    assert why(sync, MODELS[-1], "state")[1]["override"] == "kept as stale while it is missing: made for a test"
    assert why(sync, MODELS[-2], "state")[1]["override"] == "removed without waiting: made for a test"


def test_an_announced_end_is_told(sync: CommandLine) -> None:
    sync.publish(records=[a_record("a/ending", expiration_date="2026-06-20")])
    _, lines = why(sync, "a/ending", "state", overrides=False)
    assert lines["ends"] == "announced for 2026-06-20 13:00Z, in 18 d 19 h"


# --- alias ---


def test_an_alias_that_the_id_suggests(store: CommandLine) -> None:
    headline, lines = why(store, "a/dear", "alias")
    assert (headline, lines["rule"]) == (
        "alias dear",
        "what its id suggests, without vendor, dates and revision tags",
    )


def test_an_alias_that_people_chose(store: CommandLine) -> None:
    assert why(store, "best", "alias")[1]["rule"] == "people chose it: made for a test (the test)"


def test_an_alias_that_two_ids_suggest_names_the_other_one(store: CommandLine) -> None:
    store("refresh", "--feed", store.feed(OTHERS, records=[*RECORDS, a_record("b/dear")]), "--now", LATER)
    headline, lines = why(store, "b/dear", "alias")
    assert headline.startswith("alias dear-")
    assert lines["rule"] == "its id suggests dear, and so does that of a/dear: characters of its digest tell it apart"


def test_an_alias_that_was_given_earlier_and_the_one_before_it(store: CommandLine) -> None:
    store("refresh", "--feed", store.feed(OTHERS, records=RECORDS), "--now", LATER)
    entry = override_file([{"id": "openai/gpt-5.2", "alias": "better"}])
    store.file("overrides/alias-overrides.json", entry)
    overrides = ("--overrides", str(store.folder / "overrides"))
    store("refresh", "--feed", store.feed(OTHERS, records=RECORDS), "--now", "2026-06-02T00:00Z", *overrides)
    (store.folder / "overrides/alias-overrides.json").unlink()
    headline, lines = why(store, "better", "alias")
    assert headline == "alias better"
    assert lines["rule"] == "it was given earlier and stays; its id would suggest gpt-5-2 today"
    assert lines["former"] == "best until 2026-06-02 00:00Z; it still resolves"


# --- shortlist ---


def test_a_place_in_the_shortlist_is_explained_by_its_parts(store: CommandLine) -> None:
    answer = store("why", "openai/gpt-5.2", "curated", "--json", "--now", LATER).json["explanations"][0]
    assert answer["headline"].startswith("in the shortlist for coding")
    texts = [line["text"] for line in answer["lines"]]
    assert texts[0].startswith("in: place ")
    assert texts[1].startswith("rank 0.")
    assert " + 0.25 x 0.500 reliability + 0.15 x 0.500 latency + 0.15 x " in texts[1]
    assert "reliability neutral (no input yet)" in texts[2]


@pytest.mark.parametrize(
    ("model", "bucket", "reason"),
    [
        ("openai/gpt-5.2", "reasoning", "out: it does not reason"),
        ("openai/gpt-5.2", "vision", "out: it is not known to see"),
        ("openai/gpt-5.2", "image-gen", "out: it does not paint"),
        ("a/dear", "fast", "out: its prompt price 20 is above 1 USD per million tokens"),
        ("a/painter", "chat", "out: it paints: such models stand in image-gen alone"),
        ("openrouter/auto", "chat", "out: it is a router, its price and abilities are those of other models"),
        ("x-ai/grok-4.3", "chat", "out: people banned it: made for a test (the test)"),
        ("deepseek/deepseek-r1:free", "reasoning", "out: it does not reason"),
    ],
)
def test_a_place_that_a_model_does_not_have_has_its_reason(
    store: CommandLine, model: str, bucket: str, reason: str
) -> None:
    assert why(store, model, "curated")[1][bucket] == reason


@pytest.mark.parametrize(
    ("record", "bucket", "reason"),
    [
        (a_record("~a/latest"), "chat", "out: it is a moving pointer, another model stands behind it every few weeks"),
        (a_record("stealth/a"), "chat", "out: it is an unannounced test model"),
        (a_record("a/model:batch"), "chat", "out: a :batch variant answers within a day, not at once"),
        (
            a_record("a/model", prompt="0", completion="0", architecture=PAINTS),
            "image-gen",
            "out: its price is unknown",
        ),
        (a_record("a/guard-8b"), "chat", "out: its name says that it was made for one step of a machine"),
        (a_record("a/model", supported_parameters=["stop"]), "coding", "out: it is not known to call tools"),
        (a_record("a/model", context_length=8192), "coding", "out: its window is below 32,000 tokens"),
        (a_record("a/model", expiration_date="2026-06-10"), "chat", "out: its announced end is less than 14 days away"),
        (a_record("openai/gpt-5.2:free"), "chat", "out: openai/gpt-5.2 stands there for the same release"),
    ],
)
def test_each_rule_that_keeps_a_model_out_is_named(sync: CommandLine, record: Record, bucket: str, reason: str) -> None:
    sync.publish(records=[record])
    assert why(sync, record["id"], "curated", overrides=False)[1][bucket].startswith(reason)


def test_who_just_missed_it_hears_by_how_much_and_the_others_by_whom(sync: CommandLine) -> None:
    sync.publish([*MODELS, *(f"openai/gpt-5.{number}" for number in range(1, 10))])
    chat = json.loads(sync.written()["models/openrouter/curated.json"])["buckets"]["chat"]
    near = [each["id"] for each in chat["nextUp"]]
    assert len(near) == 3
    assert all(_chat(sync, each).startswith("out: it just missed it with rank 0.") for each in near)
    outranked = _chat(sync, "openai/gpt-5.9")
    assert outranked.startswith("out: rank 0.")
    assert f" candidates; the last one in, {chat['models'][-1]['id']}, has 0." in outranked


def _chat(sync: CommandLine, model: str) -> str:
    return why(sync, model, "curated", overrides=False)[1]["chat"]


def test_a_model_that_is_gone_stands_nowhere(store: CommandLine) -> None:
    store("all", "--feed", store.feed(OTHERS[:-1], records=RECORDS), "--now", LATER)
    headline, lines = why(store, OTHERS[-1], "curated")
    assert (headline, lines["chat"]) == ("not in the shortlist", "out: it is stale")


def test_without_a_shortlist_it_says_what_to_run(sync: CommandLine) -> None:
    sync("refresh", "--feed", sync.feed(), "--now", NOON)
    assert "no shortlist is published yet; run `syncmodels curate`" in sync("why", "openai/gpt-5.2", "curated").out


# --- all of them ---


def test_without_a_topic_everything_is_explained_and_the_silent_are_left_out(store: CommandLine) -> None:
    ran = store("why", "openai/gpt-5.2", "--now", LATER)
    headlines = [line.split(" ")[0] for line in ran.out.splitlines() if not line.startswith(" ")]
    for topic in ("supportsVision", "supportsTools", "reasoning", "isFree", "price", "state", "alias", "in"):
        assert topic in headlines
    assert "no client has reported an outcome" not in ran.out


@pytest.mark.parametrize("model", ["a/silent", "a/painter", "openrouter/auto", "deepseek/deepseek-r1"])
def test_every_kind_of_model_can_be_explained(store: CommandLine, model: str) -> None:
    assert store("why", model).code == 0
    assert store("show", model).code == 0
