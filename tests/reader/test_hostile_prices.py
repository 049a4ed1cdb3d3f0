"""Prices that are no prices: nobody's command breaks, and nothing takes them for free or cheap."""

from typing import Any, Final

import pytest

from tests.client.records import a_record, an_event, free, prices
from tests.reader.command_line import Models
from tests.reader.shelf import LARGE, SMALL

BAD: Final = ("NaN", "Infinity", "1e400000", "-5", "", "sNaN", "9" * 200, 5, None, ["1"])
LINES: Final = (
    "list --all", "list --all --sort price", "list --all --free", "list --all --max-price-in 1", "search bad",
    "search a --tier budget", "pick chat", "pick free", "show acme/large", "show bad", "compare acme/large bad",
    "compare bad acme/small", "cost bad", "cost bad --prompt 9K", "cost bad --images 2", "changes", "why bad price",
    "backends bad", "check bad", "check bad --from acme/large",
    "check acme/large --from bad --tokens 2M", "use bad", "use acme/large", "current", "current --gone", "status",
    "search nothing-zz",
)  # fmt: skip


def bad_record(price: Any, **changes: Any) -> dict[str, Any]:
    condition = {"minPromptTokens": 1000, "promptPerMillion": price, "cacheReadPerMillion": price}
    pricing = {
        **prices("1", "4", overrides=[condition], perUnit={"request": price, "image": price}),
        "promptPerMillion": price,
        "reasoningPerMillion": price,
    }
    return a_record("acme/bad", alias="bad", **{"pricing": pricing, **changes})


@pytest.mark.parametrize("price", BAD, ids=repr)
def test_one_bad_number_breaks_nobodys_command(models: Models, price: Any) -> None:
    moved = an_event(
        "price", "acme/large", at="2026-08-07T06:00:00Z",
        before={"promptPerMillion": price}, after={"promptPerMillion": "1"},
    )  # fmt: skip
    kept = {"begins": None, "generatedAt": "2026-08-08T18:42:00Z", "events": [moved]}
    models.republish(bad_record(price), LARGE, SMALL, changes=kept)
    assert {line: ran.code for line in LINES if (ran := models(*line.split())).code not in {0, 3, 5, 9}} == {}


@pytest.mark.parametrize("price", BAD[:-3], ids=repr)
@pytest.mark.parametrize("changes", [{}, {"pricingStatus": "free", "isFree": True}], ids=["priced", "free"])
def test_a_bad_number_is_neither_free_nor_cheap(models: Models, price: str, changes: dict[str, Any]) -> None:
    models.republish(bad_record(price, **changes), LARGE, SMALL, a_record("acme/given", alias="given", **free()))
    for line in ("list --all --free", "list --all --max-price-in 1", "list --all --max-price-out 9"):
        assert "acme/bad" not in [each["id"] for each in models(*line.split(), "--json").json["items"]]
    assert [each["id"] for each in models("list", "--all", "--sort", "price", "--json").json["items"]][-1] == "acme/bad"
    found = models("cost", "bad", "--json").json["items"][0]
    assert (found["low"], found["high"], found["text"]) == (None, None, "?")
    rows = {row["label"]: row for row in models("compare", "bad", "large", "--json").json["rows"]}
    assert [rows[label]["cells"][0]["value"] for label in ("priceIn", "blended", "example")] == [None] * 3
