"""Choosing a model in a chat: what is saved, what is asked first, and who may."""

from pathlib import Path

import pytest

from modelsync.bots.answering import answer, pressed
from modelsync.bots.chat import Chat
from modelsync.bots.messages import Bind, Reply, Restore
from modelsync.bots.pressed import key_of
from modelsync.client.asked import Binding, Needs
from modelsync.client.catalog import Catalog
from modelsync.client.own.personal import Personal
from modelsync.client.own.user_layer import CustomModel, UserLayer
from modelsync.client.own.user_state import UserState
from modelsync.client.resolving.resolution import Outcome
from tests.bots.chats import SCOPE, a_chat, after, bound, button, press, small_documents, told

NO_WAY_BACK = "What this button goes back to is not kept any more; nothing was changed."
OLD_BUTTON = "This button is from an older list; nothing was changed. /models shows what there is now."

TOOLS = Needs(frozenset({"tools"}))
SIGHT = Needs(frozenset({"tools", "vision"}))
WINDOW = Needs(context=500_000)
DELTA_ELSEWHERE = Binding("bolt/delta", "2026-08-01T00:00:00Z", blended_price="5", needs=TOOLS, backend="azure")


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


def kept(chat: Chat) -> tuple[str, Needs]:
    assert chat.binding is not None
    return chat.binding.backend, chat.binding.needs


def test_an_own_model_is_run_by_the_backend_that_it_was_added_for() -> None:
    own = CustomModel("ollama", "acme/private")
    chat = a_chat(state=UserState(UserLayer(models=(own,))))
    assert kept(after(chat, answer(chat, "/use acme/private"))) == ("ollama", Needs())


def test_the_same_model_again_stays_with_who_runs_it() -> None:
    chat = bound(a_chat(), DELTA_ELSEWHERE)
    assert kept(after(chat, answer(chat, "/use delta"))) == ("azure", TOOLS)


@pytest.mark.parametrize(("needs", "goes_on"), [(TOOLS, TOOLS), (SIGHT, Needs()), (WINDOW, Needs())])
def test_what_the_chat_needs_goes_on_with_another_model_that_does_it(needs: Needs, goes_on: Needs) -> None:
    chat = bound(a_chat(), DELTA_ELSEWHERE._replace(needs=needs))
    assert kept(after(chat, answer(chat, "/use gamma-mini"))) == ("openrouter", goes_on)


def test_undo_brings_the_choice_back_as_it_was_also_where_it_costs_more() -> None:
    before = bound(a_chat(), DELTA_ELSEWHERE)
    reply = answer(before, "/use gamma-mini")
    now = after(before, reply)
    back = press(now, reply, "Undo")
    assert back.effect == Restore(SCOPE, DELTA_ELSEWHERE)
    assert back.messages[0].text == (
        "You use Bolt: Delta (bolt/delta) again, as before.\n"
        "$3.00 / $15.00 per million tokens · 1M context · tools, vision, schema, reasoning\n"
        "Compared to acme/gamma-mini it lacks nothing."
    )
    again = press(after(now, back), back, "Undo")
    assert after(after(now, back), again).binding == now.binding


def test_undo_brings_back_what_is_gone_since_and_says_what_that_comes_to() -> None:
    gone = Binding("acme/old:free", "2026-08-01T00:00:00Z", is_free=True, blended_price="0")
    before = bound(a_chat(), gone)
    reply = answer(before, "/use mu-free")
    back = press(after(before, reply), reply, "Undo")
    assert back.effect == Restore(SCOPE, gone)
    assert back.messages[0].text == (
        "Your model is acme/old:free again, as before.\nacme/old:free is gone, and corp/mu:free is free as well."
    )


def test_undo_of_a_first_choice_goes_back_to_none() -> None:
    before = a_chat()
    reply = answer(before, "/use gamma")
    assert press(after(before, reply), reply, "Undo").effect == Restore(SCOPE, None)
    assert press(before, reply, "Undo").messages[0].text == NO_WAY_BACK


def test_undo_goes_back_one_choice_and_no_further() -> None:
    first = a_chat(chosen="bolt/delta")
    reply = answer(first, "/use gamma-mini")
    second = after(first, reply)
    third = after(second, answer(second, "/use mu-free"))
    for data in (button(reply, "Undo").data, "undo:none", "undo:mupwynaib4:mupwynaib4:nitro"):
        late = pressed(third, data)
        assert (late.effect, late.messages[0].text) == (None, NO_WAY_BACK)


def test_undo_outlasts_the_bot(tmp_path: Path) -> None:
    chat = a_chat()
    own = Personal(tmp_path, lambda: chat.now)
    before = own.bindings.set(SCOPE, chat.resolved("delta"), catalog=chat.catalog, needs=TOOLS, backend="azure")
    reply = answer(chat._replace(state=own.state), "/use gamma-mini")
    own.bindings.set(SCOPE, chat.resolved("gamma-mini"), catalog=chat.catalog)
    again = Personal(tmp_path, lambda: chat.now)
    assert press(chat._replace(state=again.state), reply, "Undo").effect == Restore(SCOPE, before)


def test_undo_outlasts_the_same_choice_said_again() -> None:
    first = a_chat(chosen="bolt/delta")
    reply = answer(first, "/use gamma-mini")
    now = after(first, reply)
    now = after(now, answer(now, "/use gamma-mini"))
    assert press(now, reply, "Undo").effect == Restore(SCOPE, first.binding)


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
