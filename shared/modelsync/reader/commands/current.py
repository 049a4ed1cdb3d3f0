"""`models current`: what was chosen, what runs, and why that may be something else.

A pipe gets the id that runs. Who asks for one scope is about to call it, so that the day is noted; what became of a
choice is kept where it is told.
"""

from contextlib import suppress
from typing import Any, Final

from modelsync.client.amounts import usd
from modelsync.client.asked import Binding
from modelsync.client.own.user_layer import as_user
from modelsync.client.resolving.resolution import Resolution
from modelsync.client.resolving.resolve import resolve
from modelsync.client.wording import day
from modelsync.errors import StoreError
from modelsync.reader.answer import Answer, Column, Facts, Heading, Part, Table
from modelsync.reader.exit_codes import ExitCode, RefusedError
from modelsync.reader.meaning import offered_at, refusal
from modelsync.reader.session import Session

_COLUMNS: Final = tuple(
    map(Column, ("for", "runs", "at", "chosen", "since", "blended per M", "when chosen", "lost", "because"))
)


def answer(session: Session) -> Answer:
    """The choice of the scope, or of all."""
    words, bindings = session.words, session.state.bindings
    scopes = sorted(bindings) if words.all else [words.scope]
    if words.scope not in bindings and not words.all:
        hint = "choose with `models use`"
        raise RefusedError(f"nothing is chosen for {words.scope}", code=ExitCode.NOT_FOUND, hint=hint)
    answers = {scope: _resolved(session, bindings[scope]) for scope in scopes}
    if not words.all and not answers[words.scope].runs:
        raise refusal(session, answers[words.scope])
    if not words.all:
        with suppress(StoreError):  # a folder that cannot be written keeps nobody from going on
            session.personal.bindings.used(words.scope)
    parts = [part for scope, found in answers.items() for part in _parts(session, scope, found)]
    items = [_item(scope, bindings[scope], found) for scope, found in answers.items()]
    rows = tuple(_row(scope, bindings[scope], found) for scope, found in answers.items())
    ids = tuple(_runs(found) for found in answers.values() if found.id is not None)
    return Answer(parts, items=items, tsv=Table(_COLUMNS, rows), ids=ids)


def _resolved(session: Session, binding: Binding) -> Resolution:
    view = session.view
    return resolve(
        view.seen(session.state),
        binding.desired,
        binding=binding,
        policy=view.policy or session.state.policy,
        user=as_user(session.layer),
        backend=binding.backend,
        freshness=view.freshness,
        gone=session.words.gone,
    )


def _runs(found: Resolution) -> str:
    return f"{found.id}:{found.route_hint}" if found.route_hint is not None else str(found.id)


def _parts(session: Session, scope: str, found: Resolution) -> list[Part]:
    binding = session.state.bindings[scope]
    rows = [("for", scope), ("at", binding.backend), ("chosen", f"{binding.desired}, {day(binding.bound_at)}")]
    rows += [("because", found.sentence)] if found.id != binding.desired else []
    rows += [("blended", f"{usd(found.price_after)} per million, {usd(binding.blended_price)} when chosen")]
    rows += [("lost", ", ".join(found.lost))] if found.lost else []
    offered = found.candidates[:5] if not found.runs else ()
    offers = [f"could run: {each.id} ({offered_at(session, each)})" for each in offered]
    return [Heading(_runs(found) if found.runs else "nothing runs"), Facts(tuple(rows)), *offers]


def _row(scope: str, binding: Binding, found: Resolution) -> tuple[str, ...]:
    """A scope in columns, for `--tsv`."""
    return (
        scope,
        _runs(found) if found.runs else "-",
        binding.backend,
        binding.desired,
        day(binding.bound_at),
        usd(found.price_after),
        usd(binding.blended_price),
        ", ".join(found.lost) or "-",
        found.sentence,
    )


def _item(scope: str, binding: Binding, found: Resolution) -> dict[str, Any]:
    return {
        "scope": scope,
        "desired": binding.desired,
        "effective": _runs(found) if found.runs else None,
        "backend": binding.backend,
        "boundAt": binding.bound_at,
        **resolution_item(found),
    }


def resolution_item(found: Resolution) -> dict[str, Any]:
    """An answer of the resolver for scripts."""
    return {
        "outcome": str(found.outcome),
        "reason": found.reason,
        "sentence": found.sentence,
        "confidence": found.confidence,
        "existence": found.existence,
        "priceBefore": found.price_before,
        "priceAfter": found.price_after,
        "lost": list(found.lost),
        "gained": list(found.gained),
        "notes": list(found.notes),
        "candidates": [each._asdict() for each in found.candidates],
        "steps": [{"name": step.name, "cameTo": step.came_to} for step in found.steps],
    }
