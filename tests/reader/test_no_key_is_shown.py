"""A canary: no command in any form shows a key of the environment, nor writes one into any file."""

from typing import Final

import pytest

from modelsync.client.switching.environment_keys import KEY_VARIABLES, variables_of
from modelsync.reader.command_list import COMMANDS
from tests.reader.command_line import Models
from tests.reader.test_answers import FAILURES, LINES

CANARY: Final = "sk-or-v1-canary0123456789abcdef0123456789abcdef"
FORMS: Final = ((), ("--json",), ("--jsonl",), ("--tsv",), ("--quiet",), ("--debug",))
MISPLACED: Final = (
    f"user add acme/private --key-ref {CANARY}",
    f"user add acme/private --base-url https://user:{CANARY}@llm.example.org/v1",
    f"user add acme/private --field apiKey={CANARY}",
    f"user set acme/large --field pricing.promptPerMillion={CANARY}",
)
"""Where a user may put a key by mistake."""


@pytest.fixture
def with_keys(models: Models, monkeypatch: pytest.MonkeyPatch) -> Models:
    for backend in ("gateway", *KEY_VARIABLES):
        for name in variables_of(backend):
            monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("TEAM_KEY", CANARY)
    return models


@pytest.mark.parametrize("form", FORMS, ids=lambda form: "".join(form) or "text")
def test_no_command_shows_a_key_in_any_form(with_keys: Models, form: tuple[str, ...]) -> None:
    lines = (*LINES, *FAILURES, *COMMANDS, "telemetry show", "telemetry on", "completion bash", "doctor")
    ran = {line: with_keys(*line.split(), *form) for line in lines}
    assert [line for line, each in ran.items() if CANARY in each.out + each.err] == []
    assert ran["keys"].code == 0
    written = [path for path in with_keys.folder.rglob("*") if path.is_file() and with_keys.store not in path.parents]
    assert written != []
    assert [path for path in written if CANARY.encode() in path.read_bytes()] == []


def test_a_terminal_is_shown_none_either(with_keys: Models) -> None:
    variables = {name: CANARY for names in KEY_VARIABLES.values() for name in names}
    for line in ("keys", "check acme/large", "backends acme/large", "show acme/large", "use acme/large"):
        ran = with_keys.on_a_terminal(*line.split(), given=variables)
        assert (line, CANARY in ran.out) == (line, False)


@pytest.mark.parametrize("line", MISPLACED)
def test_a_key_in_the_wrong_place_is_refused_and_kept_nowhere(with_keys: Models, line: str) -> None:
    for form in FORMS:
        ran = with_keys(*line.split(), *form)
        assert (ran.code, CANARY in ran.out + ran.err) == (2, False)
    assert [path for path in with_keys.files() if CANARY.encode() in path.read_bytes()] == []


def test_the_keys_of_this_test_are_seen_to_be_there(with_keys: Models) -> None:
    assert "openrouter" in with_keys("keys").lines
