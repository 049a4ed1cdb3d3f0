"""What a refresh changed: the models that came and went between two sets, and those whose prices are others.

Ids alone, in their order; what else changed, and when, is in the published log. Reads nothing: both sets are in memory.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

Set = Mapping[str, Mapping[str, Any]]
"""Documents by name."""


class Diff(NamedTuple):
    """Ids by what became of their models."""

    added: tuple[str, ...] = ()
    """Listed now, and not before."""
    removed: tuple[str, ...] = ()
    """Listed before, and not now."""
    repriced: tuple[str, ...] = ()
    """Listed in both, at other prices."""


def diff_of(before: Set, after: Set) -> Diff:
    """From one set to another."""
    old, new = _prices(before), _prices(after)
    return Diff(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        repriced=tuple(sorted(name for name in old.keys() & new.keys() if old[name] != new[name])),
    )


def _prices(documents: Set) -> dict[str, tuple[Any, Any]]:
    """What each listed model costs, conditions among it, and whether that is known."""
    return {
        each["id"]: (each.get("pricing"), each.get("pricingStatus")) for each in documents["current"].get("models", ())
    }
