"""Which model runs instead of one that is gone: a ladder of rungs, the first that holds decides.

Rename, what people or the catalog redirect to, the substitute that runs already, the sibling without the variant, the
nearest of the family, the line's moving pointer, and `auto`. Every model that a rung finds passes `objections` first;
one that does not is offered, not taken, unless it is dead, denied or about to end. A model that was free ends on one
that charges nothing, or on its own paid sibling by consent, or nowhere. Prices of routers vary, so that none but the
free one is taken unless the caller's terms say so. Equal questions have equal answers: every order is total, and the
present time is that of the catalog.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from modelsync.client.asked import Binding, Policy, User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.instants import instant
from modelsync.client.resolving.kin import free_models, recommended, relatives, same_use
from modelsync.client.resolving.objections import Lost, costs_nothing, objections
from modelsync.client.resolving.resolution import MOST_CANDIDATES, Candidate, Outcome, Persist, Step

_NEVER_OFFERED: Final = frozenset({"denied", "missing", "ending", "output"})
_ANY_ROUTER: Final = "openrouter/auto"
_REASON_OF_KIND: Final = {"override": "override", "renamed": "same_slug"}


class Found(NamedTuple):
    """What a rung holds; `model` is None where it ends the ladder without a model."""

    model: Model | None
    outcome: Outcome
    reason: str
    persist: Persist = "after_ack"
    notes: tuple[str, ...] = ()
    hops: int = 0


class Ladder:
    """One climb; `steps` and `offers` tell what was met on the way."""

    def __init__(
        self,
        catalog: Catalog,
        lost: Lost,
        *,
        policy: Policy,
        user: User,
        binding: Binding | None,
        nobody_serves: frozenset[str] = frozenset(),
    ) -> None:
        """Stand before it; `nobody_serves` are ids whose calls just failed, whatever the list says."""
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self._offers: dict[str, Candidate] = {}
        self._catalog = catalog
        self._lost = lost
        self._policy = policy
        self._user = user
        self._binding = binding
        self._out = nobody_serves | {lost.id}
        self._now = instant(catalog.generated_at)
        self._verdict = ""

    def climb(self) -> Found | None:
        """The first rung that holds; None where none does."""
        rungs: tuple[tuple[str, Callable[[], Found | None]], ...] = (
            ("slug", self._renamed),
            ("redirect", self._redirected_by_people),
            ("kept", self._kept),
            ("redirect_inferred", self._redirected),
            ("variant", self._sibling),
            ("family", self._relative),
            ("latest", self._pointer),
            ("auto", self._auto),
        )
        for name, rung in rungs:
            self._verdict = "miss"
            found = rung()
            self.steps.append(Step(name, "hit" if found is not None else self._verdict))
            if found is not None:
                return found
        return None

    @property
    def offers(self) -> tuple[Candidate, ...]:
        """The models that the rungs found and that only the user may take."""
        return tuple(self._offers.values())[:MOST_CANDIDATES]

    def all_that_fits(self) -> tuple[Candidate, ...]:
        """The offers, then free models for who was free, then the shortlist's for the same use."""
        for model, why in self._free_offers():
            self._offer(model, why)
        for model in same_use(self._catalog, self._lost):
            if not self._objections(model):
                self._offer(model, "same_use")
        return self.offers

    def _renamed(self) -> Found | None:
        """The one active model of the same slug and variant; of two nobody can say which."""
        if self._lost.slug is None:
            return None
        same = [
            model
            for model in self._catalog.of_slug(self._lost.slug.lower())
            if model.variant == self._lost.variant and model.id != self._lost.id
        ]
        if len(same) != 1:
            return None
        return self._take(same, Outcome.RENAMED, "same_slug", persist="yes")

    def _redirected_by_people(self) -> Found | None:
        return self._follow(inferred=False)

    def _redirected(self) -> Found | None:
        return self._follow(inferred=True)

    def _follow(self, *, inferred: bool) -> Found | None:
        """The living end of the chain of redirects; what leads from a variant to its base is asked there."""
        visited, chain = [self._lost.id], []
        redirect = self._catalog.redirect(self._lost.id)
        while redirect is not None and redirect.model_id is not None:
            chain.append(redirect.kind)
            if redirect.to in visited or len(chain) > self._policy.max_hops:
                self._note("redirect_cycle")
                return None
            visited.append(redirect.to)
            target = self._catalog.model(redirect.to)
            if target is not None and target.is_active:
                return self._end_of(chain, target, inferred=inferred)
            redirect = self._catalog.redirect(redirect.to)
        return None

    def _end_of(self, chain: list[str], target: Model, *, inferred: bool) -> Found | None:
        """Only a chain that is certain in every link may rewrite the choice."""
        is_inferred = any(kind not in _REASON_OF_KIND for kind in chain)
        if is_inferred is not inferred or (chain == ["variant"] and target.id == self._lost.base):
            return None
        reason = "inferred" if is_inferred else _REASON_OF_KIND[chain[0]]
        found = self._take((target,), Outcome.REDIRECTED, reason, persist="after_ack" if is_inferred else "yes")
        return None if found is None else found._replace(hops=len(chain))

    def _kept(self) -> Found | None:
        """What runs already, so that nobody is moved twice without need."""
        running = self._binding.effective if self._binding is not None else None
        model = self._catalog.model(running) if running is not None else None
        return None if model is None else self._take((model,), Outcome.KEPT, "still_fits")

    def _sibling(self) -> Found | None:
        """The base of a variant that ended, and where a base ended its free variant, which is only offered."""
        if self._lost.variant is None:
            free = self._catalog.model(f"{self._lost.id}:free")
            if free is not None and free.is_active:
                self._offer(free, "free_variant")
            return None
        if self._lost.is_free:
            return self._free_sibling()
        base = self._base()
        if base is None:
            return None
        if self._lost.variant == "batch":
            return self._ask(base, "batch_ended")
        if self._lost.variant == "thinking":
            return self._thinking_sibling(base)
        return self._take((base,), Outcome.VARIANT, "base_model", consent=self._policy.variant_change)

    def _thinking_sibling(self, base: Model) -> Found | None:
        if base.record["reasoning"] != "configurable":
            self._offer(base, "no_reasoning_switch")
            return None
        found = self._take((base,), Outcome.VARIANT, "reasoning_switch", consent=self._policy.variant_change)
        return None if found is None else found._replace(notes=("switch_reasoning_on",))

    def _free_sibling(self) -> Found | None:
        """From free to paid only by consent: given before, or asked for beside the free models there are."""
        base = self._base()
        if base is None or self._policy.free_to_paid == "never":
            return None
        if costs_nothing(base):
            return self._take((base,), Outcome.VARIANT, "base_model", consent=self._policy.variant_change)
        if self._policy.free_to_paid == "allow":
            spoken = self._objections(base, paid_is_agreed=True)
            if not spoken:
                return Found(base, Outcome.VARIANT, "paid_sibling", notes=("paid_by_consent",))
            self._refuse(base, spoken)
            return None
        if self._policy.is_interactive:
            self._offer_free()
        return self._ask(base, "free_variant_ended")

    def _ask(self, base: Model, reason: str) -> Found | None:
        """Put a question to a person; where there is none the ladder goes on."""
        self._offer(base, "paid_sibling" if self._lost.is_free else "needs_consent")
        self._verdict = "needs_consent"
        return Found(None, Outcome.NEEDS_CONSENT, reason) if self._policy.is_interactive else None

    def _base(self) -> Model | None:
        base = self._catalog.model(self._lost.base)
        usable = base is not None and base.is_active and self._user.may_stand_in(base.id)
        return base if usable else None

    def _relative(self) -> Found | None:
        """The nearest of the family that is of the same class of variant and stands for itself."""
        if self._policy.family == "never":
            return None
        nearest_first = relatives(self._catalog, self._lost)
        return self._take(nearest_first, Outcome.FAMILY, "nearest_of_family", consent=self._policy.family)

    def _pointer(self) -> Found | None:
        lines = dict.fromkeys(line for line in (self._lost.series, self._lost.family) if line)
        pointers = [self._catalog.model(f"~{line}-latest") for line in lines]
        found = self._take([each for each in pointers if each is not None], Outcome.LATEST, "moving_pointer")
        return None if found is None else found._replace(notes=("floating",))

    def _auto(self) -> Found | None:
        mode = self._policy.auto_mode
        if mode == "never":
            return None
        if self._lost.is_free:
            return self._take(free_models(self._catalog, self._lost), Outcome.AUTO, "free_model")
        if mode == "router":
            router = self._catalog.model(_ANY_ROUTER)
            found = self._take((router,), Outcome.AUTO, "router") if router is not None else None
            return None if found is None else found._replace(notes=("price_varies",))
        return self._take(recommended(self._catalog, self._lost), Outcome.AUTO, "auto_target")

    def _take(
        self,
        models: Iterable[Model],
        outcome: Outcome,
        reason: str,
        *,
        persist: Persist = "after_ack",
        consent: str = "auto",
    ) -> Found | None:
        """The first model that nothing speaks against; the others on the way are offered where they may be."""
        if consent == "never":
            return None
        for model in models:
            if model.id in self._out:
                continue
            spoken = self._objections(model)
            if not spoken and consent == "auto":
                return Found(model, outcome, reason, persist)
            self._refuse(model, spoken or ("needs_consent",))
        return None

    def _refuse(self, model: Model, spoken: tuple[str, ...]) -> None:
        if self._verdict == "miss":
            self._verdict = spoken[0]
        if not _NEVER_OFFERED & set(spoken):
            self._offer(model, spoken[0])

    def _objections(self, model: Model, *, paid_is_agreed: bool = False) -> tuple[str, ...]:
        return objections(
            model,
            self._lost,
            policy=self._policy,
            user=self._user,
            now=self._now,
            paid_is_agreed=paid_is_agreed,
        )

    def _offer_free(self) -> None:
        """The best free model, and the router to free ones: the other answers to the question."""
        free = self._free_offers()
        for model, why in free[:1] + [each for each in free[1:] if each[0].is_moving]:
            self._offer(model, why)

    def _free_offers(self) -> list[tuple[Model, str]]:
        """Free models that do the same; where none does, those that fall short, in fewest things first."""
        judged = [(model, self._objections(model)) for model in free_models(self._catalog, self._lost)]
        fitting = [(model, "free") for model, spoken in judged if not spoken]
        if fitting:
            return fitting
        short = [(model, spoken) for model, spoken in judged if not _NEVER_OFFERED & set(spoken)]
        return [(model, spoken[0]) for model, spoken in sorted(short, key=lambda each: len(each[1]))]

    def _offer(self, model: Model, why: str) -> None:
        if self._user.may_stand_in(model.id) and model.id not in self._out:
            self._offers.setdefault(model.id, Candidate(model.id, why, str(model.record["cost"])))

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)
