"""`/use`: choosing the chat's model, in one message, with a way back.

- Only what a text names exactly is chosen, and its id is saved, not the word. Whatever else it may mean is offered as
  buttons, and nothing changes.
- A model that charges after a free one, that costs more than what was agreed to, or whose price cannot be compared
  with it, is chosen only after a second word, which holds for that price alone.
- A chat goes on needing what it needed, where the model that is chosen does that; the same model again stays with who
  runs it.
- Undo brings the choice back that stood before, as it was, or nothing at all.
- In a group only its admins choose, unless the bot's owner lets everybody.
"""

from decimal import Decimal
from typing import Final

from modelsync.bots.chat import Chat
from modelsync.bots.messages import Bind, Button, Reply, Restore, say
from modelsync.bots.pressed import choice_mark, key_of, price_mark, undo_button, with_key, without_hint
from modelsync.bots.rows import alias_of, buttons, cost, facts, named, offer_buttons, offered, row
from modelsync.bots.texts import quoted
from modelsync.client.amounts import usd
from modelsync.client.asked import ANYTHING, Binding, Needs
from modelsync.client.browsing.browse import browse
from modelsync.client.catalog import ABILITIES, Model
from modelsync.client.own.choices import SAID_EXACTLY, restored
from modelsync.client.resolving.naming import VIRTUAL_SUFFIXES, is_readable
from modelsync.client.resolving.objections import costs_nothing, price_of
from modelsync.client.resolving.resolution import MOST_SUGGESTIONS, Outcome, Resolution
from modelsync.client.wording import ABILITY_WORDS, remarks, size

ADMINS_ONLY: Final = "Only admins of this group choose its model; nothing was changed."
OLD_BUTTON: Final = "This button is from an older list; nothing was changed. /models shows what there is now."
NO_WAY_BACK: Final = "What this button goes back to is not kept any more; nothing was changed."
_UNCHANGED: Final = "Nothing was changed."


def use(chat: Chat, text: str, *, agreed: str | None = None) -> Reply:
    """Choose a model; `agreed` is the mark of the price that the user agreed to."""
    if not chat.may_choose:
        return say(ADMINS_ONLY)
    if not text:
        return say("Which model? Type /use and its name; /models shows the recommended ones.")
    answer = chat.resolved(text)
    model = None if answer.id is None else chat.model(answer.id)
    if model is None or answer.outcome not in SAID_EXACTLY:
        return offers(chat, answer)
    speaks = objection(model, chat.binding)
    if speaks is not None and agreed != price_mark(model):
        return _asked_first(chat, answer, model, speaks=speaks)
    return _chosen(chat, answer, model)


def use_key(chat: Chat, key: str, *, agreed: str | None = None, hint: str = "") -> Reply:
    """Choose the model of a button; `hint` is a way of routing to stand behind it."""
    model_id = with_key(chat, key)
    if model_id is None or (hint and hint not in VIRTUAL_SUFFIXES):
        return say(OLD_BUTTON)
    return use(chat, f"{model_id}:{hint}" if hint else model_id, agreed=agreed)


def undo(chat: Chat, mark: str) -> Reply:
    """Go back to the choice that stood before, if it is the one of that mark."""
    if not chat.may_choose:
        return say(ADMINS_ONLY)
    before = chat.before
    if chat.binding is None or choice_mark(before) != mark:
        return say(NO_WAY_BACK)
    effect = Restore(chat.scope, before)
    if before is None:
        return say("Your choice is taken back: you have none now.", effect=effect)
    return say(*_again(chat, before), buttons=(undo_button(chat),), effect=effect)


def offers(chat: Chat, answer: Resolution, *, aside: str = f" {_UNCHANGED}") -> Reply:
    """Why no one model is meant, and what could be chosen."""
    nearest = None if answer.id is None else chat.model(answer.id)
    first = () if nearest is None else (row(chat, nearest),)
    first_buttons = () if nearest is None else buttons([nearest])
    others = tuple(each for each in answer.candidates if nearest is None or each.id != nearest.id)
    called = () if first or others else _called_like(chat, answer)
    hint = () if first or others or called else ("/find TEXT searches all models.",)
    rows = (*first, *offered(chat, others), *(row(chat, each) for each in called), *hint)
    return say(
        f"{quoted(answer.sentence)}.{aside}", *rows,
        buttons=(*first_buttons, *offer_buttons(chat, others), *buttons(called)),
    )  # fmt: skip


def _called_like(chat: Chat, answer: Resolution) -> tuple[Model, ...]:
    """What a search shows for a name that the resolver has no idea of."""
    if answer.outcome is not Outcome.NOT_FOUND or not is_readable(answer.asked):
        return ()
    found = browse(chat.catalog, answer.asked, scope="all", limit=MOST_SUGGESTIONS, layer=chat.state.layer)
    return tuple(seen.model for seen in found.items)


def objection(model: Model, agreed: Binding | None) -> str | None:
    """Why a model needs a second word after what was agreed to; None where nothing speaks against it."""
    if agreed is None or costs_nothing(model):
        return None
    if agreed.is_free:
        return "is not free"
    before = None if agreed.blended_price is None else Decimal(agreed.blended_price)
    after = price_of(model)
    if before is None or not after:
        return "has a price that cannot be compared"
    return "costs more" if after > before else None


def _asked_first(chat: Chat, answer: Resolution, model: Model, *, speaks: str) -> Reply:
    binding = chat.binding
    old = "" if binding is None else binding.desired
    hint = f":{answer.route_hint}" if answer.route_hint is not None else ""
    yes = Button(f"Use {alias_of(model)}", f"yes:{key_of(model.id)}:{price_mark(model)}{hint}")
    return say(
        f"{named(model)} {speaks}: {cost(model)}.",
        f"Your model is {quoted(old)}{_price_then(binding)}. {_UNCHANGED}",
        buttons=(yes, Button("Keep what I have", "no")),
    )


def _price_then(binding: Binding | None) -> str:
    if binding is None or (binding.blended_price is None and not binding.is_free):
        return ""
    return (
        ", free when you chose it"
        if binding.is_free
        else f", {usd(binding.blended_price)} per million blended when you chose it"
    )


def _chosen(chat: Chat, answer: Resolution, model: Model) -> Reply:
    binding = chat.binding
    hint = f":{answer.route_hint}" if answer.route_hint is not None else ""
    known = remarks(model, now=chat.now)
    lines = [f"You use {named(model)} now.", facts(model), *([f"To know: {', '.join(known)}."] if known else [])]
    if hint:
        lines.append(f"Routed by {hint}.")
    is_same = binding is not None and binding.desired == f"{model.id}{hint}"
    if binding is not None and not is_same:
        lines.append(_compared(chat, model, binding))
    backend = binding.backend if binding is not None and is_same else chat.backend(model.id)
    effect = Bind(chat.scope, answer, _needs_of(binding, model), backend)
    return say(*lines, buttons=() if is_same else (undo_button(chat),), effect=effect)


def _needs_of(binding: Binding | None, model: Model) -> Needs:
    """What the chat goes on needing: what it needed, or nothing where a model is chosen that falls short of it."""
    if binding is None:
        return ANYTHING
    abilities, context = binding.needs
    does_it = (abilities or frozenset()) <= model.abilities and context <= (model.context or 0)
    return binding.needs if does_it else ANYTHING


def _again(chat: Chat, before: Binding) -> tuple[str, ...]:
    """What it comes to that a choice is back: the model, or what became of it since."""
    answer = chat._replace(state=restored(chat.state, chat.scope, before=before)).running()
    model = None if answer is None or answer.id is None else chat.model(answer.id)
    if answer is None or model is None or model.id != without_hint(before.desired)[0]:
        sentence = () if answer is None else (f"{quoted(answer.sentence)}.",)
        return (f"Your model is {quoted(before.desired, 100)} again, as before.", *sentence)
    compared = () if chat.binding is None else (_compared(chat, model, chat.binding),)
    return (f"You use {named(model)} again, as before.", facts(model), *compared)


def _compared(chat: Chat, model: Model, binding: Binding) -> str:
    """What is lost by leaving what was chosen before."""
    old = chat.model(without_hint(binding.desired)[0])
    able = old.abilities if old is not None else binding.abilities
    window = old.context if old is not None else binding.context
    if able is None:
        return f"Before: {quoted(binding.desired)}; what it could do is not known any more."
    lost = [_lost(model, need) for need in ABILITIES if need in able - model.abilities]
    said = [f"lacks {', '.join(lost)}"] if lost else []
    if window is not None and model.context is not None and model.context < window:
        said.append(f"has a context of {size(model.context)} instead of {size(window)}")
    return f"Compared to {quoted(binding.desired)} it {' and '.join(said) if said else 'lacks nothing'}."


def _lost(model: Model, need: str) -> str:
    """An ability that is not there; with a question mark where nobody knows."""
    flag = ABILITIES[need]
    return ABILITY_WORDS[flag] + ("?" if model.record[flag] is None else "")
