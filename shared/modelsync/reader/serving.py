"""Which model an id is at a backend, as its user sees it, and what the backend calls it.

An id alone does not say it: the user may have added a model of that id for one backend, or for several, and it may be
listed besides. What the user added runs where it was added; anywhere else the id is the listed model. The user's word
on either is in its record.
"""

from typing import NamedTuple

from modelsync.client.catalog import Model
from modelsync.client.own.user_layer import CustomModel, model_of
from modelsync.client.switching.backends import Mapped, WireId, wire_id_of
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
