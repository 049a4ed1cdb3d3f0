"""One model's record, by any of its names, alive or gone; a word that names nobody gets suggestions, never a guess."""

import pytest

from tests.cli.command_line import CommandLine
from tests.timeline import override_file
from tests.world import MODELS, a_record

GONE = MODELS[-1]


@pytest.fixture
def store(sync: CommandLine) -> CommandLine:
    """A store in which one model has an announced end and a former alias, and another one was deprecated."""
    ending = a_record("openai/gpt-5.2", expiration_date="2026-07-01", description="Writes.\nAnd reads.")
    others = [each for each in MODELS if each != "openai/gpt-5.2"]
    sync.publish(others, records=[ending])
    sync.file("overrides/alias-overrides.json", override_file([{"id": "openai/gpt-5.2", "alias": "best"}]))
    named = ("--overrides", str(sync.folder / "overrides"))
    for day in ("02", "16"):
        feed = sync.feed(others[:-1], records=[ending])
        assert sync("all", "--feed", feed, "--now", f"2026-06-{day}T12:00Z", *named).code == 0
    return sync


@pytest.mark.parametrize(
    ("word", "matched"), [("openai/gpt-5.2", "id"), ("best", "alias"), ("gpt-5-2", "former alias")]
)
def test_a_living_model_is_found_by_any_of_its_names(store: CommandLine, word: str, matched: str) -> None:
    answer = store("show", word, "--json").json
    assert (answer["id"], answer["matched"], answer["state"]) == ("openai/gpt-5.2", matched, "active")
    assert answer["formerAliases"] == ["gpt-5-2"]


@pytest.mark.parametrize("word", [GONE, "glm-4-7"])
def test_a_model_that_is_gone_is_found_by_its_last_names(store: CommandLine, word: str) -> None:
    answer = store("show", word, "--json").json
    assert (answer["id"], answer["state"], answer["redirect"]["to"]) == (GONE, "deprecated", "auto")
    assert answer["tombstone"]["cause"] == "left the feed unannounced"


def test_the_whole_record_is_readable(store: CommandLine) -> None:
    said = [" ".join(line.split()) for line in store("show", "best", "--now", "2026-06-16T12:00Z").out.splitlines()]
    assert said[0] == "gpt-5.2"
    for line in (
        "id openai/gpt-5.2",
        "alias best, formerly gpt-5-2",
        "vendor openai, family openai/gpt, series openai/gpt",
        "state active",
        "ends 2026-07-01 13:00Z, in 15 d 1 h",
        "price $1.00 / $2.00 (USD per million tokens in / out)",
        "status priced, tier standard, not free",
        "supportsTools yes api",
        "reasoning none api",
        "context 131,072 tokens, at most 16,384 out",
        "parameters max_tokens, structured_outputs, temperature, tools",
        "may stand coding, chat, fast",
        "Writes.",
        "And reads.",
    ):
        assert line in said


def test_a_tombstone_is_readable(store: CommandLine) -> None:
    said = [" ".join(line.split()) for line in store("show", GONE, "--now", "2026-06-17T12:00Z").out.splitlines()]
    for line in (
        "state deprecated",
        "tombstone left the feed unannounced",
        "missing 2026-06-02 12:00Z, 15 d ago",
        "deprecated 2026-06-16 12:00Z, 1 d ago",
        "redirect auto (auto, guess, price-safe): no listed model of its family can stand in",
        "price, last known",
    ):
        assert line in said


def test_an_unknown_word_gets_the_nearest_names_and_no_guess(store: CommandLine) -> None:
    ran = store("show", "gpt-5.2-min")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("syncmodels: no model has the id or alias 'gpt-5.2-min'; the nearest are ")
    names = ran.err.partition("the nearest are ")[2].strip().split(", ")
    assert names[0] == "openai/gpt-5.2-mini"
    assert len(names) <= 5


def test_case_matters_and_the_right_spelling_is_suggested(store: CommandLine) -> None:
    ran = store("show", "OPENAI/GPT-5.2")
    assert ran.code == 3
    assert "the nearest are openai/gpt-5.2" in ran.err


def test_a_word_like_no_other_gets_no_suggestion(store: CommandLine) -> None:
    assert store("show", "§§§§").err.endswith("nothing is near; look it up in current.json\n")


def test_an_id_that_people_redirect_and_nobody_ever_listed_is_told(store: CommandLine) -> None:
    redirects = {"redirects": [{"from": "old/name", "to": "openai/gpt-5.2"}]}
    store.file("overrides/deprecation-overrides.json", override_file(redirects))
    feed = store.feed(MODELS[:-1])
    store("all", "--feed", feed, "--overrides", str(store.folder / "overrides"), "--now", "2026-06-17T12:00Z")
    ran = store("show", "old/name")
    assert (ran.code, ran.err) == (
        3,
        "syncmodels: 'old/name' was never listed; people send its users to openai/gpt-5.2\n",
    )
