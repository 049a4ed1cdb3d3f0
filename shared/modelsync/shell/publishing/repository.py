"""Documents into a store: in which order a publish is written, and how what is missing is made good.

A publish writes the immutable set, then the fixed names, then the manifest, conditionally: whoever reads the
manifest sees one whole set, whenever the writer is stopped. Behind it follows the set's own copy of the manifest,
to go back to; where all documents changed the next publish writes it, so that none costs more than the others. A
writer that lost to another, or found its generation's objects taken, gets PreconditionFailedError: load again and
decide again.

Requests cost money and time, so that only what may be wrong is looked at:

- Of two runs that overlap, the one whose heartbeat comes second learns of the other, and puts the fixed names right.
- While the heartbeat vouches for the last publish, only a curation looks whether its objects are all there.

Nothing is decided here, and nothing but keys and digests is looked at.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from modelsync.catalog import keys
from modelsync.catalog.documents import Document, Manifest, Status, decode, encode
from modelsync.errors import PreconditionFailedError
from modelsync.shell.publishing.history import archive, month_of
from modelsync.shell.publishing.manifests import is_whole, next_manifest
from modelsync.shell.publishing.reading import Heard, Loaded, Reader, sha256_of
from modelsync.shell.publishing.slots import Slot
from modelsync.shell.storage.contention import until_first
from modelsync.shell.storage.object_store import NOT_MODIFIED, Headers

RENEWED_AFTER: Final = timedelta(days=60)
"""An immutable copy that the manifest still names is written again from this age on: stores delete at 90 days."""

MOVING: Final = Headers(cache_control="public, max-age=60, stale-while-revalidate=300, stale-if-error=86400")
"""Of names whose content changes: a cache asks again after a minute, and answers with what it has if we are down."""

IMMUTABLE: Final = Headers(cache_control="public, max-age=31536000, immutable")

SHORT_LIVED: Final = replace(IMMUTABLE, tags={"keep": "90d"})
"""Of raw bodies that are not the first of their day: lifecycle rules choose by the tag, where a store knows tags."""


class Repository(Reader):
    """One source's documents in one store, for whoever publishes them."""

    def save_snapshot(self, body: bytes, *, at: datetime, first_of_day: bool) -> str | None:
        """Keep a raw body under its hour; None where that hour's snapshot is another one."""
        key = keys.snapshot_key(self._source, at)
        try:
            self._store.put(self._at(key), body, headers=IMMUTABLE if first_of_day else SHORT_LIVED, if_absent=True)
        except PreconditionFailedError:
            return self.snapshot_for(body, at=at)
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

    def publish(
        self, loaded: Loaded, documents: Mapping[str, Document], *, note: str | None = None, slot: Slot | None = None
    ) -> Manifest:
        """Publish changed documents on top of what was loaded, as the generation that they carry.

        Raises PreconditionFailedError where another writer was first; nothing that is read by the manifest
        has changed then.
        """
        bodies = {name: encode(documents[name]) for name in keys.SET_DOCUMENTS if name in documents}
        manifest = next_manifest(
            self._source,
            loaded.manifest,
            documents,
            bodies=bodies,
            counts=loaded.counts(documents),
            note=note,
            slot=slot,
        )
        self._archive_ended_months(loaded, manifest)
        if loaded.manifest is not None and is_whole(loaded.manifest):
            self._keep(loaded.manifest)
        for name, body in bodies.items():
            self._put_immutable(keys.set_key(self._source, manifest.generation, name), body)
        for name, body in bodies.items():
            self._store.put(self._at(keys.document_key(self._source, name)), body, headers=MOVING)
        try:
            self._put_conditionally(keys.document_key(self._source, keys.MANIFEST), encode(manifest), loaded.etag)
        except PreconditionFailedError:
            self.settle()
            raise
        if not is_whole(manifest):
            self._keep(manifest)
        return manifest

    def repair(self, loaded: Loaded, *, vouched: bool, now: datetime) -> None:
        """Make good what is missing: by a publish that was stopped, or because somebody or a store's rule deleted it.

        `vouched`: the heartbeat says that the last publish came to its end, so that only what was read is looked at.
        """
        if loaded.manifest is None:
            return
        if loaded.repairs:
            if loaded.etag is None:
                key = keys.document_key(self._source, keys.MANIFEST)
                self._put_conditionally(key, encode(loaded.manifest), None)
            self.settle()
        if not vouched:
            self._restore(loaded, loaded.manifest, now=now)

    def settle(self) -> None:
        """Make the fixed names what the manifest says, until it says the same before and behind.

        Whoever learns that another run was at work does this: of several writers at once the last one finds what
        the manifest says by then, and whatever the others wrote.
        """
        while True:
            before = self._store.get(self._at(keys.document_key(self._source, keys.MANIFEST)))
            if before is None:
                return
            wrote = self._follow(decode(Manifest, before.body, key=before.key))
            after = self._store.get_if_changed(before.key, before.etag)
            if after is NOT_MODIFIED and not wrote:
                return

    def update_status(self, change: Callable[[Status | None], Status], *, heard: Heard | None = None) -> Status:
        """Rewrite the heartbeat as a function of the one that stands, whoever else writes it meanwhile.

        `heard` is the one that the run began with: if it no longer stands, another run was at work meanwhile.
        """

        def rewrite() -> Status:
            nonlocal heard
            before, heard = heard or self.hear(), None
            status = change(before.status)
            try:
                self._put_conditionally(keys.document_key(self._source, keys.STATUS), encode(status), before.etag)
            except PreconditionFailedError:
                self.settle()
                raise
            return status

        return until_first(rewrite, what=self._at(keys.document_key(self._source, keys.STATUS)))

    def _archive_ended_months(self, loaded: Loaded, manifest: Manifest) -> None:
        """Close the log of a month with the first publish after it, before its manifest: so it is never left out."""
        if loaded.manifest is None or loaded.published.changes is None:
            return
        if month_of(loaded.manifest.generated_at) < month_of(manifest.generated_at):
            log = loaded.published.changes.events
            archive(self._store, log, source=self._source, prefix=self._prefix, until=month_of(manifest.generated_at))

    def _follow(self, manifest: Manifest) -> bool:
        """Rewrite the fixed names that are not what a manifest says; tell whether there were any."""
        wrote = False
        for name, entry in manifest.documents.items():
            key = self._at(keys.document_key(self._source, name))
            stored = self._store.get(key)
            if stored is None or sha256_of(stored.body) != entry.sha256:
                self._store.put(key, self._immutable(entry), headers=MOVING)
                wrote = True
        return wrote

    def _restore(self, loaded: Loaded, manifest: Manifest, *, now: datetime) -> None:
        """Write again what is missing of the set that stands, and what is so old that a store may soon delete it."""
        kept = set(self._store.list(self._at(keys.all_sets_prefix(self._source))))
        for name in sorted(loaded.unread):
            if self._at(manifest.documents[name].key) not in kept:
                loaded = self.read_also(loaded, name)
        for name, document in loaded.published.by_name().items():
            entry, body = manifest.documents[name], encode(document)
            if sha256_of(body) != entry.sha256:
                continue  # an older version wrote other bytes for it; its immutable copy is all there is
            if self._at(entry.key) not in kept:
                self._put_immutable(entry.key, body)
            elif now - document.generated_at >= RENEWED_AFTER:
                self._store.put(self._at(entry.key), body, headers=IMMUTABLE)
        if self._at(keys.set_key(self._source, manifest.generation, keys.MANIFEST)) not in kept and not is_whole(
            manifest
        ):
            self._keep(manifest)

    def _keep(self, manifest: Manifest) -> None:
        """Write a set's own copy of its manifest."""
        self._put_immutable(keys.set_key(self._source, manifest.generation, keys.MANIFEST), encode(manifest))

    def _put_conditionally(self, key: str, body: bytes, etag: str | None) -> None:
        """Write over the object that was read; None means that there was none."""
        self._store.put(self._at(key), body, headers=MOVING, if_absent=etag is None, if_match=etag)

    def _put_immutable(self, key: str, body: bytes) -> None:
        """Write once; the same bytes twice are fine, other bytes mean that the generation is taken."""
        try:
            self._store.put(self._at(key), body, headers=IMMUTABLE, if_absent=True)
        except PreconditionFailedError:
            stored = self._store.get(self._at(key))
            if stored is None or stored.body != body:
                raise
