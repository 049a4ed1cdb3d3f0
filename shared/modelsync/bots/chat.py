"""One moment in one chat: who asks, what is saved for the chat, which catalog there is, and what time it is.

The catalog and the terms are the view's, the saved choice and own models are the user's state; both are values that
the bot's owner reads before it asks for an answer, so that the answer is a function of them.
"""

from datetime import datetime
from typing import NamedTuple

from modelsync.client.asked import Binding
from modelsync.client.catalog import Catalog, Model
from modelsync.client.own.notices import Notice
from modelsync.client.own.user_layer import backend_of, model_of
from modelsync.client.own.user_state import UserState
from modelsync.client.own.view import View
from modelsync.client.resolving.resolution import Resolution
from modelsync.client.resolving.resolve import resolve


class Chat(NamedTuple):
    """Everything that an answer depends on besides what was typed."""

    view: View
    state: UserState
    scope: str
    """Whose choice it is: `chat:42`."""
    now: datetime
    is_group: bool = False
    is_admin: bool = False
    """Whether who asks may administer: in a group the group, and everywhere the catalog's pipeline."""
    members_may_choose: bool = False
    """Whether every member of a group may choose its model."""
    notices: tuple[Notice, ...] = ()
    """What the chat has to be told with the next answer: `notices.take(view, scope)`."""

    @property
    def catalog(self) -> Catalog:
        """The catalog with what the chat's user says of its models."""
        return self.view.seen(self.state)

    @property
    def binding(self) -> Binding | None:
        """The chat's saved choice."""
        return self.state.bindings.get(self.scope)

    @property
    def before(self) -> Binding | None:
        """The choice that stood before the saved one; None where none did."""
        return self.state.previous.get(self.scope)

    @property
    def may_choose(self) -> bool:
        """Whether who asks may change the chat's model."""
        return self.is_admin or self.members_may_choose or not self.is_group

    def running(self) -> Resolution | None:
        """What the saved choice comes to; None where there is none."""
        return None if self.binding is None else self.view.answer(self.state, self.scope)

    def resolved(self, text: str) -> Resolution:
        """Which model a text means."""
        return resolve(
            self.catalog, text, policy=self.view.terms(self.state), user=self.view.user(self.state),
            freshness=self.view.freshness,
        )  # fmt: skip

    def model(self, model_id: str) -> Model | None:
        """A model as the user sees it, and one that is gone as it was last seen."""
        found = model_of(self.state.layer, model_id, catalog=self.catalog)
        if found is not None:
            listed = self.catalog.model(model_id)
            return Model(model_id if listed is None else listed.id, found.record)
        stone = self.catalog.tombstone(model_id)
        return None if stone is None else stone.last_known

    def backend(self, model_id: str) -> str:
        """Who runs a model unless somebody says otherwise."""
        return backend_of(self.state.layer, model_id)
