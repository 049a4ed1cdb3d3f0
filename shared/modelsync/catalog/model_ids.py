"""What a model id says by itself: its parts, its family, its series, its version and its size.

An id is `[~]vendor/slug[:variant]`. Ids become keys, file names, links and lines on a terminal, so
`parse_model_id` is the gate: what does not match a strict ASCII whitelist is refused, never cleaned.
Everything else here is a pure reading of the slug with small word tables; no id is listed. Names
follow habits, not rules, so these readings order and group models but never decide a flag.
This room knows nothing of feeds, aliases or other backends' ids.
"""

import math
import re
from typing import NamedTuple, NewType

ModelId = NewType("ModelId", str)
"""An id that passed `parse_model_id`, exactly as its source spells it."""

MAX_LENGTH = 200
"""Longest accepted id in characters; the longest recorded one has 61."""

_SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._+@-]*"
_ID = re.compile(rf"(~?)(?:({_SEGMENT})/)?((?:{_SEGMENT}/)*{_SEGMENT})(?::({_SEGMENT}))?")

_MONTH, _DAY, _YEAR = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])", r"20[2-9]\d"
_DATE_TAG = re.compile(
    rf"[-@](?:{_YEAR}{_MONTH}{_DAY}|{_YEAR}-{_MONTH}(?:-{_DAY})?|{_MONTH}-{_YEAR}|{_MONTH}-{_DAY}"
    rf"|{_MONTH}{_DAY}|2[3-9]{_MONTH})(?![^-])"
)

_WORD = re.compile(r"(?<![a-z0-9.])(?![ae]\d+(?:\.\d+)?b(?![a-z0-9]))[a-z]+")
_BASE = r"(deepseek|llama|mistral|qwen)(?![a-z])"
_FOREIGN_BASE = re.compile(_BASE)
_OWN_WORD = re.compile(rf"(?<![a-z0-9.])(?!{_BASE})[a-z]{{3,}}")
_NOT_A_LINE = frozenset("alpha beta chat exp experimental high instruct it latest preview think thinking v".split())

_SIZE = re.compile(r"(?<![a-z0-9.])e?(?:(\d+)x)?(\d+(?:\.\d+)?b|\d+t|\d{2,}m)(?![a-z0-9.])")
_BILLIONS = {"m": 0.001, "b": 1.0, "t": 1000.0}
_VERSION = re.compile(
    r"(?:^|[-_]|[a-z]\.?)(\d{1,2}(?:\.\d{1,2})*)(?![\d.]|x\d|[bkmt](?![a-z0-9]))(?:-(\d)(?![a-z0-9.]))?"
)


class IdParts(NamedTuple):
    """One id taken apart."""

    id: ModelId
    vendor: str
    """First segment without `~`; of an id without a `/` the vendor that its source names, or empty."""
    slug: str
    """Everything between the vendor and the variant; it may hold a `/`."""
    variant: str | None
    """What follows the colon: `free`, `batch`, `thinking`."""
    is_latest: bool
    """A moving pointer (`~vendor/line-latest`): another model stands behind it every few weeks."""
    is_router: bool
    """Served under OpenRouter's own name: a router, or one of its unannounced models."""
    is_stealth: bool
    """An unannounced test model (`stealth/…`, `openrouter/…-alpha`), removed without notice."""


def parse_model_id(text: str) -> IdParts:
    """Take an id apart.

    Raises ValueError for anything but letters, digits and `._+@-` in segments that start with a letter
    or digit, joined by `/`, with at most one variant and at most `MAX_LENGTH` characters.
    """
    match = _ID.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if match is None or ".." in text:
        raise ValueError(
            "model id: expected [~]vendor/slug[:variant] of ASCII letters, digits and ._+@- in at most "
            f"{MAX_LENGTH} characters, found {text[:80]!a} ({len(text)} characters)"
        )
    tilde, vendor, slug, variant = match.groups()
    return IdParts(
        id=ModelId(text),
        vendor=vendor or "",
        slug=slug,
        variant=variant,
        is_latest=bool(tilde),
        is_router=vendor == "openrouter",
        is_stealth=vendor == "stealth" or (vendor == "openrouter" and slug.endswith("-alpha")),
    )


def of_vendor(parts: IdParts, vendor: str) -> IdParts:
    """The same id with the vendor whom its source serves it for, where the id itself names none.

    >>> of_vendor(parse_model_id("qwen-max"), "qwen").vendor
    'qwen'
    """
    return parts if parts.vendor else parts._replace(vendor=vendor)


def is_model_id(text: str | None) -> bool:
    """True for what `parse_model_id` accepts."""
    return text is not None and len(text) <= MAX_LENGTH and ".." not in text and _ID.fullmatch(text) is not None


def base_id(model_id: str) -> ModelId:
    """The id without `~` and without the variant: what a model and its variants have in common."""
    return ModelId(model_id.removeprefix("~").partition(":")[0])


def undated(name: str) -> str:
    """A lower-case name without its date tags.

    Day (`-20241022`, `-2024-05-13`, `-05-20`), month (`-2024-05`, `-08-2024`) and the four-digit revisions
    (`-0324` = MMDD, `-2507` = YYMM from 2023 on). Four digits that are neither are part of the name.

    >>> undated("gpt-4-1106-preview"), undated("llama-3.1-405b"), undated("r1-1776")
    ('gpt-4-preview', 'llama-3.1-405b', 'r1-1776')
    """
    return _DATE_TAG.sub("", name)


def family_key(parts: IdParts) -> str:
    """Vendor and line, the unit of the diversity cap: `anthropic/claude`, `mistralai/ministral`.

    Variants, generations and sizes of one line share it.
    """
    return _under_vendor(parts, _line_words(parts)[0])


def series_key(parts: IdParts) -> str:
    """Vendor and finer line, what a fallback tries first: `anthropic/claude-haiku`, `openai/gpt-mini`.

    Drops versions, dates, sizes and tuning words, and keeps the order of what is left, so that
    `claude-3-haiku` and `claude-haiku-4.5` meet.
    """
    return _under_vendor(parts, "-".join(_line_words(parts)))


def lineage(parts: IdParts) -> tuple[str, str]:
    """Family and series together, for whoever needs both of thousands of ids."""
    words = _line_words(parts)
    return _under_vendor(parts, words[0]), _under_vendor(parts, "-".join(words))


def version_tuple(parts: IdParts) -> tuple[int, ...]:
    """The generation in the slug, to be compared with others of the series; () where it states none.

    A fraction is read digit by digit, as vendors count: `grok-4.20` is (4, 2, 0), before `grok-4.3`.
    Dates are no versions: two revisions of one generation are told apart by their creation time.
    """
    match = _VERSION.search(_own_name(parts))
    if match is None:
        return ()
    whole, *fractions = match[1].split(".")
    return int(whole), *(int(digit) for digit in "".join(fractions) + (match[2] or ""))


def parameter_billions(parts: IdParts) -> float | None:
    """Total parameters in billions where the slug says so: `235b-a22b` is 235, `8x22b` is 176.

    None where it says nothing, or only the active part (`a13b`).
    """
    match = _SIZE.search(_name(parts))
    if match is None:
        return None
    experts, size = match.groups()
    return int(experts or 1) * float(size[:-1]) * _BILLIONS[size[-1]]


def size_class(parts: IdParts) -> int | None:
    """The nearest power of two of the parameters in billions: 70b and 72b are both 6; None where unsaid."""
    billions = parameter_billions(parts)
    return None if not billions else round(math.log2(billions))


def _name(parts: IdParts) -> str:
    return parts.slug.rpartition("/")[2].lower()


def _under_vendor(parts: IdParts, line: str) -> str:
    return f"{parts.vendor.lower()}/{line}" if parts.vendor else line


def _line_words(parts: IdParts) -> list[str]:
    """The line's words, the family first; the whole name where it has no word."""
    name = _own_name(parts)
    return [word for word in _WORD.findall(name) if word not in _NOT_A_LINE] or [name]


def _own_name(parts: IdParts) -> str:
    """The undated name from the vendor's own line on: `nemotron-70b` of `nvidia/llama-3.1-nemotron-70b`.

    Vendors of base models are named after them (`meta-llama`, `qwen`); any other vendor whose name opens with
    such a base has built on it.
    """
    name, vendor = undated(_name(parts)), parts.vendor.lower()
    base = _FOREIGN_BASE.match(name) if vendor else None
    if base is None or base[1] in vendor:
        return name
    own = next((word for word in _OWN_WORD.finditer(name, base.end()) if word[0] not in _NOT_A_LINE), base)
    return name[own.start() :]
