"""Law 5: aliases are unique; a kept model keeps its alias; an alias is never re-pointed to another model;
every change is in the history; overrides win; every alias ever published still resolves."""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.aliases import AliasAssignment, assign_aliases, derive_alias
from modelsync.catalog.model_ids import IdParts, ModelId, parse_model_id

VENDORS = ["a/", "b/", "~a/", ""]
SLUGS = ["m", "m-1", "m.1", "m-0324", "m-0905", "m-2024-05-13", "m-v1", "m-001", "m-free", "M", "n"]
VARIANTS = ["", ":free", ":batch"]
IDS = st.builds(
    lambda *pieces: ModelId("".join(pieces)),
    st.sampled_from(VENDORS),
    st.sampled_from(SLUGS),
    st.sampled_from(VARIANTS),
)
# The last two are the hashed aliases of a/m-0324 and b/m.
WORDS = st.sampled_from(["m", "n", "m-1", "m-free", "best", "cheap", "Not An Alias", "m-hfz", "m-1hk"])
ROUNDS = st.lists(
    st.tuples(st.sets(IDS, max_size=14), st.dictionaries(IDS, WORDS, max_size=4), st.integers()),
    min_size=1,
    max_size=6,
)
Round = tuple[set[ModelId], dict[ModelId, str], int]
Aliases = dict[ModelId, str]
Owners = dict[str, ModelId]


@dataclass
class History:
    """What the published documents remember after each refresh: last alias of every model, and old ones."""

    kept: dict[ModelId, str] = field(default_factory=dict)
    moved: dict[str, ModelId] = field(default_factory=dict)

    @property
    def reserved(self) -> dict[str, ModelId]:
        return {alias: each for each, alias in self.kept.items()} | self.moved

    def refresh(self, ids: set[ModelId], overrides: Mapping[ModelId, str], seed: int) -> AliasAssignment:
        result = assign_aliases(_shuffled(ids, seed), kept=self.kept, reserved=self.reserved, overrides=overrides)
        self.kept |= result.aliases
        self.moved |= {change.old_alias: change.model_id for change in result.changes}
        return result


def _shuffled(ids: set[ModelId], seed: int) -> list[IdParts]:
    models = [parse_model_id(each) for each in sorted(ids)]
    random.Random(seed).shuffle(models)
    return models


def replay(rounds: list[Round]) -> Iterator[tuple[Round, Aliases, Owners, AliasAssignment]]:
    """Each round with the aliases kept and reserved before it, and what came of it."""
    history = History()
    for each in rounds:
        kept, reserved = dict(history.kept), history.reserved
        yield each, kept, reserved, history.refresh(*each)


@given(ROUNDS)
def test_every_model_has_an_alias_that_nobody_else_has(rounds: list[Round]) -> None:
    for (ids, _, _), _, _, result in replay(rounds):
        assert result.aliases.keys() == ids
        assert len(set(result.aliases.values())) == len(ids)
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", alias) for alias in result.aliases.values())


@given(ROUNDS)
def test_a_new_alias_is_never_the_id_of_another_model(rounds: list[Round]) -> None:
    for _, kept, reserved, result in replay(rounds):
        everybody = {*result.aliases, *kept, *reserved.values()}
        for model_id, alias in result.aliases.items():
            if kept.get(model_id) != alias:
                assert alias not in everybody - {model_id}


@given(ROUNDS)
def test_a_kept_model_keeps_its_alias_unless_people_decide_otherwise(rounds: list[Round]) -> None:
    for (_, overrides, _), kept, _, result in replay(rounds):
        for model_id, alias in result.aliases.items():
            assert alias in (kept.get(model_id, alias), overrides.get(model_id))


@given(ROUNDS)
def test_an_alias_is_never_pointed_to_another_model(rounds: list[Round]) -> None:
    owners: dict[str, ModelId] = {}
    for _, _, _, result in replay(rounds):
        for model_id, alias in result.aliases.items():
            assert owners.setdefault(alias, model_id) == model_id


@given(ROUNDS)
def test_every_alias_ever_published_still_leads_to_its_model(rounds: list[Round]) -> None:
    history, published = History(), dict[str, ModelId]()
    for each in rounds:
        published |= {alias: model_id for model_id, alias in history.refresh(*each).aliases.items()}
        assert history.reserved == published


@given(ROUNDS)
def test_every_change_is_told(rounds: list[Round]) -> None:
    for _, kept, _, result in replay(rounds):
        told = {(change.model_id, change.old_alias, change.new_alias) for change in result.changes}
        assert told == {
            (each, kept[each], alias) for each, alias in result.aliases.items() if each in kept and kept[each] != alias
        }


@given(ROUNDS)
def test_an_override_wins_or_is_a_finding(rounds: list[Round]) -> None:
    for (ids, overrides, _), _, reserved, result in replay(rounds):
        for model_id in ids & overrides.keys():
            alias = overrides[model_id]
            applied = result.aliases[model_id] == alias
            told = any(finding.startswith(f"alias override of {model_id}: ") for finding in result.findings)
            assert applied or told
            others = [each for each, wanted in overrides.items() if wanted == alias and each != model_id]
            if alias in ("best", "cheap") and not others and reserved.get(alias, model_id) == model_id:
                assert applied
                assert not told


@given(ROUNDS, st.integers())
def test_the_order_of_the_feed_does_not_matter(rounds: list[Round], seed: int) -> None:
    for (ids, overrides, _), kept, reserved, result in replay(rounds):
        again = assign_aliases(
            _shuffled(ids, seed),
            kept=dict(reversed(kept.items())),
            reserved=dict(reversed(reserved.items())),
            overrides=dict(reversed(overrides.items())),
        )
        assert again == result
        assert list(again.aliases) == list(result.aliases)


@given(ROUNDS)
def test_a_second_run_over_the_same_world_changes_nothing(rounds: list[Round]) -> None:
    history = History()
    for each in rounds:
        first = history.refresh(*each)
        second = history.refresh(*each)
        assert (second.aliases, second.changes) == (first.aliases, ())


@given(ROUNDS)
def test_a_forgetful_caller_with_the_published_aliases_still_moves_none(rounds: list[Round]) -> None:
    """A model whose last alias was lost is named anew, but never with somebody else's word."""
    owners: dict[str, ModelId] = {}
    for ids, overrides, seed in rounds:
        result = assign_aliases(_shuffled(ids, seed), kept={}, reserved=dict(owners), overrides=overrides)
        for model_id, alias in result.aliases.items():
            assert owners.setdefault(alias, model_id) == model_id


@given(st.sets(IDS, min_size=1))
def test_the_plain_text_is_for_the_one_id_that_says_it(ids: set[ModelId]) -> None:
    models = [parse_model_id(each) for each in sorted(ids)]
    result = assign_aliases(models, kept={}, reserved={}, overrides={})
    for parts in models:
        text = derive_alias(parts)
        claimants = [each for each in models if derive_alias(each) == text]
        exact = [each for each in claimants if _spelled_plainly(each.id) == text]
        best = claimants if len(claimants) == 1 else exact
        plain = [each.id for each in claimants if result.aliases[each.id] == text]
        assert plain == [each.id for each in best if len(best) == 1 and text not in ids - {each.id}]


def _spelled_plainly(model_id: ModelId) -> str:
    return re.sub(r"[^a-z0-9]+", "-", model_id.rpartition("/")[2].lower())
