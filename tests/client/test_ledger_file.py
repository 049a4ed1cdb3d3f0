"""Telling once, from files: between processes, through crashes at every step, and where nothing can be kept."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from modelsync.client.own.ledger_file import NoticeFile
from modelsync.client.own.notices import Cause, Notice
from modelsync.client.reading.files import locked
from modelsync.errors import NotFoundError, StoreError, UsageError
from tests.client.processes import KILLED_AT, REPOSITORY

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)

TELL: Final = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from modelsync.client.own.ledger_file import NoticeFile
from modelsync.client.own.notices import Cause, Notice
file = NoticeFile(Path(sys.argv[1]), wait_seconds=60)
now = datetime.fromisoformat("2026-08-08T18:42:00+00:00")
facts = [Notice("me", Cause.SUBSTITUTED, "acme/gone", "acme/new", "standard", "acme/gone is gone")]
sys.stdin.readline()
file.settle(facts, now=now)
mine = file.take(facts, now=now)
for notice in mine:
    sys.stdout.write(notice.key + chr(10))
    sys.stdout.flush()
file.shown(mine, now=now)
"""
KILLED: Final = KILLED_AT + TELL.replace("readline()", "readline()\nsys.setprofile(hook)")


def a_notice(effective: str = "acme/new", *, scope: str = "me", price_class: str = "standard") -> Notice:
    return Notice(scope, Cause.SUBSTITUTED, "acme/gone", effective, price_class, "acme/gone is gone")


def tell(file: NoticeFile, *notices: Notice, now: datetime) -> list[Notice]:
    """What a client does at every start."""
    file.settle(notices, now=now)
    mine = file.take(notices, now=now)
    file.shown(mine, now=now)
    return list(mine)


def start(path: Path, *arguments: str, script: str = TELL) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path), *arguments],
        env={"PYTHONPATH": str(REPOSITORY / "shared"), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def file(tmp_path: Path) -> NoticeFile:
    return NoticeFile(tmp_path / "modelsync" / "notices.json", wait_seconds=0.05)


def test_what_was_told_is_not_told_again_for_thirty_days(file: NoticeFile) -> None:
    assert tell(file, a_notice(), now=NOW) == [a_notice()]
    for hours in range(1, 30 * 24, 5):
        assert tell(NoticeFile(file.path), a_notice(), now=NOW + timedelta(hours=hours)) == []


@pytest.mark.parametrize("changed", [a_notice("acme/newer"), a_notice(price_class="pro")])
def test_another_substitute_or_price_class_is_told_exactly_once(file: NoticeFile, changed: Notice) -> None:
    tell(file, a_notice(), now=NOW)
    told = [tell(NoticeFile(file.path), changed, now=NOW + day * DAY) for day in range(1, 31)]
    assert told == [[changed]] + [[]] * 29


def test_looking_takes_nothing(file: NoticeFile) -> None:
    assert file.due([a_notice()], now=NOW) == (a_notice(),)
    assert not file.path.exists()
    assert tell(file, a_notice(), now=NOW) == [a_notice()]
    assert file.due([a_notice()], now=NOW) == ()


def test_of_two_that_want_to_tell_one_has_the_lease(file: NoticeFile) -> None:
    other = NoticeFile(file.path)
    assert file.take([a_notice()], now=NOW) == (a_notice(),)
    assert other.take([a_notice()], now=NOW + 59 * SECOND) == ()
    assert other.take([a_notice()], now=NOW + 60 * SECOND) == (a_notice(),)


def test_of_many_processes_one_tells(tmp_path: Path) -> None:
    running = [start(tmp_path / "new" / "notices.json") for _ in range(8)]
    for process in running:
        assert process.stdin is not None
        os.write(process.stdin.fileno(), b"go\n")
    found = [process.communicate(timeout=60) for process in running]
    assert sorted(found) == [("", "")] * 7 + [(f"{a_notice().key}\n", "")]


def test_who_is_killed_at_any_write_causes_one_repetition_at_most(tmp_path: Path) -> None:
    ended, call, times_told = -signal.SIGKILL, 0, Counter[int]()
    while ended == -signal.SIGKILL:
        call += 1
        path = tmp_path / str(call) / "notices.json"
        process = start(path, str(call), script=KILLED)
        told = len(process.communicate("go\n", timeout=60)[0].splitlines())
        ended = process.returncode
        for second in (1, 61, 122, 183):
            told += len(tell(NoticeFile(path), a_notice(), now=NOW + second * SECOND))
        times_told[told] += 1
    assert (ended, set(times_told)) == (0, {1, 2})
    assert call > 12


def test_the_message_that_told_is_kept(file: NoticeFile) -> None:
    file.take([a_notice()], now=NOW)
    file.shown([a_notice()], now=NOW, message="telegram:42")
    assert json.loads(file.path.read_text()) == {
        "schema": 1,
        "entries": {
            a_notice().key: {
                "scope": "me", "standing": "shown", "at": "2026-08-08T18:42:00+00:00", "message": "telegram:42"
            }
        },
    }  # fmt: skip
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_what_was_accepted_says_whose_it_was_and_stays_quiet(file: NoticeFile) -> None:
    tell(file, a_notice(), now=NOW)
    assert file.acknowledge(a_notice().key[:4].upper(), now=NOW) == (a_notice().key, "me")
    assert file.read()[a_notice().key].standing == "acked"
    assert tell(file, a_notice(), now=NOW + 40 * DAY) == []


def test_the_letters_of_no_notice_are_refused(file: NoticeFile) -> None:
    with pytest.raises(NotFoundError, match="notice: found none with '7f3a'"):
        file.acknowledge("7f3a", now=NOW)


def test_a_new_choice_accepts_what_its_scope_was_told(file: NoticeFile) -> None:
    tell(file, a_notice(), a_notice(scope="chat:42"), now=NOW)
    file.rebound("me", now=NOW)
    assert {entry.scope: str(entry.standing) for entry in file.read().values()} == {"me": "acked", "chat:42": "shown"}


def test_a_damaged_ledger_is_moved_aside_and_costs_one_repetition(file: NoticeFile) -> None:
    tell(file, a_notice(), now=NOW)
    file.path.write_bytes(b"{torn")
    assert [tell(file, a_notice(), now=NOW + day * DAY) for day in (1, 2)] == [[a_notice()], []]
    assert file.path.with_name("notices.json.bad").read_bytes() == b"{torn"


@pytest.mark.parametrize(
    "entry",
    [1, {}, {"scope": "me", "standing": "told", "at": "2026-08-08T18:42:00Z"},
     {"scope": "me", "standing": "shown", "at": "yesterday"}, {"scope": 1, "standing": "shown", "at": "x"},
     {"scope": "me", "standing": "shown", "at": "2026-08-08T18:42:00Z", "message": 1}],
)  # fmt: skip
def test_an_entry_that_is_none_is_damage(file: NoticeFile, entry: Any) -> None:
    tell(file, a_notice(), now=NOW)
    file.path.write_text(json.dumps({"schema": 1, "entries": {"7f3a": entry}}))
    with pytest.raises(StoreError, match="found no ledger of notices, expected one; the next notice begins a new one"):
        file.read()
    assert tell(file, a_notice(), now=NOW) == [a_notice()]


def test_a_ledger_of_a_newer_version_is_left_alone_and_one_process_tells_once(file: NoticeFile) -> None:
    tell(file, now=NOW)
    newer = b'{"schema": 2, "entries": []}'
    file.path.write_bytes(newer)
    assert [tell(file, a_notice(), now=NOW + day * DAY) for day in range(3)] == [[a_notice()], [], []]
    assert file.problem == f"{file.path}: schema: found 2, expected 1; upgrade modelsync"
    assert file.path.read_bytes() == newer


def test_where_nothing_can_be_kept_people_are_told_again_rather_than_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("a file where the folder should be")
    path = tmp_path / "in the way" / "notices.json"
    for _ in range(2):
        file = NoticeFile(path)
        assert [tell(file, a_notice(), now=NOW + day * DAY) for day in range(3)] == [[a_notice()], [], []]
        assert file.problem is not None


def test_who_asks_to_accept_is_told_where_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    with pytest.raises(StoreError):
        NoticeFile(tmp_path / "in the way" / "notices.json").acknowledge("7f3a", now=NOW)


def test_what_was_told_while_nothing_could_be_kept_is_noted_as_soon_as_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "in the way"
    folder.write_text("")
    file = NoticeFile(folder / "notices.json")
    assert tell(file, a_notice(), now=NOW) == [a_notice()]
    folder.unlink()
    assert tell(file, a_notice(), now=NOW + DAY) == []
    assert file.problem is None
    assert tell(NoticeFile(file.path), a_notice(), now=NOW + 2 * DAY) == []


def test_what_was_noted_late_is_noted_once(tmp_path: Path) -> None:
    folder = tmp_path / "in the way"
    folder.write_text("")
    file = NoticeFile(folder / "notices.json")
    tell(file, a_notice(), now=NOW)
    folder.unlink()
    for day in (1, 2):
        tell(file, now=NOW + day * DAY)
    entry = file.read()[a_notice().key]
    assert (str(entry.standing), entry.at) == ("superseded", NOW + DAY)


def test_what_could_not_be_noted_after_it_was_told_is_not_told_again_by_the_same_process(file: NoticeFile) -> None:
    mine = file.take([a_notice()], now=NOW)
    with locked(file.path.parent / "lock", wait_seconds=0):
        file.shown(mine, now=NOW)
        assert file.problem is not None
    assert tell(file, a_notice(), now=NOW + DAY) == []


def test_what_was_accepted_meanwhile_stays_accepted(file: NoticeFile) -> None:
    mine = file.take([a_notice()], now=NOW)
    with locked(file.path.parent / "lock", wait_seconds=0):
        file.shown(mine, now=NOW)
    NoticeFile(file.path).acknowledge(a_notice().key, now=NOW)
    file.settle([a_notice()], now=NOW + DAY)
    assert file.read()[a_notice().key].standing == "acked"


def test_while_another_process_is_telling_for_long_nothing_is_told_and_nothing_is_lost(file: NoticeFile) -> None:
    tell(file, now=NOW)
    with locked(file.path.parent / "lock", wait_seconds=0) as is_ours:
        assert is_ours
        assert file.take([a_notice()], now=NOW) == ()
        assert "found another process changing it" in (file.problem or "")
    assert file.take([a_notice()], now=NOW) == (a_notice(),)


def test_letters_of_several_notices_are_refused(file: NoticeFile) -> None:
    notices = [a_notice(f"acme/{number}") for number in range(17)]
    tell(file, *notices, now=NOW)
    letters = Counter(notice.key[0] for notice in notices)
    with pytest.raises(UsageError, match="expected one; type more of its letters"):
        file.acknowledge(letters.most_common(1)[0][0], now=NOW)


FACTS: Final = [a_notice("acme/a"), a_notice("acme/b"), a_notice("acme/a", price_class="pro"), a_notice(scope="chat:1")]


class Telling(RuleBasedStateMachine):
    """Clients that come and go within thirty days, and die at any step; no fact ceases, but others come up.

    Each crash after telling and before noting may cost one repetition of what was told; nothing else repeats.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "notices.json"
        self.now = NOW
        self.facts: list[Notice] = []
        self.told, self.allowed = Counter[str](), Counter[str]()

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(number=st.sampled_from(range(len(FACTS))))
    def a_fact_comes_up(self, number: int) -> None:
        if FACTS[number] not in self.facts:
            self.facts.append(FACTS[number])
            self.allowed[FACTS[number].key] = 1

    @rule(seconds=st.sampled_from([0, 1, 59, 60, 3600, 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.now = min(self.now + seconds * SECOND, NOW + 30 * DAY)

    @rule()
    def a_client_tells(self) -> None:
        for notice in tell(NoticeFile(self.path), *self.facts, now=self.now):
            self.told[notice.key] += 1

    @rule()
    def a_client_dies_before_it_tells(self) -> None:
        NoticeFile(self.path).take(self.facts, now=self.now)

    @rule()
    def a_client_dies_before_it_notes_what_it_told(self) -> None:
        for notice in NoticeFile(self.path).take(self.facts, now=self.now):
            self.told[notice.key] += 1
            self.allowed[notice.key] += 1

    @rule()
    def a_client_dies_while_it_writes(self) -> None:
        (self.path.parent / ".tmp-1-1-notices.json").write_bytes(b'{"schema"')

    @rule()
    def a_user_chooses_anew(self) -> None:
        NoticeFile(self.path).rebound("me", now=self.now)

    @invariant()
    def nothing_is_told_more_often_than_crashes_allow(self) -> None:
        assert all(self.told[key] <= self.allowed[key] for key in self.told)

    @invariant()
    def what_nobody_is_telling_is_told_by_the_next(self) -> None:
        later = NoticeFile(self.path).due(self.facts, now=self.now + 60 * SECOND)
        assert all(self.told[notice.key] < self.allowed[notice.key] for notice in later)


TestTelling = Telling.TestCase
TestTelling.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
