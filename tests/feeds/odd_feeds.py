"""Feeds with one odd record among good ones: it is published made harmless, or set aside and named.

Each record is the JSON text of one element of the list, so that it can hold what no encoder would write.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from tests.world import ABSENT, a_record

ODD_ID: Final = "odd/one"
ENOUGH: Final = 1_000_000


@dataclass(frozen=True)
class OddRecord:
    """One element of a list, and what the heartbeat says of it (a regular expression; None: nothing).

    `is_published` None: it may be published made harmless, or set aside; both are right.
    """

    sentence: str
    text: str
    told: str | None
    is_published: bool | None


def _published(sentence: str, told: str | None = None, **fields: Any) -> OddRecord:
    return OddRecord(sentence, json.dumps(a_record(ODD_ID, **fields)), told, is_published=True)


def _set_aside(sentence: str, told: str, **fields: Any) -> OddRecord:
    return OddRecord(sentence, json.dumps(a_record(ODD_ID, **fields)), told, is_published=False)


def _either(sentence: str, **fields: Any) -> OddRecord:
    return OddRecord(sentence, json.dumps(a_record(ODD_ID, **fields)), "", is_published=None)


def _prices(**legs: Any) -> dict[str, Any]:
    return {"prompt": "0.000001", "completion": "0.000002"} | legs


def _condition(**parts: Any) -> dict[str, Any]:
    return _prices(overrides=[{"min_prompt_tokens": 200000, "prompt": "0.000002"} | parts])


def _architecture(**parts: Any) -> dict[str, Any]:
    return {"modality": "text->text", "input_modalities": ["text"], "output_modalities": ["text"]} | parts


def _nested(depth: int) -> list[Any]:
    nested: list[Any] = [0]
    for _ in range(depth - 1):
        nested = [nested]
    return nested


_NOT_FINITE = json.dumps(a_record(ODD_ID, pricing=_condition(surcharge=111))).replace("111", "1e999")
_SURROGATE = json.dumps(a_record(ODD_ID, name="QQQ")).replace("QQQ", r"a lone \ud800 half")
_BIG_INTEGER = json.dumps(a_record(ODD_ID, context_length=111)).replace("111", "9" * 200)

OF_PRICES: Final = (
    _set_aside("a price that is a word", r"odd/one.*pricing\.prompt: expected a decimal number", prompt="free"),
    _set_aside("a price that is empty", r"pricing\.prompt: expected a decimal number, found ''", prompt=""),
    _set_aside("a price that is not a number", r"pricing\.prompt: expected a decimal", prompt="NaN"),
    _set_aside("a price that is infinite", r"pricing\.prompt: expected a decimal", prompt="Infinity"),
    _set_aside("a price that is true", r"pricing\.prompt: expected a decimal string, found 'True'", prompt=True),
    _set_aside("a price of 5,000 characters", r"pricing\.prompt: expected .* at most 40", prompt="1" * 5000),
    _set_aside("no price for completions", r"pricing\.completion: .* found nothing", pricing={"prompt": "0"}),
    _set_aside("a leg with a name that clears the terminal", r"pricing\.", pricing=_prices(**{"\x1b[2J": "0"})),
    _set_aside("conditional prices that are words", "expected a decimal", pricing=_condition(prompt="more")),
    _published("a price that is a number", prompt=0.000001),
    _published("a price of minus one", prompt="-1", completion="-1"),
    _either("a price of minus a half", prompt="-0.5"),
    _either("a price of minus zero", prompt="-0", completion="-0.0"),
    _either("a leg of minus zero", pricing=_prices(request="-0")),
    _either("a conditional price of minus zero", pricing=_condition(prompt="-0")),
    _published("a price of 10^-40", prompt="1e-40"),
    _published("zero with an exponent", prompt="0E+30"),
    _published("all prices zero", prompt="0", completion="0"),
    _either("a price beyond all sums", prompt="1e30"),
    _either("a price of 39 digits", prompt=int("9" * 39)),
    _either("a price in other digits, in odd space", prompt=" \u2028\u0661 "),
    _published("a condition nobody knows", pricing=_condition(utc_days=["sat", "sun"])),
    _either("a condition that clears the terminal", pricing=_condition(**{"\x1b[2J": "\u202egnp.exe"})),
    _either("a condition of 1 MB", pricing=_condition(note="x" * ENOUGH)),
    _either("a condition nested 190 deep", pricing=_condition(deep=_nested(190))),
    _either("a condition as deep as JSON is read", pricing=_condition(deep=_nested(194))),
    OddRecord("a condition that is infinite", _NOT_FINITE, "", is_published=None),
)

OF_IDS: Final = (
    _set_aside("no id", "no readable id.*id: expected a value, found nothing", id=ABSENT),
    _set_aside("an id that is a number", "id: expected a valid string", id=17),
    _set_aside("an empty id", "model id: expected", id=""),
    _set_aside("an id with a line break", "model id: expected", id="odd/one\nodd/two"),
    _set_aside("an id that clears the terminal", "model id: expected", id="odd/\x1b[2J"),
    _set_aside("an id that leads out of a folder", "model id: expected", id="../../etc/passwd"),
    _set_aside("an id that is an absolute path", "model id: expected", id="/etc/passwd"),
    _set_aside("an id that is a path of Windows", "model id: expected", id="..\\..\\one"),
    _set_aside("an id that is markup", "model id: expected", id="odd/<script>alert(1)</script>"),
    _set_aside("an id of 5,000 characters", "model id: expected", id="odd/" + "o" * 4996),
    _set_aside("an id in letters that look like others", "model id: expected", id="odd/\u043ene"),
    _set_aside("an id with a null character", "model id: expected", id="odd/one\x00"),
    OddRecord("null in place of a record", "null", "expected an object, found 'None'", is_published=False),
    OddRecord("a number in place of a record", "17", "expected an object, found '17'", is_published=False),
    OddRecord("a list in place of a record", "[]", "expected an object", is_published=False),
)

OF_TEXTS: Final = (
    _published("a name that clears the terminal", name="\x1b[2J\x1b]0;owned\x07\x9b31m one"),
    _published("a name that runs from right to left", name="\u202eeno\u202c\u2067\u200f\u061c one"),
    _published("a name with invisible characters", name="o\u00adn\u200be\ufeff \U000e0041\ufff9"),
    _published("a name of 5,000 characters", name="one " * 1250),
    _published("a name that is markup", name="</script><img src=x onerror=alert(1)>"),
    OddRecord("a name with half a character", _SURROGATE, None, is_published=True),
    _published("no name", name=""),
    _published("a description of 1 MB", description="All work and no play. " * (ENOUGH // 22)),
    _published("a description that draws on the terminal", description="\x1b[31m\r\n\x08\x9b2J" * 100),
    _published("a key nobody knows", r"unknown key 'tokens_per_tree', ignored \(1x\)", tokens_per_tree=7),
    _published("a key that clears the terminal", "unknown key '.*', ignored", **{"\x1b[2J" + "k" * 9999: 1}),
    _published("a key nobody knows, nested 150 deep", "unknown key 'deep', ignored", deep=_nested(150)),
    _either("a modality in the old style that clears the terminal", architecture={"modality": "te\x1b[2Jxt->text"}),
    _either("a modality in the old style of 1 MB", architecture={"modality": f"{'t' * ENOUGH}->text"}),
    _published("a canonical slug that leads out of a folder", canonical_slug="../../etc/passwd"),
    _published("an alias target that is markup", alias_target={"slug": "<b>"}),
    _published(
        "an arena with a name that clears the terminal",
        benchmarks={
            "design_arena": [{"arena": "\x1b[2J", "category": "\u202e", "elo": 1000.5, "win_rate": 50.0, "rank": 1}]
        },
    ),
    _set_aside("a parameter that is markup", "expected a word", supported_parameters=["<script>"]),
    _set_aside(
        "a modality that clears the terminal",
        "expected a word",
        architecture=_architecture(input_modalities=["\x1b[2J"]),
    ),
    _set_aside("no modality", "architecture: expected a value, found nothing", architecture=ABSENT),
)

OF_NUMBERS: Final = (
    _set_aside("a context window that is a word", "context_length: expected a valid integer", context_length="big"),
    _set_aside("a negative context window", "context_length: expected greater", context_length=-1),
    _set_aside("a context window of half a token", "context_length: expected a valid integer", context_length=0.5),
    OddRecord("a context window of 200 digits", _BIG_INTEGER, "context_length: expected", is_published=False),
    _published("a context window of zero", context_length=0, top_provider=ABSENT),
    _published("a creation time in the year 33,658", created=10**12),
    _published("a creation time before all others", created=-1),
    _published("an end in the year 1", expiration_date="0001-01-01"),
    _published(
        "an end in the year 9999", "expiration_date: expected YYYY-MM-DD", expiration_date="9999-12-31T23:59:59-23:00"
    ),
    _published("an end that is a word", "expiration_date: expected YYYY-MM-DD, found 'soon'", expiration_date="soon"),
    _published("an end that is a list", "expiration_date: expected YYYY-MM-DD", expiration_date=[2026]),
    _published("a measurement beyond all others", benchmarks={"artificial_analysis": {"coding_index": 1e308}}),
    _published("a negative measurement", benchmarks={"artificial_analysis": {"coding_index": -1e308}}),
    _published("measurements that are a word", "benchmarks.*expected .*, ignored", benchmarks="good"),
    _published("reasoning that is a word", "reasoning.*expected .*, ignored", reasoning="yes"),
)

ODD_RECORDS: Final = (*OF_PRICES, *OF_IDS, *OF_TEXTS, *OF_NUMBERS)
