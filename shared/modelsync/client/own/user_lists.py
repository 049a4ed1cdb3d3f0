"""What a user takes back, keeps at hand or puts out of sight: the counterparts of adding, each a new layer.

- Favourites and hidden ids may name models that are gone, or not listed yet.
- Taking back what is not there is a mistake that is told, so that a typing error is not taken for success.
- An import adds: of what both say the imported word counts, and what only one says stays.
"""

from modelsync.client.own.user_fields import Fields
from modelsync.client.own.user_layer import CustomModel, UserLayer, layer_problems, refuse
from modelsync.errors import NotFoundError, UsageError


def model_named(
    layer: UserLayer, model_id: str, backend: str | None = None, *, base_url: str | None = None
) -> CustomModel:
    """The custom model of an id, at that backend and address if they are given.

    Raises NotFoundError where there is none, and UsageError where there are several.
    """
    found = [
        each
        for each in layer.models
        if each.id == model_id and backend in {None, each.backend} and base_url in {None, each.base_url}
    ]
    if not found:
        raise NotFoundError(f"models: found no model of your own called {model_id[:80]!a}, expected one; list them")
    if len(found) > 1:
        raise UsageError(f"models: found {len(found)} called {model_id[:80]!a}, expected one; name backend and address")
    return found[0]


def without_alias(layer: UserLayer, alias: str) -> UserLayer:
    """The layer without a short name, wherever it is said; raises NotFoundError where it is nowhere."""
    found = layer._replace(
        models=tuple(each._replace(fields=_unnamed(each.fields, alias)) for each in layer.models),
        aliases={name: target for name, target in layer.aliases.items() if name != alias},
        overrides={name: left for name, fields in layer.overrides.items() if (left := _unnamed(fields, alias))},
        promoted=tuple(each._replace(alias=None) if each.alias == alias else each for each in layer.promoted),
    )
    if found == layer:
        raise _absent("aliases", alias)
    return found


def with_favourite(layer: UserLayer, model_id: str) -> UserLayer:
    """The layer with an id among the favourites, behind those that are there."""
    return _checked(layer._replace(favourites=_with(layer.favourites, model_id)))


def without_favourite(layer: UserLayer, model_id: str) -> UserLayer:
    """The layer without a favourite; raises NotFoundError where it is none."""
    return layer._replace(favourites=_without(layer.favourites, model_id, where="favourites"))


def with_hidden(layer: UserLayer, model_id: str) -> UserLayer:
    """The layer in which an id is out of sight."""
    return _checked(layer._replace(hidden=_with(layer.hidden, model_id)))


def without_hidden(layer: UserLayer, model_id: str) -> UserLayer:
    """The layer in which an id is in sight again; raises NotFoundError where it was not hidden."""
    return layer._replace(hidden=_without(layer.hidden, model_id, where="hidden"))


def without_promotion(layer: UserLayer, model_id: str) -> UserLayer:
    """The layer without a model among the recommended ones; the short name that it got goes with it."""
    gone = next((each for each in layer.promoted if each.id == model_id), None)
    if gone is None:
        raise _absent("promoted", model_id)
    aliases = {name: target for name, target in layer.aliases.items() if (name, target) != (gone.alias, model_id)}
    return layer._replace(promoted=tuple(each for each in layer.promoted if each is not gone), aliases=aliases)


def imported(layer: UserLayer, other: UserLayer) -> UserLayer:
    """The layer with all that another one says; raises UsageError where the two cannot be one."""
    theirs = {each.identity for each in other.models}
    again = {each.id for each in other.promoted}
    overrides = {**layer.overrides}
    for model_id, fields in other.overrides.items():
        overrides[model_id] = {**overrides.get(model_id, {}), **fields}
    return _checked(
        UserLayer(
            models=(*(each for each in layer.models if each.identity not in theirs), *other.models),
            aliases={**layer.aliases, **other.aliases},
            favourites=tuple(dict.fromkeys((*layer.favourites, *other.favourites))),
            recents=layer.recents or other.recents,
            hidden=tuple(dict.fromkeys((*layer.hidden, *other.hidden))),
            overrides=overrides,
            promoted=(*(each for each in layer.promoted if each.id not in again), *other.promoted),
        )
    )


def _unnamed(fields: Fields, alias: str) -> Fields:
    return {name: value for name, value in fields.items() if (name, value) != ("alias", alias)}


def _with(ids: tuple[str, ...], model_id: str) -> tuple[str, ...]:
    return ids if model_id in ids else (*ids, model_id)


def _without(ids: tuple[str, ...], model_id: str, *, where: str) -> tuple[str, ...]:
    if model_id not in ids:
        raise _absent(where, model_id)
    return tuple(each for each in ids if each != model_id)


def _absent(where: str, name: str) -> NotFoundError:
    return NotFoundError(f"{where}: found no {name[:80]!a}, expected one that is there; nothing was changed")


def _checked(layer: UserLayer) -> UserLayer:
    refuse(layer_problems(layer))
    return layer
