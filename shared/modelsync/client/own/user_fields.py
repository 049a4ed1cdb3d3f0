"""What people may say of a model, and whose word counts: fields checked, and laid over a published record.

Precedence per field, strongest first: the user, the organisation, then what was published, in which people's overrides
beat observations, those the list, and that the name patterns. A field that is absent, or null, overwrites nothing. Of
prices every leg is a field of its own.

No field holds a secret: a key is named by where it lies (`key_ref`), and an error never repeats what it refuses, for
that may be a key.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from modelsync.catalog.model_ids import IdParts, is_model_id, lineage, parse_model_id
from modelsync.catalog.pricing import (
    ZERO,
    PricingStatus,
    cost_text,
    decimal_text,
    parse_price,
    price_tier,
    pricing_status,
)
from modelsync.client.amounts import known_amount

Fields = Mapping[str, Any]
"""Published field names and values, as people gave them."""

LONGEST_NAME, LONGEST_NOTE = 200, 2000
_FLAGS: Final = ("supportsVision", "supportsTools", "structuredOutput", "jsonMode", "isImageGen")
_LEGS: Final = (
    "promptPerMillion",
    "completionPerMillion",
    "cacheReadPerMillion",
    "cacheWritePerMillion",
    "reasoningPerMillion",
)
_ALIAS: Final = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_URL: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?:/[^\s?#@]*)?", re.ASCII)
_KEY_REF: Final = re.compile(r"(?:env:[A-Za-z_]\w{0,99}|keychain:[A-Za-z_][\w.-]{0,99})", re.ASCII)
_SECRET_NAME: Final = re.compile(r"key|token$|secret|passw|auth|cookie|credential", re.IGNORECASE)
_REASONING: Final = ("none", "fixed", "configurable")


class Merged(NamedTuple):
    """A record with people's words on it."""

    record: Mapping[str, Any]
    said_by: Mapping[str, str]
    """`user` or `organisation`, by field; a leg of a price as `pricing.<leg>`."""


def field_problems(fields: Fields) -> tuple[str, ...]:
    """Everything that is wrong with fields, without their values; none where they may be kept."""
    unknown = [f"{name[:40]!a}: expected one of {', '.join(_RULES)}" for name in fields if name not in _RULES]
    wrong = [
        f"{name}: expected {_RULES[name][1]}"
        for name, value in fields.items()
        if name in _RULES and value is not None and not _RULES[name][0](value)
    ]
    return (*unknown, *wrong)


def is_alias(text: object) -> bool:
    """Whether a text may be a short name: lower-case letters and digits, joined by single hyphens or dots."""
    return isinstance(text, str) and len(text) <= LONGEST_NAME and _ALIAS.fullmatch(text) is not None


def is_base_url(text: object) -> bool:
    """Whether a text is an http(s) address without a user, a password or a query, where keys are put."""
    return isinstance(text, str) and len(text) <= LONGEST_NOTE and _URL.fullmatch(text) is not None


def is_key_ref(text: object) -> bool:
    """Whether a text says where a key lies: `env:NAME` or `keychain:NAME`; no key with hyphens is such a variable."""
    return isinstance(text, str) and _KEY_REF.fullmatch(text) is not None


def is_price(value: object) -> bool:
    """Whether a value is decimal text as the catalog writes it: `0.3`, not `3e-1`, and no binary fraction."""
    try:
        price = parse_price(value) if isinstance(value, str) else Decimal(-1)
    except ValueError:
        return False
    return price >= ZERO and decimal_text(price) == value


def merged(record: Mapping[str, Any], *, user: Fields, organisation: Fields) -> Merged:
    """A published record with the organisation's words on it, and the user's on both."""
    laid: dict[str, Any] = {**record}
    said_by: dict[str, str] = {}
    for layer, fields in (("organisation", organisation), ("user", user)):
        for name, value in fields.items():
            if value is None:
                continue
            if name == "pricing":
                legs = {leg: price for leg, price in value.items() if price is not None}
                laid["pricing"] = {**laid["pricing"], **legs}
                said_by |= {f"pricing.{leg}": layer for leg in legs}
                continue
            laid[name] = value
            said_by[name] = layer
    flags: dict[str, str] = {name: "override" for name in (*_FLAGS, "reasoning") if name in said_by}
    if any(name.startswith("pricing.") for name in said_by):
        laid |= _priced(laid)
        flags["isFree"] = "override"
    laid["detectionSource"] = {**laid["detectionSource"], **flags}
    return Merged(laid, said_by)


def unlisted_record(model_id: str) -> dict[str, Any]:
    """The record of a model that no list has: everything that only its list could tell is unknown."""
    parts = parse_model_id(model_id) if is_model_id(model_id) else None
    family, series = _lines(parts)
    return {
        "id": model_id,
        "name": model_id,
        "canonicalSlug": None,
        "createdAt": None,
        "vendor": parts.vendor if parts is not None else "",
        "family": family,
        "series": series,
        "variant": parts.variant if parts is not None else None,
        "isRouter": False,
        "aliasTarget": None,
        "alias": model_id,
        "maxContext": None,
        "maxOutput": None,
        "cost": "?",
        "pricing": {"perUnit": {}, "overrides": [], "raw": {}},
        "pricingStatus": "unknown",
        "priceTier": None,
        "isFree": False,
        "pendingPricing": None,
        **dict.fromkeys(_FLAGS),
        "reasoning": "none",
        "detectionSource": dict.fromkeys((*_FLAGS, "reasoning", "isFree")),
        "inputModalities": [],
        "outputModalities": [],
        "supportedParameters": [],
        "buckets": [],
        "state": "active",
        "missingSince": None,
        "expiresAt": None,
        "backends": {},
    }


def _lines(parts: IdParts | None) -> tuple[str, str]:
    return lineage(parts) if parts is not None else ("", "")


def _priced(record: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from prices, where people gave some: conditions of the list do not hold for them."""
    legs = {name: known_amount(text) for name, text in record["pricing"].items() if name.endswith("PerMillion")}
    units = {name: known_amount(text) for name, text in record["pricing"]["perUnit"].items()}
    named = {"prompt": legs.get("promptPerMillion"), "completion": legs.get("completionPerMillion")}
    known = {name: price for name, price in {**legs, **units, **named}.items() if price is not None}
    status = pricing_status(known, zero_means_free=None not in {**legs, **units}.values())
    prompt = named["prompt"]
    return {
        "pricing": {**record["pricing"], "overrides": []},
        "pricingStatus": str(status),
        "isFree": status is PricingStatus.FREE,
        "priceTier": None
        if prompt is None or (prompt == ZERO and status is not PricingStatus.FREE)
        else str(price_tier(prompt)),
        "pendingPricing": None,
        "cost": cost_text(status, **named, other=None),
    }


def _is_text(longest: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and 0 < len(value.strip()) <= longest and not _CONTROL.search(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_reasoning(value: object) -> bool:
    return value in _REASONING


def _is_pricing(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        name in _LEGS and (price is None or is_price(price)) for name, price in value.items()
    )


def _are_parameters(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and not _SECRET_NAME.search(name) and isinstance(each, str | int | bool)
        for name, each in value.items()
    )


_RULES: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "name": (_is_text(LONGEST_NAME), f"a text of at most {LONGEST_NAME} characters"),
    "note": (_is_text(LONGEST_NOTE), f"a text of at most {LONGEST_NOTE} characters"),
    "alias": (is_alias, "lower-case letters and digits, joined by single hyphens or dots"),
    "maxContext": (_is_count, "a number of tokens above zero"),
    "maxOutput": (_is_count, "a number of tokens above zero"),
    **dict.fromkeys(_FLAGS, (_is_flag, "true or false")),
    "reasoning": (_is_reasoning, f"one of {', '.join(_REASONING)}"),
    "pricing": (_is_pricing, f"USD per million tokens as decimal text, of {', '.join(_LEGS)}"),
    "parameters": (_are_parameters, "texts, whole numbers, true or false by name, and no secret"),
}
"""What each field must be, as a test and in words."""
