"""What every object store promises, held by one suite against each of them; and how an address names one."""

import gzip
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import modelsync.errors
from modelsync.errors import PreconditionFailedError, StoreError, UsageError
from modelsync.shell.storage.object_store import NOT_MODIFIED, Headers, ObjectStore, StoredObject, is_key
from modelsync.shell.storage.s3_profile import Credentials
from modelsync.shell.storage.self_check import check_conditions
from modelsync.shell.storage.stores import open_store
from tests.servers.places import KINDS_OF_STORES, maker_of
from tests.stores_under_test import MakeStore

SOURCES = Path(modelsync.errors.__file__).parents[1]
ETAG_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
KEY = "models/openrouter/current.json"

KEEPERS = pytest.mark.parametrize("make_store", [kind for kind in KINDS_OF_STORES if kind != "folder"], indirect=True)
"""The stores that keep headers: all but a folder, which holds the documents and nothing else."""


@pytest.fixture(scope="session", params=KINDS_OF_STORES)
def make_store(request: pytest.FixtureRequest) -> MakeStore:
    return maker_of(request.param, request)


@pytest.fixture
def store(make_store: MakeStore, tmp_path: Path) -> ObjectStore:
    return make_store(tmp_path)


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


@pytest.mark.parametrize("make_store", ["memory", "folder"], indirect=True)
def test_the_etag_of_a_store_of_ours_is_the_hash_of_the_content(make_store: MakeStore, tmp_path: Path) -> None:
    store = make_store(tmp_path)
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


def test_of_eight_threads_that_count_on_what_they_read_none_is_lost(store: ObjectStore) -> None:
    """Several write the same content at once, and one of them only has written it."""
    store.put(KEY, b"0")
    start = threading.Barrier(8)

    def count_to_three() -> None:
        start.wait()
        counted = 0
        while counted < 3:
            found = store.get(KEY)
            assert found is not None
            try:
                store.put(KEY, b"%d" % (int(found.body) + 1), if_match=found.etag)
            except PreconditionFailedError:
                continue
            counted += 1

    threads = [threading.Thread(target=count_to_three) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert body_at(store, KEY) == b"24"


HEADERS = Headers("application/rss+xml", "public, max-age=60", "gzip", {"generation": "17", "kept-by": "us"})


@pytest.mark.parametrize("if_absent", [False, True])
@KEEPERS
def test_what_is_said_of_an_object_comes_back_with_it(make_store: MakeStore, if_absent: bool, tmp_path: Path) -> None:
    store = make_store(tmp_path)
    store.put("feed.xml", b"", headers=HEADERS, if_absent=if_absent)
    found = store.get("feed.xml")
    assert found is not None
    assert found.headers == HEADERS


@KEEPERS
def test_a_body_that_is_encoded_stays_so(make_store: MakeStore, tmp_path: Path) -> None:
    store, packed = make_store(tmp_path), gzip.compress(b"{}", mtime=0)
    store.put(KEY, packed, headers=Headers(content_encoding="gzip"))
    assert body_at(store, KEY) == packed


def test_tags_are_taken_and_never_read_back(store: ObjectStore) -> None:
    etag = store.put(KEY, b"{}", headers=Headers(tags={"keep": "90d"}))
    assert store.get(KEY) == StoredObject(KEY, b"{}", etag, Headers())


def test_a_store_that_keeps_its_promises_passes_the_check_which_leaves_nothing_behind(store: ObjectStore) -> None:
    store.put(KEY, b"{}")
    check_conditions(store, prefix="models/")
    assert store.list() == (KEY,)


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


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("s3://my-bucket", "s3://my-bucket"),
        ("s3://my-bucket/", "s3://my-bucket"),
        ("S3://my.bucket.7/a/catalog/", "s3://my.bucket.7/a/catalog"),
    ],
)
def test_an_address_names_a_bucket_and_where_the_keys_begin_in_it(address: str, shown: str) -> None:
    assert repr(open_store(address)) == f"S3Store('{shown}')"


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("s3:bucket", "no bucket's name"),
        ("s3://", "no bucket's name"),
        ("s3:///models", "no bucket's name"),
        ("s3://Bucket", "no bucket's name"),
        ("s3://bu", "no bucket's name"),
        ("s3://bucket:9000/models", "no bucket's name"),
        ("s3://bucket?region=x", "no bucket's name"),
        ("s3://me:geheim@bucket/models", "a name or password in it"),
        ("s3://bucket//models", "plain words such as models"),
        ("s3://bucket/../models", "plain words such as models"),
        ("s3://bucket/mod els\n", "plain words such as models"),
    ],
)
def test_an_s3_address_that_is_off_is_refused_without_being_quoted(address: str, problem: str) -> None:
    with pytest.raises(UsageError, match=r"^store: expected s3://") as refused:
        open_store(address)
    assert problem in str(refused.value)
    assert str(refused.value).isprintable()
    assert "geheim" not in str(refused.value)


def test_an_s3_store_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="expected one of the S3 profiles aws, r2, ceph, other, found 'minio'"):
        open_store("s3://bucket", profile="minio")
    with pytest.raises(UsageError, match="expected an S3 endpoint like https://host"):
        open_store("s3://bucket", endpoint_url="host:9000")


def test_opening_a_bucket_asks_for_no_credentials() -> None:
    def credentials() -> Credentials:
        raise AssertionError

    open_store("s3://bucket", endpoint_url="http://127.0.0.1:1", credentials=credentials)


def run_python(script: str, *flags: str) -> subprocess.CompletedProcess[str]:
    told = f"import sys; sys.path.insert(0, {str(SOURCES)!r}); {script}"
    return subprocess.run([sys.executable, *flags, "-c", told], capture_output=True, text=True, check=False)


def test_a_folder_is_opened_without_the_packages_of_s3() -> None:
    done = run_python(
        "from modelsync.shell.storage.stores import open_store; open_store('data');"
        "print([name for name in ('boto3', 'botocore', 'urllib3') if name in sys.modules])"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_bucket_without_the_packages_of_s3_is_refused_with_what_to_install() -> None:
    without_site_packages = ("-I", "-S")
    script = "from modelsync.shell.storage.stores import open_store; open_store('s3://bucket')"
    done = run_python(script, *without_site_packages)
    assert done.stderr.endswith("UsageError: store: s3:// needs boto3, found none; pip install 'modelsync[aws]'\n")


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
