"""The same view of a published set by its index: the exact names are looked up in it, and one record is parsed.

All else (searches, families, the shortlist) is asked of the documents, which are parsed when that is first needed.
Every answer is the one that `Catalog` gives of the parsed documents.
"""

from collections.abc import Mapping

from modelsync.client.catalog import Catalog, Model, OldAlias, Record, Redirect, Tombstone
from modelsync.client.reading.index import Index


class IndexedCatalog(Catalog):
    """A catalog whose names are sought in the table that lies beside its documents."""

    def __init__(self, documents: Mapping[str, Record], index: Index) -> None:
        super().__init__(documents)
        self._index = index

    def model(self, model_id: str) -> Model | None:
        """The listed model of an id, in any case of letters, the very spelling first."""
        records = self._index.all("m", model_id.lower())
        chosen = [record for record in records if record["id"] == model_id] or records[:1]
        return Model(chosen[0]["id"], chosen[0]) if chosen else None

    def with_alias(self, alias: str) -> Model | None:
        """The listed model of an alias in lower case."""
        record = self._index.one("a", alias)
        return None if record is None else Model(record["id"], record)

    def gone_with_alias(self, alias: str) -> str | None:
        """The id of the model that is gone and had this alias when it was last seen."""
        stone = self._index.one("g", alias)
        return None if stone is None else str(stone["id"])

    def old_aliases(self, alias: str) -> tuple[OldAlias, ...]:
        """The models that had an alias and have another one now, in the order of the document."""
        return tuple(OldAlias.of(move) for move in self._index.all("h", alias))

    def of_slug(self, slug: str) -> tuple[Model, ...]:
        """Active models of a permanent slug in lower case, in order of their ids."""
        return tuple(Model(record["id"], record) for record in self._index.all("s", slug))

    def tombstone(self, model_id: str) -> Tombstone | None:
        """What is remembered of an id that is not listed; None also for one that came back."""
        stone = self._index.one("t", model_id.lower())
        return None if stone is None else Tombstone.of(stone)

    def redirect(self, model_id: str) -> Redirect | None:
        """Where an id leads that is gone."""
        redirect = self._index.one("r", model_id.lower())
        return None if redirect is None else Redirect.of(redirect)
