"""Which keys there are for this session, and what they make possible; a key itself is never held here."""

from collections.abc import Mapping

from modelsync.client.own.user_layer import CustomModel
from modelsync.client.switching.credentials import EffectiveCredentials, Key, Refusal, effective_credentials
from modelsync.client.switching.environment_keys import (
    NONE_REFUSED,
    key_of_model,
    keys_in,
    situation_of,
    situation_of_own,
    variables_of,
)
from modelsync.reader.session import Session


def keys_of(session: Session, *, refusals: Mapping[str, Refusal] = NONE_REFUSED) -> Mapping[str, Key]:
    """The key of every backend that has one in the environment; `refusals` are servers' answers to them."""
    return keys_in(session.environment, now=session.now, refusals=refusals)


def key_of_own(session: Session, model: CustomModel) -> Key:
    """The key of a model of the user's own."""
    return key_of_model(model, session.environment, now=session.now)


def where_to_put_a_key(session: Session, model_id: str, *, backend: str) -> str | None:
    """What to do for a backend that has no key, where it is known; None where a key is not what is missing."""
    found = credentials_for(session, model_id, backend=backend)
    if found.reason != "no_key" or found.suggested is not None:
        return None
    own = session.own_model(model_id, backend=backend)
    named = own.key_ref if own is not None and own.key_ref is not None else ""
    names = (named.removeprefix("env:"),) if named.startswith("env:") else variables_of(found.backend)
    return f"set {' or '.join(names)}" if names else None


def credentials_for(
    session: Session, model_id: str, *, backend: str, refusals: Mapping[str, Refusal] = NONE_REFUSED
) -> EffectiveCredentials:
    """What would run a model at a backend, and what to do where nothing does.

    At a backend for which the user added the id it is the user's own model, also where a list has the id.
    """
    keys = keys_of(session, refusals=refusals)
    own = session.own_model(model_id, backend=backend)
    if own is not None:
        return effective_credentials(situation_of_own(own, keys=keys, own_key=key_of_own(session, own)))
    return effective_credentials(situation_of(model_id, catalog=session.catalog, bound=backend, keys=keys))
