"""Documents become bytes and values again, and equal documents have equal bytes."""

import json
from datetime import UTC, datetime

import pytest

from modelsync.catalog.capabilities import Need
from modelsync.catalog.documents import (
    DOCUMENTS,
    Changes,
    Current,
    Deprecations,
    Signals,
    Source,
    decode,
    encode,
)
from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.figures import ArenaResult, Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.errors import CorruptDocumentError
from tests.builders import a_model

AT = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
SOURCE = Source(url="memory:feed", snapshot=None, sha256="0" * 64, fetched_at=AT, model_count=1)


def a_current(*models: ModelInfo) -> Current:
    return Current(generation=7, generated_at=AT, source=SOURCE, models=models)


def some_signals(**elos: float) -> Signals:
    models = {
        name: Measurements(design_arena={"models/code": ArenaResult(elo=elo, win_rate=None, rank=None)})
        for name, elo in elos.items()
    }
    return Signals(generation=7, generated_at=AT, source=SOURCE, citations=("us",), models=models)


def test_a_document_reads_like_this() -> None:
    changes = Changes(
        generation=7,
        generated_at=AT,
        source=SOURCE,
        events=(Event(at=AT, generation=7, kind=EventKind.PRICE, id="a/b", before={"promptPerMillion": "1"}),),
    )
    assert encode(changes) == (
        b'{"schemaVersion":"1.0","generation":7,"generatedAt":"2026-08-08T18:42:00Z",'
        b'"source":{"url":"memory:feed","snapshot":null,"sha256":"' + b"0" * 64 + b'",'
        b'"fetchedAt":"2026-08-08T18:42:00Z","modelCount":1},'
        b'"events":[{"at":"2026-08-08T18:42:00Z","generation":7,"kind":"price","id":"a/b","field":null,'
        b'"before":{"promptPerMillion":"1"},"after":null,"note":null}]}\n'
    )


def test_a_document_read_again_is_the_same() -> None:
    current = a_current(a_model(id="a/b"), a_model(id="c/d:free"))
    assert decode(Current, encode(current), key="current") == current


def test_a_document_read_and_written_again_has_the_same_bytes() -> None:
    written = encode(a_current(a_model(id="a/b", description="Größe 🐬 </script>")))
    assert encode(decode(Current, written, key="current")) == written


def test_no_document_can_end_a_script() -> None:
    written = encode(a_current(a_model(id="a/b", description="</script><script>alert(1)</script>")))
    assert b"<" not in written
    assert json.loads(written)["models"][0]["description"] == "</script><script>alert(1)</script>"


def test_equal_documents_have_equal_bytes_whatever_the_order_of_their_maps() -> None:
    one, other = some_signals(a=1, b=2), some_signals(b=2, a=1)
    assert one == other
    assert encode(one) == encode(other)


def test_a_leg_that_is_not_charged_is_left_out() -> None:
    model = a_model(id="a/b")
    pricing = json.loads(encode(a_current(model)))["models"][0]["pricing"]
    assert "imageOutputPerMillion" not in pricing
    assert None not in pricing.values()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "the document: Invalid JSON: EOF while parsing a value at line 1 column 0"),
        (b"<html>", "the document: Invalid JSON: expected value at line 1 column 1"),
        (b"\xff\xfe", "the document: Invalid JSON: expected value at line 1 column 1"),
        (b"[]", "the document: Input should be an object"),
        (b"{}", "generation: Field required"),
    ],
)
def test_bytes_that_are_no_document_are_a_corrupt_document(body: bytes, problem: str) -> None:
    with pytest.raises(CorruptDocumentError) as caught:
        decode(Current, body, key="openrouter/current.json")
    assert (caught.value.key, caught.value.problem) == ("openrouter/current.json", problem)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"schemaVersion": "2.0"}, "schemaVersion"),
        ({"generatedAt": "2026-08-08T18:42:00"}, "generatedAt"),
        ({"generation": "seven"}, "generation"),
        ({"surprise": 1}, "surprise"),
        ({"source": {"url": "x"}}, "source.snapshot"),
        ({"models": [{}]}, "models.0.id"),
    ],
)
def test_a_document_of_another_shape_is_refused_with_its_place(change: dict[str, object], where: str) -> None:
    body = json.dumps({**json.loads(encode(a_current())), **change}).encode()
    with pytest.raises(CorruptDocumentError) as caught:
        decode(Current, body, key="k")
    assert caught.value.problem.startswith(f"{where}: ")


@pytest.mark.parametrize("price", ["-1", "1e-7", ".5", "1.", "free", "", "NaN"])
def test_a_price_that_is_not_plain_decimal_is_in_no_document(price: str) -> None:
    document = json.loads(encode(a_current(a_model(id="a/b"))))
    document["models"][0]["pricing"]["promptPerMillion"] = price
    with pytest.raises(CorruptDocumentError, match=r"models\.0\.pricing\.promptPerMillion"):
        decode(Current, json.dumps(document).encode(), key="k")


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), float("-inf")])
def test_a_figure_that_json_cannot_hold_is_refused_before_it_is_written(figure: float) -> None:
    """Written as null it would make a document that nobody can read again."""
    with pytest.raises(ValueError, match="finite number"):
        ArenaResult(elo=figure, win_rate=None, rank=None)


def test_an_empty_history_of_retirement_has_its_three_lists() -> None:
    empty = Deprecations(generation=1, generated_at=AT, source=SOURCE, redirects=(), tombstones=(), alias_history=())
    document = json.loads(encode(empty))
    assert (document["redirects"], document["tombstones"], document["aliasHistory"]) == ([], [], [])


def test_every_published_name_has_its_class() -> None:
    assert {name: kind.__name__ for name, kind in DOCUMENTS.items()} == {
        "manifest": "Manifest",
        "current": "Current",
        "curated": "Curated",
        "deprecations": "Deprecations",
        "signals": "Signals",
        "changes": "Changes",
        "status": "Status",
    }


def test_the_needs_of_auto_targets_have_published_names() -> None:
    assert [str(need) for need in Need] == ["any", "tools", "vision", "structuredOutput", "reasoning"]
