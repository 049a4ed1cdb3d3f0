"""The reduced copy of models.dev that the catalog keeps: the vendors' own entries, and OpenRouter's.

It knows of each model when it was released, until when its training data reach, its line, whether its weights are
open, and its limits. Models stand under the names of our backends, so that `catalog.backends` finds them. The copy
has the day on which its content was first read; equal content gives equal bytes.

models.dev is a public catalogue under the MIT licence (github.com/anomalyco/models.dev). How its own document is
read is `sources.models_dev`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from modelsync.errors import CorruptDocumentError
from modelsync.sources.wire import day_or_month, is_word

NAME: Final = "models.dev"

BACKEND_OF: Final[Mapping[str, str]] = {
    "alibaba": "dashscope",
    "anthropic": "anthropic",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "google": "google",
    "minimax": "minimax",
    "mistral": "mistral",
    "moonshotai": "moonshot",
    "openai": "openai",
    "openrouter": "openrouter",
    "xai": "x-ai",
    "zai": "z-ai",
}
"""Its providers that speak of their own models, and the one whose ids are ours; all others only resell."""

PROVIDER_OF: Final[Mapping[str, str]] = {backend: provider for provider, backend in BACKEND_OF.items()}


LARGEST_LIMIT: Final = 20_000_000
"""No model has a larger window; eight nines are how some entries say that they do not know."""


@dataclass(frozen=True, slots=True)
class NativeFacts:
    """What one provider's entry says of one model; None where it is silent. Limits count tokens.

    Days are ISO texts, as exact as they were given: `2024-07` or `2024-07-31`.
    """

    release_date: str | None = None
    knowledge_cutoff: str | None = None
    family: str | None = None
    open_weights: bool | None = None
    max_context: int | None = None
    max_output: int | None = None


Models = Mapping[str, Mapping[str, NativeFacts]]
"""Facts by backend and native id."""


@dataclass(frozen=True, slots=True)
class EnrichmentCopy:
    """The copy, and the day on which its content was first read."""

    day: date
    models: Models

    @property
    def count(self) -> int:
        """How many models it knows, a model of two backends twice."""
        return sum(map(len, self.models.values()))

    def ids(self, backend: str) -> frozenset[str]:
        """The ids that a backend lists; empty where the copy does not know it."""
        return frozenset(self.models.get(backend, ()))


def reduced(providers: Mapping[str, Mapping[str, NativeFacts]]) -> Models:
    """Of everything that models.dev lists, what the copy keeps."""
    return {
        backend: dict(sorted(providers[provider].items()))
        for provider, backend in sorted(BACKEND_OF.items(), key=lambda pair: pair[1])
        if providers.get(provider)
    }


def encode_copy(copy: EnrichmentCopy) -> bytes:
    """Write a copy, one model a line, so that two copies can be compared by eye."""
    blocks = [f"{_text(backend)}:{{\n{_lines(models)}\n}}" for backend, models in sorted(copy.models.items())]
    head = f'{{"source":"{NAME}","day":"{copy.day}","models":{{\n'
    return (head + ",\n".join(blocks) + "\n}}\n").encode()


def decode_copy(body: bytes, *, key: str) -> EnrichmentCopy:
    """Read a copy; raises CorruptDocumentError where the bytes are none."""
    try:
        document = json.loads(body)
        models = {
            str(backend): {str(i): _facts(told) for i, told in listed.items()}
            for backend, listed in document["models"].items()
        }
        return EnrichmentCopy(date.fromisoformat(document["day"]), models)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        problem = f"expected a copy of {NAME}, found something else ({type(error).__name__})"
        raise CorruptDocumentError(key, problem) from error


def _lines(models: Mapping[str, NativeFacts]) -> str:
    return ",\n".join(f"{_text(i)}:{_text(_told(facts))}" for i, facts in sorted(models.items()))


def _told(facts: NativeFacts) -> dict[str, object]:
    values = {each.name: getattr(facts, each.name) for each in fields(NativeFacts)}
    return {name: value for name, value in values.items() if value is not None}


def _facts(told: Mapping[str, Any]) -> NativeFacts:
    """A stored copy may have been written by anybody, so each value is looked at again."""
    for name, value in told.items():
        if not _IS_FIT[name](value):
            raise ValueError(name)
    return NativeFacts(**told)


def _is_day(value: object) -> bool:
    return isinstance(value, str) and day_or_month(value) == value


def _is_limit(value: object) -> bool:
    return type(value) is int and 0 < value <= LARGEST_LIMIT


_IS_FIT: Final[Mapping[str, Callable[[object], bool]]] = {
    "release_date": _is_day,
    "knowledge_cutoff": _is_day,
    "family": lambda value: isinstance(value, str) and is_word(value),
    "open_weights": lambda value: isinstance(value, bool),
    "max_context": _is_limit,
    "max_output": _is_limit,
}


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
