"""What an explanation is made of, and what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modelsync.catalog.events import Event
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.cli.lookup import Known
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.retire import Bound
from modelsync.sources.facts import ModelFacts


@dataclass(frozen=True, slots=True)
class Case:
    """One model and everything that had a say in how it is published.

    `overrides` are those in force at `now`; `log` is every event of this model, oldest first.
    """

    known: Known
    published: PublishedSet
    log: tuple[Event, ...]
    overrides: Overrides
    bound: Bound
    feed_facts: Callable[[], ModelFacts | None]
    """What the feed behind the published list claims of the model; None where it lists it no more or is not kept."""
    now: datetime

    @property
    def model(self) -> ModelInfo:
        """The record to explain."""
        return self.known.model


@dataclass(frozen=True, slots=True)
class Explanation:
    """One published fact, and why it is so."""

    topic: str
    headline: str
    lines: tuple[tuple[str, str], ...]
    """Labels and sentences."""
    silent: tuple[tuple[str, str], ...] = ()
    """The same of those who had a say and nothing to tell."""

    def data(self) -> dict[str, Any]:
        """The same for programs."""
        lines = [{"label": label, "text": sentence} for label, sentence in (*self.lines, *self.silent)]
        return {"topic": self.topic, "headline": self.headline, "lines": lines}
