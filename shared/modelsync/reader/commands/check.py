"""`models check`: whether a conversation could go on with another model, before anything is switched."""

from collections.abc import Mapping
from typing import Any, Final

from modelsync.client.browsing.similar import fits_instead
from modelsync.client.catalog import Model
from modelsync.client.own.user_layer import as_user, backend_of
from modelsync.client.switching.switch_check import check_switch
from modelsync.client.switching.switch_report import Check, Level, SwitchReport, Terms
from modelsync.client.switching.switch_report import Session as Conversation
from modelsync.reader.answer import Answer, Column, Facts, Heading, Table
from modelsync.reader.exit_codes import ExitCode
from modelsync.reader.keyring import credentials_for, where_to_put_a_key
from modelsync.reader.meaning import looked_at
from modelsync.reader.observed import ratings_of
from modelsync.reader.probing import NOT_ASKED, SERVICES, Service, probed_for
from modelsync.reader.serving import served
from modelsync.reader.session import DEFAULT_BACKEND, Session

_CREDENTIALS: Final = "S03"
_WORDS: Final = {Level.PASSED: "PASS", Level.WARNED: "WARN", Level.FAILED: "FAIL"}

_COLUMNS: Final = (Column("level"), Column("code"), Column("what was found", is_prose=True))
_OF_THE_MODEL: Final = frozenset({"S01", "S02", "S04", "S05", "S08"})
"""Checks that another model may pass where this one fails; a missing key fails for all of them."""


def answer(session: Session, services: Mapping[str, Service] = SERVICES) -> Answer:
    """The report, with what would fit instead where it fails; `services` are asked with `--network` alone."""
    words, target = session.words, looked_at(session, session.words.model).id
    conversation, terms = _conversation(session), _terms(session, target)
    running, found = _running(session), served(session, target, backend=terms.backend)
    judged = target if found is None else found.model
    probed = probed_for(session, target, backend=terms.backend, services=services) if words.network else NOT_ASKED
    report = check_switch(
        session.worded,
        judged,
        now=session.now,
        running=running,
        session=conversation,
        terms=terms,
        credentials=credentials_for(session, target, backend=terms.backend, refusals=probed.refusals),
        freshness=session.opened.loaded.freshness,
        probe=probed.probe,
        ratings=ratings_of(session),
        wire=None if found is None else found.wire,
    )
    ids: tuple[str, ...] = ()
    if any(each.level is Level.FAILED and each.code in _OF_THE_MODEL for each in report.checks):
        instead = fits_instead(
            session.worded, judged, now=session.now, running=running, session=conversation, terms=terms
        )
        ids = tuple(each.id for each in instead)
    report = report._replace(checks=tuple(_with_its_variable(session, each, report) for each in report.checks))
    item = {**report.as_json(), "id": target, "fitsInstead": list(ids)}
    code = ExitCode(report.exit_code(strict=words.strict))
    remarks = () if probed.why_not is None else (probed.why_not,)
    rows = tuple((_WORDS[each.level], each.code, _said(each)) for each in report.checks)
    all_rows = (*rows, *_unchecked(report), _verdict(report, terms, ids))
    view = _view(report, terms, ids, rows=rows)
    return Answer(view, items=(item,), tsv=Table(_COLUMNS, all_rows), code=code, remarks=remarks)


def _unchecked(report: SwitchReport) -> list[tuple[str, str, str]]:
    """What was not checked, as rows of `--tsv`."""
    return [("-", code, "unchecked") for code in report.unchecked]


def _verdict(report: SwitchReport, terms: Terms, instead: tuple[str, ...]) -> tuple[str, str, str]:
    """The verdict, as the last row of `--tsv`."""
    fits = f"; fits instead: {', '.join(instead)}" if instead else ""
    return (_WORDS[report.verdict], "verdict", f"{report.target} via {terms.backend}{fits}")


def _view(
    report: SwitchReport, terms: Terms, instead: tuple[str, ...], *, rows: tuple[tuple[str, ...], ...]
) -> tuple[Any, ...]:
    table = Table(_COLUMNS, rows)
    said = [("verdict", _WORDS[report.verdict])]
    said += [("unchecked", ", ".join(report.unchecked))] if report.unchecked else []
    said += (
        [("next call", f"{report.cost['before'] or '-'} -> {report.cost['after'] or '-'}")]
        if any(report.cost.values())
        else []
    )
    said += [("fits instead", ", ".join(instead))] if instead else []
    return (Heading(f"{report.target} via {terms.backend}"), table, Facts(tuple(said)))


def _with_its_variable(session: Session, check: Check, report: SwitchReport) -> Check:
    """What is missing is named by where it is looked for."""
    if check.code != _CREDENTIALS or check.level is not Level.FAILED:
        return check
    place = where_to_put_a_key(session, report.target, backend=report.effective["backend"])
    return check if place is None else check._replace(hint=place)


def _said(check: Check) -> str:
    return check.message if check.hint is None else f"{check.message}: {check.hint}"


def _running(session: Session) -> str | Model | None:
    """What runs now, as its user sees it; an id where nobody has such a model any more."""
    if session.words.running is not None:
        return looked_at(session, session.words.running)
    binding = session.state.bindings.get(session.words.scope)
    if binding is None:
        return None
    running = binding.effective or binding.desired
    found = served(session, running, backend=binding.backend)
    return running if found is None else found.model


def _conversation(session: Session) -> Conversation:
    words = session.words
    wanted = {"tools": words.tools is not None, "structuredOutput": words.schema, "reasoning": words.reasoning}
    return Conversation(
        tokens=words.tokens,
        completion=words.completion,
        images=words.images,
        tool_turns=words.tools or 0,
        needs=frozenset(need for need, is_needed in wanted.items() if is_needed),
        max_output=words.max_output,
        parameters={} if words.temperature is None else {"temperature": words.temperature},
    )


def _terms(session: Session, target: str) -> Terms:
    """What runs is judged where it runs, the user's own where it was added, all else where the choice runs."""
    binding, own = session.state.bindings.get(session.words.scope), backend_of(session.layer, target)
    chosen = DEFAULT_BACKEND if binding is None else binding.backend
    is_running = binding is not None and target in {binding.desired, binding.effective}
    backend = session.words.backend or (chosen if is_running or own == DEFAULT_BACKEND else own)
    policy = session.view.terms(session.state, binding)
    return Terms(backend=backend, policy=policy, user=as_user(session.layer), hidden=frozenset(session.layer.hidden))
