"""What only a platform decides: where a long text breaks, where the buttons go, and what wraps a message."""

import pytest

from modelsync.bots import discord, slack, telegram
from modelsync.bots.messages import Button, Message
from tests.bots.platforms import PLATFORMS

LONG = Message("\n".join(f"line {number}" for number in range(1000)), (Button("Undo", "undo:none"),))


@pytest.mark.parametrize(("platform", "count"), [("telegram", 3), ("slack", 3), ("discord", 5)])
def test_a_long_text_is_several_messages_of_which_the_last_has_the_buttons(platform: str, count: int) -> None:
    payloads = PLATFORMS[platform](LONG)
    assert ["undo:none" in str(each) for each in payloads] == [False] * (count - 1) + [True]


def test_no_line_is_lost_between_messages() -> None:
    assert "\n".join(each["text"] for each in telegram.payloads(LONG, 1)) == LONG.text
    assert "\n".join(each["text"] for each in slack.payloads(LONG, "C1")) == LONG.text
    assert "\n".join(each["content"] for each in discord.payloads(LONG)) == LONG.text


def test_a_response_to_an_interaction_wraps_the_message() -> None:
    (payload,) = discord.payloads(Message("hello"))
    assert discord.response(payload) == {
        "type": 4,
        "data": {"content": "hello", "allowed_mentions": {"parse": []}, "flags": 4, "components": []},
    }


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("**bold** __x__", r"\*\*bold\*\* \_\_x\_\_"),
        ("<@80351>", "\\<\\@\u206080351\\>"),
        ("@everyone", "\\@\u2060everyone"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("# head", r"\# head"),
        ("[a](https://b.example)", "\\[a\\]\\(https\\:\u2060//b.\u2060example\\)"),
    ],
)
def test_a_name_is_a_name_on_discord(name: str, shown: str) -> None:
    assert discord.payloads(Message(name))[0]["content"] == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("<!channel>", "&lt;!channel&gt;"), ("<@U1>", "&lt;@\u2060U1&gt;"), ("a & b", "a &amp; b"), ("&lt;", "&amp;lt;")],
)
def test_a_name_is_a_name_on_slack(name: str, shown: str) -> None:
    payload = slack.payloads(Message(name), "C1")[0]
    assert payload["blocks"] == [{"type": "section", "text": {"type": "plain_text", "text": shown, "emoji": False}}]
    assert payload["text"] == shown


def test_a_name_is_a_name_on_telegram() -> None:
    (payload,) = telegram.payloads(Message("<b>@all</b> *x*"), 1)
    assert payload["text"] == "<b>@\u2060all</b> *x*"
    assert "parse_mode" not in payload
