"""Whether a store holds what it says it holds.

Every generation's documents are there with the bytes of its manifest and can be read strictly; the fixed names are
those of the newest; raw bodies that documents name are there with their digests; the log and the documents agree;
and the laws hold (`pipeline.laws`). Every problem is told, not only the first. Nothing is mended and nothing is
written: the next run repairs what a stopped one left.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from modelsync.catalog import keys
from modelsync.catalog.documents import (
    DOCUMENTS,
    Document,
    Manifest,
    ManifestEntry,
    Source,
    Status,
    decode,
)
from modelsync.catalog.events import Event
from modelsync.catalog.model_info import Published
from modelsync.catalog.published_set import PublishedSet
from modelsync.errors import CorruptDocumentError, NotFoundError
from modelsync.pipeline.laws import violations
from modelsync.pipeline.refresh import census_of
from modelsync.shell.publishing.history import by_month, month_of, read_history, whole_log
from modelsync.shell.running.inputs import load_bound
from modelsync.shell.running.runtime import Runtime

KEPT_FOR: Final = timedelta(days=90)
"""What is older may have been deleted by the rules of a store."""

D = TypeVar("D", bound=Published)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what is wrong: one sentence each, () where nothing is."""

    generation: int
    generations: int
    """How many are still kept whole."""
    documents: int
    snapshots: int
    """Raw bodies that documents name."""
    events: int
    problems: tuple[str, ...]


def verify(runtime: Runtime) -> Verification:
    """Check a whole store; raises NotFoundError where nothing is published, OverridesError and StoreError."""
    inspector = _Inspector(runtime)
    manifest = inspector.standing_manifest()
    if manifest is None:
        raise NotFoundError("verify: nothing is published in this store yet; run `syncmodels all` first")
    inspector.check_older_manifests(manifest)
    published = inspector.check_standing_set(manifest)
    status = inspector.check_status(manifest)
    inspector.check_snapshots()
    log = inspector.check_log(manifest, published)
    inspector.check_laws(published, log, status)
    return Verification(
        generation=manifest.generation,
        generations=inspector.generations,
        documents=len(inspector.documents),
        snapshots=len(inspector.sources),
        events=len(log),
        problems=tuple(dict.fromkeys(inspector.problems)),
    )


class _Inspector:
    """One walk through one store, with what it has seen and what it has to complain about."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._source = runtime.source.name
        self.problems: list[str] = []
        self.generations = 0
        self._newest = datetime.max.replace(tzinfo=UTC)
        self.documents: dict[str, str] = {}
        """Digests of the immutable documents that some manifest names, by key."""
        self.sources: dict[str, str] = {}
        """Digests of the raw bodies that documents name, by key."""

    def standing_manifest(self) -> Manifest | None:
        key = keys.document_key(self._source, keys.MANIFEST)
        body = self._body(key)
        if body is None:
            return None
        manifest = self._decoded(Manifest, key, body)
        if manifest is None:
            raise CorruptDocumentError(key, "it is no manifest, so that nothing else can be checked")
        self._newest = manifest.generated_at
        copy = keys.set_key(self._source, manifest.generation, keys.MANIFEST)
        if self._body(copy) not in (None, body):
            self._complain(copy, "it is not the manifest that stands")
        return manifest

    def check_older_manifests(self, standing: Manifest) -> None:
        """Every generation that is kept is whole, and none is newer than the one that stands."""
        for generation in self._runtime.repository.generations():
            key = keys.set_key(self._source, generation, keys.MANIFEST)
            manifest = self._older_manifest(key, generation)
            if manifest is None:
                continue
            self.generations += 1
            if generation != manifest.generation:
                self._complain(key, f"it is the manifest of generation {manifest.generation}")
            if generation > standing.generation:
                self._complain(key, f"it is newer than the manifest that stands, {standing.generation}")
            elif generation < standing.generation:
                self._check_set(key, manifest, again=False)

    def _older_manifest(self, key: str, generation: int) -> Manifest | None:
        try:
            return self._runtime.repository.older_manifest(generation)
        except CorruptDocumentError as error:
            self._complain(key, error.problem)
            return None

    def check_standing_set(self, manifest: Manifest) -> PublishedSet:
        """The newest generation is whole, under its immutable names and under the fixed ones."""
        name_of_manifest = keys.document_key(self._source, keys.MANIFEST)
        documents = self._check_set(name_of_manifest, manifest, again=True)
        for name, entry in manifest.documents.items():
            fixed = keys.document_key(self._source, name)
            body = self._body(fixed)
            if body is None:
                self._complain(fixed, "it is not there; the next run writes it again")
            elif _sha256(body) != entry.sha256:
                self._complain(fixed, f"expected sha256 {entry.sha256}, found {_sha256(body)}; the next run mends it")
        newest = max((entry.generation for entry in manifest.documents.values()), default=manifest.generation)
        if newest != manifest.generation:
            self._complain(name_of_manifest, f"generation: expected {newest}, the newest of its documents")
        published = PublishedSet().replacing(documents)
        if documents.keys() == manifest.documents.keys() and dict(manifest.counts) != published.counts():
            self._complain(name_of_manifest, f"counts: expected {published.counts()}, found {dict(manifest.counts)}")
        return published

    def check_status(self, manifest: Manifest) -> Status | None:
        """The heartbeat, if there is one, can be read and is of this store."""
        key = keys.document_key(self._source, keys.STATUS)
        body = self._body(key)
        status = None if body is None else self._decoded(Status, key, body)
        if status is not None and (status.last_attempt.generation or 0) > manifest.generation:
            self._complain(key, f"it tells of generation {status.last_attempt.generation}, which nobody published")
        if status is not None and status.held_feed is not None and status.held_feed.snapshot is not None:
            self.sources[status.held_feed.snapshot] = status.held_feed.sha256
        return status

    def check_snapshots(self) -> None:
        """Every raw body that a document names is there, byte for byte, unless it is so old that it may be deleted."""
        for key, sha256 in sorted(self.sources.items()):
            body = self._body(key)
            if body is None and self._newest - keys.snapshot_time(key) >= KEPT_FOR:
                continue
            if body is None:
                self._complain(key, "a document names it as its source and it is not there")
            elif _sha256(body) != sha256:
                self._complain(key, f"a document names it with sha256 {sha256}, found {_sha256(body)}")

    def check_log(self, manifest: Manifest, published: PublishedSet) -> tuple[Event, ...]:
        """The history can be read, goes forward, and ends before the manifest does."""
        try:
            archived = read_history(self._runtime.store, source=self._source, prefix=self._runtime.prefix)
        except CorruptDocumentError as error:
            self._complain(error.key.removeprefix(self._runtime.prefix), error.problem)
            archived = ()
        recent = published.changes.events if published.changes else ()
        self._check_archive(manifest, archived, recent)
        log = whole_log(archived, recent)
        generations = [event.generation for event in log]
        if generations != sorted(generations):
            self._complain(keys.history_prefix(self._source), "its events are not in the order of their generations")
        if generations and generations[-1] > manifest.generation:
            self._complain(keys.history_prefix(self._source), f"it tells of generation {generations[-1]}")
        return log

    def _check_archive(self, manifest: Manifest, archived: tuple[Event, ...], recent: tuple[Event, ...]) -> None:
        """The history tells everything once; of the month of the newest publish it does not know yet."""
        folder = keys.history_prefix(self._source)
        if len(set(map(repr, archived))) < len(archived):
            self._complain(folder, "it tells the same event twice")
        told = {event.generation for event in archived}
        ended = (event for month, event in by_month(recent) if month < month_of(manifest.generated_at))
        untold = {event.generation for event in ended} - told
        if untold:
            self._complain(folder, f"it does not tell of generation {min(untold)}; {len(untold)} are missing")

    def check_laws(self, published: PublishedSet, log: tuple[Event, ...], status: Status | None) -> None:
        """The set keeps the laws, as far as its documents could be read."""
        if published.current is None:
            return
        now = status.observed_at if status and status.observed_at else published.current.generated_at
        bindings = load_bound(self._runtime.repository, census_of(published), now=now)
        if bindings.unreadable is not None:
            self.problems.append(bindings.unreadable)
        overrides = self._runtime.read_overrides()
        decided = {each.id for each in overrides.tombstones} | {each.id for each in overrides.pins}
        self.problems += violations(
            published,
            log,
            now=now,
            curated_at=status.last_curated if status else None,
            excused=lambda model_id: model_id in decided or bindings.bound(model_id),
        )

    def _check_set(self, where: str, manifest: Manifest, *, again: bool) -> dict[str, Document]:
        """The documents of one generation that are as its manifest says; `again`: also those already looked at."""
        self._note_source(where, manifest.source)
        documents: dict[str, Document] = {}
        for name, entry in manifest.documents.items():
            if again or self.documents.get(entry.key) != entry.sha256:
                document = self._check_document(where, name, entry)
                documents |= {name: document} if document is not None else {}
            if entry.generation > manifest.generation:
                self._complain(where, f"{name}: generation {entry.generation} is newer than the manifest's")
        return documents

    def _check_document(self, where: str, name: str, entry: ManifestEntry) -> Document | None:
        if name not in keys.SET_DOCUMENTS or entry.key != keys.set_key(self._source, entry.generation, name):
            self._complain(where, f"{name}: {entry.key} is no key of a document of generation {entry.generation}")
            return None
        self.documents[entry.key] = entry.sha256
        body = self._body(entry.key)
        if body is None and self._has_expired(entry, where):
            return None
        if body is None:
            self._complain(entry.key, f"{where} names it and it is not there")
            return None
        if _sha256(body) != entry.sha256 or len(body) != entry.bytes:
            self._complain(
                entry.key,
                f"expected {entry.bytes} bytes with sha256 {entry.sha256}, found {len(body)} with {_sha256(body)}",
            )
            return None
        document = self._decoded(DOCUMENTS[name], entry.key, body)
        if not isinstance(document, Document):
            return None
        if document.generation != entry.generation:
            self._complain(entry.key, f"it says that it is of generation {document.generation}")
        self._note_source(entry.key, document.source)
        return document

    def _has_expired(self, entry: ManifestEntry, where: str) -> bool:
        """Whether a store's rules deleted it: of an older generation, and nothing of its own is kept any more."""
        own = keys.set_key(self._source, entry.generation, keys.MANIFEST)
        is_older = where != keys.document_key(self._source, keys.MANIFEST)
        return is_older and where != own and self._body(own) is None

    def _note_source(self, where: str, source: Source) -> None:
        if source.snapshot is not None and self.sources.setdefault(source.snapshot, source.sha256) != source.sha256:
            self._complain(where, f"it names {source.snapshot} with another sha256 than other documents do")

    def _body(self, key: str) -> bytes | None:
        stored = self._runtime.store.get(self._runtime.prefix + key)
        return None if stored is None else stored.body

    def _decoded(self, kind: type[D], key: str, body: bytes | None) -> D | None:
        if body is None:
            return None
        try:
            return decode(kind, body, key=key)
        except CorruptDocumentError as error:
            self._complain(key, error.problem)
            return None

    def _complain(self, key: str, problem: str) -> None:
        self.problems.append(f"{key}: {problem}")


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
