"""`models telemetry`: reports on failing calls and on chosen models, off unless switched on.

    models telemetry             what was agreed to, and what waits
    models telemetry on          agree; nothing is sent by that
    models telemetry show        the documents that would be sent next, byte for byte, one a line
    models telemetry send        send what is due; nothing else ever does
    models telemetry off         report and count no more
    models telemetry purge       forget counts, names and the yes

`MODELSYNC_REPORTS_URL`, or `--to`, names the intake. `DO_NOT_TRACK=1` wins over every yes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from modelsync.client.reading.settings import OFFLINE
from modelsync.client.reports.delivery import BINDINGS_PATH, TELEMETRY_PATH, URL
from modelsync.client.reports.reporting import Flush, FlushResult, Standing
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer, Facts, Raw
from modelsync.reader.exit_codes import ExitCode
from modelsync.reader.reports import Reports, choices_in_use, reports_of
from modelsync.reader.session import Session

_BAD: Final = frozenset({Flush.FAILED, Flush.NOWHERE})


def answer(session: Session) -> Answer:
    """What was asked for."""
    reports = reports_of(session)
    if reports is None:
        raise UsageError("telemetry: found no home to keep a yes in, expected one; name a folder with --user-dir")
    return _ACTS[session.words.act](session, reports)


def _status(session: Session, reports: Reports) -> Answer:
    del session  # the files say it all
    calls, choices = reports.calls.status(), reports.choices.status()
    rows = [
        ("calls", _said(calls)),
        ("choices", _said(choices)),
        ("intake", calls.target or f"none is named; set {URL}"),
        ("waiting", f"documents: {calls.waiting}, sent by `models telemetry send` alone"),
    ]
    rows += [("not before", calls.retry_at.isoformat())] if calls.retry_at is not None else []
    return Answer((Facts(tuple(rows)),), items=(_item("calls", calls), _item("choices", choices)))


def _on(session: Session, reports: Reports) -> Answer:
    reports.calls.on()
    reports.choices.on()
    said = (
        "models telemetry show: what would be sent; models telemetry send: send it, such as once a day by a timer",
        "reported are calls of programs that record them, by model, backend, ability and how they ended",
        "and which models are chosen, with the day; each kind under a random name, drawn anew every year",
    )
    return _status(session, reports)._replace(remarks=said)


def _off(session: Session, reports: Reports) -> Answer:
    reports.calls.off()
    reports.choices.off()
    return _status(session, reports)


def _purge(session: Session, reports: Reports) -> Answer:
    reports.calls.purge()
    reports.choices.purge()
    return _status(session, reports)


def _show(session: Session, reports: Reports) -> Answer:
    bodies = _next(session, reports)
    standing = reports.calls.status()
    remarks = () if bodies else (f"nothing would be sent: telemetry is {_said(standing)}",)
    return Answer(tuple(Raw(body) for _, body in bodies), items=_documents(bodies), remarks=remarks)


def _send(session: Session, reports: Reports) -> Answer:
    _refuse_without_a_network(session)
    _ = session.opened  # only ids that this catalog lists may be named
    done = {"calls": reports.calls.flush(), "choices": reports.choices.flush(choices_in_use(session))}
    items = [_sent_item(name, result) for name, result in done.items()]
    lines = tuple(f"{name}: {_sent(result)}" for name, result in done.items())
    failed = any(result.status in _BAD for result in done.values())
    return Answer(lines, items=items, code=ExitCode.REFUSED if failed else ExitCode.DONE)


def _refuse_without_a_network(session: Session) -> None:
    """Who forbids the network, by a word or for good, has nothing sent."""
    if session.words.offline:
        raise UsageError("telemetry send: found --offline too, expected one of both; leave one away")
    if session.loader.is_offline:
        raise UsageError(f"telemetry send: found {OFFLINE} set, expected a network that may be used; unset it")


def _next(session: Session, reports: Reports) -> list[tuple[str, str]]:
    """Where each document goes, and its bytes as text."""
    _ = session.opened
    bodies = [(TELEMETRY_PATH, payload.body) for payload in reports.calls.previews()]
    choices = reports.choices.preview(choices_in_use(session))
    if choices is not None and (choices.leases or reports.choices.status().kept):  # of nothing, nothing is reported
        bodies.append((BINDINGS_PATH, choices.body))
    return [(path, body.decode()) for path, body in bodies]


def _documents(bodies: list[tuple[str, str]]) -> list[Mapping[str, Any]]:
    return [{"path": path, "body": body} for path, body in bodies]


def _said(standing: Standing) -> str:
    if not standing.is_on:
        return "off"
    return "on" if standing.forbidden_by is None else f"on, but {standing.forbidden_by} forbids it"


def _item(name: str, standing: Standing) -> dict[str, Any]:
    return {
        "kind": name,
        "isOn": standing.is_on,
        "forbiddenBy": standing.forbidden_by,
        "target": standing.target,
        "waiting": standing.waiting,
        "kept": standing.kept,
        "retryAt": None if standing.retry_at is None else standing.retry_at.isoformat(),
    }


def _sent(result: FlushResult) -> str:
    if result.status is Flush.NOWHERE:
        return f"no intake is named; set {URL}, or give --to"
    if result.error is not None:
        return result.error
    if result.status is Flush.WAITING and result.retry_at is not None:
        return f"not before {result.retry_at.isoformat()}, as the server asked"
    return {Flush.SENT: f"documents sent: {len(result.sent)}", Flush.NOTHING: "nothing is due", Flush.OFF: "off"}.get(
        result.status, str(result.status)
    )


def _sent_item(name: str, result: FlushResult) -> dict[str, Any]:
    sent = [body.decode() for body in result.sent]
    return {"kind": name, "status": str(result.status), "sent": sent, "waiting": result.waiting, "error": result.error}


_ACTS: Final[Mapping[str | None, Callable[[Session, Reports], Answer]]] = {
    None: _status,
    "on": _on,
    "off": _off,
    "show": _show,
    "send": _send,
    "purge": _purge,
}
