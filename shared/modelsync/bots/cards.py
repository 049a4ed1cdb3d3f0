"""`/model` and `/help`: what is known of one model, and how the chat itself stands."""

from typing import Final

from modelsync.bots.chat import Chat
from modelsync.bots.choosing import offers
from modelsync.bots.commands import command_of
from modelsync.bots.messages import Reply, say
from modelsync.bots.rows import buttons, cost, named
from modelsync.bots.texts import quoted
from modelsync.client.asked import Binding
from modelsync.client.browsing.compare import EXAMPLE_ANSWER, EXAMPLE_PROMPT
from modelsync.client.browsing.similar import similar_and_cheaper
from modelsync.client.browsing.uses import USES
from modelsync.client.catalog import Model
from modelsync.client.instants import instant
from modelsync.client.reading.ages import age_of, in_words
from modelsync.client.resolving.resolution import Resolution
from modelsync.client.switching.estimate import estimate
from modelsync.client.wording import ABILITY_WORDS, ability, remarks, size

_NO_CHOICE: Final = "You chose no model yet. /models shows the recommended ones."


def card(chat: Chat, text: str) -> Reply:
    """What is known of a model: the one that is named, else the chat's own."""
    answer = chat.resolved(text) if text else chat.running()
    if answer is None:
        return say(_NO_CHOICE)
    model = None if answer.id is None else chat.model(answer.id)
    if model is None:
        return offers(chat, answer, aside="")
    is_other = answer.desired is not None and answer.desired.lower() != model.id.lower()
    lines = (f"{quoted(answer.sentence)}.", *_card(chat, model)) if is_other else _card(chat, model)
    similar = similar_and_cheaper(chat.catalog, model, user=chat.view.user(chat.state))
    wanted = [each.model for each in similar]
    if chat.binding is None or chat.binding.desired != model.id:
        wanted.insert(0, model)
    cheaper = ", ".join(f"{quoted(each.model.id, 80)} ({each.ratio})" for each in similar)
    return say(*lines, *((f"similar and cheaper: {cheaper}",) if cheaper else ()), buttons=buttons(wanted))


def own_help(chat: Chat) -> Reply:
    """The chat's model, what it costs, the verbs, and how old the catalog is: at most twelve lines."""
    lines = [
        *_own(chat, chat.binding, chat.running()),
        "/models: recommended models by use",
        "/use NAME: choose your model",
        "/model NAME: what is known of a model",
        f"/pick USE: the best for {', '.join(USES)}",
        "/find TEXT: search all models",
    ]
    if chat.is_admin:
        lines.append("/syncmodels [all|status|dry]: read the list again, for admins")
    return say(*lines, _freshness(chat))


def _own(chat: Chat, binding: Binding | None, answer: Resolution | None) -> tuple[str, ...]:
    if binding is None or answer is None:
        return (_NO_CHOICE,)
    model = None if answer.id is None else chat.model(answer.id)
    if model is None:
        return (f"Your model: {quoted(binding.desired, 100)}", f"It does not run: {quoted(answer.sentence)}.")
    instead = () if model.id == binding.desired else (f"Running now: {quoted(model.id, 100)}",)
    return (f"Your model: {quoted(binding.desired, 100)}", *instead, f"Cost: {cost(model)}")


def _card(chat: Chat, model: Model) -> tuple[str, ...]:
    record = model.record
    example = estimate(model, prompt=EXAMPLE_PROMPT, completion=EXAMPLE_ANSWER).text
    can = ", ".join(f"{word} {ability(record, flag)}" for flag, word in ABILITY_WORDS.items())
    known = remarks(model, now=chat.now)
    return (
        named(model),
        f"price: {cost(model)}; 8K in and 1K out: {example}",
        f"limits: {size(model.context)} context, {size(record['maxOutput'])} output",
        f"can: {can}",
        *((f"to know: {', '.join(known)}",) if known else ()),
        f"choose it: /{command_of(model)}",
    )


def _freshness(chat: Chat) -> str:
    age = in_words(age_of(instant(chat.catalog.generated_at), now=chat.now))
    return f"Catalog generation {chat.catalog.generation}, {chat.view.freshness} ({age})"
