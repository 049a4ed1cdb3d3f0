"""Alibaba Cloud Model Studio's own list (DashScope): `GET /api/v1/models?page_no=1&page_size=100`, a host a region.

A page is `{"success", "code", "output": {"total", "page_no", "page_size", "models": [...]}}`; the last one is where
`page_no * page_size` reaches `total`. A record says its name, limits, modalities and features. Its `prices` are left
out: neither their currency nor their unit is told with them, and they differ by region. An answer with status 200
is a failure where it has a `code` or `success` is false.

The list that the same hosts serve in OpenAI's shape (`/compatible-mode/v1/models`) is read as well; it is ids only.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic_core import to_json

from modelsync.catalog.model_ids import IdParts
from modelsync.errors import FeedFormatError, UsageError
from modelsync.sources.facts import ModelFacts, ParsedFeed
from modelsync.sources.listed_record import (
    KEYS,
    created_at,
    listed_id,
    notice_unknown_keys,
    silent_facts,
    tokens,
    word_list,
)
from modelsync.sources.openai_listing import checked_envelope, read_listing
from modelsync.sources.records import Notice, RecordReader, json_document
from modelsync.sources.text import one_line, paragraphs
from modelsync.sources.wire import LONGEST_DESCRIPTION, LONGEST_NAME

NAME: Final = "dashscope"

HOSTS: Final = {
    "intl": "https://dashscope-intl.aliyuncs.com",
    "cn": "https://dashscope.aliyuncs.com",
    "us": "https://dashscope-us.aliyuncs.com",
}
"""By region; the keys of one are not those of another."""

DEFAULT_REGION: Final = "intl"
PAGE_SIZE: Final = 100

FEATURES: Final[Mapping[str, str]] = {
    "supports_tools": "function-calling",
    "structured_output": "structured-outputs",
    "json_mode": "structured-outputs",
}
"""Flags, and the feature that a record lists where the model has it."""

VENDORS: Final = (
    (re.compile(r"(?:qwen|qwq|qvq)", re.IGNORECASE), "qwen"),
    (re.compile(r"deepseek", re.IGNORECASE), "deepseek"),
    (re.compile(r"(?:kimi|moonshot)", re.IGNORECASE), "moonshotai"),
    (re.compile(r"glm", re.IGNORECASE), "z-ai"),
    (re.compile(r"minimax", re.IGNORECASE), "minimax"),
)
"""How names begin that do not name their vendor; many vendors' models are served here."""


@dataclass(frozen=True, slots=True)
class DashScope:
    """Model Studio's list as a `Source`."""

    url: str

    @property
    def name(self) -> str:
        """Prefix of its documents."""
        return NAME

    def parse(self, body: bytes) -> ParsedFeed:
        """Read a whole list; raises FeedFormatError where the bytes hold no list of records, or a part of one."""
        document = json_document(body, source=NAME)
        if isinstance(document, dict) and "output" not in document and "data" in document:
            return read_listing(document, source=NAME, facts_of=compatible_facts)
        output = _output(document)
        records = _records(output)
        total = output.get("total")
        if isinstance(total, int) and total > len(records):
            raise FeedFormatError(NAME, "output.total", f"expected {total:,} models, found {len(records):,}")
        return RecordReader(NAME, native_facts, place="output.models", id_key="model").read_all(records)

    def next_page(self, body: bytes) -> str | None:
        """The query of the next page; None on the last one, and in what is no page at all."""
        document = json_document(body, source=NAME)
        output = document.get("output") if isinstance(document, dict) else None
        page, size, total = (_number(output, key) for key in ("page_no", "page_size", "total"))
        if page is None or size is None or total is None or page * size >= total:
            return None
        return f"?page_no={page + 1}&page_size={size}"

    def join_pages(self, bodies: Sequence[bytes]) -> bytes:
        """One page with the records of all; a single one stays as it is, byte for byte.

        Raises FeedFormatError where a page only repeats what came before it: then others are missing.
        """
        if len(bodies) == 1:
            return bodies[0]
        outputs = [_output(json_document(body, source=NAME)) for body in bodies]
        models: list[object] = []
        seen: set[bytes] = set()
        for number, output in enumerate(outputs, start=1):
            records = _records(output)
            told = {to_json(record) for record in records}
            if told and told <= seen:
                raise FeedFormatError(NAME, f"page {number}", "expected other models, found those of an earlier page")
            models += records
            seen |= told
        whole = {"total": _number(outputs[-1], "total"), "page_no": 1, "page_size": len(models), "models": models}
        return to_json({"success": True, "code": None, "output": whole})


def dashscope(region: str = DEFAULT_REGION) -> DashScope:
    """The list of one region; raises UsageError for a region without a host."""
    if region not in HOSTS:
        raise UsageError(f"dashscope: expected the region {', '.join(HOSTS)}, found {region[:40]!a}")
    return DashScope(f"{HOSTS[region]}/api/v1/models?page_no=1&page_size={PAGE_SIZE}")


def native_facts(record: Mapping[str, Any], /, *, notice: Notice) -> ModelFacts:
    """Translate one record of the native list; raises ValueError where its id cannot be read."""
    parts = listed_id(record.get("model"), vendor_of=vendor_of)
    limits = _part(record, "model_info", notice)
    window, longest_input = (tokens(limits, key, notice=notice) for key in ("context_window", "max_input_tokens"))
    modalities = _part(record, "inference_metadata", notice)
    if record.get("prices"):
        notice("prices: without a currency and a unit, left out")
    return replace(
        silent_facts(parts, name=_text(record, "name", one_line, LONGEST_NAME)),
        description=_text(record, "description", paragraphs, LONGEST_DESCRIPTION),
        max_context=window or longest_input,
        max_output=tokens(limits, "max_output_tokens", notice=notice),
        input_modalities=_modalities(modalities, "request_modality", notice),
        output_modalities=_modalities(modalities, "response_modality", notice),
        listed_flags=_flags(record, notice),
    )


def compatible_facts(record: Mapping[str, Any], /, *, notice: Notice) -> ModelFacts:
    """Translate one record of the list in OpenAI's shape; raises ValueError where its id cannot be read."""
    notice_unknown_keys(record, KEYS, notice=notice)
    return replace(silent_facts(listed_id(record.get("id"), vendor_of=vendor_of)), created_at=created_at(record))


def vendor_of(parts: IdParts) -> str:
    """Whose model a name without a vendor is; empty where no habit of naming tells.

    >>> from modelsync.catalog.model_ids import parse_model_id
    >>> vendor_of(parse_model_id("qwen-max")), vendor_of(parse_model_id("wan2.7-image"))
    ('qwen', '')
    """
    return next((vendor for begins, vendor in VENDORS if begins.match(parts.slug)), "")


def _output(document: object) -> Mapping[str, Any]:
    output = checked_envelope(document, source=NAME).get("output")
    if not isinstance(output, dict):
        raise FeedFormatError(NAME, "output", "expected a page of models, found none")
    return output


def _records(output: Mapping[str, Any]) -> list[object]:
    models = output.get("models")
    if not isinstance(models, list):
        raise FeedFormatError(NAME, "output.models", "expected a list of models, found none")
    return list(models)


def _number(output: object, key: str) -> int | None:
    value = output.get(key) if isinstance(output, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _part(record: Mapping[str, Any], key: str, notice: Notice) -> Mapping[str, Any]:
    value = record.get(key)
    if value is None or isinstance(value, dict):
        return value or {}
    notice(f"{key}: expected an object, found something else, ignored")
    return {}


def _text(record: Mapping[str, Any], key: str, clean: Callable[[str, int], str], limit: int) -> str:
    value = record.get(key)
    return clean(value, limit) if isinstance(value, str) else ""


def _modalities(told: Mapping[str, Any], key: str, notice: Notice) -> tuple[str, ...]:
    listed = word_list(told, key, notice=notice)
    return tuple(sorted({each.lower() for each in listed})) if listed is not None else ()


def _flags(record: Mapping[str, Any], notice: Notice) -> Mapping[str, object]:
    """What a list of features says; a record without one says nothing."""
    listed = word_list(record, "features", notice=notice)
    return {} if listed is None else {flag: feature in listed for flag, feature in FEATURES.items()}
