"""How answers look: on a terminal of any width, on a pipe, as columns, as ids; and what never reaches a terminal."""

import os
import re
import subprocess
import sys
import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.reader.answer import Answer, Column, Facts, Heading, Table
from modelsync.reader.layout import display_width, lines_of, table_lines
from modelsync.reader.terminal import Form, Terminal
from tests.client.loopback import loopback
from tests.client.records import a_record
from tests.reader.command_line import Models
from tests.reader.shelf import published, published_objects

LOOKS: Final = (
    "list",
    "list --all",
    "search acme",
    "show acme/large",
    "pick chat",
    "compare acme/large acme/small zeta/view",
    "cost acme/large",
    "changes --since 2026-07-01",
    "why acme/large tools",
    "why acme/old",
    "backends acme/large",
    "check acme/small --images 2 --tokens 500K",
    "keys",
    "status",
    "user",
    "use haiku",
)
HOSTILE: Final = (
    "a\x1b[2J\x1b[31mred",
    "bell\x07 and back\x08space",
    "two\nlines\r\nand\ttabs",
    "\u202egnp.exe\u2066 bidi \u200b\u200d joiners",
    "\x9b31m \x85 \u2028 \u2029 others",
    "long " * 500,
    "模型" * 60,
)
_BOX: Final = re.compile("[\u2500-\u259f\x1b]")


def hostile_records() -> list[dict[str, Any]]:
    return [
        a_record(
            f"acme/odd-{place}",
            name=text,
            alias=f"odd-{place}",
            description=text,
            cost=text[:60],
            canonicalSlug=text[:60],
            inputModalities=[text[:60]],
        )
        for place, text in enumerate(HOSTILE)
    ]


@pytest.mark.parametrize("line", [each for each in LOOKS if each not in {"use haiku", "keys", "user"}])
def test_a_pipe_gets_neither_escapes_nor_boxes(models: Models, line: str) -> None:
    said = models(*line.split()).out
    assert said
    assert _BOX.search(said) is None


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("list", ["acme/large", "acme/small", "acme/small:free", "zeta/view"]),
        ("pick chat", ["acme/small", "acme/large", "acme/small:free"]),
        ("search acme small", ["acme/small", "acme/small:free"]),
        ("changes --since 2026-07-01", ["acme/large", "acme/old", "zeta/haiku-2"]),
        ("show large", ["acme/large"]),
        ("backends acme/large", ["gateway\tacme/large", "openrouter\tacme/large", "anthropic\tlarge"]),
    ],
)
def test_a_pipe_gets_one_id_a_line(models: Models, line: str, ids: list[str]) -> None:
    assert [each.replace(" ", "\t") for each in models(*line.split()).lines] == ids


@pytest.mark.parametrize(
    "line", ["list", "pick chat", "show large", "use large", "status", "cost large", "compare large small"]
)
def test_quiet_gives_ids_alone_and_no_word_beside_them(models: Models, line: str) -> None:
    ran = models(*line.split(), "--quiet")
    assert ran.err == ""
    assert all(re.fullmatch(r"[a-z~][a-z0-9/:~.-]+", each) for each in ran.lines)


@pytest.mark.parametrize("line", [each for each in LOOKS if each != "use haiku"])
def test_columns_have_names_and_every_row_has_every_column(models: Models, line: str) -> None:
    rows = [each.split("\t") for each in models(*line.split(), "--tsv").lines]
    assert all(rows[0]) or line.startswith("compare")
    assert {len(row) for row in rows} == {len(rows[0])}


def rows_of(models: Models, *words: str) -> list[list[str]]:
    return [each.split("\t") for each in models(*words, "--tsv").lines]


def test_columns_say_what_runs_in_every_scope(models: Models) -> None:
    models("use", "large")
    models("use", "small", "--scope", "chat:42", "--backend", "gateway")
    today = f"{models.now:%Y-%m-%d}"
    head, *rows = rows_of(models, "current", "--all")
    assert head == ["for", "runs", "at", "chosen", "since", "blended per M", "when chosen", "lost", "because"]
    assert [row[:8] for row in rows] == [
        ["chat:42", "acme/small", "gateway", "acme/small", today, "$0.175", "$0.175", "-"],
        ["default", "acme/large", "openrouter", "acme/large", today, "$4.00", "$4.00", "-"],
    ]
    assert rows_of(models, "current")[1][1] == "acme/large"


def test_columns_say_the_value_that_was_asked_for(models: Models) -> None:
    assert rows_of(models, "why", "acme/large", "tools") == [
        ["fact", "value"],
        ["model", "acme/large"],
        ["tools", "yes"],
        ["because", "the source's list says so"],
        ["sure", "high"],
        ["since", "not published"],
        ["api", "names the parameter tools"],
        ["telemetry", "not looked at"],
        ["override", "none"],
    ]


def test_columns_say_the_verdict_and_what_was_not_checked(models: Models) -> None:
    rows = rows_of(models, "check", "acme/small", "--images", "2")
    assert rows[-1] == ["FAIL", "verdict", "acme/small via openrouter"]
    assert [row for row in rows if row[0] == "-"] == [["-", "S13", "unchecked"], ["-", "S14", "unchecked"]]


def test_columns_say_which_catalog_and_how_fresh(models: Models) -> None:
    assert rows_of(models, "status")[:4] == [
        ["fact", "value"], ["generation", "7"], ["freshness", "fresh"], ["read from", "folder"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "forms"),
    [
        ("list --json --tsv", "--json and --tsv"),
        ("--tsv list --jsonl", "--jsonl and --tsv"),
        ("show large --json --jsonl --tsv", "--json and --jsonl and --tsv"),
    ],
)
def test_two_forms_at_once_are_refused(models: Models, line: str, forms: str) -> None:
    ran = models(*line.split())
    assert (ran.code, ran.err) == (2, f"models: form: found {forms}, expected one of them; choose one\n")


def test_one_form_may_be_asked_for_twice_and_quietly(models: Models) -> None:
    assert models("--json", "show", "large", "--json", "--quiet").json["items"][0]["id"] == "acme/large"


def test_columns_are_uncut(models: Models) -> None:
    rows = [each.split("\t") for each in models("pick", "coding", "--tsv").lines]
    assert rows == [
        ["alias", "model", "in / out per M", "context", "can", "why"],
        ["large", "acme/large", "$2.00 / $10.00", "1M", "tools, vision, schema, reasoning", "Good at it: acme/large."],
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("line", LOOKS)
def test_no_line_is_wider_than_the_terminal(models: Models, line: str, width: int) -> None:
    said = models.on_a_terminal(*line.split(), width=width, NO_COLOR="1").lines
    too_wide = [each for each in said if display_width(each) > width and not each.startswith("models: ")]
    assert [each for each in too_wide if str(models.store) not in each] == []  # a path is one word, and stays whole


def test_a_terminal_gets_a_table_whose_head_stands_out(models: Models) -> None:
    said = models.on_a_terminal("pick", "coding", width=120).out
    assert said == (
        "\x1b[1mfor coding, best first\x1b[0m\n"
        "\x1b[1m alias  model       in / out per M  context  can                               why\x1b[0m\n"
        " large  acme/large  $2.00 / $10.00       1M  tools, vision, schema, reasoning  Good at it: acme/large.\n"
        " choose one: models use large\n"
    )


def test_weights_can_be_switched_off(models: Models) -> None:
    assert "\x1b" in models.on_a_terminal("list").out
    assert "\x1b" not in models.on_a_terminal("list", NO_COLOR="1").out
    assert "\x1b" not in models.on_a_terminal("list", TERM="dumb").out


@pytest.mark.parametrize(("days", "word"), [(1, "stale"), (20, "old")])
@pytest.mark.parametrize("line", ["search large", "list --all", "show large", "pick chat", "use large", "why large"])
def test_a_terminal_is_told_in_one_line_how_old_a_catalog_is_that_is_not_fresh(
    models: Models, line: str, days: int, word: str
) -> None:
    at = models.now - timedelta(days=days)
    published(models.store, at=at)
    told = f"models: the catalog is {word}, as of {at:%Y-%m-%d}; see `models status`"
    assert models.on_a_terminal(*line.split(), OPENROUTER_API_KEY="sk-or-v1-0").lines.count(told) == 1
    assert models(*line.split(), "--user-dir", str(models.folder / "another")).err.count("as of") == 0


@pytest.mark.parametrize("line", ["search large", "list", "show large"])
def test_nobody_is_told_how_old_a_fresh_catalog_is(models: Models, line: str) -> None:
    assert "as of" not in models.on_a_terminal(*line.split()).out


@pytest.mark.parametrize("line", ["list", "status", "check large", "doctor", "keys", "list --json", "list --quiet"])
def test_what_tells_the_age_itself_or_reads_no_catalog_has_no_line_for_it(models: Models, line: str) -> None:
    published(models.store, at=models.now - timedelta(days=20))
    assert "as of" not in models.on_a_terminal(*line.split()).out


def test_an_old_catalog_from_a_server_can_be_refreshed(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects(at=models.now - timedelta(days=20)))
        models("refresh", "--source", server.url)
        said = models.on_a_terminal("show", "large", "--source", server.url, "--offline").lines
    assert said[-1].endswith("; run `models refresh`")


def test_columns_leave_from_the_least_important_on(models: Models) -> None:
    heads = [
        models.on_a_terminal("list", "--all", width=width, NO_COLOR="1").lines[0].split() for width in (60, 80, 120)
    ]
    assert heads == [
        ["model", "in", "/", "out", "per", "M", "context", "tools", "vision"],
        ["alias", "model", "in", "/", "out", "per", "M", "context", "tools", "vision", "reasoning"],
        ["alias", "model", "in", "/", "out", "per", "M", "context", "tools", "vision", "reasoning", "notes"],
    ]


@pytest.mark.parametrize("form", [(), ("--tsv",), ("--json",), ("--quiet",)])
@pytest.mark.parametrize(
    "line", ["list --all", "search odd", "show odd-0", "show odd-3", "compare odd-0 odd-1", "cost odd-2"]
)
def test_what_a_catalog_says_is_shown_and_never_obeyed(models: Models, line: str, form: tuple[str, ...]) -> None:
    models.republish(*hostile_records())
    ran = models(*line.split(), *form)
    unseen = {letter for letter in ran.out + ran.err if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"}}
    assert (ran.code, unseen - ({"\n", "\t"} if form == ("--tsv",) else {"\n"})) == (0, set())


@pytest.mark.parametrize("line", ["list --all", "show odd-1", "show odd-3", "show odd-6", "compare odd-0 odd-6"])
def test_a_terminal_is_given_nothing_to_obey_but_weights(models: Models, line: str) -> None:
    models.republish(*hostile_records())
    said = models.on_a_terminal(*line.split()).out.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert {letter for letter in said if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"}} == {"\n"}
    assert [each for each in said.splitlines() if display_width(each) > 80] == []


def test_what_was_typed_is_never_obeyed_either(models: Models) -> None:
    ran = models("show", "a\x1b[31m\u202eb")
    assert not {"\x1b", "\u202e"} & set(ran.out + ran.err)


def test_who_stops_reading_hears_no_complaint(models: Models) -> None:
    models.republish(*(a_record(f"acme/m{number}", name="m" * 2000) for number in range(2000)))
    command = f"{sys.executable} -m modelsync.reader list --all --limit 2000 --json | head -1"
    done = subprocess.run(["bash", "-c", command], env=models.environment(), capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"{\n", b"")


def test_a_pipe_nobody_reads_is_an_end_of_its_own(models: Models) -> None:
    near, far = os.pipe()
    os.close(near)
    command = [sys.executable, "-m", "modelsync.reader", "list"]
    done = subprocess.run(command, env=models.environment(), stdout=far, stderr=subprocess.PIPE, check=False)
    os.close(far)
    assert (done.returncode, done.stderr) == (141, b"")


def full(models: Models, line: str, *, unbuffered: str) -> tuple[int, bytes, bytes]:
    """The end of a command whose streams lead, where it says so, to a disk that is full."""
    environment = models.environment(PYTHONUNBUFFERED=unbuffered)
    command = ["bash", "-c", f"{sys.executable} -m modelsync.reader {line}"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


_NO_ROOM: Final = (
    b"models: standard output: found No space left on device, expected one that takes the answer; name another\n"
)
_NO_MODEL: Final = b"models: no model is called zz; `models list --all` shows every model\n"
on_a_full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this platform has no disk that is full")


@on_a_full_disk
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("line", ["list", "list --json", "list --jsonl", "--help", "list --help", "--version"])
def test_a_full_disk_is_said_in_a_sentence(models: Models, line: str, unbuffered: str) -> None:
    assert full(models, f"{line} > /dev/full", unbuffered=unbuffered) == (2, b"", _NO_ROOM)


@on_a_full_disk
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_refusal_that_finds_no_room_in_json_is_said_and_keeps_its_code(models: Models, unbuffered: str) -> None:
    ran = full(models, "show zz --json > /dev/full", unbuffered=unbuffered)
    assert ran == (3, b"", _NO_MODEL + _NO_ROOM)


@on_a_full_disk
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("show zz", 3),
        ("show zz --debug", 3),
        ("show zz --json > /dev/full", 3),
        ("--nonsense", 2),
        ("list >/dev/full", 2),
    ],
)
def test_where_nothing_can_be_said_the_code_says_it(models: Models, line: str, code: int, unbuffered: str) -> None:
    assert full(models, f"{line} 2> /dev/full", unbuffered=unbuffered) == (code, b"", b"")


@on_a_full_disk
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_that_is_given_is_done_whatever_cannot_be_said_beside_it(models: Models, unbuffered: str) -> None:
    assert full(models, "use acme/large 2> /dev/full", unbuffered=unbuffered) == (0, b"acme/large\n", b"")


@pytest.mark.parametrize("form", [Form.JSON, Form.JSONL])
def test_no_number_is_printed_that_is_no_json(form: Form) -> None:
    answer = Answer((), items=({"maxOutput": float("nan")},))
    with pytest.raises(ValueError, match="not JSON compliant"):
        Terminal({}, form=form).show(answer, command="show", catalog=None, notices=())


def test_a_closed_output_is_no_defect(models: Models) -> None:
    command = f"{sys.executable} -m modelsync.reader list >&-"
    done = subprocess.run(["bash", "-c", command], env=models.environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "variables", [{"LANG": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1:strict"}]
)
@pytest.mark.parametrize("line", ["list --all --tsv", "show odd-6", "list --all --json"])
def test_letters_that_a_stream_lacks_are_no_defect(models: Models, line: str, variables: dict[str, str]) -> None:
    models.republish(*hostile_records())
    ran = models.process(*line.split(), **variables)
    assert (ran.code, ran.err) == (0, "")


# --- the layout by itself ---

_COLUMNS: Final = (
    Column("model", is_id=True),
    Column("price", is_number=True),
    Column("tools", leaves=1),
    Column("notes", leaves=2),
)
_WORDS: Final = st.text(alphabet="ab模 型e\u0301-/", max_size=30)


@given(st.lists(st.tuples(_WORDS, _WORDS, _WORDS, _WORDS), min_size=1, max_size=5), st.integers(20, 140))
def test_whatever_fits_stands_under_its_name(rows: list[tuple[str, ...]], width: int) -> None:
    lines = table_lines(Table(_COLUMNS, tuple(rows)), width=width)
    needs = max(display_width(row[0]) for row in rows) + max(display_width(row[1]) for row in rows)
    if needs + 10 + len("modelprice") <= width:
        assert len(lines) == len(rows) + 1
        assert max(map(display_width, lines)) <= width


@given(st.lists(_WORDS, min_size=1, max_size=4), st.integers(40, 100))
def test_prose_is_wrapped_and_none_of_it_lost(texts: list[str], width: int) -> None:
    columns = (Column("code"), Column("what", is_prose=True))
    lines = table_lines(Table(columns, tuple(("S01", text) for text in texts)), width=width)
    assert max(map(display_width, lines)) <= width
    assert "".join("".join(texts).split()) == "".join("".join(lines[1:]).split()).replace("S01", "")


def test_columns_without_room_stand_below() -> None:
    columns = (Column("what"), Column("acme/a-long-name", is_id=True), Column("acme/a-longer-name", is_id=True))
    assert table_lines(Table(columns, (("tools", "yes", "no"),)), width=34) == [
        " what   acme/a-long-name",
        " tools  yes",
        " what   acme/a-longer-name",
        " tools  no",
    ]


def test_tables_of_the_same_columns_are_aligned_alike_and_named_once() -> None:
    columns = (Column("model"), Column("price", is_number=True))
    parts = (Heading("one"), Table(columns, (("a", "1"),)), Heading("two"), Table(columns, (("a-longer", "10"),)))
    assert [text for text, _ in lines_of(parts, width=80)] == [
        "one",
        " model     price",
        " a             1",
        "two",
        " a-longer     10",
    ]


def test_a_fact_goes_on_below_itself() -> None:
    facts = Facts((("can", "tools, vision, schema and reasoning"), ("is", "short")))
    assert [text for text, _ in lines_of([facts], width=32)] == [
        " can  tools, vision, schema and",
        "      reasoning",
        " is   short",
    ]
