"""Documents in and out of a store: what belongs together, and in which order a publish is written.

A publish writes the immutable set, then the fixed names, then the manifest, conditionally: whoever reads the
manifest sees one whole set, whenever the writer is stopped. Behind it follow the set's own copy of the manifest
and the event history, which the next publish makes good if they are missing. A writer that lost to another, or
found its generation's objects taken, gets PreconditionFailedError: load again and decide again.

Nothing is decided here, and nothing but keys and digests is looked at.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from modelsync.catalog import keys
from modelsync.catalog.documents import (
    Document,
    Manifest,
    ManifestEntry,
    Status,
    decode,
    encode,
)
from modelsync.catalog.events import Event
from modelsync.catalog.model_info import Published
from modelsync.catalog.published_set import PublishedSet, decode_set
from modelsync.errors import CorruptDocumentError, NotFoundError, PreconditionFailedError
from modelsync.shell.contention import until_first
from modelsync.shell.history import archive, read_history
from modelsync.shell.object_store import NOT_MODIFIED, ObjectStore

REFRESH_EVERY: Final = timedelta(hours=6)
STALE_AFTER: Final = timedelta(hours=12)
"""Two periods of refresh: from then on a reader looks at the heartbeat."""

D = TypeVar("D", bound=Published)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What stands published, with what it takes to replace it.

    `repairs` names the fixed names that do not hold what the manifest says: the next publish rewrites them.
    """

    manifest: Manifest | None
    etag: str | None
    published: PublishedSet
    repairs: tuple[str, ...]

    @property
    def generation(self) -> int:
        """The generation that stands; 0 before the first."""
        return self.manifest.generation if self.manifest else 0


class Repository:
    """One source's documents in one store."""

    def __init__(self, store: ObjectStore, *, source: str, prefix: str) -> None:
        self._store, self._source, self._prefix = store, source, prefix

    def load(self) -> Loaded:
        """Read what stands published, checked against the manifest's digests.

        Raises CorruptDocumentError where neither a fixed name nor its immutable copy has the right bytes.
        """
        return until_first(self._load_once, what=keys.MANIFEST)

    def load_generation(self, generation: int) -> tuple[Manifest, PublishedSet]:
        """Read one generation as it was published; raises NotFoundError where there is none."""
        standing = self.load_manifest()
        if standing is None or generation > standing.generation:
            raise NotFoundError(f"generation {generation}: the newest is {standing.generation if standing else 'none'}")
        if generation == standing.generation:
            return standing, self.load().published
        key = self._at(keys.set_key(self._source, generation, keys.MANIFEST))
        stored = self._store.get(key)
        if stored is None:
            raise NotFoundError(f"generation {generation}: no {key}; it was never published, or is no longer kept")
        manifest = decode(Manifest, stored.body, key=key)
        bodies = {name: self._immutable(entry) for name, entry in manifest.documents.items()}
        return manifest, decode_set(bodies)

    def generations(self) -> tuple[int, ...]:
        """The generations that can be read, oldest first."""
        folder = self._at(keys.all_sets_prefix(self._source))
        names = (key.removeprefix(folder).split("/") for key in self._store.list(folder))
        return tuple(sorted(int(n) for n, *rest in names if n.isdigit() and rest == [f"{keys.MANIFEST}.json"]))

    def load_snapshot(self, key: str) -> bytes | None:
        """A raw body by the key that a document's `source` names; None where it is not kept."""
        stored = self._store.get(self._at(key))
        return None if stored is None else stored.body

    def load_manifest(self) -> Manifest | None:
        """Read the manifest alone."""
        return self._read(Manifest, keys.MANIFEST)

    def load_status(self) -> Status | None:
        """Read the heartbeat; one that cannot be read is none, and the next run writes a new one."""
        try:
            return self._read(Status, keys.STATUS)
        except CorruptDocumentError:
            return None

    def bindings(self) -> Iterator[tuple[str, bytes]]:
        """Keys and bodies of what clients reported about saved choices."""
        for key in self._store.list(self._at(keys.BINDINGS_PREFIX)):
            stored = self._store.get(key)
            if stored is not None:
                yield key, stored.body

    def history(self) -> tuple[Event, ...]:
        """Every event ever archived, oldest first."""
        return read_history(self._store, source=self._source, prefix=self._prefix)

    def save_snapshot(self, body: bytes, *, at: datetime) -> str | None:
        """Keep a raw body under its hour; None where that hour's snapshot is another one."""
        key = keys.snapshot_key(self._source, at)
        try:
            self._store.put(self._at(key), body, if_absent=True)
        except PreconditionFailedError:
            stored = self._store.get(self._at(key))
            return key if stored is not None and stored.body == body else None
        return key

    def snapshot_for(self, body: bytes, *, at: datetime) -> str | None:
        """The key under which `save_snapshot` would keep a body, without writing it."""
        key = keys.snapshot_key(self._source, at)
        stored = self._store.get(self._at(key))
        return key if stored is None or stored.body == body else None

    def free_generation(self, loaded: Loaded) -> int:
        """The next generation of which nobody has written anything yet."""
        written = self._store.list(self._at(keys.all_sets_prefix(self._source)))
        return max(loaded.generation, *map(keys.generation_of, written), 0) + 1

    def publish(self, loaded: Loaded, documents: Mapping[str, Document], *, note: str | None = None) -> Manifest:
        """Publish changed documents on top of what was loaded, as the generation that they carry.

        Raises PreconditionFailedError where another writer was first; nothing that is read by the manifest
        has changed then.
        """
        bodies = {name: encode(documents[name]) for name in keys.SET_DOCUMENTS if name in documents}
        manifest = _manifest(self._source, loaded, documents, bodies=bodies, note=note)
        for name, body in bodies.items():
            self._put_immutable(keys.set_key(self._source, manifest.generation, name), body)
        for name, body in bodies.items():
            self._store.put(self._at(keys.document_key(self._source, name)), body)
        self._put_conditionally(self._at(keys.document_key(self._source, keys.MANIFEST)), encode(manifest), loaded.etag)
        self._settle()
        self._put_immutable(keys.set_key(self._source, manifest.generation, keys.MANIFEST), encode(manifest))
        changes = loaded.published.replacing(documents).changes
        if changes is not None:
            archive(self._store, changes.events, source=self._source, prefix=self._prefix)
        return manifest

    def repair(self, loaded: Loaded) -> None:
        """Make good what is missing: by a publish that was stopped, or because somebody deleted it."""
        if loaded.manifest is None:
            return
        if loaded.repairs:
            if loaded.etag is None:
                self._put_conditionally(
                    self._at(keys.document_key(self._source, keys.MANIFEST)), encode(loaded.manifest), None
                )
            self._settle()
        kept = set(self._store.list(self._at(keys.all_sets_prefix(self._source))))
        for name, document in loaded.published.by_name().items():
            entry, body = loaded.manifest.documents[name], encode(document)
            if self._at(entry.key) not in kept and _sha256(body) == entry.sha256:
                self._put_immutable(entry.key, body)
        key = keys.set_key(self._source, loaded.generation, keys.MANIFEST)
        if self._at(key) not in kept:
            self._put_immutable(key, encode(loaded.manifest))

    def _settle(self) -> None:
        """Make the fixed names what the manifest says, until it says the same before and behind.

        Whoever writes fixed names does this behind it: of several writers at once the last one finds what the
        manifest says by then, and whatever the others wrote.
        """
        while True:
            before = self._store.get(self._at(keys.document_key(self._source, keys.MANIFEST)))
            if before is None:
                return
            wrote = self._follow(decode(Manifest, before.body, key=before.key))
            after = self._store.get_if_changed(before.key, before.etag)
            if after is NOT_MODIFIED and not wrote:
                return

    def _follow(self, manifest: Manifest) -> bool:
        """Rewrite the fixed names that are not what a manifest says; tell whether there were any."""
        wrote = False
        for name, entry in manifest.documents.items():
            key = self._at(keys.document_key(self._source, name))
            stored = self._store.get(key)
            if stored is None or _sha256(stored.body) != entry.sha256:
                self._store.put(key, self._immutable(entry))
                wrote = True
        return wrote

    def update_status(self, change: Callable[[Status | None], Status]) -> Status:
        """Rewrite the heartbeat as a function of the one that stands, whoever else writes it meanwhile."""
        key = self._at(keys.document_key(self._source, keys.STATUS))

        def rewrite() -> Status:
            stored = self._store.get(key)
            status = change(self.load_status())
            self._put_conditionally(key, encode(status), stored.etag if stored else None)
            return status

        return until_first(rewrite, what=key)

    def _put_conditionally(self, key: str, body: bytes, etag: str | None) -> None:
        """Write over the object that was read; None means that there was none."""
        if etag is None:
            self._store.put(key, body, if_absent=True)
        else:
            self._store.put(key, body, if_match=etag)

    def _put_immutable(self, key: str, body: bytes) -> None:
        """Write once; the same bytes twice are fine, other bytes mean that the generation is taken."""
        try:
            self._store.put(self._at(key), body, if_absent=True)
        except PreconditionFailedError:
            stored = self._store.get(self._at(key))
            if stored is None or stored.body != body:
                raise

    def _load_once(self) -> Loaded:
        """Read once; a manifest that moved on meanwhile counts as a lost race."""
        key = self._at(keys.document_key(self._source, keys.MANIFEST))
        stored = self._store.get(key)
        manifest = decode(Manifest, stored.body, key=key) if stored is not None else self._newest_copy()
        if manifest is None:
            return Loaded(None, None, PublishedSet(), ())
        repairs: list[str] = [] if stored is not None else [keys.MANIFEST]
        bodies = {name: self._body(name, entry, repairs) for name, entry in manifest.documents.items()}
        etag = stored.etag if stored is not None else None
        if repairs and etag is not None and self._store.get_if_changed(key, etag) is not NOT_MODIFIED:
            raise PreconditionFailedError(key, "another generation", f"generation {manifest.generation}")
        return Loaded(manifest, etag, decode_set(bodies), tuple(repairs))

    def _newest_copy(self) -> Manifest | None:
        """The manifest of the newest generation that keeps one: what stood before the manifest was lost."""
        generations = self.generations()
        if not generations:
            return None
        key = self._at(keys.set_key(self._source, generations[-1], keys.MANIFEST))
        stored = self._store.get(key)
        return None if stored is None else decode(Manifest, stored.body, key=key)

    def _body(self, name: str, entry: ManifestEntry, repairs: list[str]) -> bytes:
        """The bytes of a document: its fixed name where that is right, else its immutable copy."""
        stored = self._store.get(self._at(keys.document_key(self._source, name)))
        if stored is not None and _sha256(stored.body) == entry.sha256:
            return stored.body
        repairs.append(name)
        return self._immutable(entry)

    def _immutable(self, entry: ManifestEntry) -> bytes:
        stored = self._store.get(self._at(entry.key))
        if stored is None:
            raise CorruptDocumentError(entry.key, "the manifest names it and it is not there")
        if _sha256(stored.body) != entry.sha256:
            raise CorruptDocumentError(entry.key, f"expected sha256 {entry.sha256}, found {_sha256(stored.body)}")
        return stored.body

    def _read(self, kind: type[D], name: str) -> D | None:
        stored = self._store.get(self._at(keys.document_key(self._source, name)))
        return None if stored is None else decode(kind, stored.body, key=stored.key)

    def _at(self, key: str) -> str:
        return self._prefix + key


def _manifest(
    source: str, loaded: Loaded, documents: Mapping[str, Document], *, bodies: Mapping[str, bytes], note: str | None
) -> Manifest:
    newest = max(documents.values(), key=lambda document: document.generation)
    entries = dict(loaded.manifest.documents) if loaded.manifest else {}
    for name, body in bodies.items():
        key = keys.set_key(source, newest.generation, name)
        entries[name] = ManifestEntry(key=key, sha256=_sha256(body), bytes=len(body), generation=newest.generation)
    return Manifest(
        generation=newest.generation,
        generated_at=newest.generated_at,
        source=newest.source,
        documents={name: entries[name] for name in keys.SET_DOCUMENTS if name in entries},
        counts=loaded.published.replacing(documents).counts(),
        next_due=newest.generated_at + REFRESH_EVERY,
        stale_after=newest.generated_at + STALE_AFTER,
        note=note,
    )


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
