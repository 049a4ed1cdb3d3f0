"""The readers in other languages, and a recorded catalog for them to read.

Where a program is not installed, the tests that need it say so and are skipped; with `MODELSYNC_REQUIRE_SERVERS=1`
they fail instead.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from modelsync.cli.main import main
from tests.examples.javascript import JavaScript, javascript
from tests.examples.shell import tools
from tests.servers.fixtures import started

RECORDED: Final = {
    "20260608T0111Z": "2026-06-08T01:11Z",
    "20260720T1948Z": "2026-07-20T19:48Z",
    "20260808T1842Z": "2026-08-08T18:42Z",
}
"""Three recorded lists and when they were fetched: what the second lacks of the first is gone for good by the third."""


@pytest.fixture(scope="session")
def reader() -> Iterator[JavaScript]:
    """The JavaScript reader."""
    with started(javascript()) as process:
        yield process


@pytest.fixture(scope="session")
def sh() -> Iterator[list[str]]:
    """The shell that every machine has, beside the programs that the shell reader asks for."""
    with started(tools()):
        yield ["sh"]


@pytest.fixture(scope="session")
def recorded(recorded_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """What a pipeline has published after the recorded lists, by key."""
    store = tmp_path_factory.mktemp("recorded")
    for name, now in RECORDED.items():
        feed = recorded_feeds / f"openrouter-{name}.json.gz"
        assert main(["all", "--accept", "--feed", str(feed), "--store", str(store), "--now", now]) == 0
    models = store / "models"
    return {path.relative_to(models).as_posix(): path.read_bytes() for path in models.rglob("*.json")}
