"""What each verb says, in the words that every platform shares."""

import pytest

from modelsync.bots.answering import answer, pressed
from modelsync.bots.messages import Sync
from modelsync.bots.syncing import report
from modelsync.client.asked import Binding
from modelsync.client.own.user_layer import UserLayer
from tests.bots.chats import a_chat, bound, button, press, told


def test_models_shows_each_use_with_its_models_and_a_button_for_each_model_once() -> None:
    (message,) = answer(a_chat(chosen="acme/gamma-mini"), "/models").messages
    assert message.text == (
        "CODING\n"
        "gamma · $1.00 / $4.00 · 200K · tools, vision, schema, reasoning\n"
        "delta · $3.00 / $15.00 · 1M · tools, vision, schema, reasoning\n"
        "gamma-mini · $0.10 / $0.40 · 200K · tools, schema · your model\n"
        "FAST\n"
        "gamma-mini · $0.10 / $0.40 · 200K · tools, schema · your model\n"
        "lambda-free · free · 32K · tools, schema"
    )
    assert [each.label for each in message.buttons] == ["gamma", "delta", "gamma-mini", "lambda-free"]


def test_pick_gives_reasons() -> None:
    assert told(a_chat(), "/pick fast") == (
        "Quick and cheap answers, best first:\n"
        "gamma-mini · $0.10 / $0.40 · 200K · tools, schema\n"
        "   Place 1.\n"
        "lambda-free · free · 32K · tools, schema\n"
        "   Place 2."
    )


def test_pick_free_goes_by_the_price() -> None:
    assert told(a_chat(), "/pick free") == (
        "Free models, the recommended ones first:\n"
        "lambda-free · free · 32K · tools, schema\n"
        "mu-free · free · 200K · tools, vision, schema, reasoning"
    )


def test_pick_without_a_use_offers_all_uses() -> None:
    reply = answer(a_chat(), "/pick")
    assert [each.label for each in reply.messages[0].buttons] == [
        "coding", "reasoning", "chat", "fast", "vision", "image", "free",
    ]  # fmt: skip
    assert press(a_chat(), reply, "coding").messages[0].text.startswith("Writing and changing programs")


def test_a_use_that_the_catalog_has_not_is_refused_kindly() -> None:
    assert "found no bucket 'image', expected one of coding, fast" in told(a_chat(), "/pick image")


def test_either_word_for_painting_is_understood() -> None:
    assert told(a_chat(), "/pick image-gen") == told(a_chat(), "/pick image")


def test_a_mistyped_use_is_answered_with_the_one_that_is_meant() -> None:
    assert told(a_chat(), "/pick codnig").startswith(
        "codnig is no use that I know. Did you mean coding? What for? /pick"
    )
    assert told(a_chat(), "/pick cooking").startswith("cooking is no use that I know. What for? /pick")


def test_find_says_how_many_there_are() -> None:
    assert told(a_chat(), "/find gamm") == (
        "gamma · $1.00 / $4.00 · 200K · tools, vision, schema, reasoning\n"
        "gamma-mini · $0.10 / $0.40 · 200K · tools, schema\n"
        "2 of 2"
    )


def test_find_says_so_where_nothing_is_called_like_it() -> None:
    assert told(a_chat(), "/find zzz qqq") == "No model that is shown is called zzz qqq."


def test_find_counts_what_is_hidden_one_or_several() -> None:
    chat = a_chat()
    hiding = chat._replace(state=chat.state._replace(layer=UserLayer(hidden=("bolt/delta",))))
    assert told(hiding, "/find delta") == "No model that is shown is called delta. Hidden: 1 hidden by you."


def test_a_card_shows_price_limits_abilities_and_how_to_choose() -> None:
    assert told(a_chat(), "/model nu") == (
        "Corp: Nu (corp/nu)\n"
        "price: price unknown; 8K in and 1K out: ?\n"
        "limits: 200K context, 64K output\n"
        "can: tools yes, vision yes, schema yes, reasoning yes, images no\n"
        "choose it: /use_nu"
    )


def test_a_card_without_a_name_is_that_of_the_chats_own_model() -> None:
    assert told(a_chat(chosen="bolt/delta"), "/model").startswith("Bolt: Delta (bolt/delta)\n")
    assert told(a_chat(), "/model") == "You chose no model yet. /models shows the recommended ones."


def test_help_names_what_runs_instead_in_at_most_twelve_lines() -> None:
    gone = Binding("acme/old:free", "2026-08-01T00:00:00Z", is_free=True, blended_price="0")
    lines = told(bound(a_chat(is_admin=True), gone), "/help").splitlines()
    assert lines[:3] == ["Your model: acme/old:free", "Running now: corp/mu:free", "Cost: free"]
    assert lines[-1] == "Catalog generation 7, fresh (2 hours)"
    assert len(lines) == 10


def test_help_says_where_nothing_runs() -> None:
    ended = Binding("acme/gamma", "2026-08-01T00:00:00Z", is_free=True, blended_price="0")
    assert told(bound(a_chat(), ended), "/help").splitlines()[:2] == [
        "Your model: acme/gamma",
        "It does not run: acme/gamma was free and is not any more: choose another, or consent to its price.",
    ]


def test_syncmodels_is_for_admins_only() -> None:
    for order in ("", "all", "status", "dry"):
        reply = answer(a_chat(), f"/syncmodels {order}")
        assert reply.effect is None
        assert reply.messages[0].text == "Only admins may use /syncmodels; nothing was run."
    assert pressed(a_chat(), "sync:all:7").effect is None


def test_syncmodels_asks_before_it_publishes() -> None:
    chat = a_chat(is_admin=True)
    asked = answer(chat, "/syncmodels")
    assert asked.effect is None
    assert asked.messages[0].text == "Read the list again and publish what it means? Generation 7 stands."
    assert press(chat, asked, "Publish").effect == Sync("all")
    assert press(chat, asked, "Dry run").effect == Sync("dry")


def test_syncmodels_asks_again_where_something_was_published_since() -> None:
    reply = pressed(a_chat(is_admin=True), "sync:all:6")
    assert reply.effect is None
    assert button(reply, "Publish").data == "sync:all:7"


@pytest.mark.parametrize("order", ["status", "dry"])
def test_syncmodels_looks_without_asking(order: str) -> None:
    assert answer(a_chat(is_admin=True), f"/syncmodels {order}").effect == Sync(order)  # type: ignore[arg-type] # one of its words


RUN = {"outcome": "published", "dryRun": True, "generation": 8, "counts": {"active": 6, "stale": 0}, "events": {}}
STANDING = {
    "generation": 7,
    "manifest": {"generatedAt": "2026-08-08T18:42:00Z", "nextDue": "2026-08-09T00:42:00Z", "counts": {"active": 6}},
    "heartbeat": {
        "lastAttempt": {"at": "2026-08-08T18:42:00Z", "outcome": "held"},
        "consecutiveFailures": 2,
        "heldFeed": {"since": "2026-08-08T18:42:00Z", "reason": "half of the models are gone"},
    },
}

STANDING_SAID = (
    "Generation: 7|Published: 2026-08-08T18:42:00Z, next due 2026-08-09T00:42:00Z|Counts: 6 active|"
    "Last run: held at 2026-08-08T18:42:00Z|Failures in a row: 2|Held feed: half of the models are gone"
)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (RUN, "Outcome: published (dry run, nothing is written)|Generation: 8|Counts: 6 active|Changed: nothing"),
        (STANDING, STANDING_SAID),
        ({"run": "r1", "target": "all", "dryRun": False, "status": "/status"}, "Run r1 of all was started."),
        ({"error": {"kind": "usage", "exitCode": 2, "message": "no such store"}}, "Refused: no such store."),
        ({}, "The pipeline answered nothing."),
    ],
)
def test_what_the_pipeline_answered_is_said(document: dict[str, object], said: str) -> None:
    assert report(document).text == said.replace("|", "\n")


def test_a_message_that_is_no_command_is_left_alone() -> None:
    assert answer(a_chat(), "hello").messages == ()
