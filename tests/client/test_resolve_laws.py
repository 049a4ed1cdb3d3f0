"""What no catalog, no policy and no text can make the resolver do."""

import random
from decimal import Decimal
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.asked import User
from modelsync.client.catalog import Catalog
from modelsync.client.freshness import Freshness
from modelsync.client.resolving.resolution import SENTENCES, Outcome, Resolution
from modelsync.client.resolving.resolve import resolve
from tests.client.worlds import charges, documents, last_known, listed, losses, questions, texts

Question = tuple[str, dict[str, Any]]
Loss = tuple[dict[str, Any], Question]

NOT_OF_THE_LIST: Final = {Outcome.CUSTOM, Outcome.UNVERIFIED}
SUBSTITUTES: Final = {
    Outcome.RENAMED,
    Outcome.REDIRECTED,
    Outcome.KEPT,
    Outcome.VARIANT,
    Outcome.FAMILY,
    Outcome.LATEST,
    Outcome.AUTO,
}


def ask(world: dict[str, Any], question: Question) -> Resolution:
    text, arguments = question
    return resolve(Catalog.of(world), text, **arguments)


def was_free(world: dict[str, Any], question: Question) -> bool:
    """Whether the user of the model that is asked for pays nothing for it so far."""
    text, arguments = question
    if arguments["binding"] is not None and arguments["binding"].is_free is not None:
        return bool(arguments["binding"].is_free)
    record = {**last_known(world), **listed(world)}.get(text)
    return bool(record is not None and record["isFree"])


@given(documents(), questions(), st.randoms(use_true_random=False))
def test_equal_questions_have_equal_answers_whatever_the_order_of_the_list(
    world: dict[str, Any], question: Question, chance: random.Random
) -> None:
    mixed = {**world, "current": {**world["current"], "models": list(world["current"]["models"])}}
    chance.shuffle(mixed["current"]["models"])
    assert ask(mixed, question) == ask(world, question) == ask(world, question)


@given(documents(), questions())
def test_what_runs_is_listed_or_the_users_own_or_not_to_be_denied(world: dict[str, Any], question: Question) -> None:
    answer = ask(world, question)
    assert answer.id is None or answer.outcome in NOT_OF_THE_LIST or answer.id in listed(world)


@given(losses())
def test_what_replaces_a_model_is_active(loss: Loss) -> None:
    answer = ask(*loss)
    if answer.outcome in SUBSTITUTES:
        assert listed(loss[0])[str(answer.id)]["state"] == "active"


@given(documents(), questions())
def test_nobody_who_chose_a_free_model_pays_without_consent(world: dict[str, Any], question: Question) -> None:
    answer, arguments = ask(world, question), question[1]
    if arguments["binding"] is None or not arguments["binding"].is_free or answer.outcome in NOT_OF_THE_LIST:
        return
    if arguments["policy"].free_to_paid != "allow" and answer.id is not None:
        assert not charges(listed(world)[answer.id])


@given(losses())
def test_what_replaces_a_free_model_charges_nothing_but_for_its_sibling_by_consent(loss: Loss) -> None:
    world, question = loss
    answer = ask(world, question)
    if answer.outcome in SUBSTITUTES and was_free(world, question) and charges(listed(world)[str(answer.id)]):
        assert question[1]["policy"].free_to_paid == "allow"
        assert (answer.reason, answer.id) == ("paid_sibling", question[0].partition(":")[0])


@given(losses())
def test_no_substitute_costs_more_than_was_agreed(loss: Loss) -> None:
    answer, policy = ask(*loss), loss[1][1]["policy"]
    if answer.outcome not in SUBSTITUTES or not charges(listed(loss[0])[str(answer.id)]):
        return
    if answer.price_before is None or answer.price_after is None:
        assert policy.unknown_price == "warn"
    elif answer.reason != "paid_sibling":
        assert Decimal(answer.price_after) <= Decimal(answer.price_before) * Decimal(policy.price_factor)
    if policy.price_cap is not None:
        assert Decimal(str(answer.price_after)) <= Decimal(policy.price_cap)


@given(losses())
def test_a_substitute_does_what_is_needed(loss: Loss) -> None:
    answer, needs = ask(*loss), loss[1][1]["needs"]
    if answer.outcome not in SUBSTITUTES:
        return
    record = listed(loss[0])[str(answer.id)]
    flags = {"tools": "supportsTools", "vision": "supportsVision", "structuredOutput": "structuredOutput"}
    does = {need for need, flag in flags.items() if record[flag]} | {"reasoning"}
    does -= {"reasoning"} if record["reasoning"] == "none" else set()
    assert (needs.abilities or frozenset()) <= does
    assert needs.context <= (record["maxContext"] or 0)


@given(documents(), questions())
def test_what_is_only_missing_for_a_while_is_not_replaced(world: dict[str, Any], question: Question) -> None:
    answer = ask(world, question)
    record = listed(world).get(answer.desired or "")
    if record is not None and record["state"] == "stale" and not question[1]["gone"]:
        assert answer.outcome not in SUBSTITUTES or answer.reason == "returned_late"


@given(losses())
def test_what_was_chosen_is_rewritten_only_by_a_rename_or_by_people(loss: Loss) -> None:
    world, question = loss
    answer = ask(world, question)
    if answer.outcome in SUBSTITUTES and answer.persist == "yes":
        assert answer.reason in {"override", "same_slug"}


@given(documents(), questions())
def test_nothing_is_kept_of_a_catalog_that_is_not_trusted(world: dict[str, Any], question: Question) -> None:
    answer = ask(world, question)
    if question[1]["gone"] or question[1]["freshness"] in {Freshness.OLD, Freshness.BUNDLED} or answer.id is None:
        assert answer.persist == "no"


@given(documents(), texts)
def test_part_of_a_name_never_binds(world: dict[str, Any], text: str) -> None:
    answer = resolve(Catalog.of(world), text)
    if answer.persist != "yes" or answer.outcome in SUBSTITUTES:
        return
    record = listed(world)[str(answer.id)]
    typed = text.strip(" \t\r\n").removeprefix("/").lower().replace("_", "-").removeprefix("openrouter/")
    typed = typed.removesuffix(":nitro")
    slug = f"{record['canonicalSlug']}:{record['variant']}" if record["variant"] else record["canonicalSlug"]
    names = {record["id"], record["alias"], slug, record["id"].removeprefix("openrouter/")}
    assert typed in names


@given(documents(), questions())
def test_a_suggestion_is_never_what_was_typed_and_never_twice(world: dict[str, Any], question: Question) -> None:
    answer = ask(world, question)
    ids = [each.id for each in answer.candidates]
    assert len(ids) == len(set(ids)) <= 10
    if answer.outcome is Outcome.NOT_FOUND:
        assert question[0].strip().lower() not in ids
        assert len(ids) <= 5


@given(documents(), questions())
def test_what_the_user_denied_neither_runs_nor_is_offered(world: dict[str, Any], question: Question) -> None:
    answer = ask(world, question)
    user: User = question[1]["user"]
    assert answer.id is None or user.permits(answer.id)
    assert all(user.permits(each.id) for each in answer.candidates)


@given(documents(), questions())
def test_redirects_are_followed_no_further_than_allowed(world: dict[str, Any], question: Question) -> None:
    assert ask(world, question).hops <= question[1]["policy"].max_hops


@given(documents(), questions())
def test_a_users_own_model_always_wins(world: dict[str, Any], question: Question) -> None:
    text, arguments = question
    user = User(custom_ids=frozenset({text.strip(" \t\r\n")}))
    answer = resolve(Catalog.of(world), text, **{**arguments, "user": user})
    assert (answer.outcome, answer.persist in {"yes", "no"}) == (Outcome.CUSTOM, True)


@given(documents(), questions())
def test_every_answer_says_why(world: dict[str, Any], question: Question) -> None:
    answer = ask(world, question)
    assert answer.reason in SENTENCES
    assert answer.steps
    assert (answer.confidence == "stopped") == (answer.id is None)
