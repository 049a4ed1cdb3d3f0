"""The manifest as a function of the one before it and of what is published on top.

It points to the immutable copy of each document: those that changed are of the new generation, the others stay
where they were first published.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from modelsync.catalog import keys
from modelsync.catalog.documents import Curated, Document, Manifest, ManifestEntry, Signals, measurements_digest
from modelsync.catalog.published_set import named_by
from modelsync.shell.publishing.slots import Slot, with_slot

_PERIODS: Final = {keys.OPENROUTER: timedelta(hours=6)}
_DAILY: Final = timedelta(days=1)


def period_of(source: str) -> timedelta:
    """How often a source's list is read: OpenRouter's four times a day, a provider's own once."""
    return _PERIODS.get(source, _DAILY)


def stale_after(source: str) -> timedelta:
    """Two periods: from then on a reader looks at the heartbeat."""
    return 2 * period_of(source)


def next_manifest(
    source: str,
    before: Manifest | None,
    documents: Mapping[str, Document],
    *,
    bodies: Mapping[str, bytes],
    counts: Mapping[str, int],
    note: str | None,
    slot: Slot | None,
) -> Manifest:
    """The manifest that publishes `documents`, whose bytes are `bodies`, on top of the one that stands."""
    newest = max(documents.values(), key=lambda document: document.generation)
    entries = dict(before.documents) if before else {}
    entries |= {name: _entry(source, name, documents[name], body=body) for name, body in bodies.items()}
    return Manifest(
        generation=newest.generation,
        generated_at=newest.generated_at,
        source=newest.source,
        documents={name: entries[name] for name in keys.SET_DOCUMENTS if name in entries},
        counts=counts,
        next_due=newest.generated_at + period_of(source),
        stale_after=newest.generated_at + stale_after(source),
        note=note,
        slots=with_slot(before.slots if before else {}, slot),
    )


def is_whole(manifest: Manifest) -> bool:
    """Whether every document is of this generation, so that its set points to no other."""
    entries = manifest.documents
    return len(entries) == len(keys.SET_DOCUMENTS) and all(
        e.generation == manifest.generation for e in entries.values()
    )


def _entry(source: str, name: str, document: Document, *, body: bytes) -> ManifestEntry:
    return ManifestEntry(
        key=keys.set_key(source, document.generation, name),
        sha256=hashlib.sha256(body).hexdigest(),
        bytes=len(body),
        generation=document.generation,
        content_sha256=measurements_digest(document) if isinstance(document, Signals) else None,
        names=named_by(document) if isinstance(document, Curated) else None,
    )
