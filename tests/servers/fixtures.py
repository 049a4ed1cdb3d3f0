"""The servers as fixtures, one of each for a whole test session.

Where a server's program is not installed, the tests that ask for it are skipped and say what is missing; with
`MODELSYNC_REQUIRE_SERVERS=1` they fail. A server that is installed and does not start fails them in any case.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final, TypeVar

import pytest

from tests.servers.ceph import Ceph
from tests.servers.endpoint import Certificate, new_certificate
from tests.servers.ministack import Ministack
from tests.servers.processes import ProgramMissingError
from tests.servers.r2_proxy import R2Proxy

Server = TypeVar("Server")

REQUIRE_SERVERS: Final = "MODELSYNC_REQUIRE_SERVERS"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """What the proxies show their clients."""
    return new_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceph]:
    """A Ceph RADOS Gateway."""
    with started(Ceph(tmp_path_factory.mktemp("ceph"))) as server:
        yield server


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    """Many of AWS' services."""
    with started(Ministack(tmp_path_factory.mktemp("ministack"))) as server:
        yield server


@pytest.fixture(scope="session")
def r2(ministack: Ministack, certificate: Certificate) -> Iterator[R2Proxy]:
    """Cloudflare R2's refusals and limits, in front of ministack, which takes ETags in quotes as R2 does."""
    with R2Proxy(ministack.s3, certificate=certificate) as server:
        yield server


@pytest.fixture(scope="session")
def hurried_r2(ministack: Ministack, certificate: Certificate) -> Iterator[R2Proxy]:
    """The same with seconds that last a fiftieth, for tests that write one key again and again."""
    with R2Proxy(ministack.s3, certificate=certificate, second=0.02) as server:
        yield server


@contextmanager
def started(server: AbstractContextManager[Server]) -> Iterator[Server]:
    """Run a server for the block; where its program is not installed, the test is skipped or fails."""
    with ExitStack() as running:
        try:
            ready = running.enter_context(server)
        except ProgramMissingError as missing:
            if os.environ.get(REQUIRE_SERVERS) == "1":
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
        yield ready
