"""A small catalog, chats in it, and a bot that carries out what it is told, for tests of what bots say."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from modelsync.bots.answering import answer, pressed
from modelsync.bots.chat import Chat
from modelsync.bots.messages import Accept, Bind, Button, Reply, Restore
from modelsync.client.asked import Binding
from modelsync.client.catalog import Catalog
from modelsync.client.freshness import Freshness
from modelsync.client.own.choices import choose, restored
from modelsync.client.own.notices import Notice
from modelsync.client.own.user_state import UserState
from modelsync.client.own.view import View
from modelsync.client.resolving.resolve import resolve
from tests.client.records import GENERATED_AT, a_record, a_tombstone, flags, free, prices

SCOPE: Final = "chat:42"
NOW: Final = datetime(2026, 8, 8, 20, 42, tzinfo=UTC)


def small_documents() -> dict[str, dict[str, Any]]:
    """Six models of which two are free, two uses, and a free model that is gone."""
    records = [
        a_record("acme/gamma", name="Acme: Gamma", createdAt="2026-03-01T00:00:00Z"),
        a_record("acme/gamma-mini", name="Acme: Gamma Mini", **_priced("0.1", "0.4", "$0.10 / $0.40"), **_deaf()),
        a_record("bolt/delta", name="Bolt: Delta", **_priced("3", "15", "$3.00 / $15.00"), maxContext=1_000_000),
        a_record("bolt/lambda:free", name="Bolt: Lambda (free)", **free(), maxContext=32_768, **_deaf()),
        a_record("corp/mu:free", name="Corp: Mu (free)", **free()),
        a_record("corp/nu", name="Corp: Nu", **_priced(None, None, "?"), pricingStatus="unknown", priceTier=None),
    ]
    gone = a_record("acme/old:free", name="Acme: Old (free)", **free())
    envelope = {"generation": 7, "generatedAt": GENERATED_AT}
    return {
        "manifest": envelope,
        "current": {**envelope, "models": records},
        "curated": {
            **envelope,
            "models": [],
            "buckets": {
                "coding": _bucket("acme/gamma", "bolt/delta", "acme/gamma-mini"),
                "fast": _bucket("acme/gamma-mini", "bolt/lambda:free"),
            },
            "autoTargets": {},
        },
        "deprecations": {**envelope, "redirects": [], "tombstones": [a_tombstone(gone)], "aliasHistory": []},
    }


def a_chat(catalog: Catalog | None = None, *, chosen: str | None = None, **changes: Any) -> Chat:
    """A private chat, with a model that was chosen in it if one is named."""
    catalog = catalog or Catalog.of(small_documents())
    state = UserState()
    if chosen is not None:
        state = choose(state, resolve(catalog, chosen), scope=SCOPE, catalog=catalog, now=NOW)
    return Chat(**{"view": View(catalog, Freshness.FRESH), "state": state, "scope": SCOPE, "now": NOW, **changes})


def bound(chat: Chat, binding: Binding) -> Chat:
    """The chat with a choice as it may be kept since long."""
    return chat._replace(state=chat.state._replace(bindings={SCOPE: binding}))


def after(chat: Chat, reply: Reply) -> Chat:
    """The chat once the reply's effect is carried out."""
    match reply.effect:
        case Bind(scope, found, needs, backend):
            state = choose(
                chat.state, found, scope=scope, catalog=chat.catalog, now=chat.now, needs=needs, backend=backend
            )
            return chat._replace(state=state)
        case Restore(scope, before):
            return chat._replace(state=restored(chat.state, scope, before=before))
        case Accept():
            raise AssertionError("no test accepts this way")
    return chat


def told(chat: Chat, text: str) -> str:
    """The text of the one message that follows."""
    (message,) = answer(chat, text).messages
    return message.text


def button(reply: Reply, label: str) -> Button:
    """The button of that label."""
    return {each.label: each for message in reply.messages for each in message.buttons}[label]


def press(chat: Chat, reply: Reply, label: str) -> Reply:
    """What follows from the button of that label below a reply."""
    return pressed(chat, button(reply, label).data)


def notices_of(chat: Chat) -> tuple[Notice, ...]:
    """All that there is to tell."""
    return chat.view.facts(chat.state, now=chat.now)


def golden(name: str) -> str:
    """What a file beside the tests says."""
    return (Path(__file__).parent / "goldens" / name).read_text(encoding="utf-8")


def _bucket(*ids: str) -> dict[str, Any]:
    models = [{"id": each, "reason": f"Place {place}."} for place, each in enumerate(ids, start=1)]
    return {"minimum": 1, "shortfall": 0, "shortfallReason": None, "models": models}


def _priced(prompt: str | None, completion: str | None, cost: str) -> Mapping[str, Any]:
    return {"pricing": prices(prompt, completion), "cost": cost}


def _deaf() -> Mapping[str, Any]:
    """The flags of a model that sees nothing, and of which nobody knows whether it reasons."""
    return flags(supportsVision=False, reasoning=None)
