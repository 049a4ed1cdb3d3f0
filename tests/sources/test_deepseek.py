"""DeepSeek's list knows ids; the recorded one is read whole."""

import gzip
from pathlib import Path

import pytest

from modelsync.catalog.model_ids import lineage
from modelsync.sources.deepseek import deepseek


def test_the_list_is_asked_for_at_deepseeks_own_address() -> None:
    assert (deepseek().name, deepseek().url) == ("deepseek", "https://api.deepseek.com/models")


def test_a_bare_name_is_deepseeks() -> None:
    (model,) = deepseek().parse(b'{"data":[{"id":"deepseek-chat"}]}').models
    assert (model.parts.id, model.parts.vendor, model.parts.slug) == ("deepseek-chat", "deepseek", "deepseek-chat")
    assert lineage(model.parts) == ("deepseek/deepseek", "deepseek/deepseek")


@pytest.mark.parametrize("name", ["deepseek-models-20250322T1107Z.json.gz", "deepseek-models-20260210T0945Z.json.gz"])
def test_a_recorded_list_is_read_whole(name: str, recorded_feeds: Path) -> None:
    path = recorded_feeds / "extra" / name
    if not path.is_file():
        pytest.skip(f"no {name} among the recorded feeds")
    feed = deepseek().parse(gzip.decompress(path.read_bytes()))
    assert [str(model.id) for model in feed.models] == ["deepseek-chat", "deepseek-reasoner"]
    assert (feed.set_aside, feed.findings) == ((), ())
