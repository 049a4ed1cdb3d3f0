"""One user's own things in one folder: saved choices, notices, and what they added, each operation a change on disk.

    own = Personal(folder, clock)
    own.bindings.set("default", resolve(catalog, "sonnet", user=own.names()), catalog=catalog)
    view = View(catalog)
    told = own.notices.take(view)      which `notices.messages` makes sentences of
    own.notices.shown(told)
    own.bindings.keep(view)            only now, since what a choice says no more cannot be told
    own.bindings.used("default")       where a choice is asked for in order to be called

- Every change reads the file anew and replaces it under the folder's lock; a refusal is one sentence and changes
  nothing. Reading needs no right to write.
- What a catalog means for a choice is kept only where it may be: see `choices` for when, and `ledger_file` for what
  happens where notices cannot be noted.

Prints nothing, and resolves nothing that was typed: that is the caller's, who can ask.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modelsync.catalog.keys import OPENROUTER
from modelsync.client.asked import ANYTHING, Binding, Needs, Policy, Stated, User
from modelsync.client.catalog import Catalog
from modelsync.client.own import user_file, user_lists
from modelsync.client.own.choices import choose, restored, unset, used_on
from modelsync.client.own.ledger_file import NAME, Accepted, NoticeFile
from modelsync.client.own.notices import Notice
from modelsync.client.own.user_document import Document, read_user_layer, user_document
from modelsync.client.own.user_file import UserFile
from modelsync.client.own.user_layer import (
    CustomModel,
    Promotion,
    UserLayer,
    absorbed,
    as_user,
    promoted,
    with_alias,
    with_model,
    with_override,
    without_model,
)
from modelsync.client.own.user_state import UserState
from modelsync.client.own.view import NO_BACKENDS, View, accepted, all_kept
from modelsync.client.resolving.resolution import Resolution

Clock = Callable[[], datetime]


class Bindings:
    """Saved choices by scope."""

    def __init__(self, file: UserFile, ledger: NoticeFile, clock: Clock) -> None:
        self._file, self._ledger, self._clock = file, ledger, clock

    def set(
        self,
        scope: str,
        answer: Resolution,
        *,
        catalog: Catalog,
        needs: Needs = ANYTHING,
        backend: str = OPENROUTER,
        accepted: bool = False,
        terms: Stated | None = None,
    ) -> Binding:
        """Choose what was found for a scope, which accepts all that its user was told; see `choices.choose`.

        Choice and terms are one change: where one is refused neither is kept.
        """
        now = self._clock()
        after = self._file.change(
            lambda state: choose(
                state, answer, scope=scope, catalog=catalog, now=now, needs=needs, backend=backend, accepted=accepted,
                terms=terms,
            )
        )  # fmt: skip
        self._ledger.rebound(scope, now=now)
        return after.bindings[scope]

    def get(self, scope: str) -> Binding | None:
        """The choice of a scope."""
        return self.all().get(scope)

    def all(self) -> Mapping[str, Binding]:
        """Every choice by its scope."""
        return self._file.read().state.bindings

    def unset(self, scope: str) -> None:
        """Forget a scope's choice; raises NotFoundError where there is none."""
        self._file.change(lambda state: unset(state, scope))
        self._ledger.rebound(scope, now=self._clock())

    def restore(self, scope: str, before: Binding | None) -> Binding | None:
        """Go back to the choice that stood before the last one, or to none; see `choices.restored`."""
        after = self._file.change(lambda state: restored(state, scope, before=before))
        self._ledger.rebound(scope, now=self._clock())
        return after.bindings.get(scope)

    def used(self, scope: str) -> None:
        """Note that a scope's choice was asked for today, by which its model is known to be in use.

        Touches the disk at most once a day; raises StoreError where it cannot be noted, which need not keep anybody
        from going on.
        """
        today = self._clock().astimezone(UTC).date()
        state = self._file.read().state
        if used_on(state, scope, day=today) is not state:
            self._file.change(lambda state: used_on(state, scope, day=today))

    def keep(self, view: View) -> Mapping[str, Binding]:
        """Note what became of the choices, each once its user was told; touches the disk only if that changed.

        Raises StoreError where it cannot be noted, which need not keep anybody from going on.
        """
        state, now = self._file.read().state, self._clock()
        untold = {each.scope for each in self._ledger.untold(view.facts(state, now=now))}
        if all_kept(state, view, now=now, untold=untold) == state:
            return state.bindings
        return self._file.change(lambda found: all_kept(found, view, now=now, untold=untold)).bindings


class Notices:
    """What the user has to be told of the choices, once."""

    def __init__(self, file: UserFile, ledger: NoticeFile, clock: Clock) -> None:
        self._file, self._ledger, self._clock = file, ledger, clock

    @property
    def problem(self) -> str | None:
        """Why the last step was not noted; None where it was."""
        return self._ledger.problem

    def pending(self, view: View, scope: str | None = None) -> tuple[Notice, ...]:
        """What nobody was told yet, in one scope or all; looking takes nothing."""
        now = self._clock()
        return self._ledger.due(_of(scope, view.facts(self._file.read().state, now=now)), now=now)

    def unaccepted(self, view: View, scope: str | None = None) -> tuple[Notice, ...]:
        """What there is to accept, told or not, in one scope or all; looking takes nothing."""
        return self._ledger.unaccepted(_of(scope, view.facts(self._file.read().state, now=self._clock())))

    def take(self, view: View, scope: str | None = None) -> tuple[Notice, ...]:
        """What is the caller's to tell now, and nobody else's; of facts that are none any more the ledger is rid."""
        now = self._clock()
        facts = view.facts(self._file.read().state, now=now)
        if view.freshness.is_trusted:
            self._ledger.settle(facts, now=now)
        return self._ledger.take(_of(scope, facts), now=now)

    def shown(self, notices: Iterable[Notice], message: str | None = None) -> None:
        """Note that they were told, in what the platform calls `message`."""
        self._ledger.shown(notices, now=self._clock(), message=message)

    def ack(self, typed: str, view: View) -> Accepted:
        """Accept a notice by the first letters of its key: what runs becomes the choice, on the terms of today.

        Raises NotFoundError for no such notice, UsageError for several, StoreError where it cannot be kept.
        """
        now = self._clock()
        found = self._ledger.acknowledge(typed, now=now)
        self._file.change(lambda state: accepted(state, found.key, scope=found.scope, view=view, now=now))
        return found


class Own:
    """What the user added; each operation gives the new layer, and its refusal is one sentence."""

    def __init__(self, file: UserFile) -> None:
        self._file = file

    def add_model(self, model: CustomModel) -> UserLayer:
        """Add a model of the user's own."""
        return self._change(lambda layer: with_model(layer, model))

    def remove_model(self, model_id: str, backend: str | None = None, *, base_url: str | None = None) -> UserLayer:
        """Remove one; backend and address are needed only where several have the id."""
        return self._change(
            lambda layer: without_model(
                layer, user_lists.model_named(layer, model_id, backend, base_url=base_url).identity
            )
        )

    def alias(self, alias: str, target: str, *, catalog: Catalog) -> UserLayer:
        """Give an id a short name."""
        return self._change(lambda layer: with_alias(layer, alias, target, catalog=catalog))

    def unalias(self, alias: str) -> UserLayer:
        """Take a short name back."""
        return self._change(lambda layer: user_lists.without_alias(layer, alias))

    def favourite(self, model_id: str) -> UserLayer:
        """Put an id among the favourites."""
        return self._change(lambda layer: user_lists.with_favourite(layer, model_id))

    def unfavourite(self, model_id: str) -> UserLayer:
        """Take a favourite back."""
        return self._change(lambda layer: user_lists.without_favourite(layer, model_id))

    def hide(self, model_id: str) -> UserLayer:
        """Put an id out of sight."""
        return self._change(lambda layer: user_lists.with_hidden(layer, model_id))

    def unhide(self, model_id: str) -> UserLayer:
        """Put an id in sight again."""
        return self._change(lambda layer: user_lists.without_hidden(layer, model_id))

    def override(self, model_id: str, fields: Mapping[str, Any]) -> UserLayer:
        """Say something of a listed model; null takes an earlier word back."""
        return self._change(lambda layer: with_override(layer, model_id, fields))

    def promote(self, promotion: Promotion, *, catalog: Catalog) -> UserLayer:
        """Put a listed model among the recommended ones."""
        return self._change(lambda layer: promoted(layer, promotion, catalog=catalog))

    def unpromote(self, model_id: str) -> UserLayer:
        """Take that back, and the short name that came with it."""
        return self._change(lambda layer: user_lists.without_promotion(layer, model_id))

    def absorb(self, model_id: str, *, catalog: Catalog) -> UserLayer:
        """Make a custom model that is listed now an ordinary one."""
        return self._change(lambda layer: absorbed(layer, model_id, catalog=catalog))

    def set_policy(self, policy: Policy) -> Policy:
        """Keep the terms for substitutes."""
        return self._file.change(lambda state: state._replace(policy=policy)).policy

    def export(self) -> dict[str, Any]:
        """What the user added as JSON; no secret is in it, and no choice."""
        return user_document(self._file.read().state.layer)

    def import_from(self, document: Document) -> UserLayer:
        """Add what an export says; raises UsageError for anything else."""
        other = read_user_layer(document)
        return self._change(lambda layer: user_lists.imported(layer, other))

    def _change(self, decide: Callable[[UserLayer], UserLayer]) -> UserLayer:
        return self._file.change(lambda state: state._replace(layer=decide(state.layer))).layer


class Personal:
    """The files in `folder`, which the first change makes; `clock` tells the present time, with its offset."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._file, ledger = UserFile(folder / user_file.NAME), NoticeFile(folder / NAME)
        self.bindings = Bindings(self._file, ledger, clock)
        self.notices = Notices(self._file, ledger, clock)
        self.user = Own(self._file)

    @property
    def state(self) -> UserState:
        """All that is kept; raises StoreError or UsageError for a file that cannot be read."""
        return self._file.read().state

    @property
    def advice(self) -> str | None:
        """What the user should know of the file itself, such as that others may read it."""
        return self._file.read().advice

    def names(self, backends: frozenset[str] = NO_BACKENDS) -> User:
        """What the resolver has to know of the user."""
        return as_user(self.state.layer, backends=backends)


def _of(scope: str | None, facts: Iterable[Notice]) -> tuple[Notice, ...]:
    return tuple(each for each in facts if scope in {None, each.scope})
