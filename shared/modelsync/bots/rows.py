"""One model as a row of a message, and as the words around one: what people choose by, from `client.wording`."""

from collections.abc import Iterable, Iterator
from typing import Final

from modelsync.bots.chat import Chat
from modelsync.bots.messages import Button
from modelsync.bots.pressed import use_button
from modelsync.bots.texts import quoted
from modelsync.client.catalog import Model
from modelsync.client.resolving.resolution import Candidate
from modelsync.client.resolving.resolution_words import WHYS
from modelsync.client.wording import abilities, name, price, remarks, size

BETWEEN: Final = " · "
_PRICED: Final = "$"


def alias_of(model: Model) -> str:
    """What people type for it."""
    return quoted(model.record.get("alias") or model.id, 80)


def named(model: Model) -> str:
    """Its name and its id."""
    return f"{quoted(name(model.record), 80)} ({quoted(model.id, 100)})"


def cost(model: Model) -> str:
    """Its price with the unit, where it has one."""
    said = quoted(price(model.record))
    return f"{said} per million tokens" if said.startswith(_PRICED) else {"?": "price unknown"}.get(said, said)


def facts(model: Model) -> str:
    """Price, window and abilities."""
    return BETWEEN.join(
        filter(None, (cost(model), f"{size(model.context)} context", ", ".join(abilities(model.record))))
    )


def row(chat: Chat, model: Model) -> str:
    """A model among others."""
    binding = chat.binding
    said = (
        alias_of(model), quoted(price(model.record)), size(model.context), ", ".join(abilities(model.record)),
        *remarks(model, now=chat.now), "your model" if binding is not None and binding.desired == model.id else "",
    )  # fmt: skip
    return BETWEEN.join(filter(None, said))


def buttons(models: Iterable[Model]) -> tuple[Button, ...]:
    """A button to choose each of them, once."""
    return tuple({model.id: use_button(model.id, alias_of(model)) for model in models}.values())


def offered(chat: Chat, candidates: Iterable[Candidate]) -> Iterator[str]:
    """Rows for what else could be chosen, and why."""
    for each in candidates:
        model = chat.model(each.id)
        label = quoted(each.id, 100) if model is None else alias_of(model)
        yield f"{label}{BETWEEN}{quoted(each.cost)}{BETWEEN}{WHYS[each.why]}"


def offer_buttons(chat: Chat, candidates: Iterable[Candidate]) -> tuple[Button, ...]:
    """A button for each of those that are listed."""
    return buttons(model for each in candidates if (model := chat.model(each.id)) is not None)
