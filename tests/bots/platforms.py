"""The three platforms as tests see them: what a message becomes on each, and what that must keep to."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from modelsync.bots import discord, slack, telegram
from modelsync.bots.messages import Message

Json = dict[str, Any]

PLATFORMS: Final[Mapping[str, Callable[[Message], tuple[Json, ...]]]] = {
    "telegram": lambda message: telegram.payloads(message, 42),
    "slack": lambda message: slack.payloads(message, "C42"),
    "discord": discord.payloads,
}
_ENTITY: Final = re.compile(r"&(?:amp|lt|gt);")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_MENTION: Final = re.compile(r"[@#]\w|://")


def problems(platform: str, message: Message) -> list[str]:
    """Everything by which the payloads of a message break a rule of the platform."""
    payloads = PLATFORMS[platform](message)
    sent = json.loads(json.dumps(payloads).encode("ascii"))
    return [problem for payload in sent for problem in _RULES[platform](payload)]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _of_telegram(payload: Json) -> list[str]:
    keys = [key for row in payload.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"] for key in row]
    rules = {
        "text is blank": bool(payload["text"].strip("\u2060 \n")),
        "text is longer than 4096": utf16(payload["text"]) <= 4096,
        "more than 100 keys": len(keys) <= 100,
        "a label is blank": all(each["text"].strip("\u2060 ") for each in keys),
        "a label is longer than 64": all(utf16(each["text"]) <= 64 for each in keys),
        "data is not 1 to 64 bytes": all(1 <= len(each["callback_data"].encode()) <= 64 for each in keys),
        "data is there twice": len({each["callback_data"] for each in keys}) == len(keys),
        "it is formatted": "parse_mode" not in payload and "entities" not in payload,
        "somebody is mentioned": not any(map(_MENTION.search, (payload["text"], *(each["text"] for each in keys)))),
    }
    return [problem for problem, holds in rules.items() if not holds]


def _of_slack(payload: Json) -> list[str]:
    blocks = payload["blocks"]
    sections = [each["text"] for each in blocks if each["type"] == "section"]
    rows = [each["elements"] for each in blocks if each["type"] == "actions"]
    keys = [key for row in rows for key in row]
    shown = [payload["text"], *(each["text"] for each in sections), *(key["text"]["text"] for key in keys)]
    rules = {
        "more than 50 blocks": len(blocks) <= 50,
        "a section is not 1 to 3000": all(1 <= utf16(each["text"]) <= 3000 for each in sections),
        "a text is blank": all(each.strip("\u2060 \n") for each in shown),
        "a row is longer than 5": all(1 <= len(row) <= 5 for row in rows),
        "a label is longer than 75": all(utf16(key["text"]["text"]) <= 75 for key in keys),
        "an action is not 1 to 255": all(1 <= len(key["action_id"]) <= 255 for key in keys),
        "an action is there twice": len({key["action_id"] for key in keys}) == len(keys),
        "it is formatted": all(each["type"] == "plain_text" for each in (*sections, *(key["text"] for key in keys))),
        "a sign is not escaped": not any(re.search("[<>&]", _ENTITY.sub("", each)) for each in shown),
        "somebody is mentioned": not any(map(_MENTION.search, shown)),
    }
    return [problem for problem, holds in rules.items() if not holds]


def _of_discord(payload: Json) -> list[str]:
    rows = [row["components"] for row in payload["components"]]
    keys = [key for row in rows for key in row]
    bare = _ESCAPED.sub("x", payload["content"])
    rules = {
        "content is blank": bool(payload["content"].strip("\u2060 \n")),
        "content is longer than 2000": utf16(payload["content"]) <= 2000,
        "more than 5 rows": len(rows) <= 5,
        "a row is longer than 5": all(1 <= len(row) <= 5 for row in rows),
        "a label is not 1 to 80": all(1 <= utf16(key["label"]) <= 80 for key in keys),
        "an id is not 1 to 100": all(1 <= len(key["custom_id"]) <= 100 for key in keys),
        "an id is there twice": len({key["custom_id"] for key in keys}) == len(keys),
        "it is formatted": re.search(r"[\\*_~`|<>\[\]()#:@]", bare) is None,
        "a list begins": re.search(r"^\s*(?:[-+]|\d+[.)])\s", bare, re.MULTILINE) is None,
        "somebody is mentioned": _MENTION.search(_ESCAPED.sub(r"\1", payload["content"])) is None,
        "it may ping": payload["allowed_mentions"] == {"parse": []},
    }
    return [problem for problem, holds in rules.items() if not holds]


_RULES: Final = {"telegram": _of_telegram, "slack": _of_slack, "discord": _of_discord}
