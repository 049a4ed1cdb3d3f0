"""The front door, and what it costs to come through it."""

import subprocess
import sys
from pathlib import Path

import pytest

from modelsync.client.loading import World
from modelsync.client.opening import open_catalog
from modelsync.errors import UsageError
from tests.client.processes import REPOSITORY
from tests.client.published_sets import published, write_store
from tests.client.readers import Clock


def test_a_folder_opens_as_a_catalog_that_says_where_it_is_from(tmp_path: Path) -> None:
    store = write_store(tmp_path, published(generation=5))
    opened = open_catalog(str(store), world=World(clock=Clock()))
    assert opened.loaded.words() == "catalog generation 5, fresh (2 hours), from a folder"


def test_again_shows_what_was_published_since(tmp_path: Path) -> None:
    store = write_store(tmp_path, published(generation=5))
    opened = open_catalog(str(store), world=World(clock=Clock()))
    write_store(store, published(generation=6))
    assert (opened.loaded.generation, opened.again().loaded.generation) == (5, 6)


def test_an_age_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="found 'soon', expected a number and m, h or d"):
        open_catalog(max_age="soon")


def test_importing_the_client_loads_no_network_and_no_third_party() -> None:
    heavy = {
        "ssl",
        "http",
        "socket",
        "urllib.request",
        "subprocess",
        "asyncio",
        "email",
        "dataclasses",
        "fcntl",
        "random",
    }
    script = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY / 'shared')!r}); import modelsync.client.loading; "
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_warm_open_loads_no_network(tmp_path: Path) -> None:
    store = write_store(tmp_path, published(generation=5))
    script = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY / 'shared')!r}); "
        f"from modelsync.client.opening import open_catalog; open_catalog({str(store)!r}); "
        "print(sorted({'ssl', 'http.client', 'socket', 'urllib.request'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
