"""What an explanation is made of: the value, who says so, how sure that is, since when, and what speaks beside it.

Nothing is made up: where a set does not publish who decided a value, or since when it stands, the explanation says
None. The log of changes reaches back 90 days; what is older than that has no published beginning.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from modelsync.client.browsing.changes import Change, change_of
from modelsync.client.catalog import Catalog

Confidence = Literal["high", "medium", "low"]

SOURCES: Final[Mapping[str, str]] = {
    "user": "you said so",
    "organisation": "your organisation said so",
    "override": "people established it",
    "telemetry": "clients' reports decided it",
    "api": "the source's list says so",
    "heuristic": "a family rule guessed it by the name",
    "pipeline": "the catalog worked it out",
}
"""Everybody whose word may count, the strongest first; the last for what no layer states, such as an alias."""


class Since(NamedTuple):
    """From when on a value stands."""

    at: str
    """A moment, or a day."""
    generation: int | None = None
    """None where only the day is published."""


class Said(NamedTuple):
    """What one layer says, whether or not its word counts."""

    layer: str
    """A key of `SOURCES`, or `log` for what was noted when it changed."""
    words: str


class Explanation(NamedTuple):
    """Why a value is what it is."""

    about: str
    """A key of `explain.ABOUT`."""
    value: Any
    """As it is published, or as the user sees it; None where nobody knows."""
    source: str | None
    """A key of `SOURCES`; None where nobody knows, or it is not published."""
    confidence: Confidence | None
    since: Since | None
    """None where it is not published."""
    evidence: tuple[Said, ...]
    """What each layer says."""
    overridden: tuple[Said, ...] = ()
    """What would hold if the deciding layer said nothing, as far as that is published."""

    @property
    def sentence(self) -> str:
        """Who says so, for people."""
        return "nobody knows" if self.source is None else SOURCES[self.source]


def last_change(catalog: Catalog, model_id: str, kinds: frozenset[str], *, field: str | None = None) -> Change | None:
    """The newest logged change of a model of some kinds; where a field is named, of it alone."""
    newest_first = reversed(catalog.document("changes").get("events", ()))
    ours = (each for each in newest_first if each["id"] == model_id and each["kind"] in kinds)
    found = next((each for each in ours if field in {None, each["field"]}), None)
    return None if found is None else change_of(found)


def since_of(change: Change | None) -> Since | None:
    """The moment of a change."""
    return None if change is None else Since(change.at, change.generation)


def first_listed(catalog: Catalog, model_id: str) -> Since | None:
    """When a model came, if the log still knows: what never changed since stands from then on."""
    return since_of(last_change(catalog, model_id, frozenset({"added"})))


def noted(change: Change | None) -> tuple[Said, ...]:
    """What the publisher noted at a change."""
    return () if change is None or change.note is None else (Said("log", change.note),)
