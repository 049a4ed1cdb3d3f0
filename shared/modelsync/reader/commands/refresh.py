"""`models refresh`: ask for a newer catalog now, and say what came."""

from typing import Final

from modelsync.client.reading.diff import Diff
from modelsync.client.reading.guard import Status
from modelsync.client.reading.loaded import RefreshResult
from modelsync.client.reading.loading import forbidden_by
from modelsync.reader.answer import Answer
from modelsync.reader.exit_codes import ExitCode
from modelsync.reader.session import Session

_CODES: Final = {
    Status.CHANGED: ExitCode.DONE,
    Status.UNCHANGED: ExitCode.DONE,
    Status.SHARED: ExitCode.DONE,
}
"""How a refresh ends; whatever else became of it, a server refused, or was refused."""


def answer(session: Session) -> Answer:
    """The refresh as it went; what is kept stays where it brought nothing."""
    loader, words = session.loader, session.words
    done = loader.refresh(accept=words.accept, timeout=max(words.timeout, 5.0))
    if words.offline and done.status is Status.OFFLINE and loader.is_offline:
        done = done._replace(error=forbidden_by("--offline"))
    remarks = (*done.advice, *((done.error,) if done.error is not None else ()))
    return Answer(
        (_sentence(done), *_changed(done.diff)),
        items=(_item(done),),
        remarks=remarks,
        code=_code(done, is_offline=loader.is_offline),
    )


def _code(done: RefreshResult, *, is_offline: bool) -> ExitCode:
    """How it ends: who forbids the network and asks for it asks for what does not fit together."""
    if done.status is Status.OFFLINE:
        return ExitCode.USAGE if is_offline else ExitCode.NO_CATALOG
    return _CODES.get(done.status, ExitCode.REFUSED)


def _sentence(done: RefreshResult) -> str:
    if done.status in {Status.CHANGED, Status.UNCHANGED} and not done.requests:
        return f"generation {done.to_generation} lies on this machine, and is read anew by every command"
    if done.status is Status.CHANGED:
        came = "none" if done.from_generation is None else str(done.from_generation)
        return f"generation {came} -> {done.to_generation}, {_requests(done)}, {done.wire_bytes:,} bytes"
    if done.status is Status.UNCHANGED:
        return f"generation {done.to_generation} is what is published, {_requests(done)}"
    if done.status is Status.SHARED:
        return f"generation {done.to_generation} was fetched by another process just now"
    return f"nothing newer was taken: {str(done.status).replace('_', ' ')}"


def _changed(diff: Diff | None) -> tuple[str, ...]:
    """How many models came, went and changed price."""
    if diff is None:
        return ()
    if not any(diff):
        return ("no model came, went or changed its price",)
    came, went, repriced = len(diff.added), len(diff.removed), len(diff.repriced)
    return (f"models that came: {came}, that went: {went}, at another price: {repriced}; see `models changes`",)


def _requests(done: RefreshResult) -> str:
    return f"{done.requests} request{'' if done.requests == 1 else 's'}"


def _item(done: RefreshResult) -> dict[str, object]:
    return {
        "status": str(done.status),
        "fromGeneration": done.from_generation,
        "toGeneration": done.to_generation,
        "requests": done.requests,
        "bytes": done.wire_bytes,
        "error": done.error,
        **({} if done.diff is None else {"models": {name: len(ids) for name, ids in done.diff._asdict().items()}}),
    }
