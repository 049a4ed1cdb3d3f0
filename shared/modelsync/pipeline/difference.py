"""What lies between any two published sets, as the events that lead from the one to the other.

Unlike the journal of a run this sees only two ends: what came and went in between, and which price was news, it
cannot know.
"""

from datetime import datetime

from modelsync.catalog.events import Event
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.journal import Journalist, in_order
from modelsync.pipeline.ranking.curation import shortlist_moves
from modelsync.pipeline.refresh import census_of


def difference(
    before: PublishedSet, after: PublishedSet, *, at: datetime, generation: int, last_look: datetime | None
) -> tuple[Event, ...]:
    """All events between two sets; `at` and `generation` are those of the later one, `last_look` is the earlier's."""
    old, new = before.deprecations, after.deprecations
    known_changes = old.alias_history if old else ()
    events = Journalist(at, generation, last_look).report(
        census_of(before),
        census_of(after),
        alias_changes=[each for each in (new.alias_history if new else ()) if each not in known_changes],
        redirects=new.redirects if new else (),
        known_redirects=old.redirects if old else (),
    )
    return in_order((*events, *shortlist_moves(before.curated, after.curated, at=at, generation=generation)))
