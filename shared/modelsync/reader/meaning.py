"""Which model a word of the command line means, or a refusal that says what could be meant.

The resolver decides; here its outcomes become exit codes. Who only looks may look at a model that is gone; who chooses
may not. Nothing is ever taken by part of a name.
"""

from typing import Final

from modelsync.client.asked import CAREFUL, Policy
from modelsync.client.catalog import Model
from modelsync.client.own.user_layer import as_user, model_of
from modelsync.client.resolving.resolution import Candidate, Outcome, Resolution
from modelsync.client.resolving.resolution_words import WHYS
from modelsync.client.resolving.resolve import resolve
from modelsync.client.wording import price
from modelsync.reader.exit_codes import ExitCode, RefusedError
from modelsync.reader.session import Session

_CODES: Final = {Outcome.NOT_FOUND: ExitCode.NOT_FOUND, Outcome.AMBIGUOUS: ExitCode.AMBIGUOUS}


def meant(session: Session, text: str, *, policy: Policy = CAREFUL) -> Resolution:
    """What the resolver says of a word that was typed."""
    freshness = session.opened.loaded.freshness
    return resolve(session.worded, text, policy=policy, user=as_user(session.layer), freshness=freshness)


def chosen(session: Session, text: str, *, policy: Policy = CAREFUL) -> Resolution:
    """The answer for who wants to keep it; raises RefusedError where nothing runs, or a part of a name was typed."""
    answer = meant(session, text, policy=policy)
    if not answer.runs:
        raise refusal(session, answer)
    if answer.reason == "unique_words":
        model = seen(session, answer.id or "")
        rows = ((model.id, price(model.record), "has that in its name"),)
        message = f"{text[:80]} is part of a name; nothing was changed"
        raise RefusedError(message, code=ExitCode.AMBIGUOUS, hint="name the model by its id or alias", candidates=rows)
    return answer


def looked_at(session: Session, text: str) -> Model:
    """The model for who wants to see it, also one that is gone, as its user sees it; raises RefusedError."""
    answer = meant(session, text)
    stone = session.catalog.tombstone(answer.desired or text)
    if stone is not None:
        return Model(stone.id, {**stone.last_known.record, "state": stone.state})
    if answer.id is None:
        raise refusal(session, answer)
    return seen(session, answer.id)


def seen(session: Session, model_id: str) -> Model:
    """A model that is listed, or the user's own, with the user's word on it."""
    found = model_of(session.layer, model_id, catalog=session.catalog)
    if found is None:
        raise RefusedError(f"{model_id} is not in this catalog", code=ExitCode.NOT_FOUND, hint="run `models refresh`")
    return Model(model_id, found.record)


def code_of_answer(answer: Resolution) -> ExitCode:
    """How a command ends that has only this answer."""
    return ExitCode.DONE if answer.runs else _CODES.get(answer.outcome, ExitCode.UNAVAILABLE)


def refusal(session: Session, answer: Resolution) -> RefusedError:
    """Why nothing runs, with what could."""
    rows = tuple(
        (each.id, offered_at(session, each), WHYS.get(each.why, each.why.replace("_", " ")))
        for each in answer.candidates
    )
    code = code_of_answer(answer)
    hint = "choose one with `models use`" if rows else "see `models pick`"
    if code is ExitCode.NOT_FOUND:
        hint = "these are like it" if rows else "`models list --all` shows every model"
    return RefusedError(answer.sentence, code=code, hint=None if code is ExitCode.AMBIGUOUS else hint, candidates=rows)


def offered_at(session: Session, candidate: Candidate) -> str:
    """The price of what could run, with the sign of conditions, as every table has it."""
    found = model_of(session.layer, candidate.id, catalog=session.catalog)
    return candidate.cost if found is None else price(found.record)
