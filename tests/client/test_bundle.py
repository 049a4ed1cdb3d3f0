"""One file that holds a whole set."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.reading.bundle import decode, encode, folder_observed_at, read_bundle, read_folder, write_bundle
from modelsync.client.reading.sources import Folder
from modelsync.errors import NotFoundError, StoreError, UsageError
from tests.client.published_sets import MANIFEST_PATH, document_set, published, write_store

ENCODED = encode(document_set())
TABLE_AT = ENCODED.rindex(b'm"vendor/model-0"')
"""Where the table begins, which is last in the file."""


def test_a_set_comes_back_from_its_bundle_byte_for_byte() -> None:
    assert decode(ENCODED, where="here").bodies == document_set().bodies


def test_equal_sets_give_equal_bytes() -> None:
    assert encode(document_set()) == ENCODED


@given(st.integers(0, TABLE_AT - 2), st.integers(1, 255))
def test_one_wrong_byte_is_seen_where_it_is_in_what_was_published(place: int, difference: int) -> None:
    damaged = bytearray(ENCODED)
    damaged[place] ^= difference
    with suppress(StoreError):  # a wrong letter in the table's name costs the table alone
        found = decode(bytes(damaged), where="here")
        assert (found.bodies, found.view()) == (document_set().bodies, None)


@given(st.integers(TABLE_AT - 1, len(ENCODED) - 1), st.integers(1, 255))
def test_a_wrong_byte_in_the_table_costs_the_table_alone(place: int, difference: int) -> None:
    damaged = bytearray(ENCODED)
    damaged[place] ^= difference
    found = decode(bytes(damaged), where="here")
    assert found.bodies == document_set().bodies
    assert found.view() is None


def test_a_bundle_without_a_table_is_read_as_well() -> None:
    header = json.loads(ENCODED.partition(b"\n")[0])
    size = header["sizes"].pop("index")
    line = json.dumps(header, separators=(",", ":")).encode()
    found = decode(line + b"\n" + ENCODED.partition(b"\n")[2][:-size], where="here")
    assert found.bodies == document_set().bodies


@given(st.integers(0, len(ENCODED) - 1))
def test_a_bundle_cut_anywhere_is_seen(length: int) -> None:
    with pytest.raises(StoreError):
        decode(ENCODED[:length], where="here")


def test_bytes_behind_the_last_document_are_seen() -> None:
    with pytest.raises(StoreError, match="expected"):
        decode(ENCODED + b"\n", where="here")


def test_what_a_store_has_published_becomes_one_file(tmp_path: Path) -> None:
    store = write_store(tmp_path / "data", published(generation=9, count=4))
    written = write_bundle(str(store), tmp_path / "package" / "bundled.catalog")
    assert written.generation == 9
    assert len(read_bundle(tmp_path / "package" / "bundled.catalog")["current"]["models"]) == 4


def test_a_shipped_bundle_may_be_read_by_everyone(tmp_path: Path) -> None:
    store = write_store(tmp_path / "data", published())
    write_bundle(str(store), tmp_path / "bundled.catalog")
    assert (tmp_path / "bundled.catalog").stat().st_mode & 0o777 == 0o644


def test_half_a_published_set_is_not_bundled(tmp_path: Path) -> None:
    store = write_store(tmp_path / "data", published())
    (store / "models/openrouter/sets/7/curated.json").unlink()
    with pytest.raises(StoreError, match=r"sets/7/curated\.json: found no document"):
        write_bundle(str(store), tmp_path / "bundled.catalog")
    assert not (tmp_path / "bundled.catalog").exists()


def test_a_bundle_is_made_of_a_folder_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a store's folder"):
        write_bundle("https://example.org/models", tmp_path / "bundled.catalog")


def test_a_folder_without_a_catalog_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"found no openrouter/manifest\.json"):
        read_folder(Folder(tmp_path))


def test_a_place_where_nothing_is_says_so(tmp_path: Path) -> None:
    with pytest.raises(
        NotFoundError,
        match=r"none: found nothing there, expected a published catalog: a store's folder or a bundled file",
    ):
        read_folder(Folder(tmp_path / "none"))


@pytest.mark.parametrize(
    ("below", "above"), [("openrouter", "the folder above"), ("openrouter/sets", "the folder two above")]
)
def test_a_folder_within_a_published_catalog_says_which_one_to_name(tmp_path: Path, below: str, above: str) -> None:
    write_store(tmp_path, {MANIFEST_PATH: b"{}"})
    (tmp_path / "models/openrouter/sets").mkdir(exist_ok=True)
    with pytest.raises(NotFoundError, match=f"expected a published catalog; it is in {above}: name that"):
        read_folder(Folder(tmp_path / "models" / below))


def test_a_bundle_of_a_newer_schema_asks_for_an_upgrade(tmp_path: Path) -> None:
    store = write_store(tmp_path, {MANIFEST_PATH: b'{"schemaVersion":"2.0"}'})
    with pytest.raises(StoreError, match="found schema 2, expected 1; upgrade modelsync"):
        read_folder(Folder(store / "models"))


def test_a_folder_tells_when_its_pipeline_last_looked(tmp_path: Path) -> None:
    store = write_store(tmp_path, {**published(), "openrouter/status.json": b'{"observedAt":"2026-08-20T06:00:00Z"}'})
    folder = Folder(store / "models")
    found = folder_observed_at(folder, read_folder(folder), now=datetime(2026, 8, 20, 7, tzinfo=UTC))
    assert found == datetime(2026, 8, 20, 6, tzinfo=UTC)
