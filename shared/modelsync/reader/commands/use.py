"""`models use`: choose a model for a scope, or none. What a name may only mean is never chosen."""

from typing import Final

from modelsync.catalog.pricing import amount, dollars
from modelsync.client.asked import Needs
from modelsync.client.catalog import ABILITIES, Model
from modelsync.client.own.choice_document import checked_backend
from modelsync.client.own.choices import SAID_EXACTLY
from modelsync.client.own.user_layer import backend_of
from modelsync.client.resolving.objections import costs_nothing, price_of
from modelsync.client.resolving.resolution import Outcome, Resolution
from modelsync.client.resolving.resolution_words import NOTES
from modelsync.client.wording import abilities, price, size
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer
from modelsync.reader.exit_codes import ExitCode, RefusedError
from modelsync.reader.keyring import credentials_for, where_to_put_a_key
from modelsync.reader.meaning import chosen
from modelsync.reader.rows import item
from modelsync.reader.serving import Served, served
from modelsync.reader.session import Session
from modelsync.reader.terms import in_words, stated

_SAME_NEED: Final = {"schema": "structuredOutput"}
_STANDS_FOR_ITSELF: Final = SAID_EXACTLY | {Outcome.MATCHED, Outcome.RENAMED}
"""Outcomes where what was found is what was typed; anything else is another model, which the user names."""


def answer(session: Session) -> Answer:
    """The choice as it stands now."""
    scope = session.words.scope
    if session.words.unset:
        session.personal.bindings.unset(scope)
        return Answer((f"nothing is chosen for {scope}",), ids=(), extra={"scope": scope, "chosen": None})
    if session.words.model is None:
        raise UsageError("use: expected a model, or --unset; see `models pick`")
    found = _found(session)
    before = session.state.bindings.get(scope)
    backend = session.words.backend or backend_of(session.layer, found.id or "")
    model = _served(session, found.id or "", backend=backend).model
    needs = needs_of(session)
    _refuse_lacking(model, needs)
    terms = {**(before.terms if before is not None else {}), **stated(session.words)}
    _refuse_above_the_cap(model, session.state.policy._replace(**terms).price_cap)
    session.personal.bindings.set(
        scope, found, catalog=session.catalog, needs=needs, backend=backend, accepted=True,
        terms=terms,
    )  # fmt: skip
    lost = () if before is None else tuple(sorted((before.abilities or frozenset()) - model.abilities))
    return Answer(
        (
            _sentence(session, model),
            *_lacks(model, lost),
            *(NOTES[note] for note in found.notes),
            *((f"terms for {scope}: {in_words(terms)}",) if terms else ()),
        ),
        items=(item(model),),
        ids=(model.id,),
        extra={"scope": scope, "chosen": model.id, "backend": backend, "lost": list(lost)},
        remarks=_without_a_key(session, model, backend=backend),
    )


def _served(session: Session, model_id: str, *, backend: str) -> Served:
    """What would run; raises RefusedError where nothing would, whatever key there is, for nobody has it there."""
    checked_backend(backend)
    found = served(session, model_id, backend=backend)
    if found is None:
        raise RefusedError(f"{model_id} is not in this catalog", code=ExitCode.NOT_FOUND, hint="run `models refresh`")
    if found.wire.id is None:
        message = f"{backend} has no id for {model_id}, and nothing was changed"
        raise RefusedError(message, code=ExitCode.UNAVAILABLE, hint=f"see `models backends {model_id}`")
    return found


def _refuse_above_the_cap(model: Model, cap: str | None) -> None:
    """A cap holds for the choice itself, by the price that its user believes; what nobody knows is no low price."""
    cost = price_of(model)
    if cap is None or costs_nothing(model) or (cost is not None and cost <= amount(cap)):
        return
    limit = f"your cap of {dollars(amount(cap))}"
    if cost is not None:
        message = f"{model.id} costs {dollars(cost)} per million, blended, above {limit}"
        raise RefusedError(
            message, code=ExitCode.UNAVAILABLE, hint="raise it with --price-cap (none lifts it), or `models pick`"
        )
    varies = model.record["pricingStatus"] == "dynamic"
    said = f"what {model.id} costs varies" if varies else f"nobody knows what {model.id} costs"
    legs = " ".join(f"--field pricing.{leg}=USD" for leg in ("promptPerMillion", "completionPerMillion"))
    hint = f"say it with `models user set {model.id} {legs}`, or `models pick`"
    raise RefusedError(f"{said}, and {limit} holds", code=ExitCode.UNAVAILABLE, hint=hint)


def _refuse_lacking(model: Model, needs: Needs) -> None:
    """What it cannot do without it must not be known to lack; what nobody knows is the user's risk."""
    lacked = [need for need in sorted(needs.abilities or ()) if model.record[ABILITIES[need]] in {False, "none"}]
    if lacked:
        message = f"{model.id} lacks what you need ({', '.join(lacked)}), and nothing was changed"
        raise RefusedError(message, code=ExitCode.UNAVAILABLE, hint=f"see `models why {model.id} {lacked[0]}`")


def needs_of(session: Session) -> Needs:
    """What was typed that the model cannot do without; raises UsageError for a word that nobody knows."""
    typed = None if session.words.need is None else [_SAME_NEED.get(need, need) for need in session.words.need]
    unknown = sorted(set(typed or ()) - ABILITIES.keys())
    if unknown:
        raise UsageError(f"--need: found {unknown[0][:40]!a}, expected one of {', '.join(ABILITIES)}; mend it")
    return Needs(abilities=None if typed is None else frozenset(typed))


def _found(session: Session) -> Resolution:
    found = chosen(session, session.words.model, policy=session.view.terms(session.state))
    if found.outcome in _STANDS_FOR_ITSELF:
        return found
    message = f"{found.sentence}; nothing was changed"
    raise RefusedError(message, code=ExitCode.UNAVAILABLE, hint=f"choose it with `models use {found.id}`")


def _sentence(session: Session, model: Model) -> str:
    able = ", ".join(abilities(model.record)) or "no known abilities"
    whose = "you use" if session.words.scope == "default" else f"{session.words.scope} uses"
    return f"{whose} {model.id} now ({price(model.record)}, {size(model.context)} context, {able})"


def _lacks(model: Model, lost: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{model.id} lacks what the model before had: {', '.join(lost)}",) if lost else ()


def _without_a_key(session: Session, model: Model, *, backend: str) -> tuple[str, ...]:
    found = credentials_for(session, model.id, backend=backend)
    if found.runs is not None:
        return ()
    todo = where_to_put_a_key(session, model.id, backend=backend) or found.hint
    return (f"{found.sentence}{f': {todo}' if todo else ''}; see `models keys`",)
