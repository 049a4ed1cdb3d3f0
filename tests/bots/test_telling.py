"""Notices in a chat: behind the next answer, in the bot's words, once, and few."""

from pathlib import Path
from typing import Any

from modelsync.bots.answering import answer, pressed
from modelsync.bots.chat import Chat
from modelsync.bots.messages import Accept
from modelsync.client.asked import Binding
from modelsync.client.catalog import Catalog
from modelsync.client.own.notices import Cause, Notice
from modelsync.client.own.personal import Personal
from modelsync.client.own.view import View
from modelsync.client.resolving.resolve import resolve
from tests.bots.chats import NOW, SCOPE, a_chat, bound, notices_of, press, small_documents

GONE = Binding("acme/old:free", "2026-08-01T00:00:00Z", is_free=True, blended_price="0")


def a_chat_with_news(**changes: Any) -> Chat:
    chat = bound(a_chat(**changes), GONE)
    return chat._replace(notices=notices_of(chat))


def who_chose_what_is_gone(folder: Path) -> Personal:
    own, before = Personal(folder, lambda: NOW), small_documents()
    before["current"]["models"].append(before["deprecations"]["tombstones"].pop()["lastKnown"])
    catalog = Catalog.of(before)
    own.bindings.set(SCOPE, resolve(catalog, "acme/old:free"), catalog=catalog)
    return own


def a_notice(number: int) -> Notice:
    return Notice(SCOPE, Cause.STOPPED, f"acme/gone-{number}", None, "none", f"acme/gone-{number} does not run")


def test_a_notice_comes_behind_the_answer_and_is_told() -> None:
    chat = a_chat_with_news()
    reply = answer(chat, "/find mu")
    assert [message.text for message in reply.messages[1:]] == [
        "! acme/old:free is gone, and corp/mu:free runs for now (free, before free)."
    ]
    assert reply.told == chat.notices


def test_a_notice_comes_also_with_a_message_that_is_no_command() -> None:
    assert len(answer(a_chat_with_news(), "hello").messages) == 1


def test_a_button_keeps_what_runs() -> None:
    chat = a_chat_with_news()
    reply = answer(chat, "hello")
    assert press(chat, reply, "Keep corp/mu:free").effect == Accept(SCOPE, chat.notices[0].key)


def test_only_admins_of_a_group_keep() -> None:
    chat = a_chat_with_news(is_group=True)
    assert press(chat, answer(chat, "hello"), "Keep corp/mu:free").effect is None


def test_nobody_keeps_what_another_chat_was_told() -> None:
    other = a_chat_with_news()._replace(scope="chat:43")
    assert pressed(other, f"keep:{other.notices[0].key}").effect is None


def test_more_than_three_notices_are_one_sentence() -> None:
    chat = a_chat(notices=tuple(map(a_notice, range(5))))
    (message,) = answer(chat, "hello").messages
    assert message.text == (
        "! 5 notices on acme/gone-0, acme/gone-1, acme/gone-2 and 2 more: /model tells what runs now."
    )


def test_a_notice_names_the_verbs_of_the_bot() -> None:
    ended = bound(a_chat(), Binding("acme/gamma", "2026-08-01T00:00:00Z", is_free=True, blended_price="0"))
    (message,) = answer(ended._replace(notices=notices_of(ended)), "hello").messages
    assert message.text.endswith(": choose with /use.")
    assert "`" not in message.text


def test_a_button_depends_on_what_happened_and_on_no_word_of_its_sentence() -> None:
    notices = (
        Notice(SCOPE, Cause.PRICE_UP, "acme/gamma", "acme/gamma", "pro", "Gamma kostet mehr"),
        Notice(SCOPE, Cause.BACK, "acme/gamma; keep it", "acme/gamma", "pro", "back is acme/gamma; keep it"),
    )
    (message,) = answer(a_chat(notices=notices), "hello").messages
    assert message.text == "! Gamma kostet mehr.\n! back is acme/gamma; keep it."
    assert [each.label for each in message.buttons] == ["Keep acme/gamma"]


def test_a_name_in_a_sentence_makes_no_verb() -> None:
    notice = Notice(SCOPE, Cause.BACK, "`models use`", "x", "pro", "`models use` is back: take it over with `models x`")
    (message,) = answer(a_chat(notices=(notice,)), "hello").messages
    assert message.text == "! `models use` is back: take it over with `models x`."


def test_an_end_is_told_with_the_verb_for_another_model() -> None:
    notice = Notice(SCOPE, Cause.EXPIRING, "acme/gamma", "acme/gamma", "pro", "acme/gamma ends tomorrow", 1)
    (message,) = answer(a_chat(notices=(notice,)), "hello").messages
    assert message.text == "! acme/gamma ends tomorrow: choose another with /pick."


def test_a_chat_is_told_once(tmp_path: Path) -> None:
    own = who_chose_what_is_gone(tmp_path)
    view = View(Catalog.of(small_documents()))
    told = []
    for _ in range(2):
        chat = Chat(view, own.state, SCOPE, NOW, notices=own.notices.take(view, SCOPE))
        reply = answer(chat, "hello")
        own.notices.shown(reply.told)
        told.append(len(reply.messages))
    assert told == [1, 0]


def test_what_is_kept_becomes_the_choice(tmp_path: Path) -> None:
    own = who_chose_what_is_gone(tmp_path)
    view = View(Catalog.of(small_documents()))
    chat = Chat(view, own.state, SCOPE, NOW, notices=own.notices.take(view, SCOPE))
    reply = answer(chat, "hello")
    own.notices.shown(reply.told)
    effect = press(chat, reply, "Keep corp/mu:free").effect
    assert isinstance(effect, Accept)
    own.notices.ack(effect.key, view)
    assert own.bindings.all()[SCOPE].desired == "corp/mu:free"
