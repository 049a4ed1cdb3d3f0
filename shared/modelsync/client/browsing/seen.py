"""The models as one user sees them: the catalog with the user's words, models, names and marks on it.

A model that the user added stands beside the listed ones, once for every backend and address; where its id is listed
too it stands in that one's place. What the user said of a model is in its record. Marks (favourite, promoted, hidden)
are told, and decide nothing here. Of a layer that says nothing the published records are handed on as they are.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from modelsync.client.catalog import Catalog, Model
from modelsync.client.own.user_fields import merged, unlisted_record
from modelsync.client.own.user_layer import NOTHING_SAID, CustomModel, UserLayer
from modelsync.client.spelling import Spelling, spelling_of

NOBODYS: Final = UserLayer()


class Seen(NamedTuple):
    """One model of the list that a user sees."""

    model: Model
    spelling: Spelling
    own: CustomModel | None = None
    """What the user added it as; None for a model that is only listed."""
    is_favourite: bool = False
    is_promoted: bool = False
    is_recent: bool = False
    is_hidden: bool = False
    """Whether the user hid it."""

    @property
    def id(self) -> str:
        """The id to call it by."""
        return self.model.id

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other, and orders equals."""
        return (self.model.id, "", "") if self.own is None else (self.own.id, self.own.backend, self.own.base_url or "")

    @property
    def is_mine(self) -> bool:
        """Whether the user added, marked or used it."""
        return self.own is not None or self.is_favourite or self.is_promoted or self.is_recent


def seen_models(catalog: Catalog, layer: UserLayer = NOBODYS) -> Iterator[Seen]:
    """Every listed model in the order of the document, then those that only the user has."""
    if layer == NOBODYS:
        return (Seen(model, spelling) for model, spelling in catalog.spelled)
    return _Eyes(catalog, layer).everything()


class _Eyes:
    """One look at a catalog through a layer."""

    def __init__(self, catalog: Catalog, layer: UserLayer) -> None:
        self._catalog = catalog
        self._layer = layer
        self._favourites = frozenset(layer.favourites)
        self._promoted = frozenset(each.id for each in layer.promoted)
        self._recents = frozenset(layer.recents)
        self._hidden = frozenset(layer.hidden)
        self._names = _names_by_id(layer)
        self._own: dict[str, list[CustomModel]] = {}
        for own in layer.models:
            self._own.setdefault(own.id, []).append(own)

    def everything(self) -> Iterator[Seen]:
        """Listed models, then the user's own."""
        for model, spelling in self._catalog.spelled:
            if model.id not in self._own:
                yield self._listed(model, spelling)
        for own in self._layer.models:
            yield self._added(own)

    def _listed(self, model: Model, spelling: Spelling) -> Seen:
        said = self._layer.overrides.get(model.id)
        if not said and model.id not in self._names:
            return self._marked(model, spelling)
        record = merged(model.record, user=said, organisation=NOTHING_SAID).record if said else model.record
        # Its published alias still finds a model to which the user gave another one.
        names = (model.alias, *self._names.get(model.id, ()))
        return self._marked(Model(model.id, record), spelling_of(record, also=names))

    def _added(self, own: CustomModel) -> Seen:
        listed = self._catalog.model(own.id)
        record = listed.record if listed is not None and listed.id == own.id else unlisted_record(own.id)
        said = {**own.fields, **self._layer.overrides.get(own.id, {})}
        model = Model(own.id, merged(record, user=said, organisation=NOTHING_SAID).record)
        return self._marked(model, spelling_of(model.record, also=self._names.get(own.id, ())), own)

    def _marked(self, model: Model, spelling: Spelling, own: CustomModel | None = None) -> Seen:
        model_id = model.id
        return Seen(
            model,
            spelling,
            own,
            is_favourite=model_id in self._favourites,
            is_promoted=model_id in self._promoted,
            is_recent=model_id in self._recents,
            is_hidden=model_id in self._hidden,
        )


def _names_by_id(layer: UserLayer) -> Mapping[str, tuple[str, ...]]:
    """The user's short names for each id, but for those that stand in its fields."""
    promoted = ((each.alias, each.id) for each in layer.promoted if each.alias is not None)
    names: dict[str, tuple[str, ...]] = {}
    for alias, model_id in dict.fromkeys((*layer.aliases.items(), *promoted)):
        names[model_id] = (*names.get(model_id, ()), alias)
    return names
