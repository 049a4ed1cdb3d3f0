"""Choosing a model in a chat: what is saved, what is asked first, and who may."""

import pytest

from modelsync.bots.answering import answer, pressed
from modelsync.bots.chat import Chat
from modelsync.bots.messages import Bind, Reply, Unbind
from modelsync.bots.pressed import key_of
from modelsync.client.asked import Binding
from modelsync.client.catalog import Catalog
from modelsync.client.resolving.resolution import Outcome
from tests.bots.chats import SCOPE, a_chat, after, bound, press, small_documents, told

OLD_BUTTON = "This button is from an older list; nothing was changed. /models shows what there is now."


def chosen(reply: Reply) -> str | None:
    assert isinstance(reply.effect, Bind)
    return reply.effect.answer.id


def desired(chat: Chat) -> str | None:
    return None if chat.binding is None else chat.binding.desired


@pytest.mark.parametrize(
    "text", ["/use gamma-mini", "/use_gamma_mini", "/use acme/gamma-mini", "/USE@TheBot gamma-mini"]
)
def test_the_id_is_saved_and_not_the_word(text: str) -> None:
    chat = a_chat()
    assert desired(after(chat, answer(chat, text, me="thebot"))) == "acme/gamma-mini"


def test_one_reply_says_name_price_and_what_is_lacking() -> None:
    assert told(a_chat(chosen="bolt/delta"), "/use gamma-mini") == (
        "You use Acme: Gamma Mini (acme/gamma-mini) now.\n"
        "$0.10 / $0.40 per million tokens · 200K context · tools, schema\n"
        "Compared to bolt/delta it lacks vision, reasoning? and has a context of 200K instead of 1M."
    )


def test_undo_goes_back_also_to_what_costs_more() -> None:
    before = a_chat(chosen="bolt/delta")
    reply = answer(before, "/use gamma-mini")
    now = after(before, reply)
    assert chosen(press(now, reply, "Undo")) == "bolt/delta"


def test_undo_of_a_first_choice_goes_back_to_none() -> None:
    before = a_chat()
    reply = answer(before, "/use gamma")
    assert press(after(before, reply), reply, "Undo").effect == Unbind(SCOPE)
    assert press(before, reply, "Undo").messages[0].text == OLD_BUTTON


def test_undo_keeps_the_way_of_routing() -> None:
    before = a_chat(chosen="bolt/delta:nitro")
    reply = answer(before, "/use gamma-mini")
    now = after(before, reply)
    assert desired(after(now, press(now, reply, "Undo"))) == "bolt/delta:nitro"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("bolt/lambda:free", "gamma-mini", "is not free"),
        ("acme/gamma-mini", "gamma", "costs more"),
        ("acme/gamma", "nu", "has a price that cannot be compared"),
        ("corp/nu", "gamma", "has a price that cannot be compared"),
    ],
)
def test_a_dearer_model_is_asked_for_twice(old: str, new: str, why: str) -> None:
    chat = a_chat(chosen=old)
    reply = answer(chat, f"/use {new}")
    assert reply.effect is None
    assert why in reply.messages[0].text
    assert chosen(press(chat, reply, f"Use {new}")) == {"nu": "corp/nu"}.get(new, f"acme/{new}")
    assert press(chat, reply, "Keep what I have").effect is None


def test_a_word_for_one_price_is_none_for_another() -> None:
    chat = a_chat(chosen="acme/gamma-mini")
    reply = answer(chat, "/use gamma")
    documents = small_documents()
    documents["current"]["models"][0] |= {"cost": "$2.00 / $8.00"}
    dearer = chat._replace(view=chat.view._replace(catalog=Catalog.of(documents)))
    again = press(dearer, reply, "Use gamma")
    assert again.effect is None
    assert "costs more: $2.00 / $8.00" in again.messages[0].text


@pytest.mark.parametrize("new", ["gamma-mini", "lambda-free", "mu-free"])
def test_a_cheaper_or_free_model_is_chosen_at_once(new: str) -> None:
    assert isinstance(answer(a_chat(chosen="acme/gamma"), f"/use {new}").effect, Bind)


def test_an_ambiguous_name_lists_candidates_and_changes_nothing() -> None:
    reply = answer(a_chat(chosen="bolt/delta"), "/use acme")
    assert reply.effect is None
    assert [each.label for each in reply.messages[0].buttons] == ["gamma", "gamma-mini"]
    assert chosen(press(a_chat(chosen="bolt/delta"), reply, "gamma-mini")) == "acme/gamma-mini"


def test_what_merely_resembles_a_name_is_offered_and_not_chosen() -> None:
    reply = answer(a_chat(), "/use gama")
    assert reply.effect is None
    assert reply.messages[0].text == (
        "no model is called gama. Nothing was changed.\n"
        "gamma · $1.00 / $4.00 · resembles the text\n"
        "gamma-mini · $0.10 / $0.40 · resembles the text"
    )


def test_a_model_that_is_gone_offers_what_could_replace_it() -> None:
    reply = answer(a_chat(), "/use acme/old:free")
    assert reply.effect is None
    assert reply.messages[0].text == (
        "acme/old:free is gone, and corp/mu:free is free as well. Nothing was changed.\n"
        "mu-free · free · 200K · tools, vision, schema, reasoning\n"
        "lambda-free · free · lacks an ability which is needed"
    )
    assert isinstance(press(a_chat(), reply, "mu-free").effect, Bind)


def test_a_free_model_that_charges_now_needs_a_second_word_again() -> None:
    chat = bound(a_chat(), Binding("acme/gamma", "2026-08-01T00:00:00Z", is_free=True, blended_price="0"))
    reply = answer(chat, "/use gamma")
    assert reply.effect is None
    assert "is not free: $1.00 / $4.00 per million tokens." in reply.messages[0].text


def test_only_admins_of_a_group_choose_unless_its_owner_lets_everybody() -> None:
    group = a_chat(chosen="bolt/delta", is_group=True)
    for reply in (
        answer(group, "/use gamma"),
        pressed(group, f"use:{key_of('acme/gamma')}"),
        pressed(group, "undo:none"),
    ):
        assert reply.effect is None
        assert reply.messages[0].text == "Only admins of this group choose its model; nothing was changed."
    assert isinstance(answer(group._replace(is_admin=True), "/use gamma").effect, Bind)
    assert isinstance(answer(group._replace(members_may_choose=True), "/use gamma").effect, Bind)


def test_a_button_of_a_model_that_is_no_more_is_answered_kindly() -> None:
    reply = pressed(a_chat(), f"use:{key_of('never/seen')}")
    assert (reply.effect, reply.messages[0].text) == (None, OLD_BUTTON)


def test_the_effect_carries_how_the_model_was_found() -> None:
    reply = answer(a_chat(), "/use gamma")
    assert isinstance(reply.effect, Bind)
    assert (reply.effect.scope, reply.effect.answer.outcome) == (SCOPE, Outcome.ALIAS)


def test_a_word_that_only_a_variant_has_in_its_name_offers_the_variant() -> None:
    reply = answer(a_chat(), "/use lambda")
    assert reply.effect is None
    assert reply.messages[0].text == (
        "no model is called lambda. Nothing was changed.\nlambda-free · free · 32K · tools, schema"
    )
    assert chosen(press(a_chat(), reply, "lambda-free")) == "bolt/lambda:free"


@pytest.mark.parametrize("text", ["zzz qqq", "x" * 300, "a\x00b"])
def test_a_text_that_nothing_is_called_changes_nothing(text: str) -> None:
    reply = answer(a_chat(), f"/use {text}")
    assert reply.effect is None
    assert reply.messages[0].text.endswith("Nothing was changed.\n/find TEXT searches all models.")
