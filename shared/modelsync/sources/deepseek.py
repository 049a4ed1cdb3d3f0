"""DeepSeek's own list: `GET https://api.deepseek.com/models`.

Ids and an owner, nothing else. The names are moving pointers (`deepseek-chat` stood for a new model every few
months, until it was retired), so what they cost and can do is the pinned manifest's to say (`pinned`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from modelsync.sources.facts import ModelFacts
from modelsync.sources.listed_record import KEYS, created_at, listed_id, notice_unknown_keys, silent_facts
from modelsync.sources.openai_listing import OpenAIListing
from modelsync.sources.records import Notice

NAME: Final = "deepseek"
URL: Final = "https://api.deepseek.com/models"


def deepseek() -> OpenAIListing:
    """DeepSeek's list as a `Source`."""
    return OpenAIListing(NAME, URL, facts_of)


def facts_of(record: Mapping[str, Any], /, *, notice: Notice) -> ModelFacts:
    """Translate one record; raises ValueError where its id cannot be read."""
    parts = listed_id(record.get("id"), vendor_of=lambda _: NAME)
    notice_unknown_keys(record, KEYS, notice=notice)
    return replace(silent_facts(parts), created_at=created_at(record))
