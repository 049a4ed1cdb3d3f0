"""Whatever the names in a catalog are, and whatever somebody types: no platform refuses the answer, or obeys it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelsync.bots.answering import answer, pressed
from modelsync.bots.chat import Chat
from modelsync.bots.messages import Button, Message, Reply
from modelsync.bots.pressed import key_of
from modelsync.bots.syncing import report
from modelsync.client.catalog import Catalog
from tests.bots.chats import a_chat, after, notices_of
from tests.bots.platforms import PLATFORMS, problems
from tests.client.records import GENERATED_AT, a_record, a_tombstone, free, prices

HOSTILE = (
    "@everyone", "<@U024BE7LH>", "<!channel>", "**bold**", "_x_", "```", "[a](http://evil.example)", "https://evil.example",
    "&lt;", "<b>", "\n- list", "\x1b[2J", "\u202e", "/use_evil", "#here", "\ud800", "||spoiler||", "1. x", "> quote",
    "t.me/evil", "\U0001d4b3" * 40, "x" * 3000, "`models use`", "\\", "\u2060", "", " ",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12), max_size=6).map(" ".join)
"""Names that want to be more than names."""
PARTS = st.sampled_from(
    "outcome counts events error message findings manifest heartbeat status run generation lastAttempt".split()
)
"""Members of what the pipeline answers."""
VERBS = st.sampled_from(
    ["/models", "/use {}", "/use_{}", "/model {}", "/model", "/pick {}", "/pick coding", "/pick free", "/find {}",
     "/find a", "/help", "/syncmodels {}", "/syncmodels", "{}"]
)  # fmt: skip


@st.composite
def chats(draw: st.DrawFn) -> Chat:
    """A chat with a catalog of hostile names, in which something may be chosen already, and be gone since."""
    count = draw(st.integers(1, 12))
    # An id can be encoded: saved choices and notices are kept by it.
    ids = [f"a/{number}{draw(WORDS)}".replace("\ud800", "") for number in range(count)]
    records = [_record(draw, each) for each in ids]
    envelope = {"generation": draw(st.integers(0, 10**12)), "generatedAt": GENERATED_AT}
    bucket = {"models": [{"id": each, "reason": draw(WORDS)} for each in ids]}
    documents: dict[str, dict[str, Any]] = {
        "manifest": envelope,
        "current": {**envelope, "models": records},
        "curated": {**envelope, "models": [], "buckets": {f"b{n}": bucket for n in range(6)}, "autoTargets": {}},
        "deprecations": {**envelope, "redirects": [], "tombstones": [], "aliasHistory": []},
    }
    chat = a_chat(Catalog.of(documents), is_admin=True)
    if draw(st.booleans()):
        chat = after(chat, pressed(chat, f"use:{key_of(ids[0])}"))
    if draw(st.booleans()):
        documents["current"]["models"] = records[1:]
        documents["deprecations"]["tombstones"] = [a_tombstone(records[0])]
        chat = chat._replace(view=chat.view._replace(catalog=Catalog.of(documents)))
    return chat._replace(notices=notices_of(chat))


def _record(draw: st.DrawFn, model_id: str) -> dict[str, Any]:
    changes = draw(
        st.sampled_from(
            [free(), {"pricing": prices("9", "9")}, {"pricing": prices("1", "1", overrides=[{"other": "x"}])}]
        )
    )
    said = {"name": draw(WORDS), "alias": draw(WORDS), "cost": draw(WORDS), "variant": None}
    return a_record(model_id, **{**changes, **said})


@given(chats(), VERBS, WORDS, st.data())
@settings(max_examples=60)
def test_no_answer_breaks_a_rule_of_a_platform(chat: Chat, verb: str, argument: str, data: st.DataObject) -> None:
    reply = answer(chat, verb.format(argument))
    _keeps_the_rules(reply)
    buttons = [each for message in reply.messages for each in message.buttons]
    if buttons:
        _keeps_the_rules(pressed(chat, data.draw(st.sampled_from(buttons)).data))


@given(WORDS, st.lists(st.tuples(WORDS, st.integers()), max_size=30))
def test_no_message_breaks_a_rule_of_a_platform(text: str, labels: list[tuple[str, int]]) -> None:
    buttons = {f"use:{number % 100}": Button(label, f"use:{number % 100}") for label, number in labels}
    message = Message(text, tuple(buttons.values()))
    assert {name: problems(name, message) for name in PLATFORMS} == {name: [] for name in PLATFORMS}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | WORDS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PARTS | WORDS, inner, max_size=5),
        max_leaves=20,
    )
)
def test_whatever_the_pipeline_answers_can_be_said(document: Any) -> None:
    message = report(document if isinstance(document, dict) else {"outcome": document})
    assert {name: problems(name, message) for name in PLATFORMS} == {name: [] for name in PLATFORMS}


@given(st.sets(st.text(), min_size=2, max_size=50))
def test_no_two_ids_have_one_key(ids: set[str]) -> None:
    assert len({key_of(each) for each in ids}) == len(ids)


@pytest.mark.parametrize(
    "data",
    [
        *("", ":", "use", "use:", "use:nothing", "yes:a:b:c:d", "undo:x", "no:1", "models:-1", "find:1", "find:x:y"),
        *("pick:", "sync:all", "sync:rm -rf:7", "keep:0", "\ud800", "x" * 999, "models:99999999999999999999"),
    ],
)
def test_any_data_is_answered_and_changes_nothing(data: str) -> None:
    reply = pressed(a_chat(is_admin=True), data)
    assert reply.messages
    assert reply.effect is None


def _keeps_the_rules(reply: Reply) -> None:
    for message in reply.messages:
        assert {name: problems(name, message) for name in PLATFORMS} == {name: [] for name in PLATFORMS}
        assert sum(each.data.startswith("use:") for each in message.buttons) <= 20
