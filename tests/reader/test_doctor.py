"""`models doctor`: it finds what is broken, works where everything is, and tells no secret and no folder's name."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modelsync.client.reading.files import locked
from tests.client.loopback import loopback, status
from tests.ran import Ran
from tests.reader.command_line import Models
from tests.reader.shelf import published, published_objects

CANARY = "sk-or-canary-0123456789"


def found(done: Ran) -> Mapping[str, Mapping[str, Any]]:
    return {item["name"]: item for item in done.json["items"]}


def doctor(models: Models, *words: str) -> Mapping[str, Mapping[str, Any]]:
    return found(models("doctor", "--json", *words))


def test_where_nothing_is_broken_nothing_fails(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    done = models("doctor", "--json")
    assert done.code == 0
    assert {item["level"] for item in done.json["items"]} == {"ok", "warn"}
    assert list(found(done)) == [
        "versions", "source", "catalog", "network", "proxy", "certificates", "cache", "cache lock", "user folder",
        "user lock", "user file", "keys", "own keys", "completion", "telemetry",
    ]  # fmt: skip


def test_it_leaves_nothing_behind(models: Models) -> None:
    models("doctor", "--cache-dir", str(models.folder / "cache"))
    assert list(models.files()) == []
    assert [path.name.partition("-")[0] for path in (models.folder / "cache").iterdir()] == ["completion"]


def test_people_read_it_line_by_line_with_what_to_do(models: Models) -> None:
    published(models.folder / "store", at=datetime(2026, 1, 1, tzinfo=UTC))
    lines = [line.split() for line in models("doctor").lines]
    assert next(line for line in lines if line[:2] == ["warn", "catalog"])[-4:] == ["publish", "a", "newer", "one"]
    assert any(line[:3] == ["ok", "versions", "modelsync"] for line in lines)


def test_no_catalog_at_all_fails(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSYNC_URL", str(models.folder / "nowhere"))
    done = models("doctor", "--json")
    assert done.code == 9
    assert found(done)["catalog"]["level"] == "fail"
    assert found(done)["source"]["message"] == "a folder without a catalog, named by MODELSYNC_URL"
    assert found(done)["catalog"]["hint"] is None  # no refresh makes a folder hold a catalog
    assert found(done)["user folder"]["level"] == "ok"


def test_a_damaged_user_file_fails_and_everything_else_is_told(models: Models) -> None:
    models.user.mkdir()
    (models.user / "user.json").write_text("{")
    done = models("doctor", "--json")
    assert done.code == 9
    assert found(done)["user file"]["level"] == "fail"
    assert "<user folder>/user.json" in found(done)["user file"]["message"]
    assert found(done)["catalog"]["level"] == "ok"


def test_a_user_file_that_others_may_read_warns(models: Models) -> None:
    models("use", "large")
    (models.user / "user.json").chmod(0o644)
    assert doctor(models)["user file"]["level"] == "warn"
    assert "found mode 644" in doctor(models)["user file"]["message"]


def test_where_no_home_is_known_it_says_which_variables_to_set(models: Models) -> None:
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": models.environment()["PYTHONPATH"]}
    done = models.process("doctor", "--json", **dict.fromkeys(models.environment().keys() - bare.keys(), ""))
    told = found(done)
    assert done.code == 9
    assert (told["user folder"]["level"], told["user folder"]["hint"]) == ("fail", "set MODELSYNC_USER_DIR")
    assert (told["cache"]["level"], told["cache"]["hint"]) == ("warn", "set MODELSYNC_CACHE_DIR")
    assert told["telemetry"]["message"] == "off: there is no folder to keep a yes in"


def test_an_environment_that_makes_no_sense_fails_in_a_sentence(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSYNC_OFFLINE", "perhaps")
    done = models("doctor", "--json")
    assert done.code == 9
    assert found(done)["source"]["message"] == "MODELSYNC_OFFLINE: found 'perhaps', expected 1 or 0; mend it"
    assert found(done)["user folder"]["level"] == "ok"


def test_a_file_where_a_folder_belongs_fails(models: Models) -> None:
    (models.folder / "file").write_text("")
    assert doctor(models, "--cache-dir", str(models.folder / "file"))["cache"]["level"] == "fail"
    assert doctor(models, "--user-dir", str(models.folder / "file" / "deeper"))["user folder"]["level"] == "fail"


def test_a_lock_that_somebody_holds_warns(models: Models) -> None:
    models("use", "large")
    with locked(models.user / "lock", wait_seconds=0.0) as is_ours:
        assert is_ours
        assert doctor(models)["user lock"] == {
            "name": "user lock", "level": "warn", "message": "another process holds it",
            "hint": "wait until it is done, or end it",
        }  # fmt: skip
    assert doctor(models)["user lock"]["message"] == "free"


def test_a_source_that_answers_is_fine_and_one_that_does_not_is_told(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    with loopback() as server:
        monkeypatch.setenv("MODELSYNC_URL", server.url)
        assert doctor(models, "--cache-dir", str(models.folder / "other"))["network"]["level"] == "fail"
        server.publish(published_objects())
        assert doctor(models)["network"]["message"].startswith("the source answers in ")
        server.misbehave("openrouter/manifest.json", status(503))
        told = doctor(models)["network"]
    assert (told["level"], told["message"]) == ("warn", "the source answers with status 503")


def test_the_network_is_not_asked_where_it_is_forbidden(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback() as server:
        monkeypatch.setenv("MODELSYNC_URL", server.url)
        assert doctor(models, "--offline")["network"] == {
            "name": "network", "level": "ok", "message": "not used: --offline", "hint": None,
        }  # fmt: skip
        assert server.asked == []


def test_certificates_that_are_none_fail(models: Models, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    assert doctor(models)["certificates"]["message"] == "SSL_CERT_FILE names nothing that can be read"
    (tmp_path / "none.pem").write_text("no certificate")
    assert doctor(models)["certificates"]["message"] == "SSL_CERT_FILE holds no certificates"


def test_neither_keys_nor_proxies_nor_folders_are_named(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", CANARY)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{CANARY}@proxy.example.org:3128")
    monkeypatch.setenv("MODELSYNC_REPORTS_TOKEN", CANARY)
    done = models("doctor", "--json")
    assert CANARY not in done.out + done.err
    assert str(models.folder) not in str(found(done))
    assert found(done)["keys"]["message"].startswith("present: openrouter; absent: anthropic, ")
    assert found(done)["proxy"]["message"] == "set: HTTPS_PROXY"
    assert CANARY not in models("doctor").out


def test_completion_and_telemetry_are_told_of(models: Models) -> None:
    assert doctor(models)["completion"]["message"] == "models are completed from the next command on"
    assert doctor(models)["completion"]["message"] == "models are completed as the catalog has them"
    assert doctor(models)["telemetry"]["message"] == "off"
    models("telemetry", "on")
    assert doctor(models)["telemetry"]["message"] == "on; documents that wait for `models telemetry send`: 0"


def test_a_key_that_a_custom_model_names_and_nobody_has_warns(models: Models) -> None:
    models("user", "add", "me/mine", "--base-url", "http://127.0.0.1:1/v1", "--key-ref", "env:MY_OWN_KEY")
    assert doctor(models)["own keys"]["message"] == "absent: that of me/mine"
