"""From a user's word, or a saved choice, to the model that runs: pure, and the same answer for the same generation.

1. What the text says exactly decides (`naming`); a listed model is used as it is, also while it is missing for
   a few days, and is judged against what was agreed to when it was chosen.
2. A model that is gone is replaced by the first rung of a ladder that holds (`substitutes`), never dearer than
   agreed, never paid for free without consent, or not at all.
3. Only a text that was typed and names nothing is compared with names (`search`); part of a name never binds.

A substitute changes what runs, not what was chosen: only what is certain says that the choice may be rewritten, and
nothing may that follows from a catalog which is old or came with the package. The rooms that an exact name does not
need are imported when they are needed, so that the common case stays quick.
"""

from modelsync.client.asked import ANYTHING, CAREFUL, NOBODY, Binding, Needs, Policy, User
from modelsync.client.catalog import Catalog
from modelsync.client.freshness import Freshness
from modelsync.client.resolving.naming import SAME_NAMESPACE, Meant, identify, is_readable, tidy
from modelsync.client.resolving.resolution import Existence, Outcome, Resolution, Step

_OUTCOME_OF = {
    "id": Outcome.EXACT,
    "backend_id": Outcome.EXACT,
    "custom_id": Outcome.CUSTOM,
    "user_alias": Outcome.ALIAS,
    "catalog_alias": Outcome.ALIAS,
    "old_alias": Outcome.ALIAS_MOVED,
    "canonical_slug": Outcome.SLUG,
}


def resolve(
    catalog: Catalog,
    text: str,
    *,
    binding: Binding | None = None,
    needs: Needs = ANYTHING,
    policy: Policy = CAREFUL,
    user: User = NOBODY,
    backend: str = "openrouter",
    freshness: Freshness = Freshness.FRESH,
    gone: bool = False,
) -> Resolution:
    """The model that a text stands for.

    `binding` makes it a saved choice, which is never compared with names. `backend` is who executes: only those of the
    catalog's own namespace know route hints. `gone` says that a call just failed because nobody serves the model,
    whatever the list says, so that the answer holds for this session only; where a substitute ran, it is what failed.
    Raises UsageError for an empty text, or a time that is none; everything else is an outcome.
    """
    typed = tidy(text)
    if not is_readable(typed):
        steps = (Step("read", "unreadable"),)
        return Resolution(
            text, Outcome.NOT_FOUND, "unreadable", confidence="stopped", existence="not listed", steps=steps
        )
    name = binding.desired if binding is not None and typed == binding.alias_used else typed
    meant = identify(catalog, name, user=user, bound_at=binding.bound_at if binding is not None else None)
    if meant.route_hint is not None and backend not in SAME_NAMESPACE:
        meant = meant._replace(route_hint=None, notes=(*meant.notes, "route_hint_dropped"))
    case = _Case(catalog, text, meant, binding=binding, needs=needs, policy=policy, user=user, freshness=freshness)
    return case.answer(gone=gone)


def existence_of(catalog: Catalog, model_id: str, freshness: Freshness = Freshness.FRESH) -> Existence:
    """Whether an id is listed; `unknown` where the catalog is too old, or not whole, to deny it."""
    if catalog.model(model_id) is not None:
        return "listed"
    return "not listed" if catalog.is_complete and freshness.is_trusted else "unknown"


class _Case:
    """One question, read already, on its way to an answer."""

    def __init__(
        self,
        catalog: Catalog,
        asked: str,
        meant: Meant,
        *,
        binding: Binding | None,
        needs: Needs,
        policy: Policy,
        user: User,
        freshness: Freshness,
    ) -> None:
        self._catalog = catalog
        self._meant = meant
        self._binding = binding
        self._needs = needs
        self._policy = policy
        self._user = user
        self._freshness = freshness
        self._blank = Resolution(
            asked,
            Outcome.STOPPED,
            "no_match",
            desired=meant.id,
            confidence="stopped",
            existence=existence_of(catalog, meant.id, freshness),
            route_hint=meant.route_hint,
            notes=meant.notes,
            steps=meant.steps,
        )

    def answer(self, *, gone: bool) -> Resolution:
        """The answer, without a word on keeping it where the catalog is not to be trusted so far."""
        found = self._decide(gone=gone)
        may_keep = self._freshness.is_trusted and not gone and found.runs
        return found if may_keep else found._replace(persist="no")

    def _decide(self, *, gone: bool) -> Resolution:
        meant = self._meant
        if meant.kind == "cycle":
            return self._blank._replace(reason="alias_cycle", desired=None)
        if meant.kind == "unknown" and self._binding is None and not meant.is_stored:
            return self._search()
        if not self._user.permits(meant.id):
            return self._blank._replace(reason="not_permitted")
        if meant.kind == "custom":
            return self._custom()
        if meant.kind == "listed" and not gone:
            return self._listed()
        return self._replace(gone=gone)

    def _custom(self) -> Resolution:
        """A model of the user's own is never pruned, and is called whatever the list says."""
        notice = "absorbed" if "also_listed" in self._meant.notes else None
        return self._runs(self._meant.id, notice=notice)

    def _listed(self) -> Resolution:
        """A listed model, as it was chosen; whoever chose it long ago gets to know what changed."""
        model = self._catalog.model(self._meant.id)
        if model is None:  # `listed` is what naming found in this very catalog
            return self._replace(gone=False)
        found = self._runs(model.id)
        if model.id.startswith("~"):
            found = found._replace(notes=(*found.notes, "floating"))
        if not model.is_active:
            notes = (*found.notes, "missing_from_feed")
            found = found._replace(notes=notes, steps=(*found.steps, Step("stale", "missing_from_feed")))
        if self._binding is None and self._needs == ANYTHING and model.expires_at is None:
            return found
        from modelsync.client.resolving.standing import judge_listed

        return judge_listed(
            self._catalog, model, found=found, binding=self._binding, needs=self._needs,
            policy=self._policy, user=self._user,
        )  # fmt: skip

    def _runs(self, model_id: str, *, notice: str | None = None) -> Resolution:
        return self._blank._replace(
            outcome=_OUTCOME_OF[self._meant.reason],
            reason=self._meant.reason,
            id=model_id,
            confidence="certain",
            persist="yes",
            notice=notice,
        )

    def _replace(self, *, gone: bool) -> Resolution:
        """What runs instead; a saved choice that this catalog cannot deny is left alone."""
        unknown = self._meant.kind == "unknown" and self._catalog.redirect(self._meant.id) is None
        if unknown and self._blank.existence == "unknown" and not gone:
            return self._blank._replace(
                outcome=Outcome.UNVERIFIED, reason="catalog_too_old", id=self._meant.id, confidence="likely"
            )
        from modelsync.client.resolving.standing import replace_gone

        return replace_gone(
            self._catalog, self._blank, binding=self._binding, needs=self._needs, policy=self._policy, user=self._user,
            was_listed=not unknown, nobody_serves=self._running() if gone else frozenset(),
        )  # fmt: skip

    def _running(self) -> frozenset[str]:
        """The substitute that ran until a call of it failed."""
        running = self._binding.effective if self._binding is not None else None
        return frozenset() if running is None else frozenset({running})

    def _search(self) -> Resolution:
        from modelsync.client.resolving.guessing import guess

        return guess(self._catalog, self._blank, text=self._meant.id, policy=self._policy, user=self._user)
