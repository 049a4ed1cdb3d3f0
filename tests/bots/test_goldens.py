"""Every verb on every platform, as it goes over the wire: one line for each thing that was typed, and each payload."""

import json
from collections.abc import Iterator

import pytest

from modelsync.bots.answering import answer
from modelsync.bots.messages import Message
from modelsync.bots.syncing import report
from tests.bots.chats import a_chat, after, golden
from tests.bots.platforms import PLATFORMS

TYPED = (
    "/help",
    "/models",
    "/use gamma",
    "/use delta",
    "/use lambda-free",
    "/model",
    "/pick coding",
    "/find gamm",
    "/syncmodels",
)
RUN = {
    "job": "all",
    "outcome": "published",
    "dryRun": False,
    "generation": 8,
    "message": None,
    "counts": {"active": 6, "stale": 0, "deprecated": 1},
    "events": {"added": 2, "repriced": 1},
    "findings": ["overrides: quality: acme/<old> matches no model; remove it or mend the id"],
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_verb_has_its_form_on_every_platform(platform: str) -> None:
    assert "\n".join(lines(platform)) + "\n" == golden(f"{platform}.jsonl")


def lines(platform: str) -> Iterator[str]:
    chat = a_chat(is_admin=True)
    for typed in TYPED:
        reply = answer(chat, typed)
        yield json.dumps(typed)
        yield from (line for message in reply.messages for line in _sent(platform, message))
        chat = after(chat, reply)
    yield json.dumps("the run's answer")
    yield from _sent(platform, report(RUN))


def _sent(platform: str, message: Message) -> Iterator[str]:
    return (json.dumps(payload, ensure_ascii=False) for payload in PLATFORMS[platform](message))
