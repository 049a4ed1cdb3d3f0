"""The programs that read a catalog in other languages; where one is not installed, its tests say so and are skipped.

With `MODELSYNC_REQUIRE_SERVERS=1` they fail instead.
"""

import os
from collections.abc import Iterator

import pytest

from tests.examples.javascript import JavaScript, javascript
from tests.servers.fixtures import started


@pytest.fixture(scope="session")
def reader() -> Iterator[JavaScript]:
    """The JavaScript reader."""
    with started(javascript()) as process:
        yield process
