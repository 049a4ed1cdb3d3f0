"""A canary: no value, text, error, JSON or file of the client ever holds a key, wherever a user puts it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from modelsync.client.own.choice_document import read_binding, read_policy
from modelsync.client.own.personal import Personal
from modelsync.client.own.user_document import read_user_layer
from modelsync.client.own.user_file import UserFile
from modelsync.client.own.user_layer import CustomModel
from modelsync.client.own.view import View
from modelsync.client.reading.settings import read_settings, user_folder
from modelsync.client.resolving.resolve import resolve
from modelsync.client.switching.credentials import Refusal, credential_report, effective_credentials
from modelsync.client.switching.environment_keys import (
    KEY_VARIABLES,
    key_of_model,
    keys_in,
    situation_of,
    situation_of_own,
    variables_of,
)
from modelsync.client.switching.switch_check import check_switch
from modelsync.client.switching.switch_evidence import credentials_check
from modelsync.errors import ModelsyncError
from tests.client.readers import Clock
from tests.client.records import a_catalog, a_record, a_tombstone

CANARY: Final = "sk-or-v1-canary0123456789abcdef"
NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
CATALOG: Final = a_catalog(a_record("acme/gamma", backends={"openai": "gamma"}), a_record("acme/delta"))
GONE: Final = a_catalog(
    a_record("acme/gamma-2", family="acme/gamma"), tombstones=(a_tombstone(a_record("acme/gamma")),)
)
BACKENDS: Final = ("gateway", *KEY_VARIABLES)
ENVIRONMENT: Final = {
    **{name: CANARY for backend in BACKENDS for name in variables_of(backend)},
    "TEAM_KEY": CANARY,
    "HOME": "/home/someone",
}
OURS: Final = CustomModel("custom", "Team/Ours", "https://llm.example.org/v1", "env:TEAM_KEY")


def shown(value: object) -> str:
    """Everything that people, logs and scripts could be shown of a value, and of what it holds."""
    texts = [repr(value), str(value), json.dumps(value, default=repr)]
    if isinstance(value, tuple | list):
        texts += [shown(each) for each in value]
    texts += [
        repr(getattr(value, name)) for name in dir(type(value)) if isinstance(getattr(type(value), name), property)
    ]
    return "\n".join(texts)


@pytest.mark.parametrize("status", [None, 401, 402])
@pytest.mark.parametrize("bound", BACKENDS)
def test_no_word_on_a_listed_models_keys_holds_one(bound: str, status: int | None) -> None:
    refusals = {} if status is None else {bound: Refusal(status, NOW)}
    keys = keys_in(ENVIRONMENT, refusals=refusals, now=NOW)
    situation = situation_of("acme/gamma", catalog=CATALOG, bound=bound, keys=keys)
    found = effective_credentials(situation)
    report = credential_report(situation, BACKENDS)
    said = [keys, situation, found, report, credentials_check(found)]
    assert len(keys) == len(BACKENDS)
    assert CANARY not in "".join(map(shown, said))


def test_no_word_on_a_custom_models_key_holds_it() -> None:
    key = key_of_model(OURS, ENVIRONMENT, now=NOW)
    situation = situation_of_own(OURS, keys=keys_in(ENVIRONMENT, now=NOW), own_key=key)
    assert key.is_usable
    assert CANARY not in "".join(map(shown, [key, situation, effective_credentials(situation)]))


def test_no_report_on_a_switch_holds_a_key() -> None:
    situation = situation_of("acme/gamma", catalog=CATALOG, bound="openai", keys=keys_in(ENVIRONMENT, now=NOW))
    report = check_switch(CATALOG, "acme/gamma", now=NOW, credentials=effective_credentials(situation))
    assert CANARY not in shown(report)


def test_no_setting_of_the_environment_holds_a_key() -> None:
    assert CANARY not in shown(read_settings(ENVIRONMENT)) + shown(user_folder(ENVIRONMENT))


def test_no_file_and_no_answer_of_a_users_life_holds_a_key(tmp_path: Path) -> None:
    own = Personal(tmp_path, Clock(NOW))
    said: list[object] = [own.user.add_model(OURS), keys_in(ENVIRONMENT, now=NOW)]
    said.append(own.bindings.set("default", resolve(CATALOG, "gamma", user=own.names()), catalog=CATALOG))
    told = own.notices.take(View(GONE))
    own.notices.shown(told)
    said.append(own.bindings.keep(View(GONE)))
    said += [told, own.notices.ack(told[0].key, View(GONE)), own.state, own.user.export(), own.names()]
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*")}
    assert files.keys() == {"user.json", "notices.json", "lock"}
    assert CANARY not in "".join(map(shown, said))
    assert CANARY.encode() not in b"".join(files.values())
    assert b"TEAM_KEY" in files["user.json"]


@pytest.mark.parametrize(
    "misplaced",
    [
        lambda own: own.user.add_model(OURS._replace(key_ref=CANARY)),
        lambda own: own.user.add_model(OURS._replace(key_ref=f"env:{CANARY} ")),
        lambda own: own.user.add_model(OURS._replace(base_url=f"https://user:{CANARY}@llm.example.org")),
        lambda own: own.user.add_model(OURS._replace(base_url=f"https://llm.example.org?key={CANARY}")),
        lambda own: own.user.add_model(OURS._replace(fields={"apiKey": CANARY})),
        lambda own: own.user.add_model(OURS._replace(fields={"parameters": {"api_key": CANARY}})),
        lambda own: own.user.override("acme/gamma", {"pricing": {"promptPerMillion": CANARY}}),
        lambda own: own.user.import_from({"schema": 1, "models": [{"backend": "x", "id": "y", "key": CANARY}]}),
        lambda own: own.user.import_from({"schema": CANARY}),
        lambda _: read_policy({"family": CANARY}),
        lambda _: read_policy(CANARY),
        lambda _: read_binding("default", {"desired": "a/b", "boundAt": CANARY}),
        lambda _: read_user_layer({"schema": 1, "favourites": CANARY}),
    ],
)
def test_a_key_in_the_wrong_place_is_refused_and_not_repeated(tmp_path: Path, misplaced: Callable[[Any], Any]) -> None:
    with pytest.raises(ModelsyncError) as refused:
        misplaced(Personal(tmp_path, Clock(NOW)))
    assert CANARY not in shown(refused.value) + repr(refused.value.__cause__) + repr(refused.value.__context__)
    assert all(CANARY.encode() not in path.read_bytes() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    "body", [f'{{"schema": 1, "models": "{CANARY}"}}', f'{{"{CANARY}', f'"{CANARY}"', f'{{"schema": "{CANARY}"}}']
)
def test_of_a_damaged_file_nothing_is_repeated(tmp_path: Path, body: str) -> None:
    (tmp_path / "user.json").write_text(body)
    with pytest.raises(ModelsyncError) as refused:
        UserFile(tmp_path / "user.json").read()
    assert CANARY not in shown(refused.value) + repr(refused.value.__cause__)


def test_the_canary_would_be_seen() -> None:
    assert CANARY in shown(OURS._replace(key_ref=CANARY))
