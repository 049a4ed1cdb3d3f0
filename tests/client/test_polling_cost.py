"""What a poll costs on the wire, headers and all."""

from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import pytest

from tests.client.loopback import Exchange, Loopback, loopback, serve
from tests.client.published_sets import MANIFEST_PATH, published
from tests.client.readers import reader

MOST_BYTES = 3 * 1024


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as found:
        found.publish(published())
        yield found


class Counted(BufferedIOBase):
    """A line that counts what is written to it."""

    def __init__(self, line: BufferedIOBase, counts: list[int]) -> None:
        self._line, self._counts = line, counts

    def write(self, content: Any, /) -> int:
        self._counts.append(len(content))
        return self._line.write(content)


def test_an_unchanged_catalog_costs_one_conditional_request_of_a_few_bytes(server: Loopback, tmp_path: Path) -> None:
    counts: list[int] = []

    def counting(exchange: Exchange) -> None:
        counts.append(len(exchange.requestline) + len("\r\n") + len(exchange.headers.as_bytes()))
        exchange.wfile = Counted(exchange.wfile, counts)
        serve(exchange)

    loader = reader(server.url, tmp_path)
    loader.load()
    server.asked.clear()
    server.misbehave(MANIFEST_PATH, counting)
    assert loader.refresh().status == "unchanged"
    [asked] = server.asked
    assert asked.if_none_match is not None
    assert asked.if_none_match.startswith('W/"')
    assert asked.if_none_match.endswith('--gzip;x=1"')
    assert 100 < sum(counts) <= MOST_BYTES
