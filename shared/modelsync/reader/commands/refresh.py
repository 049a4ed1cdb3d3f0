"""`models refresh`: ask for a newer catalog now, and say what came."""

from typing import Final

from modelsync.client.guard import Status
from modelsync.client.loaded import RefreshResult
from modelsync.reader.answer import Answer
from modelsync.reader.exit_codes import ExitCode
from modelsync.reader.session import Session

_FINE: Final = frozenset({Status.CHANGED, Status.UNCHANGED})


def answer(session: Session) -> Answer:
    """The refresh as it went; what is kept stays where it brought nothing."""
    loader = session.loader
    done = loader.refresh(accept=session.words.accept, timeout=max(session.words.timeout, 5.0))
    is_fine = done.status in _FINE
    remarks = (*done.advice, *((done.error,) if done.error is not None else ()))
    return Answer(
        (_sentence(done),),
        items=(_item(done),),
        remarks=remarks,
        code=ExitCode.DONE if is_fine else ExitCode.REFUSED,
    )


def _sentence(done: RefreshResult) -> str:
    if done.status is Status.CHANGED:
        came = "none" if done.from_generation is None else str(done.from_generation)
        return f"generation {came} -> {done.to_generation}, {done.requests} requests, {done.wire_bytes:,} bytes"
    if done.status is Status.UNCHANGED:
        return f"generation {done.to_generation} is what is published, {done.requests} requests"
    return f"nothing newer was taken: {str(done.status).replace('_', ' ')}"


def _item(done: RefreshResult) -> dict[str, object]:
    return {
        "status": str(done.status),
        "fromGeneration": done.from_generation,
        "toGeneration": done.to_generation,
        "requests": done.requests,
        "bytes": done.wire_bytes,
        "error": done.error,
    }
