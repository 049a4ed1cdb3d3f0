"""What clients observed comes into a check and a reason where it can be had, and each says where it was not."""

from typing import Any, Final

import pytest

from tests.client.loopback import loopback
from tests.reader.command_line import Models
from tests.reader.shelf import LARGE, published, published_objects

FAILING: Final = {"standing": "watched", "evidence": {"window": "7d", "rate": 0.31, "requests": 400, "reporters": 12}}


def signals(rating: dict[str, Any] = FAILING) -> dict[str, Any]:
    telemetry = {"since": "2026-07-01", "ratings": {"acme/large": {"supportsTools": rating}}}
    return {"generatedAt": "2026-08-08T18:42:00Z", "models": {}, "telemetry": telemetry}


def checked(models: Models, *words: str) -> dict[str, Any]:
    (item,) = models("check", "acme/large", "--tools", "--json", *words).json["items"]
    assert isinstance(item, dict)
    return item


def line_of(item: dict[str, Any], code: str = "S14") -> tuple[str, str]:
    return next((each["level"], each["message"]) for each in item["checks"] if each["code"] == code)


def test_a_folders_word_on_failing_calls_is_read(models: Models) -> None:
    published(models.folder / "store", generation=8, signals=signals())
    assert line_of(checked(models)) == ("warn", "tools is watched: 31% of 400 requests failed")


def test_a_server_is_asked_where_the_network_may_be_used(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects(generation=8, signals=signals()))
        models("refresh", "--source", server.url)
        server.asked.clear()
        assert "S14" in checked(models, "--source", server.url)["unchecked"]
        assert server.asked == []
        assert line_of(checked(models, "--source", server.url, "--network", "--backend", "gateway"))[0] == "warn"
        assert [each.path for each in server.asked] == ["/models/openrouter/sets/8/signals.json"]


@pytest.mark.parametrize("damage", ["gone", "another"])
def test_what_is_not_what_the_manifest_names_is_not_looked_at(models: Models, damage: str) -> None:
    published(models.folder / "store", generation=8, signals=signals())
    file = models.folder / "store" / "models/openrouter/sets/8/signals.json"
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes().replace(b"0.31", b"0.01"))
    assert "S14" in checked(models)["unchecked"]


def test_a_set_without_figures_leaves_the_check_undone(models: Models) -> None:
    assert "S14" in checked(models)["unchecked"]


# --- why ---


def reason(models: Models, *words: str) -> list[str]:
    (item,) = models("why", "acme/large", "tools", "--json", *words).json["items"]
    return [each["words"] for each in item["evidence"] if each["layer"] == "telemetry"]


def test_a_reason_tells_what_clients_reported(models: Models) -> None:
    published(models.folder / "store", generation=8, signals=signals({**FAILING, "standing": "lowered"}))
    assert reason(models) == ["400 requests in 7d, 31% failed, told by 12; they lowered the flag"]


def test_a_flag_that_reports_lowered_is_told_with_the_day_on_which_they_did(models: Models) -> None:
    lowered = {
        **LARGE,
        "supportsTools": False,
        "detectionSource": {**LARGE["detectionSource"], "supportsTools": "telemetry"},
    }
    rating = {**FAILING, "standing": "lowered", "decidedOn": "2026-08-01"}
    published(models.folder / "store", lowered, generation=8, signals=signals(rating))
    ran = models("why", "acme/large", "tools")
    assert ran.lines[:4] == [
        "acme/large: tools = no",
        " because  clients' reports decided it",
        " sure     high",
        " since    2026-08-01",
    ]


def test_a_reason_says_what_it_did_not_look_at(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects(generation=8, signals=signals()))
        models("refresh", "--source", server.url)
        assert reason(models, "--source", server.url) == ["not looked at"]
        assert reason(models, "--source", server.url, "--network") == [
            "400 requests in 7d, 31% failed, told by 12; nothing followed from them"
        ]
        assert models("why", "acme/large", "tools", "--source", server.url, "--network", "--offline").code == 2


def test_a_reason_that_no_client_reports_on_asks_nobody(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects(generation=8, signals=signals()))
        models("refresh", "--source", server.url)
        server.asked.clear()
        assert models("why", "acme/large", "price", "--source", server.url, "--network").code == 0
        assert server.asked == []
