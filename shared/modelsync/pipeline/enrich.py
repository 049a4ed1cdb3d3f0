"""What a reference adds to the models that are listed: values that their source does not tell, and backends.

- It fills gaps: a value that the record has itself is neither replaced nor repeated.
- It decides nothing: nobody is listed, flagged, priced or ranked by it.
- Every value says where it was read. The vendor's own entry comes first, then the reference's entry for the id as
  OpenRouter has it.
- A backend is the table's word, else a rule's candidate that the reference lists (`catalog.backends`).

The daily curation enriches; a refresh makes every record new from the feed and carries over what still fits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from modelsync.catalog.backends import RULED, VENDOR_OF, Table, may_run_directly, native_id
from modelsync.catalog.keys import OPENROUTER
from modelsync.catalog.model_info import Enrichment, ModelInfo, Origin
from modelsync.pipeline.overrides import BackendMapping
from modelsync.sources.facts import ModelFacts
from modelsync.sources.models_dev_copy import NAME, PROVIDER_OF, EnrichmentCopy, NativeFacts

FIELDS: Final = tuple(name for name in Enrichment.model_fields if name != "origins")
LIMITS: Final = ("max_context", "max_output")
"""Fields that only the vendor's own entry is asked for: a reseller's limit is its own, or a guess (OpenRouter's entries
mostly repeat the context window as the output limit)."""

OWN: Final = ("knowledge_cutoff", *LIMITS)
"""Fields that the record may have itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the reference: of which of our backends, under which id, and what it says."""

    backend: str
    name: str
    facts: NativeFacts

    @property
    def record(self) -> str:
        """The same in the reference's own words."""
        return f"{PROVIDER_OF.get(self.backend, self.backend)}/{self.name}"

    @property
    def told(self) -> tuple[str, ...]:
        """The fields that are taken from it."""
        return tuple(name for name in _told(self.facts) if name not in LIMITS or self.backend != OPENROUTER)


def table_of(rows: tuple[BackendMapping, ...]) -> dict[str, dict[str, str]]:
    """The rows that people wrote, by model; of several rows of one model the later one counts."""
    return {row.id: dict(sorted(row.backends.items())) for row in rows}


def enriched(models: Mapping[str, ModelInfo], copy: EnrichmentCopy, *, table: Table) -> dict[str, ModelInfo]:
    """The same models with everything that a copy of the reference adds to them now."""
    return {i: _enriched(model, copy, table) for i, model in models.items()}


def matched(models: Mapping[str, ModelInfo], copy: EnrichmentCopy, *, table: Table) -> int:
    """How many of the models a copy has an entry of."""
    return sum(any(True for _ in _entries(model, _backends(model, copy, table)[0], copy)) for model in models.values())


def carried_backends(named: Mapping[str, str], previous: ModelInfo | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """A record's backends until the next curation, and those by rule: the table's word, and rules that held before."""
    known = {b: previous.backends[b] for b in previous.backends_by_rule} if previous is not None else {}
    by_rule = {backend: name for backend, name in known.items() if backend not in named}
    return dict(sorted((by_rule | dict(named)).items())), tuple(sorted(by_rule))


def carried_enrichment(previous: ModelInfo | None, facts: ModelFacts) -> Enrichment | None:
    """What a record had been enriched with, without what its source tells by now."""
    known = previous.enrichment if previous is not None else None
    if known is None or all(getattr(facts, name) is None or getattr(known, name) is None for name in OWN):
        return known
    left = [name for name in _told(known) if name not in OWN or getattr(facts, name) is None]
    return _enrichment({n: getattr(known, n) for n in left}, {n: known.origins[_json_name(n)] for n in left})


def _enriched(model: ModelInfo, copy: EnrichmentCopy, table: Table) -> ModelInfo:
    backends, by_rule = _backends(model, copy, table)
    added = _added(model, backends, copy)
    if (backends, by_rule, added) == (dict(model.backends), model.backends_by_rule, model.enrichment):
        return model
    return model.model_copy(update={"backends": backends, "backends_by_rule": by_rule, "enrichment": added})


def _backends(model: ModelInfo, copy: EnrichmentCopy, table: Table) -> tuple[dict[str, str], tuple[str, ...]]:
    """A model's backends, and those of them that a rule found; a copy that is silent on a backend proves nothing."""
    named = dict(table.get(model.id, {})) if may_run_directly(model.id) else {}
    kept, _ = carried_backends(named, model)
    for backend in RULED:
        accept = copy.ids(backend)
        if backend in named or not accept:
            continue
        found = native_id(model.id, backend, accept=accept, permaslug=model.canonical_slug)
        kept.pop(backend, None)
        if found is not None:
            kept[backend] = found
    return dict(sorted(kept.items())), tuple(sorted(kept.keys() - named.keys()))


def _entries(model: ModelInfo, backends: Mapping[str, str], copy: EnrichmentCopy) -> Iterator[Entry]:
    """The entries that speak of a model, the vendor's own first."""
    own = [(backend, name) for backend, name in backends.items() if VENDOR_OF.get(backend) == model.vendor]
    for backend, name in (*own, (OPENROUTER, model.id)):
        facts = copy.models.get(backend, {}).get(name)
        if facts is not None:
            yield Entry(backend, name, facts)


def _added(model: ModelInfo, backends: Mapping[str, str], copy: EnrichmentCopy) -> Enrichment | None:
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for entry in _entries(model, backends, copy):
        for name in entry.told:
            if name in values or (name in OWN and getattr(model, name) is not None):
                continue
            values[name] = getattr(entry.facts, name)
            origins[name] = _origin(model.enrichment, name, values[name], record=entry.record, copy=copy)
    return _enrichment(values, origins)


def _origin(known: Enrichment | None, name: str, value: object, *, record: str, copy: EnrichmentCopy) -> Origin:
    """Where a value was read; one that is no news keeps its day, so that a new copy alone changes no record."""
    before = known.origins.get(_json_name(name)) if known is not None and getattr(known, name) == value else None
    if before is not None and (before.source, before.record) == (NAME, record):
        return before
    return Origin(source=NAME, record=record, day=copy.day)


def _enrichment(values: Mapping[str, Any], origins: Mapping[str, Origin]) -> Enrichment | None:
    if not values:
        return None
    return Enrichment(**values, origins={_json_name(name): origin for name, origin in origins.items()})


def _told(values: Enrichment | NativeFacts) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if getattr(values, name) is not None)


def _json_name(name: str) -> str:
    return str(Enrichment.model_fields[name].alias)
