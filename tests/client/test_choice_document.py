"""Saved choices and terms as JSON: what was written is read again, and what is not of its shape is refused."""

import json
import re
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.asked import CAREFUL, Binding, Needs, Policy
from modelsync.client.own.choice_document import (
    binding_document,
    checked_scope,
    policy_document,
    read_binding,
    read_policy,
)
from modelsync.errors import UsageError
from tests.client.worlds import policies

CANARY: Final = "sk-canary0123456789"
BINDING: Final = Binding(
    desired="acme/gamma:free",
    bound_at="2026-08-08T18:42:00Z",
    alias_used="gamma-free",
    slug="acme/gamma",
    variant="free",
    blended_price="0",
    is_free=True,
    abilities=frozenset({"vision", "tools"}),
    context=200000,
    needs=Needs(abilities=frozenset({"tools"}), context=8000),
    effective="acme/delta:free",
    substituted_at="2026-08-09T00:00:00Z",
    backend="anthropic",
    used_on="2026-08-10",
)
DOCUMENT: Final[dict[str, Any]] = {
    "desired": "acme/gamma:free",
    "boundAt": "2026-08-08T18:42:00Z",
    "aliasUsed": "gamma-free",
    "slug": "acme/gamma",
    "variant": "free",
    "blendedPrice": "0",
    "isFree": True,
    "abilities": ["tools", "vision"],
    "context": 200000,
    "needs": {"abilities": ["tools"], "context": 8000},
    "effective": "acme/delta:free",
    "substitutedAt": "2026-08-09T00:00:00Z",
    "backend": "anthropic",
    "usedOn": "2026-08-10",
}


def test_a_choice_is_written_as_its_document() -> None:
    assert binding_document(BINDING) == DOCUMENT


def test_a_document_is_read_as_its_choice() -> None:
    assert read_binding("default", DOCUMENT) == BINDING


def test_what_is_not_known_of_a_choice_is_not_written() -> None:
    binding = Binding("acme/gamma", "2026-08-08T18:42:00Z")
    known = {"desired": "acme/gamma", "boundAt": "2026-08-08T18:42:00Z", "backend": "openrouter"}
    assert binding_document(binding) == known


NAMES: Final = st.none() | st.sampled_from(["acme/gamma", "Team/Our Model", "gäa"])
TIMES: Final = st.sampled_from(["2026-08-08T18:42:00Z", "2026-08-08T20:42:00+02:00"])
ABLE: Final = st.none() | st.frozensets(st.sampled_from(["tools", "vision", "reasoning"]))
TERMS: Final = {
    "price_factor": st.just("2"),
    "price_cap": st.sampled_from([None, "7"]),
    "free_to_paid": st.sampled_from(["ask", "never", "allow"]),
    "auto": st.sampled_from([None, "never"]),
}
CHOICES: Final = st.builds(
    Binding,
    terms=st.fixed_dictionaries({}, optional=TERMS),
    desired=st.sampled_from(["acme/gamma:nitro", "Team/Our Model"]),
    bound_at=TIMES,
    used_on=st.sampled_from([None, "2026-08-10"]),
    alias_used=NAMES,
    slug=NAMES,
    variant=NAMES,
    blended_price=st.sampled_from([None, "0", "0.055", "12"]),
    is_free=st.sampled_from([None, True, False]),
    abilities=ABLE,
    context=st.none() | st.integers(0, 10**7),
    needs=st.builds(Needs, abilities=ABLE, context=st.integers(0, 10**6)),
    effective=NAMES,
    substituted_at=st.none() | TIMES,
    backend=st.sampled_from(["openrouter", "acme-proxy"]),
)


@given(CHOICES)
def test_every_choice_is_read_as_it_was_written(binding: Binding) -> None:
    assert read_binding("default", json.loads(json.dumps(binding_document(binding)))) == binding


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ("desired", "", "desired: expected the id that was chosen"),
        ("desired", "acme/gamma\u200b", "desired: expected the id that was chosen"),
        ("desired", 7, "desired: expected the id that was chosen"),
        ("boundAt", "2026-08-08T18:42:00", "boundAt: expected a time like 2026-08-08T18:42:00Z"),
        ("usedOn", "20260808", "usedOn: expected a day like 2026-08-08"),
        ("backend", "Not A Name", "backend: expected a name in lower-case letters and digits, like openrouter"),
        ("substitutedAt", "yesterday", "substitutedAt: expected a time like 2026-08-08T18:42:00Z"),
        ("blendedPrice", 0.3, "blendedPrice: expected USD per million tokens as decimal text"),
        ("blendedPrice", "-1", "blendedPrice: expected USD per million tokens as decimal text"),
        ("isFree", "yes", "isFree: expected true or false"),
        ("abilities", ["fly"], "abilities: expected a list of words of tools, vision, structuredOutput, reasoning"),
        ("context", -1, "context: expected a number of tokens"),
        ("context", True, "context: expected a number of tokens"),
        ("needs", [], "needs: expected an object with abilities and context"),
        ("needs", {"context": CANARY}, "needs: context: expected a number of tokens"),
        ("effective", CANARY * 20, "effective: expected the id of a substitute"),
    ],
)
def test_a_choice_that_is_not_of_its_shape_is_refused_and_not_repeated(
    member: str, value: object, expected: str
) -> None:
    with pytest.raises(UsageError) as refused:
        read_binding("default", {**DOCUMENT, member: value})
    assert str(refused.value) == f"bindings: default: {expected}; mend it"


def test_a_choice_without_its_id_is_refused() -> None:
    with pytest.raises(UsageError, match="bindings: default: found no desired, expected the id that was chosen"):
        read_binding("default", {"boundAt": "2026-08-08T18:42:00Z"})


@pytest.mark.parametrize("scope", ["default", "chat:42", "chat:-10042", "slack:T1:C2", "work_2", "mail:a.b@c.org"])
def test_a_scope_is_a_plain_name(scope: str) -> None:
    assert checked_scope(scope) == scope


@pytest.mark.parametrize(
    "scope", ["", "Chat:42", "chat:", ":42", "chat 42", "../etc", "chat:4\n2", "chat:42\n", "c" * 121]
)
def test_any_other_text_is_no_scope(scope: str) -> None:
    with pytest.raises(UsageError, match="expected a name like default or chat:42; choose such a one"):
        checked_scope(scope)


def test_careful_terms_are_no_words() -> None:
    assert policy_document(CAREFUL) == {}
    assert read_policy({}) == CAREFUL


def test_terms_are_read_by_their_published_names() -> None:
    document = {
        "mode": "headless",
        "priceFactor": "1.5",
        "priceCap": "2",
        "freeToPaid": "never",
        "variantChange": "ask",
        "family": "never",
        "auto": "tiered",
        "unknownPrice": "warn",
        "maxHops": 3,
    }
    policy = Policy("headless", "1.5", "2", "never", "ask", "never", "tiered", "warn", 3)
    assert read_policy(document) == policy
    assert policy_document(policy) == document


@given(policies)
def test_all_terms_are_read_as_they_were_written(policy: Policy) -> None:
    assert read_policy(json.loads(json.dumps(policy_document(policy)))) == policy


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "policy: found list, expected an object; mend it"),
        ({"mode": "loud"}, "policy: mode: expected interactive or headless; mend it"),
        ({"priceFactor": "0"}, "policy: priceFactor: expected decimal text above zero; mend it"),
        ({"priceFactor": 1.25}, "policy: priceFactor: expected decimal text above zero; mend it"),
        ({"priceCap": "free"}, "policy: priceCap: expected USD per million tokens as decimal text, or null; mend it"),
        ({"freeToPaid": None}, "policy: freeToPaid: expected ask, never or allow; mend it"),
        ({"family": ["auto"]}, "policy: family: expected auto, ask or never; mend it"),
        ({"auto": "always"}, "policy: auto: expected tiered, router, never or null; mend it"),
        ({"maxHops": 9}, "policy: maxHops: expected a whole number from 0 to 8; mend it"),
    ],
)
def test_a_term_that_is_none_is_refused_in_one_sentence(document: object, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_policy(document)
    assert str(refused.value) == sentence


def test_a_term_that_nobody_knows_is_refused_since_it_would_be_broken() -> None:
    with pytest.raises(UsageError, match="policy: found the term 'priceCeiling', expected one of mode, priceFactor"):
        read_policy({"priceCeiling": "1"})


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ({"maxHops": 1}, "bindings: default: terms: found the term 'maxHops', expected one of priceFactor, priceCap"),
        (
            {"priceCap": 5},
            "bindings: default: terms: priceCap: expected USD per million tokens as decimal text, or null",
        ),
        ([], "bindings: default: terms: expected an object of terms"),
    ],
)
def test_terms_of_a_choice_that_are_not_understood_are_refused(terms: object, problem: str) -> None:
    document = {"desired": "acme/gamma", "boundAt": "2026-08-08T18:42:00Z", "terms": terms}
    with pytest.raises(UsageError, match=re.escape(problem)):
        read_binding("default", document)
