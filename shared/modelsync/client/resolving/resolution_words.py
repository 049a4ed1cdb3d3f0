"""What the resolver's codes mean, in English: the steps of its ladder, its notes, and why a candidate is one.

One line for each step, in the order in which they were taken. The codes are the same in every language; nothing here
decides anything.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from modelsync.client.resolving.resolution import Candidate, Resolution, Step

STEPS: Final[Mapping[str, str]] = {
    "read": "reading the text",
    "exact": "an id, or a model of your own",
    "user_alias": "your own short names",
    "suffix": "a way of routing behind the colon",
    "gone": "an id that was listed before",
    "backend": "a backend's name in front",
    "alias": "the catalog's short names",
    "alias_history": "short names of former times",
    "slug": "the permanent name",
    "stale": "the last list",
    "price": "what it cost when you chose it",
    "redirect": "where people send its users",
    "kept": "what replaced it so far",
    "redirect_inferred": "where the catalog sends its users",
    "variant": "the same model without, or with, a variant",
    "family": "the nearest of its family",
    "latest": "the pointer to the newest of its line",
    "auto": "what is recommended instead",
    "letters": "names of the same letters and digits",
    "words": "names with all these words",
    "search": "names that resemble it",
}
"""What each step looks at."""

CAME_TO: Final[Mapping[str, str]] = {
    "hit": "found",
    "miss": "nothing",
    "unreadable": "too long, or with a control or an unseen character",
    "several": "several, so that none is meant",
    "missing_from_feed": "it is missing there, and is used on while it may return",
    "free_ended": "it was free and charges now",
    "needs_consent": "one that needs your consent",
    "denied": "one that your lists do not permit",
    "missing": "one that is missing from the list itself",
    "ending": "one that is about to end",
    "output": "one with another kind of output",
    "abilities": "one that lacks an ability which is needed",
    "context": "one whose context is too short",
    "paid": "one that charges, instead of a free one",
    "unknown_price": "one whose price cannot be compared",
    "dearer": "one that costs more than agreed",
    "over_cap": "one above your price limit",
}
"""What a step came to: where something was found and not taken, the gravest objection to it."""

NOTES: Final[Mapping[str, str]] = {
    "also_listed": "the catalog lists a model of this id too; yours is used",
    "online_is_deprecated": "the suffix `online` is deprecated by OpenRouter",
    "route_hint_dropped": "this backend knows no ways of routing: the suffix is left away",
    "floating": "it stands for the newest of its line, and will change again",
    "missing_from_feed": "the last list did not have it",
    "redirect_cycle": "its redirects lead in a circle, or too far, and were not followed",
    "switch_reasoning_on": "switch reasoning on: it reasons on demand only",
    "paid_by_consent": "it charges, as you allowed",
    "price_varies": "its price is that of the model which it hands a request to",
    "lacks_tools": "it lacks tools, which are needed",
    "lacks_vision": "it lacks vision, which is needed",
    "lacks_structuredOutput": "it lacks structured output, which is needed",
    "lacks_reasoning": "it lacks reasoning, which is needed",
}
"""What each note of a resolution means."""

WHYS: Final[Mapping[str, str]] = {
    "free": "free as well",
    "free_variant": "its free variant, with other limits",
    "paid_sibling": "the same model, paid",
    "same_use": "recommended for the same use",
    "no_reasoning_switch": "the same model, which does not reason on demand",
    "needs_consent": "needs your consent",
    "matches": "matches the text",
    "resembles": "resembles the text",
    "paid": "charges",
    "unknown_price": "its price cannot be compared",
    "dearer": "costs more than agreed",
    "over_cap": "is above your price limit",
    "abilities": "lacks an ability which is needed",
    "context": "has too short a context",
}
"""Why a candidate is offered, or what speaks against taking it unasked."""


def explained(resolution: Resolution) -> tuple[str, ...]:
    """How an answer came about: its sentence, a line for each step, its notes, and what else could be chosen."""
    return (resolution.sentence, *map(step_in_words, resolution.steps), *_besides(resolution))


def step_in_words(step: Step) -> str:
    """One step as a line.

    >>> step_in_words(Step("family", "dearer"))
    'the nearest of its family: one that costs more than agreed'
    """
    return f"{STEPS[step.name]}: {CAME_TO[step.came_to]}"


def candidate_in_words(candidate: Candidate) -> str:
    """One candidate as a line, with its price."""
    return f"{candidate.id} ({candidate.cost}): {WHYS[candidate.why]}"


def _besides(resolution: Resolution) -> Iterator[str]:
    yield from (f"note: {NOTES[note]}" for note in resolution.notes)
    yield from (f"could be: {candidate_in_words(each)}" for each in resolution.candidates)
