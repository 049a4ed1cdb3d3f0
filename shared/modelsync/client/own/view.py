"""A catalog as one user looks at it: what saved choices come to, what there is to tell, and what is kept of it.

Terms and names are the user's own, unless a call states others. Values only: `personal` reads and keeps them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from modelsync.client.asked import Binding, Policy, User
from modelsync.client.catalog import Catalog
from modelsync.client.freshness import Freshness
from modelsync.client.own.choices import kept
from modelsync.client.own.notices import Cause, Notice, notices_of
from modelsync.client.own.user_layer import UserLayer, as_user
from modelsync.client.own.user_state import UserState
from modelsync.client.resolving.resolution import Outcome, Resolution
from modelsync.client.resolving.resolve import resolve

NO_BACKENDS: Final = frozenset[str]()


class View(NamedTuple):
    """A catalog, and how it is looked at."""

    catalog: Catalog
    freshness: Freshness = Freshness.FRESH
    backends: frozenset[str] = NO_BACKENDS
    """Backends that are configured."""
    policy: Policy | None = None
    """The terms of this call; None means those that the user keeps."""

    def seen(self, state: UserState) -> Catalog:
        """The catalog with what its user says of its models: choices are judged by that."""
        return worded(self.catalog, state.layer)

    def answer(self, state: UserState, scope: str) -> Resolution:
        """What a scope's choice comes to."""
        return self._resolved(state, state.bindings[scope])

    def user(self, state: UserState) -> User:
        """What the resolver has to know of the user."""
        return as_user(state.layer, backends=self.backends)

    def facts(self, state: UserState, *, now: datetime) -> tuple[Notice, ...]:
        """All that the catalog means for the user's choices, told or not."""
        catalog = self.seen(state)
        found = (notices_of(scope, self.news(state, scope), catalog=catalog, now=now) for scope in state.bindings)
        return tuple({each.key: each for notices in found for each in notices}.values())

    def news(self, state: UserState, scope: str) -> Resolution:
        """The answer with what there is to tell of it: a substitute that goes on is the same fact as when it began."""
        binding = state.bindings[scope]
        answer = self._resolved(state, binding)
        if answer.outcome is not Outcome.KEPT or answer.notice is not None:
            return answer
        first = self._resolved(state, binding._replace(effective=None, substituted_at=None))
        return first if first.id == answer.id else answer._replace(notice=str(Cause.SUBSTITUTED))

    def _resolved(self, state: UserState, binding: Binding) -> Resolution:
        return resolve(
            self.seen(state), binding.desired, binding=binding, policy=self.policy or state.policy,
            user=self.user(state), freshness=self.freshness,
        )  # fmt: skip


def worded(catalog: Catalog, layer: UserLayer) -> Catalog:
    """The catalog with what its user says of its models; the very same where nothing is said."""
    if not layer.overrides:
        return catalog
    from modelsync.client.own.worded import WordedCatalog

    return WordedCatalog(catalog, layer.overrides)


def all_kept(state: UserState, view: View, *, now: datetime, untold: Collection[str] = ()) -> UserState:
    """The state after every choice was resolved but those of the scopes that are still to be told of theirs.

    For what a choice says no more, nobody could be told any more.
    """
    for scope in state.bindings.keys() - set(untold):
        state = kept(state, view.answer(state, scope), scope=scope, catalog=view.catalog, now=now)
    return state


def accepted(state: UserState, key: str, *, scope: str, view: View, now: datetime) -> UserState:
    """The state in which what runs in a scope is the choice, if that still is what the notice of this key told."""
    if scope not in state.bindings:
        return state
    answer = view.answer(state, scope)
    if not any(each.asks_to_keep for each in view.facts(state, now=now) if (each.scope, each.key) == (scope, key)):
        return state
    return kept(state, answer, scope=scope, catalog=view.catalog, now=now, accepted=True)
