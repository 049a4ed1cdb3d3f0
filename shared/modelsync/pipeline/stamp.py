"""The envelope that every document of one run begins with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modelsync.catalog.documents import Source


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every document of one run begins with, and the last time that a feed was believed before it."""

    now: datetime
    generation: int
    source: Source
    last_look: datetime | None

    def on(self) -> dict[str, Any]:
        """The envelope of a document whose content came to be in this run."""
        return {"generation": self.generation, "generated_at": self.now, "source": self.source}
