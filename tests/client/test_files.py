"""Files that are replaced whole, and locks between processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from modelsync.client.reading.files import locked, make_private_folder, read_file, read_given, replace_file, sweep
from modelsync.errors import StoreError
from tests.client.processes import REPOSITORY

READ_ALONE: Final = """
import resource, sys
from modelsync.client.reading import files
from modelsync.errors import StoreError
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
try:
    print(getattr(files, sys.argv[1])(sys.argv[2], limit=10))
except StoreError as error:
    print(error)
"""
"""What may wait for ever, or read without end, does it in a process of its own, and not for long."""


def read_alone(how: str, path: str, *, given: bytes = b"") -> str:
    command = [sys.executable, "-c", READ_ALONE, how, path]
    environment = {"PYTHONPATH": str(REPOSITORY / "shared")}
    done = subprocess.run(command, env=environment, input=given, capture_output=True, check=True, timeout=30)
    return done.stdout.decode().strip()


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read_file(tmp_path / "x", limit=10) is None
    (tmp_path / "file").write_bytes(b"")
    assert read_file(tmp_path / "file" / "below", limit=10) is None


@pytest.mark.parametrize(("size", "is_read"), [(0, True), (10, True), (11, False)])
def test_no_file_above_the_limit_is_read(tmp_path: Path, size: int, *, is_read: bool) -> None:
    (tmp_path / "x").write_bytes(b"." * size)
    if is_read:
        assert read_file(tmp_path / "x", limit=10) == b"." * size
    else:
        with pytest.raises(StoreError, match="found 11 bytes, expected at most 10"):
            read_file(tmp_path / "x", limit=10)


def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    assert read_alone("read_file", str(tmp_path / "x")) == (
        f"{tmp_path}/x: found a pipe or a device, expected a file; move it away"
    )


def test_a_device_is_no_file_though_a_link_leads_to_it(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to("/dev/zero")
    assert read_alone("read_file", str(tmp_path / "x")).endswith(
        "found a pipe or a device, expected a file; move it away"
    )


def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # an address has few letters
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("x")
        with pytest.raises(StoreError, match="cannot be read: No such device or address"):
            read_file("x", limit=10)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this platform has no file that hides its size")
def test_a_file_that_hides_its_size_is_not_read_beyond_the_limit() -> None:
    with pytest.raises(StoreError, match="found more than 10 bytes, expected at most 10"):
        read_file("/proc/self/status", limit=10)
    assert b"VmRSS" in (read_file("/proc/self/status", limit=100_000) or b"")


def test_a_pipe_that_is_given_on_purpose_is_read_to_its_end() -> None:
    assert read_alone("read_given", "/dev/stdin", given=b"0123456789") == "b'0123456789'"


def test_what_is_given_on_purpose_is_not_read_beyond_the_limit() -> None:
    assert read_alone("read_given", "/dev/stdin", given=b"0123456789a").startswith(
        "/dev/stdin: found more than 10 bytes, expected at most 10"
    )
    assert "found more than 10 bytes" in read_alone("read_given", "/dev/zero")


def test_a_file_that_is_given_on_purpose_is_read_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    assert read_given(tmp_path / "x", limit=10) == b"0123456789"
    assert read_given(tmp_path / "y", limit=10) is None


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read: Is a directory"):
        read_file(tmp_path, limit=10)


def test_a_replaced_file_is_of_this_user_only(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    replace_file(tmp_path / "x", b"new")
    assert ((tmp_path / "x").read_bytes(), (tmp_path / "x").stat().st_mode & 0o777) == (b"new", 0o600)


def test_a_reader_that_has_opened_the_old_file_goes_on_reading_it(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with (tmp_path / "x").open("rb") as file:
        replace_file(tmp_path / "x", b"new")
        assert file.read() == b"old"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(StoreError, match="cannot be written: Is a directory; free space or choose another folder"):
        replace_file(tmp_path / "x", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_link_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"somebody else's")
    (tmp_path / "x").symlink_to(tmp_path / "other")
    replace_file(tmp_path / "x", b"new")
    assert (tmp_path / "other").read_bytes() == b"somebody else's"
    assert not (tmp_path / "x").is_symlink()


def test_missing_folders_are_made_for_this_user_only(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b")] == [0o700, 0o700]


def test_a_link_that_leads_nowhere_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="cannot be made: File exists; choose another folder"):
        make_private_folder(tmp_path / "a")


def test_a_file_where_a_folder_belongs_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(StoreError, match=r"cannot be made: .*; choose another folder"):
        make_private_folder(tmp_path / "a" / "b")


def test_what_killed_writers_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    for name in (".tmp-5-6-catalog", "catalog", "lock"):
        (tmp_path / name).write_bytes(b"")
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"catalog", "lock"}


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path / "lock", wait_seconds=0) as first, locked(tmp_path / "lock", wait_seconds=0.05) as second:
        assert (first, second) == (True, False)
    with locked(tmp_path / "lock", wait_seconds=0) as third:
        assert third


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "lock", wait_seconds=0):
        raise ZeroDivisionError
    with locked(tmp_path / "lock", wait_seconds=0) as is_held:
        assert is_held


def test_a_lock_is_free_again_though_a_child_of_its_holder_lives(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    with locked(tmp_path / "lock", wait_seconds=0):
        child = os.fork()
        if child == 0:
            os.close(write_end)
            os.read(read_end, 1)
            os._exit(0)
    try:
        with locked(tmp_path / "lock", wait_seconds=0) as is_held:
            assert is_held
    finally:
        os.close(write_end)
        os.close(read_end)
        os.waitpid(child, 0)


def test_a_link_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="cannot be locked"), locked(tmp_path / "lock", wait_seconds=0):
        pass
    assert not (tmp_path / "elsewhere").exists()
