"""The front door, and what it costs to come through it."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import modelsync.client
from modelsync.client import Filter
from modelsync.client.freshness import Freshness
from modelsync.client.opening import Opened, open_catalog
from modelsync.client.reading.loading import World
from modelsync.errors import NotFoundError, UsageError
from tests.client.loopback import loopback
from tests.client.processes import REPOSITORY
from tests.client.published_sets import PUBLISHED_AT, objects, published, write_store
from tests.client.readers import Clock, reader
from tests.client.records import a_record
from tests.reader.shelf import published as shelf_published


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
        "pathlib",
        "hashlib",
        "urllib.parse",
        "threading",
    }
    script = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY / 'shared')!r}); import modelsync.client.reading.loading; "
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


NOT_FOR_ONE_NAME = {
    *("ssl", "http", "socket", "subprocess", "asyncio", "dataclasses", "fcntl", "random"),
    *("pathlib", "hashlib", "_hashlib", "urllib", "ipaddress", "threading", "unicodedata", "decimal"),
    *("modelsync.client.spelling", "modelsync.client.reading.refresh", "modelsync.client.reading.transport"),
}
"""What a start that finds its kept set, and is asked one name, has no use for."""


def test_a_name_of_a_kept_catalog_is_resolved_without_what_only_others_need(tmp_path: Path) -> None:
    with loopback() as server:
        server.publish(objects({"current": {"models": [a_record("acme/large")]}}))
        reader(server.url, tmp_path, clock=Clock(datetime.now(UTC))).load()
    script = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY / 'shared')!r}); "
        "from modelsync.client import open_catalog; "
        f"opened = open_catalog({server.url!r}, cache_dir={str(tmp_path / 'cache')!r}); "
        "print(opened.resolve('large').id, opened.loaded.origin); "
        f"print(sorted({NOT_FOR_ONE_NAME} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("acme/large cache\n[]\n", "")


def test_a_warm_open_loads_no_network(tmp_path: Path) -> None:
    store = write_store(tmp_path, published(generation=5))
    script = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY / 'shared')!r}); "
        f"from modelsync.client.opening import open_catalog; open_catalog({str(store)!r}); "
        "print(sorted({'ssl', 'http.client', 'socket', 'urllib.request'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.fixture
def shelf(tmp_path: Path) -> Opened:
    return open_catalog(str(shelf_published(tmp_path)))


@pytest.mark.parametrize("name", modelsync.client.__all__)
def test_the_package_hands_on_its_door_and_the_words_for_it(name: str) -> None:
    assert getattr(modelsync.client, name).__name__ == name


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'shut_catalog'"):
        _ = modelsync.client.shut_catalog


def test_a_model_is_had_by_its_id_or_its_alias_and_by_no_part_of_them(shelf: Opened) -> None:
    names = ("acme/large", "Acme/Large", "large", "LARGE")
    assert {shelf.model(each).id for each in names} == {"acme/large"}
    assert shelf.get("large") is None
    with pytest.raises(NotFoundError, match="found no model 'larg', expected an id or an alias; resolve it first"):
        shelf.model("larg")


def test_questions_about_a_model_take_its_alias(shelf: Opened) -> None:
    assert shelf.compare(["large", "small"]).columns == ("acme/large", "acme/small")
    assert shelf.check_switch("large", now=PUBLISHED_AT).target == "acme/large"
    assert shelf.estimate("large", prompt=8000, completion=1000).text == "$0.026"


def test_a_search_takes_a_filter(shelf: Opened) -> None:
    found = shelf.search(filters=Filter(free=True), limit=1)
    assert [seen.id for seen in found.items] == ["acme/small:free"]


def test_every_question_can_be_asked_at_the_door(shelf: Opened) -> None:
    assert shelf.resolve("large").id == "acme/large"
    assert [seen.id for seen in shelf.search("small").items] == ["acme/small", "acme/small:free"]
    assert [pick.seen.id for pick in shelf.shortlist("coding")[0].items] == ["acme/large"]
    assert shelf.compare(["acme/large", "acme/small"]).columns == ("acme/large", "acme/small")
    assert shelf.explain("acme/large", "tools").source == "api"
    assert [option.backend for option in shelf.backends("acme/large")] == ["gateway", "openrouter", "anthropic"]
    assert shelf.estimate("acme/large", prompt=8000, completion=1000).text == "$0.026"
    assert shelf.check_switch("acme/large", now=PUBLISHED_AT).target == "acme/large"
    assert [change.kind for change in shelf.changes().items] == ["added", "deprecated", "price"]


def test_a_question_about_a_model_that_is_not_listed_is_refused(shelf: Opened) -> None:
    with pytest.raises(NotFoundError, match="found no model 'acme/none', expected an id or an alias; resolve it first"):
        shelf.estimate("acme/none", prompt=1, completion=1)


def test_an_answer_knows_how_old_the_catalog_is(shelf: Opened) -> None:
    old = shelf._replace(loaded=shelf.loaded._replace(freshness=Freshness.OLD))
    assert old.resolve("acme/large").persist == "no"
