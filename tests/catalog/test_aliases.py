"""Aliases are derived from ids, assigned over a set, kept, and never moved."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from modelsync.catalog.aliases import AliasAssignment, AliasMove, assign_aliases, derive_alias
from modelsync.catalog.model_ids import ModelId, parse_model_id

REFUSED = "not applied, choose another alias"


def assign(
    *ids: str,
    kept: Mapping[str, str] | Mapping[ModelId, str] | None = None,
    reserved: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> AliasAssignment:
    """Assign with plain strings; every kept alias counts as published."""
    known = {ModelId(each): alias for each, alias in (kept or {}).items()}
    return assign_aliases(
        [parse_model_id(each) for each in ids],
        kept=known,
        reserved={alias: each for each, alias in known.items()}
        | {alias: ModelId(each) for alias, each in (reserved or {}).items()},
        overrides={ModelId(each): alias for each, alias in (overrides or {}).items()},
    )


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("qwen/qwen3-coder", "qwen3-coder"),
        ("qwen/qwen3-coder:free", "qwen3-coder-free"),
        ("openai/gpt-5.5:batch", "gpt-5-5-batch"),
        ("~anthropic/claude-opus-latest", "claude-opus-latest"),
        ("anthropic/claude-3-5-haiku-20241022", "claude-3-5-haiku"),
        ("openai/gpt-4o-2024-05-13", "gpt-4o"),
        ("google/gemini-2.5-pro-preview-05-06", "gemini-2-5-pro-preview"),
        ("cohere/command-r-08-2024", "command-r"),
        ("deepseek/deepseek-chat-v3-0324:free", "deepseek-chat-v3-free"),
        ("openai/gpt-4-1106-preview", "gpt-4-preview"),
        ("meta-llama/llama-3.1-405b", "llama-3-1-405b"),
        ("perplexity/r1-1776", "r1-1776"),
        ("google/gemini-2.0-flash-001", "gemini-2-0-flash"),
        ("amazon/nova-lite-v1", "nova-lite"),
        ("recraft/recraft-v4", "recraft-v4"),
        ("kwaipilot/kat-coder-pro-v2.5", "kat-coder-pro-v2-5"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic-claude-3-5-sonnet"),
        ("library/llama3:8b", "llama3-8b"),
        ("eleutherai/llemma_7b", "llemma-7b"),
        ("acme/Model__X+1@beta.", "model-x-1-beta"),
        ("accounts/fireworks/models/yi-large", "yi-large"),
        ("deepseek-chat", "deepseek-chat"),
    ],
)
def test_an_alias_is_the_slug_without_vendor_dates_and_revision_tags(text: str, alias: str) -> None:
    assert derive_alias(parse_model_id(text)) == alias


def test_the_id_that_says_the_text_has_it_and_the_dated_one_is_hashed() -> None:
    assert assign("openai/gpt-4o-2024-05-13", "openai/gpt-4o").aliases == {
        "openai/gpt-4o": "gpt-4o",
        "openai/gpt-4o-2024-05-13": "gpt-4o-0ry",
    }


def test_a_dated_model_alone_has_the_plain_text() -> None:
    assert assign("mistralai/devstral-2512").aliases == {"mistralai/devstral-2512": "devstral"}


def test_among_equals_nobody_wins() -> None:
    assert assign("reka/reka-edge", "rekaai/reka-edge").aliases == {
        "reka/reka-edge": "reka-edge-xf9",
        "rekaai/reka-edge": "reka-edge-xpu",
    }


def test_a_contested_text_is_not_for_the_latecomer_either() -> None:
    first = assign("openai/gpt-4o-2024-05-13", "openai/gpt-4o-2024-08-06").aliases
    later = assign("openai/gpt-4o-2024-11-20", kept=first).aliases
    assert later == {"openai/gpt-4o-2024-11-20": "gpt-4o-sx0"}


def test_a_contested_text_stays_free_for_the_id_that_says_it() -> None:
    first = assign("openai/gpt-4o-2024-05-13", "openai/gpt-4o-2024-08-06").aliases
    assert assign("openai/gpt-4o", kept=first).aliases == {"openai/gpt-4o": "gpt-4o"}


def test_a_kept_model_keeps_its_alias_when_a_better_claimant_comes() -> None:
    result = assign("acme/m-0324", "acme/m", kept={"acme/m-0324": "m"})
    assert result.aliases[ModelId("acme/m-0324")] == "m"
    assert result.aliases[ModelId("acme/m")].startswith("m-")
    assert result.changes == ()


def test_the_alias_of_a_model_that_is_gone_stays_with_it() -> None:
    assert assign("other/m", kept={"acme/m": "m"}).aliases != {"other/m": "m"}
    assert assign("other/m", reserved={"m": "acme/m"}).aliases != {"other/m": "m"}


def test_a_forgotten_model_that_returns_has_its_text_again() -> None:
    assert assign("acme/m", reserved={"m": "acme/m"}).aliases == {"acme/m": "m"}


def test_a_hash_that_is_taken_is_lengthened() -> None:
    gone = {"gpt-4o": "openai/gpt-4o", "gpt-4o-0ry": "x/y", "gpt-4o-0ryp": "x/z"}
    aliases = assign("openai/gpt-4o-2024-05-13", reserved=gone).aliases
    assert aliases == {"openai/gpt-4o-2024-05-13": "gpt-4o-0rypw"}


def test_of_two_digests_that_begin_alike_the_first_id_has_the_short_one() -> None:
    expected = {"v276/m": "m-tgh", "v302/m": "m-tghf"}
    assert assign("v276/m", "v302/m").aliases == expected
    assert assign("v302/m", "v276/m").aliases == expected


def test_an_alias_is_never_the_id_of_another_model() -> None:
    result = assign("deepseek/deepseek-chat", "deepseek-chat")
    assert result.aliases[ModelId("deepseek-chat")] != result.aliases[ModelId("deepseek/deepseek-chat")]
    assert result.aliases[ModelId("deepseek/deepseek-chat")] != "deepseek-chat"


def test_a_bare_id_may_be_its_own_alias() -> None:
    assert assign("deepseek-chat").aliases == {"deepseek-chat": "deepseek-chat"}


def test_an_earlier_alias_that_becomes_an_id_is_a_finding() -> None:
    result = assign("acme/m", "m", kept={"acme/m": "m"})
    assert result.aliases[ModelId("acme/m")] == "m"
    assert result.findings == ("alias 'm' of acme/m: another model has it as its id; give it another by an override",)


def test_an_override_names_a_new_model() -> None:
    assert assign("acme/m", overrides={"acme/m": "best"}).aliases == {"acme/m": "best"}


def test_an_override_renames_a_kept_model_and_the_change_is_told() -> None:
    result = assign("acme/m", kept={"acme/m": "m"}, overrides={"acme/m": "best"})
    assert result.aliases == {"acme/m": "best"}
    assert result.changes == (AliasMove(ModelId("acme/m"), "m", "best"),)


def test_an_override_that_is_gone_leaves_its_alias() -> None:
    result = assign("acme/m", kept={"acme/m": "best"}, reserved={"m": "acme/m"})
    assert (result.aliases, result.changes) == ({"acme/m": "best"}, ())


def test_an_override_may_take_back_an_earlier_alias_of_the_same_model() -> None:
    result = assign("acme/m", kept={"acme/m": "best"}, reserved={"m": "acme/m"}, overrides={"acme/m": "m"})
    assert result.aliases == {"acme/m": "m"}


@pytest.mark.parametrize("published", [{"kept": {"x/y": "best"}}, {"reserved": {"best": "x/y"}}])
def test_an_override_never_moves_an_alias_that_another_model_has_or_had(
    published: Mapping[str, Mapping[str, str]],
) -> None:
    kept = {"acme/m": "m"} | dict(published.get("kept", {}))
    result = assign("acme/m", kept=kept, reserved=published.get("reserved"), overrides={"acme/m": "best"})
    assert result.aliases == {"acme/m": "m"}
    assert result.findings == (f"alias override of acme/m: 'best' belongs to x/y, and an alias never moves; {REFUSED}",)


def test_two_overrides_to_one_alias_are_both_refused() -> None:
    result = assign("a/m", "b/n", overrides={"a/m": "best", "b/n": "best"})
    assert result.aliases == {"a/m": "m", "b/n": "n"}
    assert result.findings == (
        f"alias override of a/m: 'best' is what an override gives to another model; {REFUSED}",
        f"alias override of b/n: 'best' is what an override gives to another model; {REFUSED}",
    )


@pytest.mark.parametrize("alias", ["Best", "a--b", "-a", "a-", "a b", "", "a\n", "é"])
def test_an_override_that_is_no_alias_is_refused(alias: str) -> None:
    result = assign("acme/m", overrides={"acme/m": alias})
    assert result.aliases == {"acme/m": "m"}
    assert "is not made of a-z, 0-9 and single hyphens" in result.findings[0]


def test_an_override_to_the_id_of_another_model_is_refused() -> None:
    result = assign("acme/m", "deepseek-chat", overrides={"acme/m": "deepseek-chat"})
    assert result.aliases[ModelId("acme/m")] == "m"
    assert "is the id of another model" in result.findings[0]


def test_the_word_of_an_override_waits_for_its_model() -> None:
    assert assign("acme/best", overrides={"late/m": "best"}).aliases != {"acme/best": "best"}
    assert assign("acme/best", overrides={"late/m": "best"}).findings == ()


def test_a_damaged_history_never_yields_one_alias_twice() -> None:
    result = assign_aliases(
        [parse_model_id("a/m"), parse_model_id("b/m")],
        kept={ModelId("a/m"): "m", ModelId("b/m"): "m"},
        reserved={},
        overrides={},
    )
    assert result.aliases[ModelId("a/m")] == "m"
    assert [each.model_id for each in result.changes] == ["b/m"]


def test_aliases_are_in_the_order_of_the_ids() -> None:
    assert list(assign("b/n", "a/m", "c/o").aliases) == ["a/m", "b/n", "c/o"]


def test_recorded_histories_move_no_alias_and_hash_few(recorded_feeds: Path) -> None:
    series = {"": 15, "all-modalities": 14, "daily-2026h1": 16, "older": 49}
    for folder, hashed in series.items():
        kept: dict[ModelId, str] = {}
        reserved: dict[str, ModelId] = {}
        for ids in _recorded_ids(recorded_feeds / folder):
            models = [parse_model_id(each) for each in ids]
            result = assign_aliases(models, kept=kept, reserved=reserved, overrides={})
            assert (result.changes, result.findings) == ((), ())
            assert all(reserved.setdefault(alias, each) == each for each, alias in result.aliases.items())
            kept |= result.aliases
        assert sum(alias != derive_alias(parse_model_id(each)) for each, alias in kept.items()) == hashed


def _recorded_ids(folder: Path) -> Iterable[set[str]]:
    for path in sorted(folder.glob("openrouter-2*.json.gz")):
        feed = json.loads(gzip.decompress(path.read_bytes()))
        yield {record["id"] for record in (feed["data"] if isinstance(feed, dict) else feed)}
