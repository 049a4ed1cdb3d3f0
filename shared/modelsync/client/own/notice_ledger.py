"""Who was told what: each notice goes from pending by a lease to shown, and ends acknowledged or superseded.

    pending -> leased (60 seconds) -> shown -> acknowledged
                                            -> superseded, when it is a fact no more

- Who wants to tell a notice takes a lease first, and writes the ledger only if nobody else did meanwhile; who dies
  between telling and `shown` causes one repetition at most, and not before the lease is over.
- What was told is not told again while it stays a fact, nor for 30 days after it ceased to be one.

Values only: a ledger is a map of keys to entries, every step gives a new one, and keeping it is somebody else's.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from modelsync.client.own.notices import Notice
from modelsync.errors import NotFoundError, UsageError

LEASED_FOR: Final = timedelta(seconds=60)
TOLD_AGAIN_AFTER: Final = timedelta(days=30)
"""How long a fact must have been none before it is news again."""


class Standing(StrEnum):
    """How far a notice got; one that is in no ledger is pending."""

    LEASED = "leased"
    SHOWN = "shown"
    ACKNOWLEDGED = "acked"
    SUPERSEDED = "superseded"


class Entry(NamedTuple):
    """One notice in the ledger."""

    scope: str
    standing: Standing
    at: datetime
    """When it came to stand so."""
    message: str | None = None
    """What the platform calls the message that told it."""


Ledger = Mapping[str, Entry]
"""Entries by the notices' keys."""


def due(notices: Iterable[Notice], ledger: Ledger, *, now: datetime) -> tuple[Notice, ...]:
    """The facts that nobody was told yet and nobody is telling."""
    return tuple(notice for notice in notices if _is_due(ledger.get(notice.key), now=now))


def unaccepted(notices: Iterable[Notice], ledger: Ledger) -> tuple[Notice, ...]:
    """The facts that nobody accepted yet, told or not."""
    accepted = {key for key, entry in ledger.items() if entry.standing is Standing.ACKNOWLEDGED}
    return tuple(notice for notice in notices if notice.key not in accepted)


def leased(ledger: Ledger, notice: Notice, *, now: datetime) -> Ledger | None:
    """The ledger in which a notice is the caller's to tell; None where it was told, or is being told."""
    if not _is_due(ledger.get(notice.key), now=now):
        return None
    return {**ledger, notice.key: Entry(notice.scope, Standing.LEASED, now)}


def shown(ledger: Ledger, notice: Notice, *, now: datetime, message: str | None = None) -> Ledger:
    """The ledger in which a notice was told; an acknowledgement that came first stands."""
    entry = ledger.get(notice.key)
    if entry is not None and entry.standing is Standing.ACKNOWLEDGED:
        return ledger
    return {**ledger, notice.key: Entry(notice.scope, Standing.SHOWN, now, message)}


def acknowledged(ledger: Ledger, typed: str, *, now: datetime) -> Ledger:
    """The ledger in which the notice was accepted whose key begins with what was typed.

    Raises NotFoundError where there is none, and UsageError where there are several.
    """
    keys = [key for key in ledger if typed and key.startswith(typed.lower())]
    if not keys:
        raise NotFoundError(
            f"notice: found none with {typed[:20]!a}, expected the letters that its sentence ends with; look again"
        )
    if len(keys) > 1:
        raise UsageError(f"notice: found {len(keys)} with {typed[:20]!a}, expected one; type more of its letters")
    entry = ledger[keys[0]]
    return {**ledger, keys[0]: entry._replace(standing=Standing.ACKNOWLEDGED, at=now)}


def rebound(ledger: Ledger, scope: str, *, now: datetime) -> Ledger:
    """The ledger after a scope's user chose a model anew, which accepts all that was told there."""
    return {
        key: entry._replace(standing=Standing.ACKNOWLEDGED, at=now)
        if entry.scope == scope and entry.standing is Standing.SHOWN
        else entry
        for key, entry in ledger.items()
    }


def settled(ledger: Ledger, notices: Iterable[Notice], *, now: datetime) -> Ledger:
    """The ledger in which what is a fact no more is superseded; `notices` are all the facts there are.

    What has been none for 30 days is forgotten.
    """
    facts = {notice.key for notice in notices}
    kept: dict[str, Entry] = {}
    for key, entry in ledger.items():
        if key in facts:
            kept[key] = entry
        elif entry.standing is not Standing.SUPERSEDED:
            kept[key] = entry._replace(standing=Standing.SUPERSEDED, at=now)
        elif now - entry.at < TOLD_AGAIN_AFTER:
            kept[key] = entry
    return kept


def _is_due(entry: Entry | None, *, now: datetime) -> bool:
    if entry is None:
        return True
    if entry.standing is Standing.LEASED:
        return now - entry.at >= LEASED_FOR
    return entry.standing is Standing.SUPERSEDED and now - entry.at >= TOLD_AGAIN_AFTER
