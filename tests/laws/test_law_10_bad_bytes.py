"""Law 10: bad bytes are an error, never an empty catalog; what was published stands."""

import copy
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.errors import FeedError
from modelsync.pipeline.refresh import Refresh
from tests.strategies import FEWER, feeds
from tests.timeline import DAY, START, Timeline
from tests.world import MODELS, Record, a_body, a_record

JUNK: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    1e300,
    "",
    "x",
    "-0",
    "1e30",
    "1e-30",
    "NaN",
    "Infinity",
    "1_0",
    "\x1b[2J",
    "\u202e",
    "\ud800",
    "../../x",
    "<script>",
    "x" * 5000,
    [],
    [None],
    ["x"],
    [["text"]],
    {},
    {"a": 1},
    {"prompt": "0"},
]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.decimals().map(str)


@st.composite
def spoiled(draw: st.DrawFn) -> list[Record]:
    """A list in which some values at any depth are junk, or gone."""
    records = copy.deepcopy(draw(feeds()))
    for _ in range(draw(st.integers(1, 4))):
        spoil(draw, draw(st.sampled_from(records)))
    return records


def spoil(draw: st.DrawFn, branch: Any) -> None:
    keys = list(branch) if isinstance(branch, dict) else list(range(len(branch)))
    if not keys:
        return
    key = draw(st.sampled_from(keys))
    if isinstance(branch[key], dict | list) and branch[key] and draw(st.booleans()):
        spoil(draw, branch[key])
    elif draw(st.booleans()):
        branch[key] = copy.deepcopy(draw(st.sampled_from(JUNK)))
    else:
        del branch[key]


def a_standing_catalog() -> Timeline:
    line = Timeline()
    line.read(*(a_record(i) for i in MODELS), at=START)
    line.curate(at=START)
    return line


STANDING = a_standing_catalog()


def try_to_read(body: bytes, *, accept: bool) -> Refresh | None:
    """Read bytes on top of a catalog; None where they are refused. Whatever happens, the catalog stays whole."""
    line = STANDING.copy()
    before = line.bytes
    refresh, said = None, ""
    try:
        refresh = line.read_body(body, at=START + DAY, accept=accept)
    except FeedError as error:
        said = str(error)
    assert not {unicodedata.category(char) for char in said} & {"Cc", "Cs", "Zl", "Zp"}
    assert len(said) < 1000
    if refresh is None or refresh.held is not None:
        assert line.bytes == before
        return refresh
    assert any(model.state == "active" for model in line.models.values())
    assert line.published.states().keys() >= set(MODELS)
    line.curate(at=START + DAY)
    return refresh


@given(st.binary(), st.booleans())
def test_bytes_without_sense_are_refused(body: bytes, accept: bool) -> None:
    assert try_to_read(body, accept=accept) is None


@given(json_values)
def test_json_that_is_no_list_of_models_is_refused(value: Any) -> None:
    assert try_to_read(json.dumps(value).encode(), accept=True) is None
    assert try_to_read(json.dumps({"data": value}).encode(), accept=True) is None


@given(st.data())
def test_a_list_that_was_cut_short_is_refused(data: st.DataObject) -> None:
    body = a_body([a_record(i) for i in MODELS])
    assert try_to_read(body[: data.draw(st.integers(0, len(body) - 1))], accept=True) is None


@given(st.data())
def test_a_list_with_foreign_bytes_in_it_is_refused_or_read(data: st.DataObject) -> None:
    body = bytearray(a_body([a_record(i) for i in MODELS]))
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try_to_read(bytes(body), accept=data.draw(st.booleans()))


@FEWER
@given(spoiled(), st.booleans())
def test_junk_in_a_record_spoils_no_more_than_the_record(records: list[Record], accept: bool) -> None:
    """Spoiled records are few beside the good ones, so that the list is read."""
    good = [a_record(i) for i in (*MODELS, *(f"good/m-{number}" for number in range(200)))]
    assert try_to_read(a_body([*good, *records]), accept=accept) is not None


@FEWER
@given(spoiled())
def test_junk_alone_is_refused_or_held_or_read(records: list[Record]) -> None:
    try_to_read(a_body(records), accept=False)
    try_to_read(a_body(records), accept=True)


@given(st.sampled_from(["prompt", "completion", "image", "request"]), st.text(max_size=45))
def test_no_text_in_a_price_can_stop_a_run(leg: str, text: str) -> None:
    good = [a_record(i) for i in MODELS]
    spoiled = a_record("acme/odd", pricing={"prompt": "0.1", "completion": "0.1", leg: text})
    assert try_to_read(a_body([*good, spoiled]), accept=False) is not None


@given(st.sampled_from(["prompt", "completion", "image_output"]), numbers)
def test_no_number_in_a_price_can_stop_a_run(leg: str, number: float | str) -> None:
    good = [a_record(i) for i in MODELS]
    odd = a_record("acme/odd", pricing={"prompt": "0.1", "completion": "0.1", leg: number})
    body = a_body([*good, odd])
    assert try_to_read(body, accept=False) is not None


@pytest.mark.parametrize("price", ["-0", "-0.0", -0.0, "1e20", 1e20, "1e30", "9" * 40, "1e-40", 5e-324, "0e40"])
def test_no_odd_price_can_stop_a_run(price: object) -> None:
    odd = a_record("acme/odd", pricing={"prompt": price, "completion": price, "image": price})
    assert try_to_read(a_body([*(a_record(i) for i in MODELS), odd]), accept=False) is not None


@pytest.mark.parametrize("figure", [b"1e400", b"-1e400", b'"NaN"', b'"inf"', b"1e999999"])
def test_no_figure_in_a_benchmark_makes_a_document_that_cannot_be_read(figure: bytes) -> None:
    odd = a_record("acme/odd", benchmarks={"artificial_analysis": {"intelligence_index": 12345.5}})
    body = a_body([*(a_record(i) for i in MODELS), odd]).replace(b"12345.5", figure)
    assert try_to_read(body, accept=False) is not None
