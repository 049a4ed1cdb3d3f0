"""Whether a set that was fetched may replace the one that is kept.

A catalog that was good is never exchanged for one of an older generation, of a schema that this client cannot read,
or of fewer than half as many active models. A rollback is published as a higher generation, so a lower number is a
cache in between, or a store that was lost. Only a person may accept what is refused here, and no one a newer schema.

Says why as a value; `refresh` keeps it.
"""

from enum import StrEnum
from typing import NamedTuple

from modelsync.client.reading.sets import SCHEMA_MAJOR, DocumentSet, Manifest

ONE_OF = 2
"""A list with fewer than one of so many models that were active before is no refresh but an accident.

How many there are is compared, not which: of the ids that a real list had, 47 % were left after nine months, and who
was away so long must not be refused what is right.
"""


class Status(StrEnum):
    """How a refresh ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SHARED = "done_by_another_process"
    NOT_DUE = "not_due"
    BUSY = "under_way_elsewhere"
    WAITING = "backing_off"
    OFFLINE = "offline"
    ROLLED_BACK = "rolled_back_upstream"
    SUSPICIOUS = "suspicious_feed"
    TOO_NEW = "schema_too_new"
    UNAVAILABLE = "unavailable"
    DAMAGED = "damaged"


class Refusal(NamedTuple):
    """Why a set is not taken."""

    status: Status
    sentence: str


def manifest_refusal(manifest: Manifest, kept: DocumentSet | None, *, accept: bool = False) -> Refusal | None:
    """Why nothing of this manifest is even fetched; None: nothing speaks against it."""
    if manifest.major != SCHEMA_MAJOR:
        found = f"found schema {manifest.major}, expected {SCHEMA_MAJOR}"
        return Refusal(Status.TOO_NEW, f"manifest: {found}; upgrade the client, what is kept goes on being used")
    if kept is not None and manifest.generation < kept.generation and not accept:
        found = f"found generation {manifest.generation}, expected {kept.generation} or later"
        return Refusal(Status.ROLLED_BACK, f"manifest: {found}; ask who publishes it, or accept it by name")
    return None


def shrink_refusal(fetched: DocumentSet, kept: DocumentSet | None, *, accept: bool = False) -> Refusal | None:
    """Why a whole set is not taken after all; None: nothing speaks against it."""
    active, before = fetched.active_count(), 0 if kept is None else kept.active_count()
    if active == 0:
        sentence = "current: found no active model, expected some; ask who publishes it"
        return Refusal(Status.SUSPICIOUS, sentence)
    if active * ONE_OF < before and not accept:
        found = f"found {active} active models, expected at least half of {before}"
        return Refusal(Status.SUSPICIOUS, f"current: {found}; ask who publishes it, or accept it by name")
    return None
