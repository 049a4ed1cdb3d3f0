"""The documents that stand published together: the state that a job starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from modelsync.catalog.documents import (
    DOCUMENTS,
    Changes,
    Curated,
    Current,
    Deprecations,
    Document,
    Signals,
    decode,
)
from modelsync.catalog.figures import Measurements, Operations
from modelsync.catalog.keys import CHANGES, CURATED, CURRENT, DEPRECATIONS, SIGNALS
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_info import ModelInfo
from modelsync.errors import CorruptDocumentError


@dataclass(frozen=True, slots=True)
class PublishedSet:
    """One generation's documents; None where a document was never published."""

    current: Current | None = None
    curated: Curated | None = None
    deprecations: Deprecations | None = None
    signals: Signals | None = None
    changes: Changes | None = None

    def models(self) -> dict[str, ModelInfo]:
        """The listed models by id."""
        return {model.id: model for model in self.current.models} if self.current else {}

    def measurements(self) -> Mapping[str, Measurements]:
        """Benchmarks by id."""
        return self.signals.models if self.signals else {}

    def operations(self) -> Mapping[str, Operations]:
        """What was observed of how models are served, by id."""
        return self.signals.operations if self.signals else {}

    def replacing(self, documents: Mapping[str, Document]) -> "PublishedSet":
        """The same set with some documents exchanged, by their names."""
        return replace(self, **dict[str, Any](documents))

    def by_name(self) -> dict[str, Document]:
        """The documents that exist, by their names."""
        named: dict[str, Document | None] = {
            CURRENT: self.current,
            CURATED: self.curated,
            DEPRECATIONS: self.deprecations,
            SIGNALS: self.signals,
            CHANGES: self.changes,
        }
        return {name: document for name, document in named.items() if document is not None}

    def states(self) -> dict[str, LifecycleState]:
        """The state of every id ever published."""
        buried = {stone.id: stone.state for stone in self.deprecations.tombstones} if self.deprecations else {}
        return buried | {model.id: model.state for model in self.models().values()}

    def counts(self) -> dict[str, int]:
        """Models by state, and of the shortlist."""
        states = list(self.states().values())
        tally = {str(state): states.count(state) for state in LifecycleState}
        return tally | {"curated": len(self.curated.models) if self.curated else 0}


def decode_set(bodies: Mapping[str, bytes]) -> PublishedSet:
    """Read a set's documents by their names; raises CorruptDocumentError with the first thing that is wrong."""
    documents: dict[str, Document] = {}
    for name, body in bodies.items():
        document = decode(DOCUMENTS[name], body, key=name)
        if not isinstance(document, Document):
            raise CorruptDocumentError(name, "it is no document of a set")
        documents[name] = document
    return PublishedSet().replacing(documents)


def lost_from_shortlist(published: PublishedSet) -> tuple[str, ...]:
    """Ids that the shortlist names, as an entry or behind `auto`, although they are no longer active."""
    if published.curated is None:
        return ()
    models, named = published.models(), named_by(published.curated)
    return tuple(i for i in named if i not in models or models[i].state is not LifecycleState.ACTIVE)


def named_by(curated: Curated) -> tuple[str, ...]:
    """Every id that a shortlist names, as an entry or behind `auto`."""
    named = {entry.id for entry in curated.models}
    named |= {i for needs in curated.auto_targets.values() for i in needs.values() if i is not None}
    return tuple(sorted(named))
