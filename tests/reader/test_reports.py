"""`models telemetry`: off by default, nothing sent but what `show` showed, and only by `send`."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from modelsync.client.reports.reporting import Surroundings
from modelsync.client.reports.telemetry import Telemetry
from tests.client.intakes import NEVER, Intakes, intake_server, record, token_of
from tests.client.readers import Clock
from tests.reader.command_line import Models

MODEL = "acme/large"
SETTLED = timedelta(minutes=15)
"""So long after midnight the day before may be reported."""


@pytest.fixture
def models(models: Models) -> Models:
    """The command at noon, when yesterday is over whatever the hour of whoever runs the tests."""
    models.now = models.now.replace(hour=12)
    return models


@pytest.fixture
def intakes(models: Models, monkeypatch: pytest.MonkeyPatch) -> Iterator[Intakes]:
    """An intake that the environment names."""
    with intake_server(lambda: models.now) as server:
        monkeypatch.setenv("MODELSYNC_REPORTS_URL", server.url)
        monkeypatch.setenv("MODELSYNC_REPORTS_TOKEN", token_of("acme"))
        yield server


def calls_of_days_ago(models: Models, *days: int) -> None:
    """Calls that a program counted earlier."""
    for day in days:
        clock = Clock(models.now - timedelta(days=day))
        telemetry = Telemetry(Surroundings(models.user, clock, {}), listed=lambda: (MODEL,), written_after=NEVER)
        record(telemetry, ok=60, failed=5, model_id=MODEL)
        telemetry.preview()  # writes what was counted


def sent(intakes: Intakes) -> list[str]:
    return [told.body.decode() for told in intakes.told]


def test_it_is_off_until_somebody_says_on(models: Models) -> None:
    done = models("telemetry", "--json")
    assert [item["isOn"] for item in done.json["items"]] == [False, False]
    assert list(models.files()) == []
    shown = models("telemetry", "show")
    assert (shown.out, shown.err) == ("", "models: nothing would be sent: telemetry is off\n")


def test_saying_on_sends_nothing_and_says_how_to_look(models: Models, intakes: Intakes) -> None:
    done = models("telemetry", "on")
    assert done.code == 0
    assert "models telemetry show" in done.err
    assert sent(intakes) == []


def test_what_is_sent_is_what_was_shown_byte_for_byte(models: Models, intakes: Intakes) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    calls_of_days_ago(models, 2, 1)
    shown = models("telemetry", "show").lines
    assert len(shown) == 3
    assert models("telemetry", "send").code == 0
    assert sent(intakes) == shown
    assert [json.loads(body)["day"] for body in shown] == sorted(json.loads(body)["day"] for body in shown)


def test_json_shows_the_same_bytes_and_where_they_go(models: Models, intakes: Intakes) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    items = models("telemetry", "show", "--json").json["items"]
    assert [item["path"] for item in items] == ["v1/bindings"]
    models("telemetry", "send", "--quiet")
    assert sent(intakes) == [items[0]["body"]]


def test_yesterday_is_sent_once_today_is_some_minutes_old(models: Models, intakes: Intakes) -> None:
    models("telemetry", "on")
    calls_of_days_ago(models, 1)
    models.now = models.now.replace(hour=0, minute=0)
    assert models("telemetry", "send").lines == [" calls: nothing is due", " choices: nothing is due"]
    models.now += SETTLED
    assert models("telemetry", "send").lines == [" calls: documents sent: 1", " choices: nothing is due"]
    assert len(sent(intakes)) == 1


def test_a_second_send_on_a_day_sends_nothing(models: Models, intakes: Intakes) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    calls_of_days_ago(models, 1)
    models("telemetry", "send")
    done = models("telemetry", "send")
    assert done.lines == [" calls: nothing is due", " choices: nothing is due"]
    assert len(sent(intakes)) == 2


@pytest.mark.parametrize("words", [("list",), ("use", "small"), ("current",), ("telemetry",), ("doctor",)])
def test_no_other_command_sends_anything(models: Models, intakes: Intakes, words: tuple[str, ...]) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    calls_of_days_ago(models, 1)
    models(*words)
    assert sent(intakes) == []


def test_do_not_track_wins_over_every_yes(models: Models, intakes: Intakes, monkeypatch: pytest.MonkeyPatch) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    calls_of_days_ago(models, 1)
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    assert models("telemetry", "show").out == ""
    assert models("telemetry", "send").lines == [" calls: off", " choices: off"]
    assert models("telemetry").lines[0] == " calls    on, but DO_NOT_TRACK forbids it"
    assert sent(intakes) == []


def days_of_use(models: Models) -> dict[str, str]:
    body = json.loads(models("telemetry", "show").lines[-1])
    return {each["id"]: each["lastUsedDay"] for each in body["leases"]}


@pytest.mark.usefixtures("intakes")
def test_a_choice_is_reported_with_the_day_it_was_last_asked_for(models: Models) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    models("use", "acme/small", "--scope", "chat:42")
    chosen_on = f"{models.now:%Y-%m-%d}"
    models.now += timedelta(days=30)
    models("current")
    asked_on = f"{models.now:%Y-%m-%d}"
    models.now += timedelta(days=30)
    models("list")
    models("current", "--all")
    models("telemetry", "send")
    assert days_of_use(models) == {MODEL: asked_on, "acme/small": chosen_on}


def test_asking_for_a_choice_again_on_the_same_day_writes_nothing(models: Models) -> None:
    models("use", MODEL)
    models.now += timedelta(days=1)
    models("current")
    kept = (models.user / "user.json").stat().st_mtime_ns
    models("current")
    assert (models.user / "user.json").stat().st_mtime_ns == kept


@pytest.mark.parametrize("words", [("--offline",), ()], ids=["by a word", "by the environment"])
def test_nothing_is_sent_where_the_network_is_forbidden(
    models: Models, intakes: Intakes, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    calls_of_days_ago(models, 1)
    monkeypatch.setenv("MODELSYNC_OFFLINE", "0" if words else "1")
    done = models("telemetry", "send", *words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert sent(intakes) == []


def test_off_keeps_what_was_counted_and_purge_forgets_it(models: Models, intakes: Intakes) -> None:
    models("telemetry", "on")
    calls_of_days_ago(models, 1)
    models("telemetry", "off")
    assert models("telemetry", "send").lines == [" calls: off", " choices: off"]
    assert (models.user / "telemetry.json").exists()
    models("telemetry", "purge")
    assert not (models.user / "telemetry.json").exists()
    assert sent(intakes) == []


def test_without_an_address_nothing_is_sent_and_that_is_told(models: Models) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    done = models("telemetry", "send")
    assert done.code == 10
    assert done.lines[0] == " calls: no intake is named; set MODELSYNC_REPORTS_URL, or give --to"


def test_an_address_and_a_token_may_be_named_for_one_command(
    models: Models, intakes: Intakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MODELSYNC_REPORTS_URL")
    monkeypatch.setenv("OTHER_TOKEN", token_of("acme"))
    monkeypatch.delenv("MODELSYNC_REPORTS_TOKEN")
    models("telemetry", "on")
    models("use", MODEL)
    done = models("telemetry", "send", "--to", intakes.url, "--token-ref", "env:OTHER_TOKEN")
    assert done.lines == [" calls: nothing is due", " choices: documents sent: 1"]
    assert "found something else" in models("telemetry", "send", "--token-ref", token_of("acme")).err
    assert "found something else" in models("telemetry", "send", "--token-ref", "env:sk-canary-0123").err


def test_no_token_shows_anywhere(models: Models, intakes: Intakes) -> None:
    models("telemetry", "on")
    models("use", MODEL)
    said = "".join(
        done.out + done.err for done in (models("telemetry"), models("telemetry", "show"), models("telemetry", "send"))
    )
    kept = "".join(path.read_text() for path in models.files())
    assert token_of("acme") not in said + kept
    assert hashlib.sha256(token_of("acme").encode()).hexdigest() not in said + kept
    assert intakes.url in said


def test_models_of_ones_own_are_never_named(models: Models, intakes: Intakes) -> None:
    models("user", "add", "me/private")
    models("telemetry", "on")
    models("use", "me/private")
    models("telemetry", "send")
    assert "private" not in "".join(sent(intakes)) + models("telemetry", "show").out


@pytest.mark.usefixtures("intakes")
def test_a_server_that_refuses_is_told_and_nothing_is_lost(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSYNC_REPORTS_TOKEN", token_of("nobody"))
    models("telemetry", "on")
    calls_of_days_ago(models, 1)
    done = models("telemetry", "send", "--json")
    assert done.code == 10
    assert done.json["items"][0]["status"] == "failed"
    assert "found status 401" in done.json["items"][0]["error"]
    assert models("telemetry", "--json").json["items"][0]["waiting"] == 1
