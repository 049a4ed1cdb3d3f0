"""Recorded feeds, run again into a folder and into a real server, and what both hold then."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from modelsync.shell.running.replay import Snapshot, Summary, replay, summarise
from modelsync.shell.running.runtime import build_runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.directory_store import DirectoryStore
from modelsync.shell.storage.object_store import ObjectStore
from tests.promises import body_of
from tests.servers.buckets import store_in
from tests.servers.endpoint import Endpoint
from tests.servers.faulty_proxy import FaultyProxy


@dataclass(frozen=True)
class Replayed:
    """One replay: what it came to, how long it took, and the store behind it."""

    summary: Summary
    seconds: float
    store: ObjectStore

    @property
    def bodies(self) -> dict[str, bytes]:
        """Every object of the store."""
        return {key: body_of(self.store, key) for key in self.store.list()}


def replayed(snapshots: tuple[Snapshot, ...], store: ObjectStore) -> Replayed:
    """Run the snapshots into an empty store, as `syncmodels replay` does."""
    runtime = replace(build_runtime(Settings()), store=store, check_store=lambda: None)
    started = time.perf_counter()
    summary = summarise(replay(runtime, snapshots))
    return Replayed(summary, time.perf_counter() - started, store)


def replayed_into_folder(snapshots: tuple[Snapshot, ...], folder: Path) -> Replayed:
    """The same into a folder, every write of which is flushed to the disk."""
    return replayed(snapshots, DirectoryStore(folder))


def replayed_into(endpoint: Endpoint, snapshots: tuple[Snapshot, ...]) -> Replayed:
    """The same into a new bucket."""
    return replayed(snapshots, store_in(endpoint, endpoint.new_bucket(), "catalog/"))


def requests_of(endpoint: Endpoint, snapshots: tuple[Snapshot, ...]) -> dict[str, int]:
    """How many requests of each method such a replay sends, counted on the way to a server."""
    with FaultyProxy(endpoint) as proxy, proxy.watching() as watched:
        replayed(snapshots, store_in(proxy.s3, endpoint.new_bucket(), "catalog/"))
    methods = [request.method for request in watched.requests]
    return {method: methods.count(method) for method in sorted(set(methods))}
