"""`models pick`: what is recommended for a use, best first, each with the reason; the best for each without a use."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from modelsync.client.browsing.browse import browse
from modelsync.client.browsing.origins import refuse_unknown_origins
from modelsync.client.browsing.recommended import Bucket, Pick, shortlist
from modelsync.client.browsing.seen import seen_models
from modelsync.client.browsing.sieve import WITHOUT_A_KEY, Sieve
from modelsync.client.browsing.uses import FREE, USES, use_of
from modelsync.client.wording import abilities, price, size
from modelsync.reader.answer import Answer, Column, Heading, Table
from modelsync.reader.commands.listing import EVERYTHING, hidden_words
from modelsync.reader.exit_codes import ExitCode, RefusedError
from modelsync.reader.narrowing import filter_of
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
    """The recommended models that are all that was asked for; without a use the best for each."""
    use = session.words.use
    return _for_each_use(session) if use is None else _for_one_use(session, use)


def _for_one_use(session: Session, use: str) -> Answer:
    picks, hidden = _sieved(session, tuple(_picks(session, use)))
    others = _free_besides(session, picks) if use == FREE else 0
    if not picks:
        raise _refusal(f"for {use} ", hidden, more=_more_free(session, others))
    limit = session.words.limit
    shown = picks[:limit] if limit is not None else picks
    table = Table(_COLUMNS, tuple(map(_row, shown)))
    said = (*_notes(session, use), *((hidden_words(hidden),) if hidden else ()), *_more_free(session, others))
    beyond = {"beyond the limit": len(picks) - len(shown), "beyond the shortlist": others}
    return Answer(
        (Heading(f"for {use}, best first"), table, *said, f"choose one: models use {shown[0].seen.model.alias}"),
        items=[{**item(pick.seen), "why": pick.why} for pick in shown],
        ids=tuple(pick.seen.id for pick in shown),
        total=len(picks) + sum(hidden.values()) + others,
        hidden={**hidden, **{reason: count for reason, count in beyond.items() if count}},
    )


def _for_each_use(session: Session) -> Answer:
    """The uses that there are, each with its best model; a model that is best for several stands in several rows."""
    buckets = {use_of(bucket.name) for bucket in shortlist(session.catalog, layer=session.layer)}
    sieved = {use: _sieved(session, tuple(_picks(session, use))) for use in USES if use in {*buckets, FREE}}
    hidden = sum((Counter(reasons) for _, reasons in sieved.values()), Counter[str]())
    best = {use: picks[0] for use, (picks, _) in sieved.items() if picks}
    if not best:
        raise _refusal("", hidden)
    shown = tuple(best.items())[: session.words.limit]
    further = sum(len(picks) for picks, _ in sieved.values()) - len(shown)
    table = Table((Column("use"), *_COLUMNS), tuple((use, *_row(pick)) for use, pick in shown))
    return Answer(
        (Heading("the best for each use"), table, f"all for one of them: models pick {shown[0][0]}"),
        items=[{**item(pick.seen), "use": use, "why": pick.why} for use, pick in shown],
        ids=tuple(dict.fromkeys(pick.seen.id for _, pick in shown)),
        total=len(shown) + further + sum(hidden.values()),
        hidden={**hidden, **({"further down": further} if further else {})},
    )


def _free_besides(session: Session, picks: Iterable[Pick]) -> int:
    """How many models are free, and all that was asked for, that no list recommends."""
    wanted = filter_of(session)._replace(free=True)
    found = browse(session.catalog, scope="all", filters=wanted, limit=EVERYTHING, layer=session.layer)
    return len({seen.id for seen in found.items} - {pick.seen.id for pick in picks})


def _more_free(session: Session, others: int) -> tuple[str, ...]:
    """That there are others, and the command that lists all of them."""
    if not others:
        return ()
    typed = list(session.words.typed)
    typed[typed.index("pick")] = "list"
    typed[next(place for place, word in enumerate(typed) if word.lower() == FREE)] = "--free"
    return (f"{others} more {'is' if others == 1 else 'are'} free: models {shlex.join(typed)}",)


def _refusal(what: str, hidden: Mapping[str, int], *, more: Sequence[str] = ()) -> RefusedError:
    """That nothing is left, with what speaks against each; `more` says what there is beside."""
    why = f" ({hidden_words(hidden)})" if hidden else ""
    message = f"nothing that is recommended {what}is all of that{why}"
    if hidden.keys() == {WITHOUT_A_KEY}:
        return RefusedError(message, code=ExitCode.NO_CREDENTIALS, hint="see `models keys`")
    hint = "; ".join(more) or "ask for less, or search with `models search`"
    return RefusedError(message, code=ExitCode.NOT_FOUND, hint=hint)


def _picks(session: Session, use: str) -> Iterator[Pick]:
    if use != FREE:
        yield from shortlist(session.catalog, use, layer=session.layer)[0].items
        return
    told: set[str] = set()
    for bucket in shortlist(session.catalog, layer=session.layer):
        for pick in bucket.items:
            if pick.seen.model.record["isFree"] and pick.seen.id not in told:
                told.add(pick.seen.id)
                yield pick._replace(why=_for(bucket, pick))


def _notes(session: Session, use: str) -> tuple[str, ...]:
    """Why a use has fewer models than it should."""
    return () if use == FREE else shortlist(session.catalog, use, layer=session.layer)[0].notes


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
