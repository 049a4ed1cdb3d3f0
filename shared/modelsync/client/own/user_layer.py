"""What a user added to the catalog: own models, short names, favourites, hidden ids, words on published fields.

- A custom model is known by backend, id and address together, each exactly as typed: two servers may serve one id.
- A model that no list has is accepted; whether it is listed is advice (`existence_of`).
- A short name leads to an id in one hop, and never hides an id.
- Favourites and recents outlive their models; only the user removes them.
- When a custom model is listed, `absorbed` keeps what the user said of it, and the rest follows the list from then on.
- A key never stands in it, only where one lies.

Values only: every change gives a new layer, and the file is somebody else's.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from modelsync.catalog.keys import OPENROUTER
from modelsync.client.asked import User
from modelsync.client.catalog import Catalog
from modelsync.client.own.user_fields import (
    Fields,
    Merged,
    field_problems,
    is_alias,
    is_base_url,
    is_key_ref,
    merged,
    unlisted_record,
)
from modelsync.client.resolving.naming import is_readable
from modelsync.errors import NotFoundError, UsageError

MOST_RECENTS: Final = 10
NOTHING_SAID: Final[Fields] = {}


class CustomModel(NamedTuple):
    """A model that the user added."""

    backend: str
    id: str
    """Exactly as typed."""
    base_url: str | None = None
    key_ref: str | None = None
    """Where its key lies: `env:NAME` or `keychain:NAME`."""
    fields: Fields = NOTHING_SAID
    """What the user says of it."""

    @property
    def identity(self) -> tuple[str, str, str | None]:
        """What tells it from every other."""
        return self.backend, self.id, self.base_url


class Promotion(NamedTuple):
    """A listed model that the user put among the recommended ones: a reference, no copy."""

    id: str
    alias: str | None = None
    bucket: str | None = None


class UserLayer(NamedTuple):
    """All that one user added."""

    models: tuple[CustomModel, ...] = ()
    aliases: Mapping[str, str] = {}
    favourites: tuple[str, ...] = ()
    recents: tuple[str, ...] = ()
    """Ids, the last used first."""
    hidden: tuple[str, ...] = ()
    overrides: Mapping[str, Fields] = {}
    """What the user says of listed models, by id."""
    promoted: tuple[Promotion, ...] = ()


class Kept(NamedTuple):
    """A favourite or a recent model as it stands today."""

    id: str
    reason: str | None = None
    """Why it is dimmed; None where it is there."""
    replacement: str | None = None


def layer_problems(layer: UserLayer) -> tuple[str, ...]:
    """Everything that is wrong with a layer by itself; none where it may be kept."""
    found = [f"models: {each}" for model in layer.models for each in _model_problems(model)]
    identities = [model.identity for model in layer.models]
    found += ["models: two have one backend, id and address" for _ in range(len(identities) - len(set(identities)))]
    named = _named(layer)
    twice = {alias for alias, target in named if any(a == alias and t != target for a, t in named)}
    found += [f"aliases: {alias[:80]!a}: two ids have it, expected one" for alias in sorted(twice)]
    for alias, target in named:
        found += [f"aliases: {each}" for each in _alias_problems(layer, alias, target)]
    for model_id, fields in layer.overrides.items():
        found += [f"overrides: {model_id[:80]!a}: {each}" for each in field_problems(fields)]
    lists = (layer.favourites, layer.recents, layer.hidden, layer.overrides, [each.id for each in layer.promoted])
    found += [
        "ids: expected none that is empty, or has control or unseen characters"
        for ids in lists
        if not all(map(_is_id, ids))
    ]
    return tuple(found)


def with_model(layer: UserLayer, model: CustomModel) -> UserLayer:
    """The layer with a model added; raises UsageError where it is there already, or a part of it cannot be kept."""
    if any(each.identity == model.identity for each in layer.models):
        raise UsageError(f"models: {model.id[:80]!a}: found it there already, expected a new one; change or remove it")
    return _checked(layer._replace(models=(*layer.models, model)))


def without_model(layer: UserLayer, identity: tuple[str, str, str | None]) -> UserLayer:
    """The layer without a model; what else names its id stays. Raises NotFoundError where it is not there."""
    kept = tuple(each for each in layer.models if each.identity != identity)
    if len(kept) == len(layer.models):
        raise NotFoundError(
            f"models: found none with the id {identity[1][:80]!a} at {identity[0][:40]!a}, expected one"
        )
    return layer._replace(models=kept)


def with_alias(layer: UserLayer, alias: str, target: str, *, catalog: Catalog) -> UserLayer:
    """The layer with a short name for an id; raises UsageError where it would hide an id or lead on to another name."""
    if catalog.model(alias) is not None:
        raise UsageError(f"aliases: found {alias[:80]!a}, which is an id, expected another name; choose one")
    return _checked(layer._replace(aliases={**layer.aliases, alias: target}))


def with_override(layer: UserLayer, model_id: str, fields: Fields) -> UserLayer:
    """The layer with what the user says of a listed model; a null takes an earlier word back."""
    said = {**layer.overrides.get(model_id, {}), **fields}
    kept = {name: value for name, value in said.items() if value is not None}
    overrides = {**layer.overrides, model_id: kept}
    if not kept:
        del overrides[model_id]
    return _checked(layer._replace(overrides=overrides))


def used(layer: UserLayer, model_id: str) -> UserLayer:
    """The layer in which a model was used last; the tenth before it is forgotten."""
    others = (each for each in layer.recents if each != model_id)
    return layer._replace(recents=(model_id, *others)[:MOST_RECENTS])


def promoted(layer: UserLayer, promotion: Promotion, *, catalog: Catalog) -> UserLayer:
    """The layer with a listed model among the recommended ones; raises NotFoundError where it is not listed."""
    if catalog.model(promotion.id) is None:
        raise NotFoundError(f"promote: found no model {promotion.id[:80]!a}, expected a listed one; search for it")
    others = tuple(each for each in layer.promoted if each.id != promotion.id)
    found = layer._replace(promoted=(*others, promotion))
    return with_alias(found, promotion.alias, promotion.id, catalog=catalog) if promotion.alias is not None else found


def absorbed(layer: UserLayer, model_id: str, *, catalog: Catalog) -> UserLayer:
    """The layer in which a custom model that is listed now is an ordinary one; what the user said of it stays said.

    Raises NotFoundError where it is not listed, or the user has no such model.
    """
    own = [each for each in layer.models if each.id == model_id]
    listed = catalog.model(model_id)
    if not own or listed is None:
        what = "custom model" if not own else "listed model"
        raise NotFoundError(f"absorb: found no {what} {model_id[:80]!a}, expected one; nothing was changed")
    kept = layer._replace(models=tuple(each for each in layer.models if each.id != model_id))
    said = {name: value for each in own for name, value in each.fields.items()}
    return with_override(kept, listed.id, {**said, **layer.overrides.get(listed.id, {})})


def model_of(
    layer: UserLayer,
    model_id: str,
    *,
    catalog: Catalog,
    organisation: Fields = NOTHING_SAID,
    backend: str | None = None,
) -> Merged | None:
    """A model as the user sees it; None where neither a list nor the user has it.

    `backend` tells custom models of one id apart; None means the first that was added.
    A custom model that is listed too keeps what the user said of it, and has the rest from the list.
    """
    own = next((each for each in layer.models if each.id == model_id and backend in {None, each.backend}), None)
    listed = catalog.model(model_id)
    if own is None and listed is None:
        return None
    record = listed.record if listed is not None else unlisted_record(model_id)
    said = {**(own.fields if own is not None else {}), **layer.overrides.get(model_id, {})}
    return merged(record, user=said, organisation=organisation)


def kept_models(ids: tuple[str, ...], *, layer: UserLayer, catalog: Catalog) -> tuple[Kept, ...]:
    """Favourites or recents with how they stand: what is gone stays, with the reason and where it leads."""
    own = {each.id for each in layer.models}
    return tuple(Kept(each) if each in own else _kept(each, catalog) for each in ids)


def backend_of(layer: UserLayer, model_id: str) -> str:
    """Who runs a model unless somebody says otherwise: for one of the user's own whom it was added for first."""
    return next((own.backend for own in layer.models if own.id == model_id), OPENROUTER)


def as_user(layer: UserLayer, *, backends: frozenset[str] = frozenset()) -> User:
    """What the resolver has to know of the layer."""
    custom_ids = frozenset(each.id for each in layer.models)
    return User(custom_ids=custom_ids, aliases=dict(_named(layer)), backends=backends, hidden=frozenset(layer.hidden))


def _named(layer: UserLayer) -> tuple[tuple[str, str], ...]:
    """Every short name with its id: the map's, and those that stand in what the user says of a model."""
    said = [(each.id, each.fields) for each in layer.models] + list(layer.overrides.items())
    in_fields = ((str(fields["alias"]), model_id) for model_id, fields in said if fields.get("alias") is not None)
    return tuple(dict.fromkeys((*layer.aliases.items(), *in_fields)))


def _kept(model_id: str, catalog: Catalog) -> Kept:
    listed, stone, leads = catalog.model(model_id), catalog.tombstone(model_id), catalog.redirect(model_id)
    if listed is not None:
        return Kept(model_id, None if listed.is_active else "missing from the list")
    reason = f"{stone.state}: {stone.cause}" if stone is not None else "not in this catalog"
    return Kept(model_id, reason, leads.model_id if leads is not None else None)


def _checked(layer: UserLayer) -> UserLayer:
    refuse(layer_problems(layer))
    return layer


def refuse(problems: tuple[str, ...]) -> None:
    """Raise UsageError with the first problem and the number of others, if there is any."""
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise UsageError(f"user layer: {problems[0]}{more}; mend it")


def _model_problems(model: CustomModel) -> tuple[str, ...]:
    """What is wrong with a custom model; values that may hold a key are not repeated."""
    wrong = {
        "id: expected 1 to 200 characters, none of them a control or an unseen character": not _is_id(model.id),
        "backend: expected a name in lower-case letters and digits": not is_alias(model.backend),
        "baseUrl: expected an http(s) address without user, password or query": (
            model.base_url is not None and not is_base_url(model.base_url)
        ),
        "keyRef: expected env:NAME or keychain:NAME, and never the key": (
            model.key_ref is not None and not is_key_ref(model.key_ref)
        ),
    }
    return (*(problem for problem, is_so in wrong.items() if is_so), *field_problems(model.fields))


def _alias_problems(layer: UserLayer, alias: str, target: str) -> tuple[str, ...]:
    own = {each.id for each in layer.models}
    wrong = {
        "expected lower-case letters and digits, joined by single hyphens or dots": not is_alias(alias),
        "expected an id behind it": not _is_id(target),
        "which is the id of a model that you added, expected another name": alias in own,
        "which leads to another short name, expected an id": target in dict(_named(layer)) and target not in own,
    }
    return tuple(f"{alias[:80]!a}: {problem}" for problem, is_so in wrong.items() if is_so)


def _is_id(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip()) and is_readable(text)
