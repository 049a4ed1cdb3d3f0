"""The readers on what a pipeline publishes of recorded lists: JavaScript says what Python says, sh what is certain."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from modelsync.client.catalog import Catalog
from tests.client.loopback import Loopback, loopback
from tests.examples.javascript import JavaScript, parts_in_python, python_answer
from tests.examples.shell import Shell

NAMES: Final = ("manifest", "current", "curated", "deprecations")


@pytest.fixture(scope="module")
def catalog(recorded: Mapping[str, bytes]) -> Catalog:
    """What Python reads."""
    return Catalog.of({name: json.loads(recorded[f"openrouter/{name}.json"]) for name in NAMES})


@pytest.fixture(scope="module")
def server(recorded: Mapping[str, bytes]) -> Iterator[Loopback]:
    """What the others read."""
    with loopback() as running:
        running.publish(recorded)
        yield running


@pytest.fixture(scope="module")
def opened(reader: JavaScript, server: Loopback) -> JavaScript:
    """A JavaScript reader that has opened the catalog."""
    assert reader.ask({"open": server.url, "kept": {}})["status"] == "changed"
    return reader


def stones(recorded: Mapping[str, bytes]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(recorded["openrouter/deprecations.json"])["tombstones"]
    return found


def differing(reader: JavaScript, catalog: Catalog, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions to which both languages do not give the same answer."""
    return [each for each in questions if reader.ask(each) != python_answer(catalog, each)]


HEADLESS: Final = {"mode": "headless", "auto": "tiered"}


def test_ids_and_aliases_mean_the_same(opened: JavaScript, catalog: Catalog) -> None:
    names = [name for model in catalog.models() for name in (model.id, model.alias, model.slug) if name is not None]
    assert len(names) > 1000
    assert differing(opened, catalog, [{"text": name} for name in names]) == []


def test_ids_say_the_same_and_have_the_same_place(opened: JavaScript, catalog: Catalog) -> None:
    for model in catalog.models():
        said = {"parts": parts_in_python(model.id), "place": catalog.place(model.id)}
        assert opened.ask({"read": model.id}) == said


def test_models_that_are_gone_are_replaced_by_the_same(
    opened: JavaScript, catalog: Catalog, recorded: Mapping[str, bytes]
) -> None:
    names = [name for each in stones(recorded) for name in (each["id"], each["lastKnown"]["alias"])]
    assert len(names) == 74
    policies = [{}, HEADLESS, {"freeToPaid": "allow"}, {"priceFactor": "100", "unknownPrice": "warn"}]
    assert differing(opened, catalog, [{"text": name, "policy": each} for name in names for each in policies]) == []


def test_models_that_nobody_serves_are_replaced_by_the_same(opened: JavaScript, catalog: Catalog) -> None:
    ids = [model.id for model in catalog.models()]
    assert differing(opened, catalog, [{"text": each, "gone": True} for each in ids]) == []


def test_models_that_were_never_listed_are_replaced_by_the_same(opened: JavaScript, catalog: Catalog) -> None:
    bound = {"boundAt": "2026-05-01T00:00:00Z", "blendedPrice": "1", "isFree": False}
    ids = [f"{model.id.partition(':')[0]}{end}" for model in catalog.models() for end in ("-next", "-9:free")]
    questions = [{"text": each, "binding": {"desired": each, **bound}} for each in ids]
    assert differing(opened, catalog, questions) == []


def test_what_was_mistyped_is_understood_alike(opened: JavaScript, catalog: Catalog) -> None:
    ids = [model.id for model in catalog.models()]
    mistyped = [each[:at] + each[at + 1 :] for each in ids[::8] for at in (3, len(each) - 2)]
    words = sorted({word for each in ids for word in each.replace("/", " ").replace("-", " ").split()})
    slips = [slip for word in words[::3] for slip in (word[:1] + word[2:], word[:-2] + word[-1:] + word[-2:-1])]
    texts = [text for text in (*mistyped, *words[::4], *slips) if text]
    assert len(texts) > 300
    assert differing(opened, catalog, [{"text": each} for each in texts]) == []


@pytest.fixture(scope="module")
def shell(sh: list[str], server: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell reader that has fetched the catalog."""
    shell = Shell(tmp_path_factory.mktemp("recorded") / "cache", command=sh, url=server.url)
    assert shell("refresh") == (0, "changed: generation 3\n", "")
    return shell


def test_ids_and_aliases_mean_the_same_in_the_shell(shell: Shell, catalog: Catalog) -> None:
    for model in list(catalog.models())[::50]:
        assert [shell("resolve", name).out for name in (model.id.upper(), model.alias)] == [f"{model.id}\n"] * 2


def test_the_shell_leads_nobody_where_python_does_not(
    shell: Shell, catalog: Catalog, recorded: Mapping[str, bytes]
) -> None:
    policy = {"mode": "headless", "freeToPaid": "never", "auto": "never"}
    gone = [each["id"] for each in stones(recorded)]
    led = {each: ran.out for each in gone if (ran := shell("resolve", each)).code != 5}
    assert led == {each: f"{python_answer(catalog, {'text': each, 'policy': policy})['id']}\n" for each in led}
    assert (len(gone), len(led)) == (37, 4)
