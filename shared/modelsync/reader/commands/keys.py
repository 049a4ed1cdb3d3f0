"""`models keys`: which backends have a key, where it was found, and where to put one. No value is ever shown."""

from modelsync.client.switching.credentials import GATEWAY
from modelsync.client.switching.environment_keys import KEY_VARIABLES, variables_of
from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.keyring import key_of_own, keys_of
from modelsync.reader.session import Session


def answer(session: Session) -> Answer:
    """Every backend that is known, and every custom model that names a key."""
    keys = keys_of(session)
    names = sorted({GATEWAY, *KEY_VARIABLES, *keys})
    rows = [(name, keys.get(name), " or ".join(variables_of(name))) for name in names]
    rows += [
        (f"{model.backend} {model.id}", key_of_own(session, model), model.key_ref)
        for model in session.layer.models
        if model.key_ref is not None
    ]
    table = Table(
        (Column("backend"), Column("key"), Column("read from")),
        tuple((name, "absent" if key is None else str(key.state), place) for name, key, place in rows),
    )
    items = [
        {
            "backend": name,
            "configured": key is not None and key.is_usable,
            "state": "absent" if key is None else str(key.state),
            "source": "none" if key is None else str(key.source),
            "readFrom": place,
        }
        for name, key, place in rows
    ]
    with_key = tuple(name for name, key, _ in rows if key is not None and key.is_usable)
    said = "keys are read from the environment, and kept nowhere"
    return Answer((table, said), items=items, ids=with_key)
