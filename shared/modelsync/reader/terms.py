"""On which terms another model may run: the user's own, what was stated with a choice, and what was typed now."""

from modelsync.client.asked import Stated
from modelsync.reader.arguments import NO_CAP
from modelsync.reader.words import Words


def stated(words: Words) -> Stated:
    """Fields of `Policy` that were typed; none where a command has no such options."""
    said = {name: vars(words).get(name) for name in ("price_factor", "price_cap", "free_to_paid", "auto")}
    return {name: None if value == NO_CAP else str(value) for name, value in said.items() if value is not None}


def stated_now(words: Words) -> Stated:
    """The same, and whether there is somebody to ask, which is said of one call and never kept."""
    return {**stated(words), "mode": "headless"} if vars(words).get("headless") else stated(words)


def in_words(terms: Stated) -> str:
    """Terms for people: `price cap 7, free to paid allow`."""
    return ", ".join(f"{name.replace('_', ' ')} {NO_CAP if value is None else value}" for name, value in terms.items())
