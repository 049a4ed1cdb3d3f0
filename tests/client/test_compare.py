"""Models side by side: what stands in a row, and what is best of it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.browsing.compare import Cell, Row, Table, compare
from modelsync.client.catalog import Model
from modelsync.errors import UsageError
from tests.client.recorded_catalogs import recorded_catalog
from tests.client.records import a_model, flags, free, prices
from tests.client.worlds import documents

ORDERED = {
    "priceIn", "priceOut", "blended", "example", "context", "maxOutput", "tools", "vision", "structuredOutput",
    "jsonMode", "knowledgeCutoff",
}  # fmt: skip


def table(*changes: dict[str, Any]) -> Table:
    """Models side by side that differ by these fields only."""
    return compare([a_model(f"acme/{number}", **each) for number, each in enumerate(changes)])


def row(label: str, *changes: dict[str, Any]) -> Row:
    return next(each for each in table(*changes).rows if each.label == label)


def values(label: str, *changes: dict[str, Any]) -> list[Any]:
    return [cell.value for cell in row(label, *changes).cells]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_two_to_four_models_are_compared(count: int) -> None:
    with pytest.raises(UsageError, match=f"compare: found {count} models, expected 2 to 4; name as many"):
        table(*({} for _ in range(count)))


def test_a_model_is_not_compared_with_itself() -> None:
    with pytest.raises(UsageError, match="compare: found 'acme/gamma' twice, expected different models"):
        compare([a_model(), a_model("acme/other"), a_model()])


def test_every_model_has_a_cell_in_every_row() -> None:
    found = table({}, {}, {})
    assert found.columns == ("acme/0", "acme/1", "acme/2")
    assert {len(each.cells) for each in found.rows} == {3}


def test_of_equal_models_none_is_best_and_nothing_differs() -> None:
    assert {(each.best, each.differs) for each in table({}, {}).rows} == {((), False)}


@pytest.mark.parametrize(
    ("label", "worse", "better"),
    [
        ("priceIn", {"pricing": prices("2", "4")}, {"pricing": prices("1.9", "4")}),
        ("priceIn", {"pricing": prices("10", "4")}, {"pricing": prices("9", "4")}),
        ("priceOut", {"pricing": prices("1", "8")}, {}),
        ("blended", {"pricing": prices("1", "8")}, {}),
        ("example", {"pricing": prices("1", "8")}, {}),
        ("priceIn", {}, free()),
        ("context", {"maxContext": 100_000}, {}),
        ("maxOutput", {"maxOutput": 8_000}, {}),
        ("tools", flags(supportsTools=False), {}),
        ("vision", flags(supportsVision=False), {}),
        ("structuredOutput", flags(structuredOutput=False), {}),
        ("jsonMode", flags(jsonMode=False), {}),
        ("knowledgeCutoff", {"knowledgeCutoff": "2025-03"}, {"knowledgeCutoff": "2025-11-30"}),
    ],
)
def test_the_better_value_is_best(label: str, worse: dict[str, Any], better: dict[str, Any]) -> None:
    assert (row(label, worse, better).best, row(label, better, worse).best) == ((1,), (0,))


def test_equal_best_values_are_best_together() -> None:
    assert row("context", {"maxContext": 1}, {}, {}).best == (1, 2)


def test_two_days_of_one_month_are_no_order() -> None:
    found = row("knowledgeCutoff", {"knowledgeCutoff": "2025-03"}, {"knowledgeCutoff": "2025-03-31"})
    assert (found.best, found.differs) == ((), True)


@pytest.mark.parametrize("label", ["priceIn", "priceOut", "blended", "example"])
@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"pricingStatus": "unknown", "pricing": prices(None, None)}, "unknown"),
        ({"pricingStatus": "dynamic", "pricing": prices(None, None)}, "varies"),
        ({"pricing": prices("0", "0", perUnit={"image": "0.04"})}, "not by the token"),
    ],
)
def test_a_price_that_is_none_says_why_and_is_never_best(label: str, changes: dict[str, Any], note: str) -> None:
    found = row(label, changes, {}, {"pricing": prices("2", "8")})
    assert found.cells[0] == Cell(None, note)
    assert found.best == (1,)


@pytest.mark.parametrize("label", ["priceIn", "context", "tools"])
def test_one_known_value_beside_an_unknown_one_is_not_called_best(label: str) -> None:
    unknown = {
        "pricingStatus": "unknown",
        "pricing": prices(None, None),
        "maxContext": None,
        **flags(supportsTools=None),
    }
    assert row(label, unknown, {}).best == ()


@pytest.mark.parametrize(
    "label", ["tier", "inputs", "outputs", "reasoning", "imageGen", "state", "variant", "backends"]
)
def test_what_has_no_order_has_no_best(label: str) -> None:
    other = {
        "priceTier": "pro", "inputModalities": ["text"], "outputModalities": ["image"], "state": "stale",
        "variant": "free", "backends": {"anthropic": "x"}, **flags(reasoning="none", isImageGen=True),
    }  # fmt: skip
    found = row(label, {}, other)
    assert (found.best, found.differs) == ((), True)


def test_an_ability_says_who_says_so() -> None:
    cells = row("tools", {}, flags("heuristic"), flags(None, supportsTools=None)).cells
    assert cells == (Cell(value=True, note="api"), Cell(value=True, note="heuristic"), Cell(None, None))


def test_the_example_is_a_call_of_8000_tokens_and_an_answer_of_1000() -> None:
    assert values("example", {}, {"pricing": prices("2", "10")}) == ["0.012", "0.026"]


def test_an_example_that_depends_on_the_hour_is_told_by_its_dearer_end() -> None:
    at_night = {"promptPerMillion": "0.5", "utcStart": 0, "utcEnd": 600}
    cells = row("example", {}, {"pricing": prices("1", "4", overrides=[at_night])}).cells
    assert cells == (Cell("0.012"), Cell("0.012", "at most"))


def test_where_the_list_is_silent_a_reference_is_named() -> None:
    origins = {"knowledgeCutoff": {"source": "models.dev", "record": "acme/0", "day": "2026-07-01"}}
    told = {"enrichment": {"knowledgeCutoff": "2025-03", "origins": origins}}
    assert row("knowledgeCutoff", told, {}).cells == (Cell("2025-03", "models.dev"), Cell(None))


@given(documents(), st.data())
def test_best_is_only_what_is_known_and_ordered_and_differs(world: dict[str, Any], data: st.DataObject) -> None:
    models = [Model(each["id"], each) for each in world["current"]["models"]]
    if len(models) < len("ab"):
        return
    chosen = data.draw(st.lists(st.sampled_from(models), min_size=2, max_size=4, unique_by=lambda each: each.id))
    for each in compare(chosen).rows:
        assert not each.best or (each.label in ORDERED and each.differs)
        assert all(each.cells[column].value is not None for column in each.best)
        assert len(each.best) < len(chosen)


def test_any_models_of_a_recorded_catalog_can_be_compared(recorded_feeds: Path) -> None:
    models = list(recorded_catalog(recorded_feeds).models())
    tables = [compare(models[start : start + 4]) for start in range(0, len(models) - 4, 4)]
    assert len(tables) > 90
    found = [(each, column) for table in tables for each in table.rows for column in each.best]
    assert len(found) > len(tables)
    assert all(each.cells[column].value is not None for each, column in found)
