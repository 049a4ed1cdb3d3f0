"""The words for how far a catalog can be relied on; how old a catalog is, and which word that means, says `ages`."""

from enum import StrEnum


class Freshness(StrEnum):
    """How far a catalog can be relied on; every word is shown to people."""

    FRESH = "fresh"
    STALE = "stale"
    OLD = "old"
    BUNDLED = "bundled"

    @property
    def is_trusted(self) -> bool:
        """Whether its silence on an id means anything, and what follows from it may be kept."""
        return self in {Freshness.FRESH, Freshness.STALE}
