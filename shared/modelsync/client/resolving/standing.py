"""How a saved choice stands: a listed model against what was agreed to, and a model that is gone against the ladder.

An unchanged id is not an unchanged price. Where a model that was free when it was chosen charges now, nobody pays
without consent: the answer is a question, or a stop where there is nobody to ask. Every other change of a listed model
is told, not prevented: it is what the user chose.
"""

from datetime import datetime, timedelta
from typing import Final

from modelsync.client.asked import Binding, Needs, Policy, User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.instants import instant
from modelsync.client.resolving.objections import (
    Lost,
    costs_nothing,
    ends_soon,
    is_dearer,
    lost_model,
    objections,
    price_of,
    price_text,
)
from modelsync.client.resolving.resolution import MOST_CANDIDATES, Candidate, Outcome, Resolution, Step
from modelsync.client.resolving.substitutes import Found, Ladder

SNAPS_BACK_WITHIN: Final = timedelta(days=30)
"""A model that returns later than this does not replace again what replaced it."""

_NOTICE_OF: Final = {Outcome.RENAMED: "renamed", Outcome.REDIRECTED: "redirected", Outcome.KEPT: None}


def judge_listed(
    catalog: Catalog,
    model: Model,
    *,
    found: Resolution,
    binding: Binding | None,
    needs: Needs,
    policy: Policy,
    user: User,
) -> Resolution:
    """A listed model with what its user has to know; `found` is the answer if nothing changed."""
    lost = lost_model(catalog, model.id, binding=binding, needs=needs)
    charges = binding is not None and binding.is_free is True and not costs_nothing(model)
    ended = charges and not _agreed_to(model, lost, policy=policy, user=user, now=instant(catalog.generated_at))
    if binding is not None:
        stays = _goes_on(catalog, lost, binding=binding, ended=ended, found=found, policy=policy, user=user)
        if stays is not None:
            return stays
        if ended:
            return _free_ended(catalog, model, lost, found=found, binding=binding, policy=policy, user=user)
    wanted = needs.abilities if needs.abilities is not None else (binding.needs.abilities if binding else None)
    lacks = tuple(sorted((wanted or frozenset()) - model.abilities))
    notices = {
        "free_ended": charges,
        "price_up": _rose(model, lost, binding=binding, policy=policy),
        "capability_lost": bool(lacks) and binding is not None,
        "back": binding is not None and binding.effective not in {None, model.id},
        "expiring": ends_soon(model, now=instant(catalog.generated_at)),
    }
    return _with_prices(found, lost, model)._replace(
        notice=next((name for name, is_so in notices.items() if is_so), None),
        notes=(*found.notes, *(f"lacks_{each}" for each in lacks)),
        lost=lacks,
        gained=(),
    )


def replace_gone(
    catalog: Catalog,
    blank: Resolution,
    *,
    binding: Binding | None,
    needs: Needs,
    policy: Policy,
    user: User,
    was_listed: bool,
    nobody_serves: frozenset[str] = frozenset(),
) -> Resolution:
    """What runs instead of a model that is gone, and where nothing does what could.

    `nobody_serves` are other ids whose calls just failed, whatever the list says.
    """
    lost = lost_model(catalog, blank.desired or blank.asked, binding=binding, needs=needs)
    ladder = Ladder(catalog, lost, policy=policy, user=user, binding=binding, nobody_serves=nobody_serves)
    found = ladder.climb() or _no_rung_held(ladder, policy=policy, was_listed=was_listed)
    answer = blank._replace(
        outcome=found.outcome,
        reason=found.reason,
        persist=found.persist,
        hops=found.hops,
        notice=_NOTICE_OF.get(found.outcome, "substituted") if binding is not None else None,
        notes=(*blank.notes, *ladder.notes, *found.notes),
        candidates=ladder.all_that_fits() if found.model is None else _others(ladder, found.model),
        steps=(*blank.steps, *ladder.steps),
    )
    if found.model is None:
        notice = "free_ended" if lost.is_free and found.outcome is Outcome.NEEDS_CONSENT else "stopped"
        return answer._replace(persist="no", notice=notice if binding is not None else None, price_before=_then(lost))
    certain = found.outcome is Outcome.RENAMED or (found.outcome is Outcome.REDIRECTED and found.persist == "yes")
    return _with_prices(answer, lost, found.model)._replace(
        id=found.model.id, confidence="certain" if certain else "likely"
    )


def _others(ladder: Ladder, taken: Model) -> tuple[Candidate, ...]:
    return tuple(each for each in ladder.offers if each.id != taken.id)


def _no_rung_held(ladder: Ladder, *, policy: Policy, was_listed: bool) -> Found:
    """A question where there is somebody to ask and something to offer; else a stop."""
    if ladder.offers and policy.is_interactive:
        return Found(None, Outcome.NEEDS_CONSENT, "offers_only")
    return Found(None, Outcome.STOPPED, "nothing_fits" if was_listed else "never_listed")


def _agreed_to(model: Model, lost: Lost, *, policy: Policy, user: User, now: datetime) -> bool:
    """Whether the user of a model that was free agreed to what it costs now."""
    if policy.free_to_paid != "allow":
        return False
    anything = lost._replace(abilities=frozenset(), context=0)
    spoken = objections(model, anything, policy=policy, user=user, now=now, paid_is_agreed=True)
    return not {"over_cap", "paid"} & set(spoken)


def _free_ended(
    catalog: Catalog, model: Model, lost: Lost, *, found: Resolution, binding: Binding, policy: Policy, user: User
) -> Resolution:
    """The question, or the stop, where a model was free when it was chosen and charges now."""
    ladder = Ladder(catalog, lost, policy=policy, user=user, binding=binding)
    asks = policy.is_interactive and policy.free_to_paid != "never"
    return _with_prices(found, lost, model)._replace(
        outcome=Outcome.NEEDS_CONSENT if asks else Outcome.STOPPED,
        reason="free_ended",
        id=None,
        confidence="stopped",
        persist="no",
        notice="free_ended",
        candidates=(
            *ladder.all_that_fits()[: MOST_CANDIDATES - 1],
            Candidate(model.id, "paid", str(model.record["cost"])),
        ),
        steps=(*found.steps, Step("price", "free_ended")),
    )


def _goes_on(
    catalog: Catalog,
    lost: Lost,
    *,
    binding: Binding,
    ended: bool,
    found: Resolution,
    policy: Policy,
    user: User,
) -> Resolution | None:
    """What replaced a model runs on when that comes back late, or for money; None where the model runs again."""
    if binding.effective is None or binding.substituted_at is None:
        return None
    running = catalog.model(binding.effective)
    back_in_time = _since(binding.substituted_at, catalog) <= SNAPS_BACK_WITHIN
    if running is None or running.id == lost.id or (back_in_time and not ended):
        return None
    if objections(running, lost, policy=policy, user=user, now=instant(catalog.generated_at)):
        return None
    reason = "returned_paid" if ended else "returned_late"
    answer = _with_prices(found, lost, running)
    return answer._replace(outcome=Outcome.KEPT, reason=reason, id=running.id, persist="no", notice="back")


def _with_prices(answer: Resolution, lost: Lost, model: Model) -> Resolution:
    return answer._replace(
        price_before=_then(lost),
        price_after=price_text(price_of(model)),
        lost=tuple(sorted(lost.known_abilities - model.abilities)),
        gained=tuple(sorted(model.abilities - lost.known_abilities)),
    )


def _then(lost: Lost) -> str | None:
    return price_text(lost.price)


def _rose(model: Model, lost: Lost, *, binding: Binding | None, policy: Policy) -> bool:
    """Whether it costs more than it may grow to since it was chosen; unknown prices do not rise."""
    after = price_of(model)
    if binding is None or binding.blended_price is None or lost.price is None or after is None:
        return False
    return is_dearer(after, lost.price, policy=policy)


def _since(moment: str, catalog: Catalog) -> timedelta:
    return instant(catalog.generated_at) - instant(moment)
