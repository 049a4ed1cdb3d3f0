"""Every kind of store that the suite of promises runs against: a name, and how to make a new and empty one.

A kind is a plain `MakeStore`: given a folder for whatever it keeps on the disk, it returns a store that nobody else
uses. A kind that needs a server starts it at its first store and shares it from then on.
"""

import itertools
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from moto import mock_aws

from modelsync.shell.storage.directory_store import DirectoryStore
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.s3_client import make_client
from modelsync.shell.storage.s3_profile import AWS, Credentials
from modelsync.shell.storage.s3_store import S3Store
from modelsync.shell.storage.stores import MemoryStore

MakeStore = Callable[[Path], ObjectStore]


def servers() -> Mapping[str, MakeStore]:
    """The kinds of stores, by the name that stands in a test's id."""
    return {"memory": memory_store, "folder": directory_store, "moto": moto_store}


def memory_store(_: Path) -> ObjectStore:
    return MemoryStore()


def directory_store(root: Path) -> ObjectStore:
    return DirectoryStore(root / "data", sync=lambda _: None)


def moto_store(_: Path) -> ObjectStore:
    """Part of a new bucket in the S3 that moto plays in this process."""
    bucket = f"bucket-{next(_NUMBERS)}"
    moto_client().create_bucket(Bucket=bucket)
    return S3Store(bucket, "catalog/", make_client=moto_client, profile=AWS)


@cache
def moto_client() -> Any:
    """A client of moto's S3, which from then on answers in this process whatever is sent to Amazon by botocore.

    The environment keeps its own credentials, and servers on the loopback interface are still reached.
    """
    mock_aws(config={"core": {"mock_credentials": False}}).start()
    return _OneAtATime(make_client(AWS, credentials=lambda: Credentials("testing", "testing")))


class _OneAtATime:
    """A client whose threads ask in turn: moto compares and writes in two steps, and drops what others still read."""

    def __init__(self, client: Any) -> None:
        self._client, self._lock = client, threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def alone(**request: Any) -> Any:
            with self._lock:
                return method(**request)

        return alone


_NUMBERS: Final = itertools.count(100)
