"""Which model an id is at a backend, as its user sees it, and what the backend calls it.

An id alone does not say it: the user may have added a model of that id for one backend, or for several, and it may be
listed besides. What the user added runs where it was added; anywhere else the id is the listed model. The user's word
on either is in its record.
"""

from collections.abc import Iterator
from typing import NamedTuple

from modelsync.client.catalog import Model
from modelsync.client.own.user_layer import CustomModel, model_of
from modelsync.client.switching.backends import (
    BackendOption,
    Mapped,
    WireId,
    backend_options,
    custom_option,
    wire_id_of,
)
from modelsync.reader.keyring import key_of_own, keys_of
from modelsync.reader.session import Session


class Served(NamedTuple):
    """One model at one backend."""

    model: Model
    wire: WireId
    """What the backend calls it."""
    own: CustomModel | None
    """What the user added, where that is what runs there."""


def served(session: Session, model_id: str, *, backend: str) -> Served | None:
    """The model of an id at a backend; None where neither a list nor the user has it.

    Where it is only the user's, and at other backends, its record is the one that was added first, and this backend
    has no id for it.
    """
    own = session.own_model(model_id, backend=backend)
    layer, catalog = session.layer, session.catalog
    found = model_of(layer, model_id, catalog=catalog, backend=backend) or model_of(layer, model_id, catalog=catalog)
    if found is None:
        return None
    model = Model(model_id, found.record)
    if own is not None:
        return Served(model, WireId(own.id, Mapped.AS_IT_IS), own)
    is_listed = catalog.model(model_id) is not None
    return Served(model, wire_id_of(model, backend) if is_listed else WireId(None, Mapped.NOT), None)


def options_of(session: Session, model: Model) -> tuple[BackendOption, ...]:
    """Every way to call a model: where its user added it, then, where more than the user has it, everywhere else."""
    added = tuple(_added(session, model.id))
    if added and session.catalog.model(model.id) is None:
        return added
    taken = {each.backend for each in added}
    others = backend_options(model, credentials=keys_of(session))
    return (*added, *(each for each in others if each.backend not in taken))


def _added(session: Session, model_id: str) -> Iterator[BackendOption]:
    keys = keys_of(session)
    for own in session.own_models(model_id):
        named = {**keys, own.backend: key_of_own(session, own)} if own.key_ref is not None else keys
        yield custom_option(own, credentials=named)
