"""The static page against a server on this machine, in as much of a browser as it needs."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.client.loopback import loopback
from tests.client.published_sets import objects
from tests.client.records import a_record
from tests.examples.javascript import FOLDER
from tests.servers.fixtures import started
from tests.servers.processes import program

PAGE: Final = FOLDER / "page.html"
BROWSER: Final = Path(__file__).with_name("page.mjs")
HOSTILE: Final = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def node() -> str:
    """Where Node is."""
    with started(found_node()) as path:
        return path


@contextmanager
def found_node() -> Iterator[str]:
    yield program("node", package="Debian's nodejs")


def catalog() -> Mapping[str, bytes]:
    dearer = {"perUnit": {}, "overrides": [{"minPromptTokens": 1}], "raw": {}}
    one = a_record("acme/one", alias=HOSTILE, cost="$1.00 / $2.00", pricing=dearer)
    two = a_record("acme/two", alias="two", cost="free")
    chat = {"models": [{"id": "acme/two"}, {"id": "acme/one"}, {"id": "acme/unlisted"}]}
    shortlist = {"models": [], "buckets": {"chat": chat}, "autoTargets": {}}
    return objects({"current": {"models": [one, two]}, "curated": shortlist})


def shown(node: str, found: Mapping[str, bytes]) -> dict[str, Any]:
    """What the page holds once its script has run."""
    with loopback() as server:
        server.publish(found)
        command = [node, str(BROWSER), str(PAGE), server.url.removesuffix("/models")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    page: dict[str, Any] = json.loads(done.stdout)
    return page


def test_the_page_lists_the_shortlist_with_its_prices_as_text(node: str) -> None:
    page = shown(node, catalog())
    heading, table = page["main"]["children"]
    rows = [[cell["textContent"] for cell in row["children"]] for row in table["children"]]
    assert (heading["name"], heading["textContent"]) == ("h2", "chat")
    assert rows == [["two", "acme/two", "free"], [HOSTILE, "acme/one", "$1.00 / $2.00+"]]
    assert page["status"] == "Generation 7, 2026-08-08T18:42:00Z"


def test_the_page_says_so_where_there_is_no_catalog(node: str) -> None:
    page = shown(node, {})
    assert page["main"]["children"] == []
    assert page["status"] == "There is no catalog to show: openrouter/manifest.json: found status 404, not 200"


def test_the_page_takes_no_text_as_html_and_loads_nothing_from_elsewhere() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [
        word for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval") if word in text
    ] == []
    assert "://" not in text
