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


def read_state(document: Document) -> UserState:
    """The state that a parsed file holds; raises UsageError with the first thing that is wrong."""
    schema = document.get("schema")
    if type(schema) is int and schema > SCHEMA:
        raise UsageError(f"schema: found {schema}, expected {SCHEMA}, written by a newer version; upgrade modelsync")
    bindings = document.get("bindings", {})
    if not isinstance(bindings, dict):
        raise UsageError("bindings: expected an object with a choice by scope; mend it")
    return UserState(
        layer=read_user_layer(document),
        policy=read_policy(document.get("policy", {})),
        bindings={scope: read_binding(scope, each) for scope, each in bindings.items()},
    )


def state_document(state: UserState, *, over: Document = NOTHING) -> dict[str, Any]:
    """The state as JSON, with what `over`, the document that it replaces, has and this version does not know."""
    before = over.get("bindings", {})
    return {
        **over,
        **user_document(state.layer),
        "policy": policy_document(state.policy),
        "bindings": {
            scope: {**_unknown(before.get(scope, {}), binding), **binding_document(binding)}
            for scope, binding in state.bindings.items()
        },
    }


def _unknown(before: Document, binding: Binding) -> dict[str, Any]:
    """Unknown members of a choice, which are about its model: another choice has none of them."""
    is_same = (before.get("desired"), before.get("boundAt")) == (binding.desired, binding.bound_at)
    return {name: value for name, value in before.items() if is_same and name not in known_of_a_binding()}
