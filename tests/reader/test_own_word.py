"""The user's own models and their word on listed ones, in every command that judges, chooses or names who runs them."""

from collections.abc import Mapping
from typing import Final

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
