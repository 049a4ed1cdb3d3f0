"""models.dev's own document, `api.json`: providers by name, each with its models by id.

It is kept by volunteers, thousands of records long, and only enriches: a record that cannot be read is set aside, a
value that says nothing is dropped and counted, and only a document that is no list of providers is refused. What it
says of prices and abilities is not looked at: the feed knows those better.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from modelsync.errors import FeedFormatError
from modelsync.sources.facts import SetAside
from modelsync.sources.models_dev_copy import LARGEST_LIMIT, NAME, NativeFacts
from modelsync.sources.records import json_document
from modelsync.sources.wire import Tokens, Wire, day_or_month, is_word, read_wire

URL: Final = "https://models.dev/api.json"

MOST_UNREADABLE: Final = 0.25
"""A document of which more records than this share cannot be read is another one than the one known here."""


_NATIVE_ID: Final = re.compile(r"[A-Za-z0-9@~][A-Za-z0-9@~._:/+-]{0,199}")
"""Ids of other namespaces; they are compared with ours and never become a key."""


class _Limit(Wire):
    context: Tokens | None = None
    output: Tokens | None = None


class _Record(Wire):
    id: str
    family: str | None = None
    release_date: str | None = None
    knowledge: str | None = None
    open_weights: bool | None = None
    limit: _Limit = _Limit()


@dataclass(frozen=True, slots=True)
class ModelsDev:
    """The whole document: facts by provider and model, what was set aside, and what else was noticed."""

    providers: Mapping[str, Mapping[str, NativeFacts]]
    set_aside: tuple[SetAside, ...]
    findings: tuple[str, ...]

    @property
    def record_count(self) -> int:
        """Records in the document, readable or not."""
        return sum(map(len, self.providers.values())) + len(self.set_aside)


@dataclass(slots=True)
class _Reader:
    """Facts and complaints, collected over the providers of one document."""

    set_aside: list[SetAside] = field(default_factory=list)
    noticed: Counter[str] = field(default_factory=Counter)

    def models_of(self, provider: str, entry: object) -> dict[str, NativeFacts]:
        """A provider's models by id; empty for an entry that holds none."""
        models = entry.get("models") if isinstance(entry, dict) else None
        if not isinstance(models, dict):
            self.set_aside.append(SetAside(f"{provider}.models", None, "expected an object of models, found none"))
            return {}
        return dict(self._readable(provider, models))

    def _readable(self, provider: str, models: Mapping[str, object]) -> Iterator[tuple[str, NativeFacts]]:
        for index, (model_id, record) in enumerate(models.items()):
            try:
                yield _plain(model_id), self._facts(model_id, record)
            except ValueError as error:
                self.set_aside.append(SetAside(f"{provider}.models[{index}]", None, str(error)))

    def _facts(self, model_id: str, record: object) -> NativeFacts:
        read = read_wire(_Record, record)
        if read.id != model_id:
            raise ValueError("id: expected the name under which the record stands, found another")
        return NativeFacts(
            release_date=self._day("release_date", read.release_date),
            knowledge_cutoff=self._day("knowledge", read.knowledge),
            family=self._family(read.family),
            open_weights=read.open_weights,
            max_context=self._tokens("limit.context", read.limit.context),
            max_output=self._tokens("limit.output", read.limit.output),
        )

    def _day(self, name: str, text: str | None) -> str | None:
        """A day or a month; anything else is dropped."""
        try:
            return None if text is None else day_or_month(text)
        except ValueError:
            self.noticed[f"{name} is no day that can be meant"] += 1
            return None

    def _family(self, text: str | None) -> str | None:
        if text is None or is_word(text):
            return text
        self.noticed["family is no plain word"] += 1
        return None

    def _tokens(self, name: str, count: int | None) -> int | None:
        """A limit; zero, and numbers that no model has, are dropped."""
        if count is None or 0 < count <= LARGEST_LIMIT:
            return count
        self.noticed[f"{name} is no limit that can be meant"] += 1
        return None


def parse_models_dev(body: bytes) -> ModelsDev:
    """Read the whole document; raises FeedFormatError where the bytes hold no providers with models."""
    document = json_document(body, source=NAME)
    if not isinstance(document, dict):
        raise FeedFormatError(NAME, "body", "expected an object of providers, found none")
    reader = _Reader()
    providers = {name: reader.models_of(name, entry) for name, entry in document.items() if is_word(name)}
    read = ModelsDev(
        providers={name: models for name, models in sorted(providers.items()) if models},
        set_aside=tuple(reader.set_aside),
        findings=tuple(f"{text} ({count}x)" for text, count in sorted(reader.noticed.items())),
    )
    _refuse_another_document(read)
    return read


def _plain(model_id: str) -> str:
    if _NATIVE_ID.fullmatch(model_id) is None or ".." in model_id:
        raise ValueError("id: expected at most 200 letters, digits and @~._:/+-, found something else")
    return model_id


def _refuse_another_document(read: ModelsDev) -> None:
    unreadable = len(read.set_aside)
    if not read.providers:
        raise FeedFormatError(NAME, "body", "expected providers with models, found none; check the address")
    if unreadable > MOST_UNREADABLE * read.record_count:
        found = f"{unreadable} of {read.record_count} that cannot be read, first {read.set_aside[0].where}"
        problem = f"expected at most {MOST_UNREADABLE:.0%} unreadable records, found {found}; check the address"
        raise FeedFormatError(NAME, "body", problem)
