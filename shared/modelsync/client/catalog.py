"""The published documents as one immutable view in memory: what is listed, what is gone, and where it leads.

`Catalog.of` takes documents that are parsed and believed already: digests, schema and age are judged where they are
loaded. It copies nothing; records are looked at only when somebody asks for them, and an index is built when it is
first needed, so that one lookup in a list of hundreds costs one lookup. Of a set without `current` the shortlist's own
records are all there is to see: then nobody can say that an id is not listed.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from modelsync.errors import CorruptDocumentError

if TYPE_CHECKING:  # only a text that names nothing is compared with how models are written
    from modelsync.client.misspelling import Vocabulary
    from modelsync.client.spelling import SharedPairs, Spelling

Record = Mapping[str, Any]
"""A JSON object of a published document."""

ABILITIES = {
    "tools": "supportsTools",
    "vision": "supportsVision",
    "structuredOutput": "structuredOutput",
    "reasoning": "reasoning",
}
"""What a caller may need, by the words of `autoTargets`, and the flag that tells it."""

_ACTIVE, _STALE = "active", "stale"
_FREE_ROUTER = "openrouter/free"
_NOWHERE = "auto"
"""Where a redirect leads that names no model (`lifecycle.AUTO`, whose room knows the calendar)."""


class Model(NamedTuple):
    """One record with the words that the client uses; `record` is the published object itself."""

    id: str
    record: Record

    @property
    def alias(self) -> str:
        """Its short name."""
        return str(self.record["alias"])

    @property
    def variant(self) -> str | None:
        """What follows the colon of its id."""
        variant: str | None = self.record["variant"]
        return variant

    @property
    def slug(self) -> str | None:
        """Its permanent slug, which its variants share."""
        slug: str | None = self.record["canonicalSlug"]
        return slug

    @property
    def context(self) -> int | None:
        """Its window in tokens; None where nobody knows."""
        context: int | None = self.record["maxContext"]
        return context

    @property
    def is_active(self) -> bool:
        """Whether the last feed had it."""
        return bool(self.record["state"] == _ACTIVE)

    @property
    def is_moving(self) -> bool:
        """Whether other models stand behind it: a router, or a `~…-latest` pointer."""
        return bool(self.record["isRouter"]) or self.id.startswith("~")

    @property
    def abilities(self) -> frozenset[str]:
        """The needs that it serves for certain."""
        return frozenset(need for need, flag in ABILITIES.items() if self.record[flag] not in {None, False, "none"})

    @property
    def sure_abilities(self) -> frozenset[str]:
        """Those that no name pattern guessed."""
        sources = self.record["detectionSource"]
        return frozenset(need for need in self.abilities if sources[ABILITIES[need]] != "heuristic")

    @property
    def expires_at(self) -> str | None:
        """Its announced end."""
        end: str | None = self.record["expiresAt"]
        return end


class Tombstone(NamedTuple):
    """What is remembered of a model that left the list."""

    id: str
    state: str
    cause: str
    last_known: Model

    @classmethod
    def of(cls, stone: Record) -> "Tombstone":
        """The published stone."""
        return cls(stone["id"], stone["state"], stone["cause"], Model(stone["id"], stone["lastKnown"]))


class Redirect(NamedTuple):
    """Where to go from an id that is gone; `to` may be `auto`, which is no model."""

    from_id: str
    to: str
    kind: str

    @property
    def model_id(self) -> str | None:
        """The model that it leads to; None where it leads to whatever is recommended then."""
        return None if self.to == _NOWHERE else self.to

    @classmethod
    def of(cls, redirect: Record) -> "Redirect":
        """The published redirect."""
        return cls(redirect["from"], redirect["to"], redirect["kind"])


class OldAlias(NamedTuple):
    """An alias that was this model's until `until`."""

    alias: str
    model_id: str
    until: str

    @classmethod
    def of(cls, move: Record) -> "OldAlias":
        """The published move."""
        return cls(move["oldAlias"], move["modelId"], move["since"])


class Documents(Mapping[str, Record]):
    """Documents of a set that was opened before and bring a view with them, so that they need not be parsed first."""

    @abstractmethod
    def view(self) -> "Catalog | None":
        """The view; None where there is none, so that the documents themselves are looked at."""


class Catalog:
    """Everything that one generation says."""

    def __init__(self, documents: Mapping[str, Record]) -> None:
        self._documents = documents
        self.is_complete = "current" in documents

    @classmethod
    def of(cls, documents: Mapping[str, Record]) -> "Catalog":
        """The view of parsed documents by name: `current` or `curated`, and what else there is of the set.

        Raises CorruptDocumentError where neither is there, or a part is not of the published shape.
        """
        ready = documents.view() if isinstance(documents, Documents) else None
        if ready is not None:
            return ready
        parts = {"current": ("models",), "curated": ("models", "buckets", "autoTargets"), "manifest": ("generation",)}
        parts["deprecations"] = ("redirects", "tombstones", "aliasHistory")
        for name in parts.keys() & documents.keys():
            missing = [part for part in parts[name] if part not in documents[name]]
            if missing:
                raise CorruptDocumentError(f"{name}.json", f"expected {missing[0]!a}, found none")
        if not {"current", "curated"} & documents.keys():
            raise CorruptDocumentError("current.json", "expected a list of models, found no such document")
        return cls(documents)

    @cached_property
    def generation(self) -> int:
        """The manifest's generation; without a manifest the newest of the documents."""
        if "manifest" in self._documents:
            return int(self._documents["manifest"]["generation"])
        return max(int(document["generation"]) for document in self._documents.values() if "generation" in document)

    @cached_property
    def generated_at(self) -> str:
        """When it came to be: the present time of whatever is decided by it."""
        newest = "manifest" if "manifest" in self._documents else self._listing
        return str(self._documents[newest]["generatedAt"])

    def document(self, name: str) -> Record:
        """A published document as it is; empty where the set was loaded without it."""
        return self._documents.get(name, {})

    def model(self, model_id: str) -> Model | None:
        """The listed model of an id, in any case of letters; None where it is not listed."""
        record = self._records.get(model_id) or self._records.get(self._spelling.get(model_id.lower(), ""))
        return None if record is None else Model(record["id"], record)

    def models(self) -> Iterator[Model]:
        """Every listed model, in the order of the document."""
        return (Model(model_id, record) for model_id, record in self._records.items())

    def with_alias(self, alias: str) -> Model | None:
        """The listed model of an alias in lower case."""
        model_id = self._aliases.get(alias)
        return None if model_id is None else self.model(model_id)

    def gone_with_alias(self, alias: str) -> str | None:
        """The id of the model that is gone and had this alias when it was last seen."""
        return self._gone_aliases.get(alias)

    def old_aliases(self, alias: str) -> tuple[OldAlias, ...]:
        """The models that had an alias and have another one now, in the order of the document."""
        return self._alias_history.get(alias, ())

    def of_slug(self, slug: str) -> tuple[Model, ...]:
        """Active models of a permanent slug in lower case, in order of their ids."""
        return tuple(Model(i, self._records[i]) for i in self._slugs.get(slug, ()))

    def of_family(self, family: str) -> tuple[Model, ...]:
        """Active models of a family."""
        return tuple(model for model in self.models() if model.record["family"] == family and model.is_active)

    def tombstone(self, model_id: str) -> Tombstone | None:
        """What is remembered of an id that is not listed; None also for one that came back."""
        return self._tombstones.get(model_id.lower())

    def redirect(self, model_id: str) -> Redirect | None:
        """Where an id leads that is gone."""
        return self._redirects.get(model_id.lower())

    def with_native_id(self, backend: str, native_id: str) -> tuple[Model, ...]:
        """Active models that a backend knows by this id of its own."""
        return tuple(m for m in self.models() if m.is_active and m.record["backends"].get(backend) == native_id)

    def bucket(self, name: str) -> tuple[str, ...]:
        """The ids of one bucket of the shortlist, best first."""
        bucket = self._shortlist.get("buckets", {}).get(name, {})
        return tuple(entry["id"] for entry in bucket.get("models", ()))

    def auto_target(self, tier: str, need: str) -> str | None:
        """The shortlist's answer to `auto` for a price tier and a need."""
        target: str | None = self._shortlist.get("autoTargets", {}).get(tier, {}).get(need)
        return target

    def place(self, model_id: str) -> int:
        """Place in the shortlist, from 0; behind its end where it is not in it."""
        return self._places.get(model_id, len(self._places))

    def is_recommended(self, model_id: str) -> bool:
        """Whether it is in the shortlist."""
        return model_id in self._places

    @property
    def free_router(self) -> Model | None:
        """The router that hands on to free models only, where it is listed."""
        return self.model(_FREE_ROUTER)

    @cached_property
    def spelled(self) -> "tuple[tuple[Model, Spelling], ...]":
        """Every listed model with how it is written, in the order of the document."""
        from modelsync.client.spelling import spelling_of

        return tuple((model, spelling_of(model.record)) for model in self.models())

    @cached_property
    def shared_pairs(self) -> "SharedPairs":
        """The pairs of letters of `spelled`, by its places."""
        from modelsync.client.spelling import SharedPairs

        return SharedPairs(spelling for _, spelling in self.spelled)

    @cached_property
    def vocabulary(self) -> "Vocabulary":
        """The words of `spelled`."""
        from modelsync.client.misspelling import Vocabulary

        return Vocabulary(spelling for _, spelling in self.spelled)

    @property
    def buckets(self) -> Mapping[str, Record]:
        """The buckets of the shortlist by name, as they are published."""
        buckets: Mapping[str, Record] = self._shortlist.get("buckets", {})
        return buckets

    @cached_property
    def _listing(self) -> str:
        return "current" if self.is_complete else "curated"

    @cached_property
    def _shortlist(self) -> Record:
        return self._documents.get("curated", {})

    @cached_property
    def _records(self) -> dict[str, Record]:
        return {record["id"]: record for record in self._documents[self._listing]["models"]}

    @cached_property
    def _spelling(self) -> dict[str, str]:
        return {model_id.lower(): model_id for model_id in reversed(self._records)}

    @cached_property
    def _aliases(self) -> dict[str, str]:
        """Of two models of one alias the first has it."""
        return {record["alias"]: model_id for model_id, record in reversed(self._records.items())}

    @cached_property
    def _slugs(self) -> dict[str, list[str]]:
        slugs: dict[str, list[str]] = {}
        for model_id, record in sorted(self._records.items()):
            if record["canonicalSlug"] is not None and record["state"] == _ACTIVE:
                slugs.setdefault(record["canonicalSlug"].lower(), []).append(model_id)
        return slugs

    @cached_property
    def _redirects(self) -> dict[str, Redirect]:
        found = self._gone_part("redirects")
        return {each["from"].lower(): Redirect.of(each) for each in reversed(found)}

    @cached_property
    def _tombstones(self) -> dict[str, Tombstone]:
        """Only of models that are not listed: a stone is kept for ever, also of one that came back."""
        stones = (each for each in reversed(self._gone_part("tombstones")) if each["id"] not in self._records)
        return {each["id"].lower(): Tombstone.of(each) for each in stones}

    @cached_property
    def _gone_aliases(self) -> dict[str, str]:
        return {stone.last_known.alias: stone.id for stone in self._tombstones.values()}

    @cached_property
    def _alias_history(self) -> dict[str, tuple[OldAlias, ...]]:
        history: dict[str, list[OldAlias]] = {}
        for move in map(OldAlias.of, self._gone_part("aliasHistory")):
            history.setdefault(move.alias, []).append(move)
        return {alias: tuple(moves) for alias, moves in history.items()}

    @cached_property
    def _places(self) -> dict[str, int]:
        """Best models of all buckets first, then the second best: the order in which people look at a shortlist."""
        buckets = [self.bucket(name) for name in sorted(self._shortlist.get("buckets", {}))]
        depth = max(map(len, buckets), default=0)
        in_order = dict.fromkeys(ids[place] for place in range(depth) for ids in buckets if place < len(ids))
        return {model_id: place for place, model_id in enumerate(in_order)}

    def _gone_part(self, name: str) -> tuple[Record, ...]:
        return tuple(self._documents.get("deprecations", {}).get(name, ()))
