"""A catalog with what its user says of its models: whatever judges by it judges by the user's word.

Only records that the user said something of differ; all others, and everything that is no record, are the catalog's
own, found as it finds them, so that one lookup still costs one lookup. Models that only the user has are not in it:
a list never leads to one.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from modelsync.client.catalog import Catalog, Model, OldAlias, Record, Redirect, Tombstone
from modelsync.client.misspelling import Vocabulary
from modelsync.client.own.user_fields import Fields, merged
from modelsync.client.own.user_layer import NOTHING_SAID
from modelsync.client.spelling import SharedPairs, Spelling


class WordedCatalog(Catalog):
    """A catalog, and what is said of its models by id."""

    def __init__(self, catalog: Catalog, said: Mapping[str, Fields]) -> None:
        self._catalog, self._said = catalog, said
        self.is_complete = catalog.is_complete

    @cached_property
    def generation(self) -> int:
        """The catalog's."""
        return self._catalog.generation

    @cached_property
    def generated_at(self) -> str:
        """When the catalog came to be."""
        return self._catalog.generated_at

    def document(self, name: str) -> Record:
        """A published document as it is."""
        return self._catalog.document(name)

    def model(self, model_id: str) -> Model | None:
        """The listed model of an id, in any case of letters."""
        return self._one(self._catalog.model(model_id))

    def models(self) -> Iterator[Model]:
        """Every listed model, in the order of the document."""
        return map(self._with_word, self._catalog.models())

    def with_alias(self, alias: str) -> Model | None:
        """The listed model of a published alias."""
        return self._one(self._catalog.with_alias(alias))

    def gone_with_alias(self, alias: str) -> str | None:
        """The id of the model that is gone and had this alias."""
        return self._catalog.gone_with_alias(alias)

    def old_aliases(self, alias: str) -> tuple[OldAlias, ...]:
        """The models that had an alias and have another one now."""
        return self._catalog.old_aliases(alias)

    def of_slug(self, slug: str) -> tuple[Model, ...]:
        """Active models of a permanent slug."""
        return self._all(self._catalog.of_slug(slug))

    def of_family(self, family: str) -> tuple[Model, ...]:
        """Active models of a family."""
        return self._all(self._catalog.of_family(family))

    def tombstone(self, model_id: str) -> Tombstone | None:
        """What is remembered of an id that is not listed, with the user's word on what it was."""
        stone = self._catalog.tombstone(model_id)
        return None if stone is None else stone._replace(last_known=self._with_word(stone.last_known))

    def redirect(self, model_id: str) -> Redirect | None:
        """Where an id leads that is gone."""
        return self._catalog.redirect(model_id)

    def with_native_id(self, backend: str, native_id: str) -> tuple[Model, ...]:
        """Active models that a backend knows by this id of its own."""
        return self._all(self._catalog.with_native_id(backend, native_id))

    def bucket(self, name: str) -> tuple[str, ...]:
        """The ids of one bucket of the shortlist, best first."""
        return self._catalog.bucket(name)

    def auto_target(self, tier: str, need: str) -> str | None:
        """The shortlist's answer to `auto`."""
        return self._catalog.auto_target(tier, need)

    def place(self, model_id: str) -> int:
        """Place in the shortlist."""
        return self._catalog.place(model_id)

    def is_recommended(self, model_id: str) -> bool:
        """Whether it is in the shortlist."""
        return self._catalog.is_recommended(model_id)

    @property
    def free_router(self) -> Model | None:
        """The router that hands on to free models only."""
        return self._one(self._catalog.free_router)

    @cached_property
    def spelled(self) -> tuple[tuple[Model, Spelling], ...]:
        """Every listed model with how it is published to be written."""
        return tuple((self._with_word(model), spelling) for model, spelling in self._catalog.spelled)

    @cached_property
    def shared_pairs(self) -> SharedPairs:
        """The pairs of letters of `spelled`, by its places."""
        return self._catalog.shared_pairs

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of `spelled`."""
        return self._catalog.vocabulary

    @property
    def buckets(self) -> Mapping[str, Record]:
        """The buckets of the shortlist by name."""
        return self._catalog.buckets

    def _with_word(self, model: Model) -> Model:
        said = self._said.get(model.id)
        return Model(model.id, merged(model.record, user=said, organisation=NOTHING_SAID).record) if said else model

    def _one(self, model: Model | None) -> Model | None:
        return None if model is None else self._with_word(model)

    def _all(self, models: Iterable[Model]) -> tuple[Model, ...]:
        return tuple(map(self._with_word, models))
