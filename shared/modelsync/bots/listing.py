"""`/models`, `/pick` and `/find`: models in rows, at most 20 in a message, each with its button."""

from itertools import islice
from typing import Final

from modelsync.bots.chat import Chat
from modelsync.bots.messages import MOST_ROWS, Button, Reply, say
from modelsync.bots.pressed import data_of
from modelsync.bots.rows import buttons, row
from modelsync.bots.texts import quoted
from modelsync.client.browsing.browse import browse
from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.recommended import Bucket, shortlist
from modelsync.client.browsing.sieve import counted
from modelsync.client.browsing.uses import FREE, USES, use_of
from modelsync.client.misspelling import nearest

PER_BUCKET: Final = 5
BUCKETS_PER_MESSAGE: Final = MOST_ROWS // PER_BUCKET
PER_PAGE: Final = 10
_LONGEST_REASONS: Final = 400
_FREE: Final = Filter(free=True)


def models(chat: Chat, page: str = "1") -> Reply:
    """The shortlist, the first five of every use."""
    buckets = shortlist(chat.catalog, layer=chat.state.layer)
    number = _number(page, of=-(-len(buckets) // BUCKETS_PER_MESSAGE))
    start = (number - 1) * BUCKETS_PER_MESSAGE
    shown, rest = buckets[start : start + BUCKETS_PER_MESSAGE], buckets[start + BUCKETS_PER_MESSAGE :]
    if not shown:
        return say("This catalog recommends no models. /find TEXT searches all of them.")
    lines = [line for bucket in shown for line in (quoted(bucket.name).upper(), *_rows(chat, bucket))]
    picked = (pick.seen.model for bucket in shown for pick in bucket.items[:PER_BUCKET])
    more = (Button(f"More: {', '.join(quoted(bucket.name, 20) for bucket in rest)}", f"models:{number + 1}"),)
    return say(*lines, buttons=(*buttons(picked), *(more if rest else ())))


def pick(chat: Chat, intent: str) -> Reply:
    """The best for one use, with the reasons."""
    wanted = use_of(intent.lower())
    if wanted not in USES:
        known = tuple(Button(each, f"pick:{each}") for each in USES)
        near = nearest(wanted, USES)
        meant = f"Did you mean {near}? " if near is not None else ""
        said = f"{quoted(intent, 40)} is no use that I know. {meant}" if intent else ""
        return say(f"{said}What for? /pick {', '.join(USES)}", buttons=known)
    if wanted == FREE:
        found = browse(chat.catalog, scope="all", filters=_FREE, limit=PER_BUCKET, layer=chat.state.layer).items
        free = tuple(seen.model for seen in found)
        head = "Free models, the recommended ones first:" if free else "No model is free in this catalog."
        return say(head, *(row(chat, model) for model in free), buttons=buttons(free))
    bucket = shortlist(chat.catalog, wanted, layer=chat.state.layer)[0]
    picks = bucket.items[:PER_BUCKET]
    lines = (line for each in picks for line in (row(chat, each.seen.model), f"   {quoted(each.why)}"))
    return say(f"{bucket.label}, best first:", *lines, buttons=buttons(each.seen.model for each in picks))


def find(chat: Chat, text: str, page: str = "1") -> Reply:
    """All models whose names have a text in them, ten at a time."""
    if not text:
        return say("Search for what? Type /find and a part of a name.")
    number = _number(page, of=1000)
    found = browse(chat.catalog, text, scope="all", limit=PER_PAGE * number, layer=chat.state.layer)
    items = tuple(seen.model for seen in islice(found.items, PER_PAGE * (number - 1), None))
    hidden = sum(found.hidden.values())
    if not items:
        aside = f" Hidden: {quoted(counted(found.hidden), _LONGEST_REASONS)}." if hidden else ""
        return say(f"No model that is shown is called {quoted(text, 60)}.{aside}")
    shown = found.total - hidden
    head = f"No name has {quoted(text, 60)} in it; these resemble it:" if found.is_resemblance else ""
    last = PER_PAGE * (number - 1) + len(items)
    foot = f"{last} of {shown}" + (
        f", {hidden} hidden: {quoted(counted(found.hidden), _LONGEST_REASONS)}" if hidden else ""
    )
    data = data_of("find", str(number + 1), text) if last < shown else None
    if last < shown and data is None:
        foot += "; type more of the name to see the others"
    more = () if data is None else (Button("More", data),)
    lines = filter(None, (head, *(row(chat, model) for model in items), foot))
    return say(*lines, buttons=(*buttons(items), *more))


def _rows(chat: Chat, bucket: Bucket) -> tuple[str, ...]:
    return tuple(row(chat, pick.seen.model) for pick in bucket.items[:PER_BUCKET])


def _number(page: str, *, of: int) -> int:
    """The page that a button asks for; the first for anything that is none."""
    is_page = page.isascii() and page.isdigit() and len(page) <= len(str(of)) and 1 <= int(page) <= of
    return int(page) if is_page else 1
