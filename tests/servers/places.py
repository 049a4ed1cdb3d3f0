"""Every kind of place that a catalog can be published to, for suites that run on each of them.

A place is opened anew by every job, as every process would; what one has written, all others see. No two places
share an object. The real servers start at the first place that is asked for on them.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from modelsync.shell.storage.directory_store import DirectoryStore
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from tests.servers.buckets import store_in
from tests.servers.ceph import Ceph
from tests.servers.endpoint import Endpoint
from tests.servers.ministack import Ministack
from tests.servers.r2_proxy import R2Proxy
from tests.stores_under_test import MakeStore, servers

SERVERS: Final = ("ceph", "ministack", "r2")
KINDS: Final = ("memory", "folder", *SERVERS)

KINDS_OF_STORES: Final = (*servers(), "ceph", "ministack", "hurried_r2")
"""For the suites of promises, which write one key many times."""


@dataclass(frozen=True)
class Place:
    """Where a catalog is published."""

    open: Callable[[], ObjectStore]
    endpoint: Endpoint | None = None
    """None where there is no server."""

    @property
    def puts_off(self) -> bool:
        """Whether its server takes so few writes of one key that a run may give up where there are many."""
        return self.endpoint is not None and self.endpoint.profile == "r2"


def new_place(kind: str, request: pytest.FixtureRequest, *, folder: Path) -> Place:
    """An empty place; `folder` is for what it keeps on the disk."""
    if kind == "memory":
        store = MemoryStore()
        return Place(lambda: store)
    if kind == "folder":
        return Place(lambda: DirectoryStore(folder / "data", sync=lambda _: None))
    endpoint = endpoint_of(kind, request)
    prefix = f"{next(_NUMBERS)}/"
    return Place(lambda: store_in(endpoint, bucket_at(endpoint), prefix), endpoint)


def maker_of(kind: str, request: pytest.FixtureRequest) -> MakeStore:
    """How to make a new and empty store of one of KINDS_OF_STORES."""
    if kind in servers():
        return servers()[kind]
    endpoint = endpoint_of(kind, request)
    return lambda _: store_in(endpoint, bucket_at(endpoint), f"{next(_NUMBERS)}/")


def endpoint_of(kind: str, request: pytest.FixtureRequest) -> Endpoint:
    """The server of that kind, started where it does not run yet."""
    running = request.getfixturevalue(kind)
    if isinstance(running, Ceph):
        return running.over_tls
    assert isinstance(running, Ministack | R2Proxy)
    return running.s3


def bucket_at(endpoint: Endpoint) -> str:
    """The one bucket that all tests share on a server, each below prefixes of its own."""
    if endpoint not in _BUCKETS:
        _BUCKETS[endpoint] = endpoint.new_bucket()
    return _BUCKETS[endpoint]


_BUCKETS: dict[Endpoint, str] = {}
_NUMBERS: Final = itertools.count(1)
