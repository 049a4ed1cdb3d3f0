"""Documents out of a store: what stands published, what stood before, the heartbeat, the history.

A document is read under its fixed name and checked against the manifest; where that is wrong, from its immutable
copy. A run reads only what its job needs. Nothing is written here, and nothing but keys and digests is looked at.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from modelsync.catalog import keys
from modelsync.catalog.documents import Document, Manifest, ManifestEntry, Status, decode
from modelsync.catalog.events import Event
from modelsync.catalog.published_set import PublishedSet, decode_set
from modelsync.errors import CorruptDocumentError, NotFoundError, PreconditionFailedError
from modelsync.shell.publishing.history import read_history
from modelsync.shell.storage.contention import until_first
from modelsync.shell.storage.object_store import NOT_MODIFIED, ObjectStore


@dataclass(frozen=True, slots=True)
class Loaded:
    """What stands published, as far as it was asked for, with what it takes to replace it.

    `unread` names documents that stand and were not asked for: `published` has None for them. `repairs` names the
    fixed names that do not hold what the manifest says.
    """

    manifest: Manifest | None
    etag: str | None
    published: PublishedSet
    repairs: tuple[str, ...]
    unread: frozenset[str] = frozenset()

    @property
    def generation(self) -> int:
        """The generation that stands; 0 before the first."""
        return self.manifest.generation if self.manifest else 0

    @property
    def known_figures(self) -> str | None:
        """Content digest of the signals that stand, where the manifest tells it."""
        entry = self.manifest.documents.get(keys.SIGNALS) if self.manifest else None
        return entry.content_sha256 if entry is not None else None

    def may_name(self, ids: Collection[str]) -> bool:
        """Whether the shortlist that stands may name one of these, as far as the manifest tells."""
        entry = self.manifest.documents.get(keys.CURATED) if self.manifest else None
        return entry is not None and bool(ids) and (entry.names is None or not set(ids).isdisjoint(entry.names))

    def counts(self, documents: Mapping[str, Document]) -> dict[str, int]:
        """Models by state, and of the shortlist, once `documents` are published."""
        counts = self.published.replacing(documents).counts()
        told = self.manifest.counts if self.manifest is not None else {}
        unread = self.unread - documents.keys()
        if keys.CURRENT in unread:
            return dict(told)
        return counts | ({"curated": told["curated"]} if keys.CURATED in unread else {})


@dataclass(frozen=True, slots=True)
class Heard:
    """The heartbeat that stands, None where there is none that can be read, with what it takes to replace it."""

    status: Status | None
    etag: str | None

    def vouches_for(self, generation: int) -> bool:
        """Whether the last run went well, and the run that published a generation came to its end."""
        return (
            self.status is not None
            and self.status.consecutive_failures == 0
            and self.status.last_success is not None
            and self.status.last_success.generation == generation
        )


class Reader:
    """One source's documents in one store, for whoever only reads them."""

    def __init__(self, store: ObjectStore, *, source: str, prefix: str) -> None:
        self._store, self._source, self._prefix = store, source, prefix

    def load(self, names: Collection[str] = keys.SET_DOCUMENTS) -> Loaded:
        """Read what stands published, checked against the manifest's digests; other documents stay unread.

        Raises CorruptDocumentError where neither a fixed name nor its immutable copy has the right bytes.
        """
        return until_first(lambda: self._load_once(names), what=keys.MANIFEST)

    def read_also(self, loaded: Loaded, name: str) -> Loaded:
        """The same with one more document, if that stands and is unread."""
        if loaded.manifest is None or name not in loaded.unread:
            return loaded
        repairs = list(loaded.repairs)
        more = decode_set({name: self._body(name, loaded.manifest.documents[name], repairs)})
        return replace(
            loaded,
            published=loaded.published.replacing(more.by_name()),
            repairs=tuple(repairs),
            unread=loaded.unread - {name},
        )

    def load_generation(self, generation: int) -> tuple[Manifest, PublishedSet]:
        """Read one generation as it was published; raises NotFoundError where there is none."""
        standing = self.load_manifest()
        if standing is None or generation > standing.generation:
            raise NotFoundError(f"generation {generation}: the newest is {standing.generation if standing else 'none'}")
        if generation == standing.generation:
            return standing, self.load().published
        manifest = self.older_manifest(generation)
        if manifest is None:
            key = self._at(keys.set_key(self._source, generation, keys.MANIFEST))
            raise NotFoundError(f"generation {generation}: no {key}; it was never published, or is no longer kept")
        bodies = {name: self._immutable(entry) for name, entry in manifest.documents.items()}
        return manifest, decode_set(bodies)

    def older_manifest(self, generation: int) -> Manifest | None:
        """The manifest of a generation that no longer stands; None where it was never published, or is not kept."""
        stored = self._store.get(self._at(keys.set_key(self._source, generation, keys.MANIFEST)))
        return None if stored is None else decode(Manifest, stored.body, key=stored.key)

    def generations(self) -> tuple[int, ...]:
        """The generations that keep a copy of their manifest, oldest first."""
        folder = self._at(keys.all_sets_prefix(self._source))
        names = (key.removeprefix(folder).split("/") for key in self._store.list(folder))
        return tuple(sorted(int(n) for n, *rest in names if n.isdigit() and rest == [f"{keys.MANIFEST}.json"]))

    def load_snapshot(self, key: str) -> bytes | None:
        """A raw body by the key that a document's `source` names; None where it is not kept."""
        stored = self._store.get(self._at(key))
        return None if stored is None else stored.body

    def load_manifest(self) -> Manifest | None:
        """Read the manifest alone."""
        stored = self._store.get(self._at(keys.document_key(self._source, keys.MANIFEST)))
        return None if stored is None else decode(Manifest, stored.body, key=stored.key)

    def load_status(self) -> Status | None:
        """Read the heartbeat; one that cannot be read is none, and the next run writes a new one."""
        return self.hear().status

    def hear(self) -> Heard:
        """Read the heartbeat, with what it takes to replace it."""
        stored = self._store.get(self._at(keys.document_key(self._source, keys.STATUS)))
        if stored is None:
            return Heard(None, None)
        try:
            return Heard(decode(Status, stored.body, key=stored.key), stored.etag)
        except CorruptDocumentError:
            return Heard(None, stored.etag)

    def bindings(self) -> Iterator[tuple[str, bytes]]:
        """Keys and bodies of what clients reported about saved choices."""
        for key in self._store.list(self._at(keys.BINDINGS_PREFIX)):
            stored = self._store.get(key)
            if stored is not None:
                yield key, stored.body

    def telemetry_keys(self) -> tuple[str, ...]:
        """Keys of what clients reported about outcomes, as they are below the prefix."""
        listed = self._store.list(self._at(keys.TELEMETRY_PREFIX))
        return tuple(key.removeprefix(self._prefix) for key in listed)

    def telemetry_report(self, key: str) -> bytes | None:
        """One of them; None where it is gone."""
        stored = self._store.get(self._at(key))
        return None if stored is None else stored.body

    def history(self) -> tuple[Event, ...]:
        """The events of every month that is over, oldest first."""
        return read_history(self._store, source=self._source, prefix=self._prefix)

    def _load_once(self, names: Collection[str]) -> Loaded:
        """Read once; a manifest that moved on meanwhile counts as a lost race."""
        key = self._at(keys.document_key(self._source, keys.MANIFEST))
        stored = self._store.get(key)
        manifest = decode(Manifest, stored.body, key=key) if stored is not None else self._newest_copy()
        if manifest is None:
            return Loaded(None, None, PublishedSet(), ())
        repairs: list[str] = [] if stored is not None else [keys.MANIFEST]
        entries = {name: entry for name, entry in manifest.documents.items() if name in names}
        bodies = {name: self._body(name, entry, repairs) for name, entry in entries.items()}
        etag = stored.etag if stored is not None else None
        if repairs and etag is not None and self._store.get_if_changed(key, etag) is not NOT_MODIFIED:
            raise PreconditionFailedError(key, "another generation", f"generation {manifest.generation}")
        unread = frozenset(manifest.documents.keys() - entries.keys())
        return Loaded(manifest, etag, decode_set(bodies), tuple(repairs), unread)

    def _newest_copy(self) -> Manifest | None:
        """The manifest of the newest generation that keeps one: what stood before the manifest was lost."""
        generations = self.generations()
        return self.older_manifest(generations[-1]) if generations else None

    def _body(self, name: str, entry: ManifestEntry, repairs: list[str]) -> bytes:
        """The bytes of a document: its fixed name where that is right, else its immutable copy."""
        stored = self._store.get(self._at(keys.document_key(self._source, name)))
        if stored is not None and sha256_of(stored.body) == entry.sha256:
            return stored.body
        repairs.append(name)
        return self._immutable(entry)

    def _immutable(self, entry: ManifestEntry) -> bytes:
        stored = self._store.get(self._at(entry.key))
        if stored is None:
            raise CorruptDocumentError(entry.key, "the manifest names it and it is not there")
        if sha256_of(stored.body) != entry.sha256:
            raise CorruptDocumentError(entry.key, f"expected sha256 {entry.sha256}, found {sha256_of(stored.body)}")
        return stored.body

    def _at(self, key: str) -> str:
        return self._prefix + key


def sha256_of(body: bytes) -> str:
    """The digest by which a manifest names a document's bytes."""
    return hashlib.sha256(body).hexdigest()
