"""The user's own models and their word on listed ones, in every command that judges, chooses or names who runs them."""

import json
from collections.abc import Mapping
from typing import Final

import pytest

from tests.client.records import a_record, a_tombstone
from tests.ran import Ran
from tests.reader.command_line import Models

PRIVATE: Final = (
    "maxContext=8192",
    "maxOutput=2048",
    "supportsTools=false",
    "supportsVision=false",
    "pricing.promptPerMillion=100",
    "pricing.completionPerMillion=200",
)
"""What a user says of a model of their own."""


def add(models: Models, model_id: str, *fields: str, backend: str = "ollama", **more: str) -> None:
    words = [word for each in fields for word in ("--field", each)]
    words += [word for name, value in more.items() for word in (f"--{name.replace('_', '-')}", value)]
    assert models("user", "add", model_id, "--backend", backend, *words).code == 0


def say(models: Models, model_id: str, *fields: str) -> None:
    """The user's word on a model."""
    words = [word for each in fields for word in ("--field", each)]
    assert models("user", "set", model_id, *words).code == 0


def lines_of(ran: Ran) -> Mapping[str, tuple[str, str]]:
    """The lines of a check by their codes."""
    return {each["code"]: (each["level"], each["message"]) for each in ran.json["items"][0]["checks"]}


# --- check ---


def test_a_model_of_ones_own_is_judged_by_what_its_user_says_of_it(models: Models) -> None:
    add(models, "acme/private", *PRIVATE)
    ran = models("check", "acme/private", *"--tokens 310K --tools --images 2 --json".split())
    found = lines_of(ran)
    assert (ran.code, ran.json["items"][0]["verdict"]) == (9, "fail")
    assert ran.json["items"][0]["unchecked"] == ["S13", "S14"]
    assert found["S02"] == ("pass", "ollama calls it acme/private")
    said = [f"{need}: needed, and the model has none (source override)" for need in ("tools", "vision")]
    assert found["S04"] == ("fail", "; ".join(said))
    assert found["S05"][0] == "fail"
    assert found["S05"][1].endswith("of 8,192 of its context")
    assert found["S08"][1].startswith("the next request (310,000 in, ")


def test_a_check_that_starts_from_a_model_of_ones_own_knows_what_that_costs(models: Models) -> None:
    add(models, "acme/private", *PRIVATE)
    models("use", "acme/private")
    found = models("check", "large", "--tokens", "1000", "--completion", "1000", "--json").json["items"][0]
    assert found["cost"] == {"before": "$0.30", "after": "$0.012"}


def test_a_listed_model_is_judged_by_what_its_user_says_of_it(models: Models) -> None:
    say(models, "acme/large", "supportsTools=false", "maxContext=8000", "pricing.promptPerMillion=99")
    found = lines_of(models("check", "acme/large", "--tokens", "100K", "--completion", "0", "--tools", "--json"))
    assert found["S04"] == ("fail", "tools: needed, and the model has none (source override)")
    assert found["S05"] == ("fail", "100,000 tokens and 0 for the answer, of 8,000 of its context")
    assert found["S08"] == ("pass", "the next request (100,000 in, 0 out): $9.90")


# --- backends ---


def test_a_model_that_was_added_for_two_backends_is_told_of_at_both(models: Models) -> None:
    add(models, "x/y")
    add(models, "x/y", backend="bedrock")
    found = models("backends", "x/y", "--json").json["items"]
    assert [(each["backend"], each["wireId"], each["available"]) for each in found] == [
        ("ollama", "x/y", True),
        ("bedrock", "x/y", False),
    ]
    said = models("use", "x/y", "--backend", "bedrock").err
    assert said == "models: bedrock has no key: set AWS_BEARER_TOKEN_BEDROCK; see `models keys`\n"
    found = lines_of(models("check", "x/y", "--backend", "bedrock", "--json"))
    assert (found["S02"], found["S03"]) == (("pass", "bedrock calls it x/y"), ("fail", "bedrock has no key"))


def test_of_two_servers_with_one_id_each_has_its_address(models: Models) -> None:
    for port in ("8000", "9000"):
        add(models, "x/y", backend="custom", base_url=f"http://127.0.0.1:{port}/v1")
    found = models("backends", "x/y", "--json").json["items"]
    assert [(each["backend"], each["baseUrl"]) for each in found] == [
        ("custom", "http://127.0.0.1:8000/v1"),
        ("custom", "http://127.0.0.1:9000/v1"),
    ]
    said = models("backends", "x/y", "--tsv").out
    assert "custom at http://127.0.0.1:9000/v1" in said


def test_a_model_that_only_its_user_has_is_shown_with_who_runs_it(models: Models) -> None:
    add(models, "x/y")
    said = models.on_a_terminal("show", "x/y", NO_COLOR="1").lines
    assert [line.split(None, 2)[2] for line in said if line.strip().startswith("run via")] == ["ollama as x/y"]


def test_an_id_that_is_listed_and_ones_own_runs_at_the_own_backend_as_well(models: Models) -> None:
    add(models, "acme/large", "maxContext=4096")
    ran = models("use", "acme/large", "--json")
    assert (ran.json["backend"], ran.err) == ("ollama", "")
    ran = models("check", "acme/large", "--json")
    assert (ran.code, lines_of(ran)["S02"]) == (0, ("pass", "ollama calls it acme/large"))
    found = models("backends", "acme/large", "--json").json["items"]
    assert [each["backend"] for each in found] == ["ollama", "gateway", "openrouter", "anthropic"]


def test_an_own_id_at_another_backend_is_the_listed_model(models: Models) -> None:
    add(models, "acme/large", "maxContext=4096", "supportsTools=false")
    models("use", "acme/large", "--backend", "openrouter")
    found = json.loads((models.user / "user.json").read_text())["bindings"]["default"]
    assert (found["backend"], found["context"], "tools" in found["abilities"]) == ("openrouter", 1_000_000, True)
    said = lines_of(models("check", "acme/large", "--tokens", "100K", "--tools", "--json"))
    assert (said["S02"][1], said["S04"][0]) == ("openrouter calls it acme/large", "pass")


def test_an_own_model_has_no_id_where_it_was_not_added(models: Models) -> None:
    add(models, "x/y")
    found = lines_of(models("check", "x/y", "--backend", "openrouter", "--json"))
    assert found["S02"] == ("fail", "openrouter has no id for x/y")


def test_an_own_model_at_an_address_of_its_own_is_not_asked_about_elsewhere(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef0123456789abcdef")
    add(models, "x/y", backend="openai", base_url="http://127.0.0.1:1/v1")
    said = models("check", "x/y", "--network").err
    assert "the network was not asked: x/y runs at an address, or with a key, of your own" in said


# --- use ---


@pytest.mark.parametrize("wrong", [("--backend", "BAD NAME"), ("--scope", "BAD SCOPE!"), ("--scope", "")])
def test_a_choice_that_is_refused_changes_no_terms_either(models: Models, wrong: tuple[str, str]) -> None:
    models("use", "large", "--price-cap", "9")
    before = (models.user / "user.json").read_bytes()
    assert models("use", "small", "--price-cap", "5", *wrong).code == 2
    assert (models.user / "user.json").read_bytes() == before


def test_a_choice_and_its_terms_are_kept_together(models: Models) -> None:
    assert models("use", "small", "--price-cap", "5").code == 0
    found = json.loads((models.user / "user.json").read_text())
    assert (found["bindings"]["default"]["desired"], found["policy"]["priceCap"]) == ("acme/small", "5")


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("openrouter/auto", "what openrouter/auto costs varies"),
        ("zeta/haiku-1", "nobody knows what zeta/haiku-1 costs"),
        ("me/dear", "me/dear costs $125.00 per million, blended"),
        ("me/unpriced", "nobody knows what me/unpriced costs"),
        ("acme/small", "acme/small costs $74.35 per million, blended"),
    ],
)
def test_a_price_cap_holds_for_the_choice_by_the_price_that_its_user_believes(
    models: Models, model: str, price: str
) -> None:
    add(models, "me/dear", "pricing.promptPerMillion=100", "pricing.completionPerMillion=200")
    add(models, "me/unpriced")
    say(models, "acme/small", "pricing.promptPerMillion=99")
    before = (models.user / "user.json").read_bytes()
    ran = models("use", model, "--price-cap", "5")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith(f"models: {price}, above your cap of $5.00" if "$" in price else f"models: {price}, and")
    assert (models.user / "user.json").read_bytes() == before


@pytest.mark.parametrize("model", ["acme/small:free", "acme/small", "me/free", "acme/large"])
def test_what_costs_less_than_the_cap_by_the_users_word_can_be_chosen(models: Models, model: str) -> None:
    add(models, "me/free", "pricing.promptPerMillion=0", "pricing.completionPerMillion=0")
    say(models, "acme/large", "pricing.promptPerMillion=0.5", "pricing.completionPerMillion=0.5")
    assert models("use", model, "--price-cap", "1").code == 0


@pytest.mark.parametrize(
    ("model", "backend"),
    [("acme/small", "anthropic"), ("acme/small:free", "anthropic"), ("me/own", "openrouter"), ("me/own", "openai")],
)
def test_a_backend_that_has_no_id_for_a_model_is_not_chosen(models: Models, model: str, backend: str) -> None:
    add(models, "me/own")
    before = (models.user / "user.json").read_bytes()
    ran = models("use", model, "--backend", backend)
    assert (ran.code, ran.out) == (5, "")
    said = f"models: {backend} has no id for {model}, and nothing was changed; see `models backends {model}`\n"
    assert ran.err == said
    assert (models.user / "user.json").read_bytes() == before


@pytest.mark.parametrize(
    ("model", "backend"), [("acme/large", "anthropic"), ("me/own", "ollama"), ("large", "gateway")]
)
def test_a_backend_that_has_an_id_for_a_model_is_chosen(models: Models, model: str, backend: str) -> None:
    add(models, "me/own")
    assert models("use", model, "--backend", backend).code == 0


# --- what stands in for another ---


def mids(models: Models, *ids: str, gone: str | None = None, generation: int = 8) -> None:
    """Publish a family of equals, one of which may be gone."""
    stones = [] if gone is None else [a_tombstone(a_record(gone, family="acme/mid"))]
    deprecations = {
        "generatedAt": "2026-08-08T18:42:00Z", "redirects": [], "tombstones": stones, "aliasHistory": [],
    }  # fmt: skip
    records = [a_record(each, family="acme/mid") for each in ids]
    models.republish(*records, generation=generation, deprecations=deprecations)


@pytest.mark.parametrize(
    "words",
    [
        ("user", "set", "acme/mid-2", "--field", "supportsTools=false", "--field", "pricing.promptPerMillion=99"),
        ("hide", "acme/mid-2"),
    ],
)
def test_what_its_user_says_of_a_model_or_that_it_is_hidden_keeps_it_from_running(
    models: Models, words: tuple[str, ...]
) -> None:
    mids(models, "acme/mid-1", "acme/mid-2", "acme/mid-3")
    models("use", "acme/mid-1", "--need", "tools")
    assert models(*words).code == 0
    mids(models, "acme/mid-2", "acme/mid-3", gone="acme/mid-1", generation=9)
    assert models("current").lines == ["acme/mid-3"]
    ran = models("use", "acme/mid-1", "--json")
    assert "acme/mid-2" not in ran.json["error"]["hint"]


def test_a_hidden_model_can_still_be_chosen_and_runs(models: Models) -> None:
    models("hide", "acme/large")
    assert models("use", "large").code == 0
    assert models("current").lines == ["acme/large"]


def test_what_its_user_says_or_hides_is_suggested_by_no_command(models: Models) -> None:
    mids(models, "acme/mid-1", "acme/mid-2", "acme/mid-3", "acme/mid-4")
    say(models, "acme/mid-1", "pricing.promptPerMillion=99")
    say(models, "acme/mid-2", "supportsTools=false")
    models("hide", "acme/mid-3")
    found = models("show", "acme/mid-1", "--json").json
    assert [each["id"] for each in found["similar"]] == ["acme/mid-4"]
    say(models, "acme/mid-1", "maxContext=1000")
    found = models("check", "acme/mid-1", "--tokens", "5K", "--tools", "--json").json["items"][0]
    assert found["fitsInstead"] == ["acme/mid-4"]
