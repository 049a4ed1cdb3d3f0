"""The user's file: private, never half-written, never overwritten unread, and no change of two processes is lost."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.asked import Binding, Policy
from modelsync.client.own.user_file import UserFile
from modelsync.client.own.user_layer import UserLayer
from modelsync.client.own.user_state import UserState, read_state, state_document
from modelsync.client.reading.files import locked
from modelsync.errors import StoreError, UsageError
from tests.client.processes import KILLED_AT, REPOSITORY
from tests.client.worlds import policies

BINDING: Final = Binding("acme/gamma", "2026-08-08T18:42:00Z")
OTHER: Final = Binding("acme/delta", "2026-08-01T00:00:00Z", backend="azure")
STATE: Final = UserState(UserLayer(favourites=("acme/gamma",)), Policy(family="ask"), {"default": BINDING})

ADD: Final = """
import sys
from pathlib import Path
from modelsync.client.own.user_file import UserFile
path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
file = UserFile(path, wait_seconds=60)
sys.stdin.readline()
def added(each):
    return lambda s: s._replace(layer=s.layer._replace(favourites=(*s.layer.favourites, each)))
for number in range(count):
    file.change(added(f"{name}/{number}"))
print("done")
"""
KILLED: Final = KILLED_AT + ADD.replace("readline()", "readline()\nsys.setprofile(hook)")
WITHOUT_RIGHTS: Final = """
import fcntl, os, sys
from pathlib import Path
from modelsync.client.own.user_file import UserFile
from modelsync.client.own.user_state import UserState
from modelsync.errors import ModelsyncError
if os.geteuid() == 0:  # whom no mode of a file keeps out
    os.setuid(65534)
file = UserFile(Path(sys.argv[1]))
print(file.read().state.layer.favourites)
try:
    file.change(lambda _: UserState())
except ModelsyncError as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.fixture
def file(tmp_path: Path) -> UserFile:
    return UserFile(tmp_path / "modelsync" / "user.json", wait_seconds=0.05)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter, as those of the test runner may not be."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def with_favourite(model_id: str) -> Any:
    return lambda state: state._replace(layer=state.layer._replace(favourites=(*state.layer.favourites, model_id)))


def keep(file: UserFile, state: UserState) -> None:
    file.change(lambda _: state)


def start(path: Path, *arguments: str, script: str = ADD) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path), *arguments],
        env={"PYTHONPATH": str(REPOSITORY / "shared"), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_no_file_is_an_empty_state_and_reading_makes_none(file: UserFile) -> None:
    assert file.read() == (UserState(), None)
    assert not file.path.parent.exists()


def test_what_was_changed_is_read_again(file: UserFile) -> None:
    assert file.change(lambda _: STATE) == STATE
    assert UserFile(file.path).read() == (STATE, None)


def test_a_change_is_given_what_is_kept(file: UserFile) -> None:
    keep(file, STATE)
    found = file.change(with_favourite("acme/delta"))
    assert found.layer.favourites == ("acme/gamma", "acme/delta")


def test_file_and_folder_are_the_users_alone(file: UserFile) -> None:
    keep(file, STATE)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert {path.name for path in file.path.parent.iterdir()} == {"user.json", "lock"}


def test_a_file_that_others_may_read_is_told_of_and_tightened_by_the_next_change(file: UserFile) -> None:
    keep(file, STATE)
    file.path.chmod(0o644)
    found = file.read()
    assert found.state == STATE
    assert found.advice == f"{file.path}: found mode 644, expected 600; the next change mends it"
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o644
    file.change(lambda state: state)
    assert (stat.S_IMODE(file.path.stat().st_mode), file.read().advice) == (0o600, None)


def test_a_change_that_changes_nothing_writes_nothing(file: UserFile) -> None:
    keep(file, STATE)
    before = file.path.stat()
    file.change(lambda state: state)
    assert (file.path.stat().st_ino, file.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_a_change_refuses_leaves_the_file_as_it_is(file: UserFile) -> None:
    keep(file, STATE)
    before = file.path.read_bytes()

    def refuses(_: UserState) -> UserState:
        raise UsageError("no")

    with pytest.raises(UsageError, match="no"):
        file.change(refuses)
    assert file.path.read_bytes() == before
    assert file.change(lambda state: state) == STATE


def test_what_could_not_be_read_again_is_not_written(file: UserFile) -> None:
    keep(file, STATE)
    with pytest.raises(UsageError, match="scope: found 'not a scope', expected a name like default or chat:42"):
        file.change(lambda state: state._replace(bindings={"not a scope": BINDING}))
    assert file.read().state == STATE


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00" * 100, b'{"schema": 1,', b"[]", b"\xff\xfe", b"[" * 100_000, b"<html>", b'"sk-canary0123456789"'],
    ids=["empty", "zeros", "torn", "list", "no UTF-8", "deep", "HTML", "text"],
)
def test_a_damaged_file_is_an_error_and_stays_as_it_is(file: UserFile, body: bytes) -> None:
    keep(file, STATE)
    file.path.write_bytes(body)
    for step in (file.read, lambda: file.change(lambda _: UserState())):
        with pytest.raises(StoreError) as refused:
            step()
        assert str(refused.value) == (
            f"{file.path}: found bytes that are no JSON object, expected one; mend it, or move it away"
        )
    assert file.path.read_bytes() == body


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"schema": 2}, "schema: found 2, expected 1, written by a newer version; upgrade modelsync"),
        ({"schema": "1"}, "user layer: schema: found another one, expected 1; mend it"),
        ({}, "user layer: schema: found another one, expected 1; mend it"),
        ({"schema": 1, "favourites": "x"}, "user layer: favourites: expected a list of ids; mend it"),
        ({"schema": 1, "policy": {"family": "x"}}, "policy: family: expected auto, ask or never; mend it"),
        ({"schema": 1, "bindings": []}, "bindings: expected an object with a choice by scope; mend it"),
        ({"schema": 1, "bindings": {"default": 1}}, "bindings: default: found int, expected an object; mend it"),
    ],
)
def test_a_file_of_another_shape_or_version_is_refused_and_stays_as_it_is(
    file: UserFile, document: Any, sentence: str
) -> None:
    keep(file, STATE)
    file.path.write_text(json.dumps(document))
    for step in (file.read, lambda: file.change(lambda _: UserState())):
        with pytest.raises(UsageError) as refused:
            step()
        assert str(refused.value) == f"{file.path}: {sentence}"
    assert json.loads(file.path.read_text()) == document


def test_members_that_this_version_does_not_know_survive_a_change(file: UserFile) -> None:
    keep(file, STATE)
    document = json.loads(file.path.read_text())
    document["themes"] = {"dark": [1, None]}
    document["bindings"]["default"]["mood"] = "good"
    file.path.write_text(json.dumps(document))
    file.change(with_favourite("acme/delta"))
    kept = json.loads(file.path.read_text())
    assert kept["themes"] == {"dark": [1, None]}
    assert kept["bindings"]["default"] == {
        "mood": "good", "desired": "acme/gamma", "boundAt": "2026-08-08T18:42:00Z", "backend": "openrouter"
    }  # fmt: skip
    assert kept["favourites"] == ["acme/gamma", "acme/delta"]


def test_what_another_version_said_of_a_choice_goes_and_comes_back_with_it() -> None:
    said = {"desired": "acme/gamma", "boundAt": "2026-08-08T18:42:00Z", "mood": "good"}
    after = STATE._replace(bindings={"default": OTHER}, previous={"default": BINDING})
    there = state_document(after, over={"schema": 1, "bindings": {"default": said}})
    assert there["previous"]["default"]["mood"] == "good"
    assert "mood" not in there["bindings"]["default"]
    assert state_document(STATE, over=there)["bindings"]["default"]["mood"] == "good"


def test_what_was_said_of_one_choice_is_not_said_of_the_next() -> None:
    before = {"schema": 1, "bindings": {"default": {"desired": "a/b", "boundAt": "2026-01-01T00:00:00Z", "mood": "x"}}}
    assert "mood" not in state_document(STATE, over=before)["bindings"]["default"]


@given(policies, st.dictionaries(st.sampled_from(["later", "new"]), st.integers()))
def test_every_state_is_read_as_it_was_written(policy: Policy, unknown: dict[str, int]) -> None:
    state = STATE._replace(policy=policy, previous={"default": OTHER})
    document = json.loads(json.dumps(state_document(state, over={"schema": 1, **unknown})))
    assert read_state(document) == state
    assert unknown.items() <= document.items()


def test_a_link_goes_on_leading_to_where_it_led(file: UserFile, tmp_path: Path) -> None:
    file.path.parent.mkdir()
    (tmp_path / "dotfiles").mkdir()
    file.path.symlink_to(tmp_path / "dotfiles" / "models.json")
    keep(file, STATE)
    assert file.path.is_symlink()
    assert read_state(json.loads((tmp_path / "dotfiles" / "models.json").read_text())) == STATE


def test_a_change_does_not_wait_for_ever_for_another_one(file: UserFile) -> None:
    keep(file, STATE)
    with locked(file.path.parent / "lock", wait_seconds=0) as is_ours:
        assert is_ours
        with pytest.raises(StoreError) as refused:
            file.change(lambda _: UserState())
        assert str(refused.value) == (
            f"{file.path.parent}: found another process changing it for 0.05 seconds, expected none; try again"
        )
        assert file.read().state == STATE


def test_of_many_processes_no_change_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "new" / "user.json"
    running = [start(path, f"p{number}", "12") for number in range(6)]
    for process in running:
        assert process.stdin is not None
        os.write(process.stdin.fileno(), b"go\n")
    assert [process.communicate(timeout=60) for process in running] == [("done\n", "")] * 6
    favourites = UserFile(path).read().state.layer.favourites
    assert sorted(favourites) == sorted(f"p{number}/{each}" for number in range(6) for each in range(12))


def test_who_is_killed_at_any_write_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    seen, ended, call = set(), -signal.SIGKILL, 0
    while ended == -signal.SIGKILL:
        call += 1
        file = UserFile(tmp_path / str(call) / "user.json")
        keep(file, STATE)
        process = start(file.path, "new", "1", str(call), script=KILLED)
        process.communicate("go\n", timeout=60)
        ended = process.returncode
        seen.add(file.read().state.layer.favourites)
        keep(file, STATE._replace(policy=Policy()))
        assert {path.name for path in file.path.parent.iterdir()} == {"user.json", "lock"}
    assert (ended, seen) == (0, {("acme/gamma",), ("acme/gamma", "new/0")})
    assert call > 6


def test_where_nothing_may_be_written_reading_works_and_a_change_is_one_sentence(open_folder: Path) -> None:
    file = UserFile(open_folder / "user.json")
    keep(file, STATE)
    file.path.chmod(0o644)
    (open_folder / "lock").chmod(0o444)
    open_folder.chmod(0o555)
    process = start(file.path, "new", "1", script=WITHOUT_RIGHTS)
    output, errors = process.communicate("go\n", timeout=60)
    open_folder.chmod(0o755)
    assert errors == ""
    assert output.splitlines() == [
        "('acme/gamma',)",
        f"StoreError: {open_folder / 'lock'}: cannot be locked: Permission denied; choose another folder",
    ]


def test_a_file_is_never_grown_beyond_what_is_read(file: UserFile) -> None:
    keep(file, STATE)
    many = tuple(f"acme/{number:0190}" for number in range(25_000))
    with pytest.raises(UsageError, match="bytes to keep, expected at most 4194304; remove some"):
        file.change(lambda state: state._replace(layer=UserLayer(favourites=many)))
    assert file.read().state == STATE
