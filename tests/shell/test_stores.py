"""What every object store promises, held by one suite against each of them; and how an address names one."""

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.errors import PreconditionFailedError, StoreError, UsageError
from modelsync.shell.directory_store import DirectoryStore
from modelsync.shell.object_store import NOT_MODIFIED, Headers, ObjectStore, StoredObject, is_key
from modelsync.shell.stores import MemoryStore, open_store

ETAG_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
KEY = "models/openrouter/current.json"

MakeStore = Callable[[Path], ObjectStore]


def memory_store(_: Path) -> ObjectStore:
    return MemoryStore()


def directory_store(root: Path) -> ObjectStore:
    return DirectoryStore(root / "data", sync=lambda _: None)


KINDS = pytest.mark.parametrize("make_store", [memory_store, directory_store])


@pytest.fixture(params=[memory_store, directory_store])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    made: ObjectStore = request.param(tmp_path)
    return made


def body_at(store: ObjectStore, key: str) -> bytes | None:
    found = store.get(key)
    return None if found is None else found.body


def test_a_new_store_is_empty(store: ObjectStore) -> None:
    assert store.list() == ()
    assert store.get(KEY) is None
    assert store.get_if_changed(KEY, "any") is None


def test_an_object_comes_back_as_it_was_put(store: ObjectStore) -> None:
    etag = store.put(KEY, b"{}")
    assert store.get(KEY) == StoredObject(KEY, b"{}", etag, Headers("application/json"))


def test_the_etag_is_the_hash_of_the_content(store: ObjectStore) -> None:
    assert store.put(KEY, b"") == store.put("other.json", b"") == ETAG_OF_NOTHING
    assert store.put(KEY, b" ") != ETAG_OF_NOTHING


def test_a_put_replaces_what_was_there(store: ObjectStore) -> None:
    store.put(KEY, b"a longer first one")
    store.put(KEY, b"second")
    assert body_at(store, KEY) == b"second"


def test_an_unchanged_object_is_not_sent_again(store: ObjectStore) -> None:
    etag = store.put(KEY, b"one")
    assert store.get_if_changed(KEY, etag) is NOT_MODIFIED
    store.put(KEY, b"two")
    changed = store.get_if_changed(KEY, etag)
    assert isinstance(changed, StoredObject)
    assert changed.body == b"two"


def test_create_only_writes_where_there_is_nothing(store: ObjectStore) -> None:
    store.put(KEY, b"first", if_absent=True)
    with pytest.raises(PreconditionFailedError, match=f"store: {KEY}: expected no object, found "):
        store.put(KEY, b"second", if_absent=True)
    assert body_at(store, KEY) == b"first"


def test_create_only_succeeds_again_after_a_delete(store: ObjectStore) -> None:
    store.put(KEY, b"first", if_absent=True)
    store.delete(KEY)
    store.put(KEY, b"second", if_absent=True)
    assert body_at(store, KEY) == b"second"


def test_if_match_writes_over_the_object_that_was_read(store: ObjectStore) -> None:
    second = store.put(KEY, b"second", if_match=store.put(KEY, b"first"))
    assert store.get_if_changed(KEY, second) is NOT_MODIFIED


def test_if_match_loses_against_another_object(store: ObjectStore) -> None:
    first = store.put(KEY, b"first")
    second = store.put(KEY, b"second")
    with pytest.raises(PreconditionFailedError) as lost:
        store.put(KEY, b"third", if_match=first)
    assert (lost.value.key, lost.value.found, lost.value.expected) == (KEY, second, first)
    assert body_at(store, KEY) == b"second"


def test_if_match_loses_where_there_is_no_object(store: ObjectStore) -> None:
    with pytest.raises(PreconditionFailedError, match="found no object") as lost:
        store.put(KEY, b"x", if_match=ETAG_OF_NOTHING)
    assert lost.value.found is None
    assert store.list() == ()


def test_both_conditions_at_once_are_a_mistake(store: ObjectStore) -> None:
    with pytest.raises(UsageError, match="if_absent and if_match exclude each other"):
        store.put(KEY, b"x", if_absent=True, if_match=ETAG_OF_NOTHING)


def test_keys_are_listed_in_order_of_their_characters(store: ObjectStore) -> None:
    for key in ("b.json", "a/z.json", "a-b.json", "a/B.json", "a/b/c.json", "a.json", "~a", "B.json"):
        store.put(key, b"")
    expected = ("B.json", "a-b.json", "a.json", "a/B.json", "a/b/c.json", "a/z.json", "b.json", "~a")
    assert store.list() == expected


@pytest.mark.parametrize(
    ("prefix", "keys"),
    [
        ("sets/1/", ("sets/1/a.json", "sets/1/b.json")),
        ("sets/1", ("sets/1/a.json", "sets/1/b.json", "sets/12/a.json")),
        ("sets/1/a.json", ("sets/1/a.json",)),
        ("sets/1/a.json/", ()),
        ("set", ("sets/1/a.json", "sets/1/b.json", "sets/12/a.json")),
        ("other/", ()),
    ],
)
def test_a_prefix_may_end_within_a_segment(store: ObjectStore, prefix: str, keys: tuple[str, ...]) -> None:
    for key in ("sets/12/a.json", "sets/1/b.json", "sets/1/a.json", "zets.json"):
        store.put(key, b"")
    assert store.list(prefix) == keys


def test_a_deleted_object_is_gone_and_its_neighbours_are_not(store: ObjectStore) -> None:
    store.put("a/b/1.json", b"1")
    store.put("a/2.json", b"2")
    store.delete("a/b/1.json")
    assert store.get("a/b/1.json") is None
    assert store.list() == ("a/2.json",)


def test_deleting_what_is_not_there_is_no_error(store: ObjectStore) -> None:
    store.delete(KEY)
    store.put(KEY, b"")
    store.delete("models/openrouter")
    store.delete(f"{KEY}/below")
    assert store.list() == (KEY,)


def test_the_part_of_a_key_before_a_slash_is_no_object(store: ObjectStore) -> None:
    store.put(KEY, b"")
    assert store.get("models/openrouter") is None
    assert store.get(f"{KEY}/below") is None


BAD_KEYS = (
    "",
    "/",
    "/etc/passwd",
    "a/",
    "a//b",
    ".",
    "..",
    "../a",
    "a/../b",
    "a/./b",
    ".lock",
    "a/.tmp-1-1",
    "a\\b",
    "C:\\a",
    "a b",
    "a\n",
    "a\0b",
    "\x1b[31m",
    "a:b",
    "a?b",
    "a*",
    "%2e%2e",
    "modèle",
    "a" * 201,
    "/".join("a" * 300),
)


@pytest.mark.parametrize("key", BAD_KEYS, ids=lambda key: ascii(key)[:12])
def test_a_key_that_is_no_plain_relative_path_is_refused_everywhere(store: ObjectStore, key: str) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: store.get(key),
        lambda: store.get_if_changed(key, "any"),
        lambda: store.put(key, b""),
        lambda: store.delete(key),
    )
    for call in calls:
        with pytest.raises(StoreError, match=r"^store: key ") as refused:
            call()
        assert str(refused.value).isprintable()
        assert len(str(refused.value)) < 300


@pytest.mark.parametrize("prefix", ["/", "../", "a//", "..", "a/../", "a\0"])
def test_a_prefix_that_no_key_begins_with_is_refused(store: ObjectStore, prefix: str) -> None:
    with pytest.raises(StoreError, match=r"^store: key "):
        store.list(prefix)


@KINDS
@given(key=st.text(alphabet="ab/._~=-\\ \0é", max_size=12))
def test_every_text_is_a_key_that_stays_inside_or_is_refused(make_store: MakeStore, key: str) -> None:
    """Law: no key leads out of a store."""
    with tempfile.TemporaryDirectory() as folder:
        store = make_store(Path(folder))
        if is_key(key):
            store.put(key, b"inside")
            assert store.list() == (key,)
            assert set(Path(folder).iterdir()) <= {Path(folder, "data")}
        else:
            with pytest.raises(StoreError):
                store.put(key, b"outside")
            assert list(Path(folder).iterdir()) == []


@KINDS
@given(body=st.binary(max_size=2_000))
def test_bytes_come_back_as_they_went_in(make_store: MakeStore, body: bytes) -> None:
    """Law: a store changes no content."""
    with tempfile.TemporaryDirectory() as folder:
        store = make_store(Path(folder))
        store.put(KEY, body)
        assert body_at(store, KEY) == body


def test_of_eight_threads_that_create_one_object_exactly_one_wins(store: ObjectStore) -> None:
    won: list[int] = []
    start = threading.Barrier(8)

    def create(number: int) -> None:
        start.wait()
        try:
            store.put(KEY, str(number).encode(), if_absent=True)
        except PreconditionFailedError:
            return
        won.append(number)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert body_at(store, KEY) == str(won[0]).encode()


def test_a_memory_store_keeps_all_headers() -> None:
    store = MemoryStore()
    store.put("feed.xml", b"", headers=Headers("application/rss+xml", "max-age=60"))
    found = store.get("feed.xml")
    assert found is not None
    assert found.headers == Headers("application/rss+xml", "max-age=60")


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("/srv/data", "/srv/data"),
        (Path("/srv/data"), "/srv/data"),
        ("file:///srv/data", "/srv/data"),
        ("FILE://localhost/srv/my%20data", "/srv/my data"),
    ],
)
def test_an_address_names_a_folder(address: str | Path, folder: str) -> None:
    assert repr(open_store(address)) == f"DirectoryStore('{folder}')"


def test_a_relative_folder_is_below_the_present_one() -> None:
    assert repr(open_store("./data")) == f"DirectoryStore('{Path.cwd() / 'data'}')"


def test_an_s3_address_is_refused_for_now() -> None:
    with pytest.raises(UsageError, match="object stores come with the aws extra; give a folder"):
        open_store("s3://bucket/models")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "memory:",
        "https://host/data",
        "file:data",
        "file://host/data",
        "file://data",
        "a\0b",
        "file:///\0",
    ],
)
def test_an_address_of_no_known_kind_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match=r"^store: expected ") as refused:
        open_store(address)
    assert str(refused.value).isprintable()


def test_opening_a_store_touches_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    assert store.list() == ()
    store.delete(KEY)
    assert list(tmp_path.iterdir()) == []
