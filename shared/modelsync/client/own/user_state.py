"""All that one user keeps: own models and names, terms for substitutes, and saved choices by scope.

As JSON it is one object, of which other versions may have written more than this one knows: members that are not
known, of the whole and of a choice that stands, are carried over when it is written again.

Values only; `user_file` keeps them.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from modelsync.client.asked import CAREFUL, Binding, Policy
from modelsync.client.own.choice_document import (
    Document,
    binding_document,
    known_of_a_binding,
    policy_document,
    read_binding,
    read_policy,
)
from modelsync.client.own.user_document import SCHEMA, read_user_layer, user_document
from modelsync.client.own.user_layer import UserLayer
from modelsync.errors import UsageError

NOTHING: Final[Document] = {}


class UserState(NamedTuple):
    """What is kept."""

    layer: UserLayer = UserLayer()
    policy: Policy = CAREFUL
    """The user's own terms, which a call may set aside."""
    bindings: Mapping[str, Binding] = {}
    """Saved choices by scope."""
    previous: Mapping[str, Binding] = {}
    """What stood before each of them, if anything did: a choice of another model, as it was."""


def read_state(document: Document) -> UserState:
    """The state that a parsed file holds; raises UsageError with the first thing that is wrong."""
    schema = document.get("schema")
    if type(schema) is int and schema > SCHEMA:
        raise UsageError(f"schema: found {schema}, expected {SCHEMA}, written by a newer version; upgrade modelsync")
    return UserState(
        layer=read_user_layer(document),
        policy=read_policy(document.get("policy", {})),
        bindings=_read_bindings(document, "bindings"),
        previous=_read_bindings(document, "previous"),
    )


def state_document(state: UserState, *, over: Document = NOTHING) -> dict[str, Any]:
    """The state as JSON, with what `over`, the document that it replaces, has and this version does not know."""
    return {
        **over,
        **user_document(state.layer),
        "policy": policy_document(state.policy),
        "bindings": _binding_documents(state.bindings, over=over),
        "previous": _binding_documents(state.previous, over=over),
    }


def _read_bindings(document: Document, name: str) -> dict[str, Binding]:
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise UsageError(f"{name}: expected an object with a choice by scope; mend it")
    return {scope: read_binding(scope, each) for scope, each in found.items()}


def _binding_documents(bindings: Mapping[str, Binding], *, over: Document) -> dict[str, Any]:
    return {
        scope: {**_unknown(over, scope, binding), **binding_document(binding)} for scope, binding in bindings.items()
    }


def _unknown(over: Document, scope: str, binding: Binding) -> dict[str, Any]:
    """Unknown members of a choice, which are about its model: they go where it goes, and another has none of them."""
    known = known_of_a_binding()
    for name in ("bindings", "previous"):
        before = over.get(name, {}).get(scope, {})
        if (before.get("desired"), before.get("boundAt")) == (binding.desired, binding.bound_at):
            return {member: value for member, value in before.items() if member not in known}
    return {}
