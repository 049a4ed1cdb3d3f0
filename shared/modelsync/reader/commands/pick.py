"""`models pick`: what is recommended for a use, best first, each with the reason."""

from collections.abc import Iterator
from typing import Final

from modelsync.client.browsing.origins import refuse_unknown_origins
from modelsync.client.browsing.recommended import Bucket, Pick, shortlist
from modelsync.client.browsing.seen import seen_models
from modelsync.client.browsing.sieve import WITHOUT_A_KEY, Sieve
from modelsync.client.wording import abilities, price, size
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer, Column, Heading, Table
from modelsync.reader.commands.listing import hidden_words
from modelsync.reader.exit_codes import ExitCode, RefusedError
from modelsync.reader.narrowing import filter_of
from modelsync.reader.options import BUCKET_OF, USES
from modelsync.reader.rows import item
from modelsync.reader.session import Session

_COLUMNS: Final = (
    Column("alias", is_id=True, leaves=1),
    Column("model", is_id=True),
    Column("in / out per M", is_number=True),
    Column("context", is_number=True, leaves=2),
    Column("can", leaves=4),
    Column("why", leaves=3),
)


def answer(session: Session) -> Answer:
    """The recommended models that are all that was asked for."""
    use = session.words.use
    if use is None:
        raise UsageError(f"pick: expected a use, one of {', '.join(USES)}; name one")
    picks, hidden = _sieved(session, tuple(_picks(session, use)))
    if not picks:
        why = f" ({hidden_words(hidden)})" if hidden else ""
        message = f"nothing that is recommended for {use} is all of that{why}"
        if hidden.keys() == {WITHOUT_A_KEY}:
            raise RefusedError(message, code=ExitCode.NO_CREDENTIALS, hint="see `models keys`")
        raise RefusedError(message, code=ExitCode.NOT_FOUND, hint="ask for less, or search with `models search`")
    limit = session.words.limit
    shown = picks[:limit] if limit is not None else picks
    table = Table(_COLUMNS, tuple(map(_row, shown)))
    said = (*_notes(session, use), *((hidden_words(hidden),) if hidden else ()))
    return Answer(
        (Heading(f"for {use}, best first"), table, *said, f"choose one: models use {shown[0].seen.model.alias}"),
        items=[{**item(pick.seen), "why": pick.why} for pick in shown],
        ids=tuple(pick.seen.id for pick in shown),
        total=len(picks) + sum(hidden.values()),
        hidden={**hidden, **({"beyond the limit": len(picks) - len(shown)} if len(shown) < len(picks) else {})},
    )


def _picks(session: Session, use: str) -> Iterator[Pick]:
    if use != "free":
        yield from shortlist(session.catalog, BUCKET_OF.get(use, use), layer=session.layer)[0].items
        return
    told: set[str] = set()
    for bucket in shortlist(session.catalog, layer=session.layer):
        for pick in bucket.items:
            if pick.seen.model.record["isFree"] and pick.seen.id not in told:
                told.add(pick.seen.id)
                yield pick._replace(why=_for(bucket, pick))


def _notes(session: Session, use: str) -> tuple[str, ...]:
    """Why a use has fewer models than it should."""
    return () if use == "free" else shortlist(session.catalog, BUCKET_OF.get(use, use), layer=session.layer)[0].notes


def _for(bucket: Bucket, pick: Pick) -> str:
    return f"{bucket.name}: {pick.why}"


def _sieved(session: Session, picks: tuple[Pick, ...]) -> tuple[list[Pick], dict[str, int]]:
    wanted = filter_of(session)
    refuse_unknown_origins(wanted, seen_models(session.catalog, session.layer))
    sieve = Sieve(wanted, generated_at=session.catalog.generated_at)
    hidden: dict[str, int] = {}
    kept: list[Pick] = []
    for pick in picks:
        reason = sieve.reason(pick.seen, is_named=True)
        if reason is None:
            kept.append(pick)
        else:
            hidden[reason] = hidden.get(reason, 0) + 1
    return kept, hidden


def _row(pick: Pick) -> tuple[str, ...]:
    model = pick.seen.model
    able = ", ".join(abilities(model.record))
    return (model.alias, model.id, price(model.record), size(model.context), able, pick.why)
