"""`diff`: what changed from one generation to another."""

from collections import Counter
from datetime import UTC, datetime

from modelsync.catalog.documents import Manifest
from modelsync.catalog.published_set import PublishedSet
from modelsync.cli.answer import Answer
from modelsync.cli.changes import events_data, events_view
from modelsync.cli.door import Door
from modelsync.cli.tables import facts, heading, moment
from modelsync.pipeline.difference import difference


def diff(door: Door) -> Answer:
    """Compare two generations; generation 0 is the empty catalog."""
    first, second = _ends(door)
    old, before = _generation(door, first)
    new, after = _generation(door, second)
    looked = old.generated_at if old else None
    events = difference(before, after, at=_time_of(new, old), generation=second, last_look=looked)
    changed = [name for name, document in after.by_name().items() if document != before.by_name().get(name)]
    rows = [("from", _described(first, old)), ("to", _described(second, new)), ("documents", ", ".join(changed) or "-")]
    return Answer(
        data={
            "from": first,
            "to": second,
            "documents": changed,
            "counts": dict(sorted(Counter(str(event.kind) for event in events).items())),
            "changes": events_data(events),
        },
        view=(
            heading(f"generation {first} to {second}"),
            facts(rows),
            *events_view(events, after, full=door.options.full),
        ),
    )


def _ends(door: Door) -> tuple[int, int]:
    """The generations to compare: those that were named, else the newest and the one before it."""
    newest = door.standing().generation
    if not door.options.generations:
        earlier = [each for each in door.repository.generations() if each < newest]
        return (earlier[-1] if earlier else 0), newest
    first, second = (*door.options.generations, newest)[:2]
    return first, second


def _generation(door: Door, number: int) -> tuple[Manifest | None, PublishedSet]:
    return door.repository.load_generation(number) if number else (None, PublishedSet())


def _time_of(new: Manifest | None, old: Manifest | None) -> datetime:
    """When the later end came to be; an empty catalog came to be whenever."""
    manifest = new or old
    return manifest.generated_at if manifest else datetime.min.replace(tzinfo=UTC)


def _described(number: int, manifest: Manifest | None) -> str:
    if manifest is None:
        return f"{number}, the empty catalog"
    note = f", {manifest.note}" if manifest.note else ""
    return f"{number}, published {moment(manifest.generated_at)}{note}"
