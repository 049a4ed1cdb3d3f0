"""What a person may name as the source of a catalog."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.reading.sources import Bundle, Folder, Web, checked_key, source_named, web_source
from modelsync.errors import StoreError, UsageError
from tests.client.published_sets import published, write_store


def test_a_stores_root_its_prefix_and_its_manifest_are_the_same_folder(tmp_path: Path) -> None:
    root = write_store(tmp_path / "data", published())
    names = (root, root / "models", root / "models/openrouter/manifest.json", f"file://{root}")
    assert {source_named(str(name)) for name in names} == {Folder(root / "models")}


def test_a_file_is_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "a.catalog").write_bytes(b"x")
    assert source_named(str(tmp_path / "a.catalog")) == Bundle(tmp_path / "a.catalog")


def test_an_escaped_character_of_a_file_address_is_that_character(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    assert source_named(f"file://{tmp_path}/a%20b") == Folder(tmp_path / "a b")


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("https://models.example.org", "https://models.example.org/"),
        ("https://models.example.org/models", "https://models.example.org/models/"),
        ("HTTPS://models.example.org/models//", "https://models.example.org/models/"),
        ("https://models.example.org/models/openrouter/manifest.json", "https://models.example.org/models/"),
        ("http://127.0.0.1:8000/models", "http://127.0.0.1:8000/models/"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x/"),
        ("https://my-catalog.s3.eu-central-1.amazonaws.com/models", "https://my-catalog.s3.eu-central-1.amazonaws.com/models/"),
        ("https://rgw.example.org/my-catalog/models/", "https://rgw.example.org/my-catalog/models/"),
    ],
)  # fmt: skip
def test_an_address_is_the_prefix_that_keys_go_behind(text: str, base: str) -> None:
    assert source_named(text) == Web(base)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected a path"),
        ("a\0b", "expected a path"),
        ("s3://my-catalog", "public address"),
        ("ftp://example.org/models", "expected none or http"),
        ("javascript:alert(1)", "expected none or http"),
        ("https://", "without query"),
        ("https:///models", "without query"),
        ("https://example.org:99999", "unreadable host or port"),
        ("https://example.org/models?key=1", "without query"),
        ("https://example.org/models#x", "without query"),
        ("https://example.org/mo dels", "without query"),
        ("https://example.org/a\r\nHost: evil", "without query"),
        ("file://elsewhere/models", "expected file:///path"),
    ],
)
def test_words_that_name_no_source_are_refused(text: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        source_named(text)


_PARTS = st.lists(
    st.sampled_from(["a", "B9", "-", ".", "..", "/", "//", ":", "0", "8", "65536", "x.org", "%41", "_", "@", "["])
)


@given(st.sampled_from(["http", "HTTPS", "http:x"]), st.sampled_from(["://", ":", ":/"]), _PARTS)
def test_an_address_is_taken_apart_as_the_standard_library_does(scheme: str, mark: str, parts: list[str]) -> None:
    text = scheme + mark + "".join(parts)
    try:
        base = str(web_source(text))
    except UsageError:
        return
    taken = urlsplit(text)
    assert base == f"{taken.scheme}://{taken.netloc}{taken.path.rstrip('/')}/"
    assert taken.hostname
    assert taken.port != 0
    assert not taken.username


@pytest.mark.parametrize("port", ["0", "", "65536", "0000008000", "99999999"])
def test_a_port_that_is_none_is_refused_or_as_it_was(port: str) -> None:
    try:
        assert source_named(f"http://example.org:{port}/x") == Web(f"http://example.org:{port}/x/")
    except UsageError:
        assert port in {"0", "65536", "99999999"}


def test_credentials_in_an_address_are_refused_and_never_repeated() -> None:
    with pytest.raises(UsageError, match="found credentials") as refused:
        source_named("https://someone:canary-secret@example.org/models")
    assert "canary-secret" not in str(refused.value)


def test_a_fallback_is_an_address(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected an http"):
        web_source(str(tmp_path))


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/.b", "https://evil", "a?b", "a%2e", "a b", "a\\b", "a" * 513],
)
def test_a_key_that_leads_elsewhere_is_refused(key: str) -> None:
    with pytest.raises(StoreError, match="expected a relative path of plain segments"):
        checked_key(key)


@given(st.text(max_size=40))
def test_whatever_a_manifest_names_stays_below_its_source(key: str) -> None:
    try:
        address = Web("https://example.org/models/").address(key)
    except StoreError:
        return
    assert address == f"https://example.org/models/{key}"
    assert not {"", ".", ".."} & set(key.split("/"))
