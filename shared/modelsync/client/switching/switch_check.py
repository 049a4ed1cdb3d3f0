"""Whether a conversation could go on with another model: fourteen checks, before anything is switched.

- Looks at values only. The network is asked by somebody else, who brings its answer as a `Probe`; what was not brought
  is named in `unchecked`, never passed.
- A flag that people, the source or clients deny fails; one that a name pattern guessed, or nobody knows, warns.
- A price that is not known is no low price: the policy says whether it fails or warns.

The ladder that finds another model is `resolve`; here one is named and only judged. Money is judged in `switch_price`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from modelsync.catalog.model_ids import is_model_id, parse_model_id
from modelsync.client.catalog import Catalog, Model
from modelsync.client.freshness import Freshness
from modelsync.client.resolving.objections import ends_soon
from modelsync.client.switching.backends import Mapped, WireId, wire_id_of
from modelsync.client.switching.credentials import EffectiveCredentials
from modelsync.client.switching.switch_evidence import credentials_check, freshness_check, network_check, ratings_check
from modelsync.client.switching.switch_price import price_check
from modelsync.client.switching.switch_report import (
    CODES,
    NEEDS,
    Check,
    Level,
    Probe,
    Session,
    SwitchReport,
    Terms,
    gravest,
    refuse_nonsense,
)

_NEARLY_FULL: Final = 80
"""Percent of the window above which a conversation soon ends."""
_THOUSAND: Final = 1000

_NOTHING: Final = Session()
_USUAL: Final = Terms()


class _Switch(NamedTuple):
    """Everything that the checks of a known model look at."""

    target: Model
    running: Model | None
    session: Session
    terms: Terms
    now: datetime
    wire: WireId | None
    is_gone: bool


def check_switch(
    catalog: Catalog,
    target: str | Model,
    *,
    now: datetime,
    running: str | Model | None = None,
    session: Session = _NOTHING,
    terms: Terms = _USUAL,
    credentials: EffectiveCredentials | None = None,
    freshness: Freshness | None = None,
    probe: Probe | None = None,
    ratings: Mapping[str, Any] | None = None,
    wire: WireId | None = None,
) -> SwitchReport:
    """Judge a switch to a model, from the one that is `running`: each by its id, or as its user sees it.

    `ratings` are those of `signals` by id. What is None is not checked, but for `wire`, the backend's id for the
    target, which then follows from the record; of a model of the user's own no record tells it.
    Raises UsageError for a need that nobody knows, negative counts, or a time without its zone.
    """
    refuse_nonsense(session, now)
    model = _known(catalog, target)
    named = str(target) if model is None else model.id
    found = [_listing(catalog, named, terms=terms, freshness=freshness, now=now), _own_lists(named, terms)]
    cost: dict[str, str | None] = {"before": None, "after": None}
    effective: dict[str, Any] = {"backend": terms.backend}
    if model is not None:
        is_gone = catalog.model(named) is None and catalog.tombstone(named) is not None
        switch = _Switch(model, _known(catalog, running or ""), session, terms, now, wire, is_gone)
        price, cost = price_check(model, switch.running, session=session, policy=terms.policy, now=now)
        found += [price, *(check(switch) for check in _OF_A_MODEL)]
        effective |= _sent(switch)
    if credentials is not None:
        found.append(credentials_check(credentials))
    if freshness is not None:
        found.append(freshness_check(freshness))
    if probe is not None:
        found.append(network_check(probe))
    if ratings is not None:
        found.append(ratings_check(ratings.get(named, {}), needed=_needed(session)))
    done = {check.code for check in found}
    unchecked = tuple(code for code in CODES if code not in done)
    return SwitchReport(named, tuple(sorted(found, key=lambda each: each.code)), unchecked, effective, cost)


def _known(catalog: Catalog, asked: str | Model) -> Model | None:
    """The model itself, or the listed one of an id, or what that was when it was last seen."""
    if isinstance(asked, Model):
        return asked
    stone = catalog.tombstone(asked)
    return catalog.model(asked) or (stone.last_known if stone is not None else None)


def _listing(catalog: Catalog, target: str, *, terms: Terms, freshness: Freshness | None, now: datetime) -> Check:
    """S01."""
    model, stone, leads = catalog.model(target), catalog.tombstone(target), catalog.redirect(target)
    instead = leads.model_id if leads is not None else None
    hint = f"models search {target}" if leads is None else f"models use {instead}" if instead else "models pick"
    if target in terms.user.custom_ids:
        return Check("S01", Level.PASSED, f"{target} is a model that you added", data={"state": "custom"})
    if model is None:
        if stone is not None:
            level = Level.FAILED if stone.state == "removed" else Level.WARNED
            return Check("S01", level, f"{target} is {stone.state}: {stone.cause}", hint, {"state": stone.state})
        denies = catalog.is_complete and (freshness is None or freshness.is_trusted)
        says = "is not listed" if denies else "is not in this catalog, which is too old, or not whole, to deny it"
        return Check("S01", Level.FAILED if denies else Level.WARNED, f"{target} {says}", hint, {"state": None})
    data = {"state": model.record["state"], "expiresAt": model.expires_at}
    if not model.is_active:
        return Check("S01", Level.WARNED, f"{target} is {data['state']}: the last list did not have it", hint, data)
    if ends_soon(model, now=now):
        return Check("S01", Level.WARNED, f"{target} ends on {str(model.expires_at)[:10]}", hint, data)
    return Check("S01", Level.PASSED, f"{target} is active", data=data)


def _wire_id(switch: _Switch) -> WireId:
    return switch.wire or wire_id_of(switch.target, switch.terms.backend, gateway=switch.terms.gateway)


def _backend(switch: _Switch) -> Check:
    """S02."""
    wire_id, mapping = _wire_id(switch)
    data = {"backend": switch.terms.backend, "wireId": wire_id, "mapping": str(mapping)}
    if wire_id is None:
        message = f"{switch.terms.backend} has no id for {switch.target.id}"
        return Check("S02", Level.FAILED, message, f"models backends {switch.target.id}", data)
    if mapping is Mapped.AS_IT_IS and switch.is_gone:
        message = f"{switch.terms.backend} called it {wire_id}, and lists it no more"
        return Check("S02", Level.FAILED, message, f"models backends {switch.target.id}", data)
    message = f"{switch.terms.backend} calls it {wire_id}"
    if mapping is Mapped.BY_RULE:
        return Check("S02", Level.WARNED, f"{message}, as a rule has it and nobody wrote down", data=data)
    return Check("S02", Level.PASSED, message, data=data)


def _needed(session: Session) -> frozenset[str]:
    return session.needs | ({"vision"} if session.images else set())


def _can(model: Model, need: str) -> tuple[bool | None, str | None]:
    """Whether a model can do what is needed, and who says so; None where nobody knows."""
    if need == "audio":
        inputs = model.record["inputModalities"]
        return ("audio" in inputs, "api") if inputs else (None, None)
    value, source = model.record[NEEDS[need]], model.record["detectionSource"][NEEDS[need]]
    return (None, None) if value is None or source is None else (value not in {False, "none"}, source)


def _abilities(switch: _Switch) -> Check:
    """S04."""
    worst, said = Level.PASSED, []
    data: dict[str, Any] = {}
    for need in sorted(_needed(switch.session)):
        can, source = _can(switch.target, need)
        data[need] = {"value": can, "source": source}
        if can is not None and source != "heuristic":
            said += [] if can else [f"{need}: needed, and the model has none (source {source})"]
            worst = worst if can else Level.FAILED
        else:
            said.append(f"{need}: {'nobody knows' if can is None else 'guessed by its name'}")
            worst = gravest((worst, Level.WARNED))
    hint = f"models why {switch.target.id}" if said else None
    return Check("S04", worst, "; ".join(said) or "it can do all that is needed", hint, data)


def _window(switch: _Switch) -> Check:
    """S05."""
    session, context = switch.session, switch.target.context
    if context is None:
        return Check("S05", Level.WARNED, "nobody knows how long its context is", data={"context": None})
    reserve = session.answer(switch.target)
    used, data = session.tokens + reserve, {"tokens": session.tokens, "reserve": reserve, "context": context}
    message = f"{session.tokens:,} tokens and {reserve:,} for the answer, of {context:,} of its context"
    if used > context:
        over = used - context
        about = f"about {round(over, -3):,}" if over >= _THOUSAND else f"{over:,}"
        return Check("S05", Level.FAILED, message, f"cut {about} tokens", {**data, "over": over})
    return Check("S05", Level.WARNED if used * 100 > context * _NEARLY_FULL else Level.PASSED, message, data=data)


def _output(switch: _Switch) -> Check:
    """S06."""
    asked, most = switch.session.max_output, switch.target.record["maxOutput"]
    data = {"asked": asked, "most": most}
    if asked is None:
        return Check("S06", Level.PASSED, "no length was asked for", data=data)
    if most is None:
        return Check("S06", Level.WARNED, "nobody knows how long its answers may be", data=data)
    if asked > most:
        return Check("S06", Level.WARNED, f"{asked:,} tokens are asked for: cut to {most:,}", data=data)
    return Check("S06", Level.PASSED, f"{asked:,} tokens of at most {most:,}", data=data)


def _left_out(switch: _Switch) -> tuple[str, ...]:
    """Parameters that the model does not accept; none where the list does not say which it does."""
    accepted = switch.target.record["supportedParameters"]
    return tuple(sorted(switch.session.parameters.keys() - set(accepted))) if accepted else ()


def _parameters(switch: _Switch) -> Check:
    """S07."""
    left_out, asked = _left_out(switch), switch.session.parameters
    said = [f"{name}={asked[name]} is left out" for name in left_out]
    if asked and not switch.target.record["supportedParameters"]:
        said.append("nobody says which parameters it accepts: all are sent")
    if switch.session.without_reasoning and switch.target.record["reasoning"] == "fixed":
        said.append("it always reasons")
    message = "; ".join(said) or "it accepts them all"
    return Check("S07", Level.WARNED if said else Level.PASSED, message, data={"leftOut": list(left_out)})


def _conditions(switch: _Switch) -> Check:
    """S09."""
    record, model_id = switch.target.record, switch.target.id
    is_stealth = is_model_id(model_id) and parse_model_id(model_id).is_stealth
    told = {
        "free models answer a limited number of requests, and their hosts may keep prompts": (
            record["isFree"] or record["variant"] == "free"
        ),
        "a batch variant answers within hours, not at once": record["variant"] == "batch",
        "it is an unannounced model, whose maker keeps prompts": is_stealth,
        "it hands requests on to models with terms of their own": record["isRouter"] and not is_stealth,
    }
    said = [sentence for sentence, applies in told.items() if applies]
    return Check("S09", Level.WARNED if said else Level.PASSED, "; ".join(said) or "nothing is known to limit it")


def _history(switch: _Switch) -> Check:
    """S10."""
    session, target, running = switch.session, switch.target, switch.running
    moves = running is None or running.id != target.id
    to_another_vendor = running is None or running.record["vendor"] != target.record["vendor"]
    sees, _ = _can(target, "vision")
    calls, _ = _can(target, "tools")
    lost = {
        "images": session.images if not sees else 0,
        "tool turns": session.tool_turns if to_another_vendor or not calls else 0,
        "reasoning blocks": session.reasoning_blocks if to_another_vendor else 0,
        "cached tokens": session.cached_tokens if moves else 0,
    }
    said = [f"{count:,} {what}" for what, count in lost.items() if count]
    message = f"may not carry over: {', '.join(said)}" if said else "all of the history carries over"
    return Check("S10", Level.WARNED if said else Level.PASSED, message, data={w: n for w, n in lost.items() if n})


def _own_lists(target: str, terms: Terms) -> Check:
    """S11."""
    if not terms.user.permits(target):
        return Check("S11", Level.FAILED, f"{target} is not among the models that your lists permit")
    if target in terms.hidden:
        return Check("S11", Level.FAILED, f"{target} is hidden", f"models hide --undo {target}")
    return Check("S11", Level.PASSED, "your lists permit it")


def _sent(switch: _Switch) -> dict[str, Any]:
    """What the next request would hold."""
    asked, most = switch.session.max_output, switch.target.record["maxOutput"]
    lengths = [each for each in (asked, most) if each is not None]
    left_out = _left_out(switch)
    return {
        "wireId": _wire_id(switch).id,
        "maxOutput": min(lengths) if asked is not None else None,
        "parameters": {name: v for name, v in sorted(switch.session.parameters.items()) if name not in left_out},
    }


_OF_A_MODEL: Final[tuple[Callable[[_Switch], Check], ...]] = (
    _backend,
    _abilities,
    _window,
    _output,
    _parameters,
    _conditions,
    _history,
)
