"""Rows of the backend table whose other side is gone: a mapping that people wrote, and the world moved on.

A row stays in force until people mend it, so it is told at every run. A row of which the catalog never heard at all
is told with all overrides that match nothing, and not here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from modelsync.catalog.lifecycle import LifecycleState
from modelsync.pipeline.overrides import BackendMapping
from modelsync.sources.models_dev_copy import NAME, EnrichmentCopy

NAMED_AT_MOST: Final = 20
"""So many rows are named in one finding."""


def inactive_rows(rows: Sequence[BackendMapping], states: Mapping[str, LifecycleState]) -> tuple[str, ...]:
    """A finding that lists the rows whose model is known and no longer active."""
    known = [(row.id, states[row.id]) for row in rows if row.id in states]
    gone = [f"{model_id} ({state})" for model_id, state in known if state is not LifecycleState.ACTIVE]
    return _told(gone, "no longer active at OpenRouter; remove the row or give it an `until`")


def unlisted_rows(
    rows: Sequence[BackendMapping], states: Mapping[str, LifecycleState], copy: EnrichmentCopy | None
) -> tuple[str, ...]:
    """A finding that lists the rows of active models whose native id a copy of the reference does not have.

    A backend that the copy does not know proves nothing, nor does a copy that is older than the row.
    """
    if copy is None:
        return ()
    active = [row for row in rows if states.get(row.id) is LifecycleState.ACTIVE]
    gone = [f"{row.id} ({name} at {backend})" for row in active for backend, name in _missing(row, copy)]
    return _told(gone, f"not listed by {NAME} of {copy.day}; look whether the backend still serves them")


def _missing(row: BackendMapping, copy: EnrichmentCopy) -> Iterable[tuple[str, str]]:
    for backend, name in sorted(row.backends.items()):
        listed = copy.ids(backend)
        if listed and name not in listed and row.since <= copy.day:
            yield backend, name


def _told(gone: list[str], problem: str) -> tuple[str, ...]:
    if not gone:
        return ()
    more = f" and {len(gone) - NAMED_AT_MOST} more" if len(gone) > NAMED_AT_MOST else ""
    return (f"overrides: backends: {', '.join(sorted(gone)[:NAMED_AT_MOST])}{more}: {problem}",)
