"""What the folder promises beyond every store: crashes, other processes, links, and readable trouble."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import modelsync.errors
from modelsync.errors import PreconditionFailedError, StoreError
from modelsync.shell.storage.directory_store import DirectoryStore
from modelsync.shell.storage.object_store import Headers

KEY = "openrouter/manifest.json"
SOURCES = str(Path(modelsync.errors.__file__).parents[1])

INCREMENT = """
import sys
from modelsync.errors import PreconditionFailedError
from modelsync.shell.storage.directory_store import DirectoryStore
store, done = DirectoryStore(sys.argv[1]), 0
while done < 25:
    found = store.get("counter")
    try:
        store.put("counter", str(int(found.body) + 1).encode(), if_match=found.etag)
    except PreconditionFailedError:
        continue
    done += 1
"""

CREATE = """
import sys
from modelsync.errors import PreconditionFailedError
from modelsync.shell.storage.directory_store import DirectoryStore
store, won = DirectoryStore(sys.argv[1]), 0
for number in range(20):
    try:
        store.put(f"slots/{number}", sys.argv[2].encode(), if_absent=True)
    except PreconditionFailedError:
        continue
    won += 1
print(won)
"""

DIE_AT_SYNC = """
import os, signal, sys
from modelsync.shell.storage.directory_store import DirectoryStore
countdown = iter(range(int(sys.argv[2]), 0, -1))
def die(descriptor):
    if next(countdown) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
DirectoryStore(sys.argv[1], sync=die).put("openrouter/manifest.json", b"new" * 1000)
"""

HOLD_THE_LOCK = """
import sys, time
from modelsync.shell.storage.directory_store import DirectoryStore
def hold(descriptor):
    print("held", flush=True)
    time.sleep(60)
DirectoryStore(sys.argv[1], sync=hold).put("openrouter/manifest.json", b"never")
"""


def child(script: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Another process that runs `script`."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": SOURCES})


def body_at(store: DirectoryStore, key: str) -> bytes | None:
    found = store.get(key)
    return None if found is None else found.body


def files_below(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}


def test_eight_processes_with_25_increments_each_lose_none(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.put("counter", b"0")
    children = [child(INCREMENT, tmp_path) for _ in range(8)]
    for one in children:
        one.communicate(timeout=60)
    assert [one.returncode for one in children] == [0] * 8
    assert body_at(store, "counter") == b"200"


def test_of_processes_that_create_the_same_objects_one_wins_each(tmp_path: Path) -> None:
    children = [child(CREATE, tmp_path, name) for name in "abcd"]
    won = {name: int(one.communicate(timeout=60)[0]) for name, one in zip("abcd", children, strict=True)}
    store = DirectoryStore(tmp_path)
    held = b"".join(body_at(store, key) or b"" for key in store.list("slots/")).decode()
    assert {name: held.count(name) for name in "abcd"} == won
    assert sum(won.values()) == 20


def test_a_process_killed_while_it_holds_the_lock_blocks_nobody(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path, lock_seconds=5)
    first = store.put(KEY, b"old")
    holder = child(HOLD_THE_LOCK, tmp_path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    store.put(KEY, b"new", if_match=first)
    assert body_at(store, KEY) == b"new"


@pytest.mark.parametrize(
    ("sync", "expected"), [(1, b"old"), (2, b"new" * 1000)], ids=["before the rename", "after the rename"]
)
def test_a_process_killed_while_it_writes_leaves_one_whole_object(tmp_path: Path, sync: int, expected: bytes) -> None:
    store = DirectoryStore(tmp_path)
    store.put(KEY, b"old")
    killed = child(DIE_AT_SYNC, tmp_path, str(sync))
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert body_at(store, KEY) == expected
    assert store.list() == (KEY,)


def test_what_a_killed_writer_left_is_swept_by_the_next_one(tmp_path: Path) -> None:
    DirectoryStore(tmp_path).put(KEY, b"old")
    child(DIE_AT_SYNC, tmp_path, "1").communicate(timeout=60)
    assert len(files_below(tmp_path)) == 3
    DirectoryStore(tmp_path).put("openrouter/other.json", b"")
    assert files_below(tmp_path) == {".lock", KEY, "openrouter/other.json"}


def test_a_lock_that_is_never_released_ends_in_a_sentence(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path, lock_seconds=0.05)
    store.put(KEY, b"old")
    with (tmp_path / ".lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match=r"\.lock: found it held by another process for 0\.05 s, expected"):
            store.put(KEY, b"new")
        assert body_at(store, KEY) == b"old"
    store.put(KEY, b"new")


def test_a_write_flushes_the_file_and_every_folder_that_changed(tmp_path: Path) -> None:
    flushed: list[int] = []
    data = tmp_path / "data"
    DirectoryStore(data, sync=lambda descriptor: flushed.append(os.fstat(descriptor).st_ino)).put("a/b.json", b"")
    assert flushed == [path.stat().st_ino for path in (tmp_path, data, data / "a" / "b.json", data / "a")]


def failing(number: int, times: int = 1) -> Callable[[int], None]:
    """A `sync` that fails with `number` the first `times`."""
    left = iter(range(times))

    def sync(_: int) -> None:
        if next(left, None) is not None:
            raise OSError(number, os.strerror(number))

    return sync


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "No space left on device; free some space and run again"),
        (errno.EACCES, "Permission denied; give this user the right to do so"),
        (errno.EROFS, "Read-only file system; choose a folder that can be written"),
        (errno.EIO, "Input/output error; see that the folder is in order and run again"),
    ],
)
def test_a_disk_that_fails_leaves_the_old_object_and_a_sentence(tmp_path: Path, number: int, sentence: str) -> None:
    DirectoryStore(tmp_path).put(KEY, b"old")
    store = DirectoryStore(tmp_path, sync=failing(number))
    with pytest.raises(StoreError) as trouble:
        store.put(KEY, b"new")
    assert str(trouble.value) == f"store: {KEY} in {tmp_path} cannot be written: {sentence}"
    assert files_below(tmp_path) == {".lock", KEY}
    assert body_at(store, KEY) == b"old"
    store.put(KEY, b"new")


def test_a_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"")
    store = DirectoryStore(tmp_path / "data")
    calls: tuple[Callable[[], object], ...] = (
        lambda: store.get(KEY),
        lambda: store.put(KEY, b""),
        store.list,
        lambda: store.list("openrouter/"),
        lambda: store.delete(KEY),
    )
    for call in calls:
        with pytest.raises(StoreError, match="data: found a file, expected a folder; choose another one"):
            call()


def test_a_root_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="Not a directory; a file stands where a folder belongs"):
        DirectoryStore(tmp_path / "file" / "data").put(KEY, b"")


def test_an_object_and_a_folder_cannot_share_a_name(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.put("a/b", b"")
    with pytest.raises(StoreError, match="a folder stands where an object belongs"):
        store.put("a", b"")
    with pytest.raises(StoreError, match="a file stands where a folder belongs"):
        store.put("a/b/c", b"")
    assert store.list() == ("a/b",)


def test_a_link_that_leads_out_is_refused_and_not_listed(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "data"
    outside.mkdir()
    (outside / "secret.json").write_bytes(b"secret")
    store = DirectoryStore(root)
    store.put("kept.json", b"")
    (root / "folder").symlink_to(outside)
    (root / "file.json").symlink_to(outside / "secret.json")
    (root / "dangling.json").symlink_to(outside / "new.json")
    calls: list[Callable[[], object]] = [partial(store.list, "folder/")]
    for key in ("folder/secret.json", "folder/new.json", "file.json", "dangling.json"):
        calls += [partial(store.get, key), partial(store.delete, key), partial(store.put, key, b"")]
    for call in calls:
        with pytest.raises(StoreError, match="found a symbolic link on the way, expected none; remove it"):
            call()
    assert store.list() == ("kept.json",)
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"secret.json": b"secret"}


def test_a_lock_that_is_a_link_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    (root / ".lock").symlink_to(tmp_path / "outside")
    with pytest.raises(StoreError, match="a symbolic link stands where a file belongs"):
        DirectoryStore(root).put(KEY, b"")
    assert not (tmp_path / "outside").exists()


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    store = DirectoryStore(tmp_path / "data")
    store.put(KEY, b"{}")
    assert (body_at(store, KEY), store.list()) == (b"{}", (KEY,))


def test_a_named_pipe_is_an_error_and_not_a_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    store = DirectoryStore(tmp_path)
    with pytest.raises(StoreError, match="it is neither a file nor a folder"):
        store.get("pipe.json")
    assert store.list() == ()


def test_foreign_files_are_passed_over(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.put(KEY, b"")
    for name in (".DS_Store", "read me.txt", "openrouter/.tmp-1-1", "modèle.json"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"")
    assert store.list() == (KEY,)


def test_folders_left_empty_go_with_their_last_object(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "data")
    store.put("sets/1/a.json", b"")
    store.put("sets/2/a.json", b"")
    store.delete("sets/1/a.json")
    assert sorted(path.name for path in (tmp_path / "data" / "sets").iterdir()) == ["2"]
    store.delete("sets/2/a.json")
    assert [path.name for path in (tmp_path / "data").iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("key", "content_type"),
    [
        ("a.json", "application/json"),
        ("v1/a.schema.JSON", "application/json"),
        ("a.ndjson", "application/x-ndjson"),
        ("a.json.gz", "application/gzip"),
        ("a.html", "text/html; charset=utf-8"),
        ("a", "application/octet-stream"),
        ("a.bin", "application/octet-stream"),
    ],
)
def test_the_content_type_follows_from_the_suffix(tmp_path: Path, key: str, content_type: str) -> None:
    store = DirectoryStore(tmp_path)
    store.put(key, b"", headers=Headers("text/x-other", "max-age=60"))
    found = store.get(key)
    assert found is not None
    assert found.headers == Headers(content_type)


def test_files_are_as_readable_as_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        DirectoryStore(tmp_path).put(KEY, b"")
    finally:
        os.umask(before)
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o644


def test_losing_a_condition_writes_nothing(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    with pytest.raises(PreconditionFailedError):
        store.put("a/b/c.json", b"", if_match="other")
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
