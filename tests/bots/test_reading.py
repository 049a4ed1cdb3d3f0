"""What somebody typed or pressed, as the bot reads it on each platform."""

import pytest

from modelsync.bots import discord, slack
from modelsync.bots.commands import Command, command_of, key_in, read_command
from modelsync.bots.pressed import Press, data_of, key_of, read_press
from modelsync.bots.texts import JOINER, cut, pages, quoted, unlinked, visible
from modelsync.client.catalog import Model
from tests.bots.chats import a_chat, told


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/models", Command("models")),
        ("  /use  qwen3 coder ", Command("use", "qwen3 coder")),
        ("/use@TheBot x", Command("use", "x")),
        ("/use_qwen3_coder", Command("use", "qwen3_coder")),
        ("/use_qwen3_coder@thebot", Command("use", "qwen3_coder")),
        ("/USE Acme/Gamma", Command("use", "Acme/Gamma")),
        ("/find two\nlines", Command("find", "two\nlines")),
        (f"/use z.{JOINER}ai", Command("use", "z.ai")),
        ("/use@OtherBot x", None),
        ("/model_gamma", None),
        ("/start", None),
        ("use x", None),
        ("see /use x", None),
        ("", None),
    ],
)
def test_a_message_is_a_command_or_none(text: str, command: Command | None) -> None:
    assert read_command(text, me="TheBot") == command


@pytest.mark.parametrize(
    ("alias", "command"),
    [
        ("gamma", "use_gamma"),
        ("a" * 28, f"use_{'a' * 28}"),
        ("a" * 29, f"use_k_{key_of('acme/gamma')}"),
        ("gamma-4.5", f"use_k_{key_of('acme/gamma')}"),
        ("Gamma", f"use_k_{key_of('acme/gamma')}"),
        ("a--b", f"use_k_{key_of('acme/gamma')}"),
    ],
)
def test_the_command_of_a_model_fits_telegram(alias: str, command: str) -> None:
    found = command_of(Model("acme/gamma", {"alias": alias}))
    assert found == command
    assert len(found) <= 32


def test_the_command_of_a_key_chooses() -> None:
    assert told(a_chat(), f"/use_k_{key_of('bolt/delta')}").startswith("You use Bolt: Delta (bolt/delta) now.")
    assert key_in("qwen3_coder") is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<@U024BE7LH> use gamma", "/use gamma"),
        ("<@U024BE7LH|bot> /use gamma", "/use gamma"),
        ("/use &lt;x&gt; &amp;amp;", "/use <x> &amp;"),
        ("/find <http://z.ai|z.ai>", "/find z.ai"),
        ("/find <https://z.ai>", "/find https://z.ai"),
    ],
)
def test_slack_escapes_are_taken_back(typed: str, read: str) -> None:
    assert slack.plain(typed) == read


@pytest.mark.parametrize("typed", ["<@80351> use gamma", "<@!80351> !use gamma", "/use gamma"])
def test_a_mention_of_the_bot_is_a_command_on_discord(typed: str) -> None:
    assert discord.plain(typed) == "/use gamma"


def test_the_data_of_a_button_is_read_back() -> None:
    assert read_press(data_of("find", "2", "a: b") or "") == Press("find", ("2", "a: b"))
    assert read_press("no") == Press("no", ())
    assert data_of("find", "2", "x" * 60) is None
    assert data_of("find", "2", "\x1b") is None


def test_nothing_in_a_name_begins_a_command_or_is_unseen() -> None:
    assert quoted("x\n/start \x1b[2J (/stop) a/b") == f"x {JOINER}/start [2J ({JOINER}/stop) a/b"


def test_nothing_is_linked() -> None:
    assert unlinked("@all #tag $USD $5 http://z.ai 4.5").replace(JOINER, "|") == (
        "@|all #|tag $|USD $5 http:|//z.|ai 4.5"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.2.3.4", "1.|2.3.4"),
        ("x 10.20.30.40:8080/y", "x 10.|20.30.40:8080/y"),
        ("localhost:80/x", "localhost:|80/x"),
        ("+15551234567", "+|15551234567"),
        ("1234567812345678", "123456|7|8|1|2|345678"),
        ("1234 5678-1234 5678", "1234 |5678-|1234 5678"),
        ("\uff20everyone \uff03tag", "\uff20|everyone \uff03|tag"),
    ],
)
def test_what_a_platform_reads_as_an_address_or_a_number_is_none(text: str, shown: str) -> None:
    assert unlinked(text).replace(JOINER, "|") == shown


@pytest.mark.parametrize(
    "text",
    [
        "$0.60 / $2.40",
        "2026-08-08 18:42",
        "1,048,576 tokens",
        "131072",
        "qwen3-235b-a22b-2507",
        "one-4.5.1:free",
        "20260808",
    ],
)
def test_a_price_a_time_or_a_name_stays_as_it_is(text: str) -> None:
    assert unlinked(text) == text


def test_a_blank_text_is_three_dots() -> None:
    assert [visible(each) for each in ("", " \n", JOINER, "\u202e")] == ["…"] * 4


def test_pages_break_between_lines_and_where_a_line_is_too_long_inside() -> None:
    assert pages("aaa\nbb\ncccccc", 6, str) == ("aaa\nbb", "cccccc")
    assert pages("abcdefg", 3, str) == ("abc", "def", "g")
    assert pages("\U0001d4b3\U0001d4b3\U0001d4b3", 4, str) == ("\U0001d4b3\U0001d4b3", "\U0001d4b3")
    assert pages("<<", 7, slack.escaped) == ("&lt;", "&lt;")


def test_a_label_is_cut_in_its_form() -> None:
    assert cut("a<b", 5, slack.escaped) == "a…"
    assert cut("abc", 3, str) == "abc"
