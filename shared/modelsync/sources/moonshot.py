"""Moonshot's own list of the Kimi models: `GET https://api.moonshot.ai/v1/models`, and `.cn` in China.

The two sites are two stores: a key of one is refused by the other. Beside the shared shape a record may say
`context_length`, `supports_image_in`, `supports_video_in`, `supports_reasoning`, and the efforts that it takes; it
never says what a model costs.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from modelsync.errors import UsageError
from modelsync.sources.facts import ModelFacts, ReasoningFacts
from modelsync.sources.listed_record import (
    KEYS,
    created_at,
    listed_id,
    notice_unknown_keys,
    silent_facts,
    switch,
    tokens,
    word_list,
)
from modelsync.sources.openai_listing import OpenAIListing
from modelsync.sources.records import Notice

NAME: Final = "moonshot"
VENDOR: Final = "moonshotai"

HOSTS: Final = {"intl": "https://api.moonshot.ai", "cn": "https://api.moonshot.cn"}
"""By region; the keys of one are not those of the other."""

DEFAULT_REGION: Final = "intl"

KEYS_BESIDE: Final = frozenset(
    {"context_length", "supports_image_in", "supports_video_in", "supports_reasoning", "reasoning_efforts"}
)


def moonshot(region: str = DEFAULT_REGION) -> OpenAIListing:
    """Moonshot's list as a `Source`; raises UsageError for a region that it has no site in."""
    if region not in HOSTS:
        raise UsageError(f"moonshot: expected the region {' or '.join(HOSTS)}, found {region[:40]!a}")
    return OpenAIListing(NAME, f"{HOSTS[region]}/v1/models", facts_of)


def facts_of(record: Mapping[str, Any], /, *, notice: Notice) -> ModelFacts:
    """Translate one record; raises ValueError where its id cannot be read."""
    parts = listed_id(record.get("id"), vendor_of=lambda _: VENDOR)
    notice_unknown_keys(record, KEYS | KEYS_BESIDE, notice=notice)
    inputs = _inputs(record, notice)
    return replace(
        silent_facts(parts),
        created_at=created_at(record),
        max_context=tokens(record, "context_length", notice=notice),
        input_modalities=inputs,
        output_modalities=("text",) if inputs else (),
        reasoning=_reasoning(record, notice),
    )


def _inputs(record: Mapping[str, Any], notice: Notice) -> tuple[str, ...]:
    """What a model takes besides text, where the record says so; the chat models answer in text alone."""
    takes = {what: switch(record, f"supports_{what}_in", notice=notice) for what in ("image", "video")}
    if all(each is None for each in takes.values()):
        return ()
    return tuple(sorted(("text", *(what for what, yes in takes.items() if yes))))


def _reasoning(record: Mapping[str, Any], notice: Notice) -> ReasoningFacts | None:
    """Whether it reasons is said, whether it can be told not to is not."""
    reasons = switch(record, "supports_reasoning", notice=notice)
    if reasons is None:
        return None
    told = record.get("reasoning_efforts")
    efforts = word_list(told, "valid_efforts", notice=notice) if reasons and isinstance(told, dict) else None
    return ReasoningFacts(None, efforts or None, takes_max_tokens=False, supported=reasons)
