"""How a model that left the feed grows old.

active -> stale (gone) -> deprecated (14 days) -> removed (30 days, and nobody bound to it; 180 days whoever is).
A model that returns is active again, from any state. No recorded return took longer than 12.75 days
(748 snapshots, 56 returns), hence the 14. This room knows nothing of feeds, stores or the present time.
"""

from datetime import datetime, timedelta
from enum import StrEnum

DEPRECATED_AFTER = timedelta(days=14)
REMOVED_AFTER = timedelta(days=30)
KEPT_AT_MOST = timedelta(days=180)
"""However many saved choices point at a model, and also while nobody can tell: its tombstone says where to go."""
RETIRING_WITHIN = timedelta(days=14)
"""A model whose announced end is as near as this is not recommended any more."""

PLACEHOLDER_BEYOND = timedelta(days=2 * 365)
"""An announced end further away than this is a placeholder (`2098-12-31` and `9999-01-01` occur)."""


class LifecycleState(StrEnum):
    """Where a model stands between the feed and oblivion."""

    ACTIVE = "active"
    STALE = "stale"
    DEPRECATED = "deprecated"
    REMOVED = "removed"


LISTED = frozenset({LifecycleState.ACTIVE, LifecycleState.STALE})
"""States of the models in `current.json`; the others have a tombstone."""


class RedirectKind(StrEnum):
    """Why one id points to another, strongest first: a weaker one gives way to a stronger one that is found."""

    OVERRIDE = "override"
    RENAMED = "renamed"
    VARIANT = "variant"
    FAMILY = "family"
    AUTO = "auto"


class Confidence(StrEnum):
    """How sure a redirect is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


STRONGEST_FIRST = tuple(RedirectKind)

CONFIDENCE_OF = {
    RedirectKind.OVERRIDE: Confidence.CERTAIN,
    RedirectKind.RENAMED: Confidence.CERTAIN,
    RedirectKind.VARIANT: Confidence.LIKELY,
    RedirectKind.FAMILY: Confidence.LIKELY,
    RedirectKind.AUTO: Confidence.GUESS,
}

AUTO = "auto"
"""Target of a redirect that names no model: the reader picks one of `autoTargets`."""


def lifecycle_state(missing_since: datetime | None, *, bound: bool, seen_until: datetime) -> LifecycleState:
    """State of a model absent from the feed since `missing_since` (UTC); None means that it is there.

    `seen_until` is the time of the last feed that was believed: while no feed can be read, nobody grows old.
    A bound model is kept longer, for someone's saved choice still points at it; but not for ever.

    >>> from datetime import UTC
    >>> gone = datetime(2026, 6, 1, tzinfo=UTC)
    >>> str(lifecycle_state(gone, bound=False, seen_until=gone + DEPRECATED_AFTER))
    'deprecated'
    """
    if missing_since is None:
        return LifecycleState.ACTIVE
    missing = seen_until - missing_since
    if missing >= KEPT_AT_MOST or (missing >= REMOVED_AFTER and not bound):
        return LifecycleState.REMOVED
    if missing >= DEPRECATED_AFTER:
        return LifecycleState.DEPRECATED
    return LifecycleState.STALE


def is_placeholder(end: datetime, *, now: datetime) -> bool:
    """Tell whether an announced end is so far away that nobody meant it."""
    return end - now > PLACEHOLDER_BEYOND


def is_retiring(expires_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether an announced end is near or past."""
    return expires_at is not None and expires_at - now <= RETIRING_WITHIN
