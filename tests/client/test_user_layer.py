"""What a user adds to the catalog: kept as typed, one hop, never a secret, and whose word counts."""

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.asked import User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.own.user_fields import field_problems, is_base_url, is_key_ref, merged, unlisted_record
from modelsync.client.own.user_layer import (
    CustomModel,
    Kept,
    Promotion,
    UserLayer,
    absorbed,
    as_user,
    kept_models,
    layer_problems,
    model_of,
    promoted,
    used,
    with_alias,
    with_model,
    with_override,
    without_model,
)
from modelsync.client.resolving.naming import identify
from modelsync.client.resolving.resolve import resolve
from modelsync.client.switching.estimate import estimate
from modelsync.errors import NotFoundError, UsageError
from tests.client.records import a_catalog, a_record, a_tombstone, flags, prices

OWN: Final = CustomModel(
    "custom", "Team/Our Model v2", "https://llm.example.org/v1", "env:TEAM_KEY", {"maxContext": 8000}
)
CANARY: Final = "sk-canary0123456789"


def with_own(**fields: Any) -> UserLayer:
    """A layer with one custom model, of which the user says these fields."""
    return with_model(UserLayer(), CustomModel("custom", "acme/gamma", fields=fields))


def refusal(model: CustomModel) -> str:
    with pytest.raises(UsageError) as refused:
        with_model(UserLayer(), model)
    return str(refused.value)


NO_ID = "models: id: expected 1 to 200 characters, none of them a control or an unseen character"


def test_a_custom_id_is_kept_exactly_as_typed() -> None:
    layer = with_model(UserLayer(), OWN)
    assert [each.id for each in layer.models] == ["Team/Our Model v2"]
    assert resolve(a_catalog(a_record()), "Team/Our Model v2", user=as_user(layer)).id == "Team/Our Model v2"


def test_one_id_at_two_addresses_is_two_models() -> None:
    layer = with_model(with_model(UserLayer(), OWN), OWN._replace(base_url="https://other.example.org"))
    assert len(with_model(layer, OWN._replace(backend="local")).models) == 3
    with pytest.raises(UsageError, match="found it there already"):
        with_model(layer, OWN)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": ""}, NO_ID),
        ({"id": "a\nb"}, NO_ID),
        ({"id": "acme/one\u200b"}, NO_ID),
        ({"id": "acme/\U000e0020one"}, NO_ID),
        ({"id": "x" * 201}, NO_ID),
        ({"backend": "My Server"}, "models: backend: expected a name in lower-case letters and digits"),
        ({"base_url": f"https://me:{CANARY}@h.example.org"},
         "models: baseUrl: expected an http(s) address without user, password or query"),
        ({"base_url": f"https://h.example.org/?key={CANARY}"},
         "models: baseUrl: expected an http(s) address without user, password or query"),
        ({"key_ref": CANARY}, "models: keyRef: expected env:NAME or keychain:NAME, and never the key"),
        ({"key_ref": f"env:{CANARY}"}, "models: keyRef: expected env:NAME or keychain:NAME, and never the key"),
        ({"key_ref": f"env:{CANARY}="}, "models: keyRef: expected env:NAME or keychain:NAME, and never the key"),
        ({"fields": {"maxContext": 0}}, "models: maxContext: expected a number of tokens above zero"),
        ({"fields": {"maxContext": True}}, "models: maxContext: expected a number of tokens above zero"),
        ({"fields": {"supportsTools": "yes"}}, "models: supportsTools: expected true or false"),
        ({"fields": {"reasoning": "often"}}, "models: reasoning: expected one of none, fixed, configurable"),
        ({"fields": {"parameters": {"api_key": CANARY}}},
         "models: parameters: expected texts, whole numbers, true or false by name, and no secret"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_without_repeating_it(change: dict[str, Any], problem: str) -> None:
    message = refusal(OWN._replace(**change))
    assert message == f"user layer: {problem}; mend it"
    assert CANARY not in message


@pytest.mark.parametrize("look_alike", ["acme/gamma\u200b", "\u2060acme/gamma", "acme/gam\u00adma", "acme/\u202egamma"])
def test_no_list_of_ids_and_no_short_name_takes_one_that_looks_like_another(look_alike: str) -> None:
    assert layer_problems(UserLayer(favourites=(look_alike,)))[0].startswith("ids: expected none that is empty, or has")
    assert layer_problems(UserLayer(aliases={"quick": look_alike})) == ("aliases: 'quick': expected an id behind it",)
    assert layer_problems(UserLayer(aliases={"quick": "acme/gämma"})) == ()


@pytest.mark.parametrize("price", ["-1", "3e-1", "free", 0.3, "0.30", "", "1" * 60])
def test_a_price_is_decimal_text_as_the_catalog_writes_it(price: object) -> None:
    assert field_problems({"pricing": {"promptPerMillion": price}}) != ()
    assert field_problems({"pricing": {"promptPerMillion": "0.3"}}) == ()


@pytest.mark.parametrize(("length", "is_kept"), [(0, False), (1, True), (200, True), (201, False)])
def test_a_display_name_has_one_to_two_hundred_characters(length: int, is_kept: bool) -> None:
    assert (field_problems({"name": "x" * length}) == ()) == is_kept
    assert field_problems({"name": " \t"}) != ()


def test_a_field_that_no_record_has_is_refused() -> None:
    assert "'apiKey': expected one of name, note, alias, maxContext" in refusal(OWN._replace(fields={"apiKey": CANARY}))


@pytest.mark.parametrize("url", ["http://localhost:11434/v1", "https://[::1]:8000", "https://llm.example.org"])
def test_an_address_may_be_local(url: str) -> None:
    assert is_base_url(url)


@pytest.mark.parametrize(
    "url", ["ftp://h", "h.example.org", "file:///etc/x", "https://", "https://h/#k", "javascript:x"]
)
def test_what_is_no_http_address_is_none(url: str) -> None:
    assert not is_base_url(url)


def test_a_key_lies_in_the_environment_or_the_keychain() -> None:
    assert [is_key_ref(each) for each in ("env:TEAM_KEY", "keychain:team.llm", "file:key", "env:", None)] == [
        True, True, False, False, False
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["sk-ant-api03-0123", "team.key", "1KEY", "TEAM KEY", "SCHLÜSSEL"])
def test_a_variable_is_named_as_shells_name_them(name: str) -> None:
    assert not is_key_ref(f"env:{name}")


def test_a_removed_model_leaves_the_names_that_lead_to_it() -> None:
    layer = with_model(UserLayer(favourites=(OWN.id,)), OWN)
    layer = without_model(with_alias(layer, "ours", OWN.id, catalog=a_catalog()), OWN.identity)
    assert (layer.models, layer.favourites, layer.aliases) == ((), (OWN.id,), {"ours": OWN.id})
    with pytest.raises(NotFoundError):
        without_model(layer, OWN.identity)


def test_a_short_name_leads_to_an_id_in_one_hop() -> None:
    layer = with_alias(UserLayer(), "mine", "acme/gamma", catalog=a_catalog(a_record()))
    assert resolve(a_catalog(a_record()), "mine", user=as_user(layer)).id == "acme/gamma"


@pytest.mark.parametrize(
    ("alias", "target"),
    [
        ("mine", "mine"), ("other", "mine"), ("acme/gamma", "acme/x"), ("gamma-own", "acme/x"),
        ("", "acme/x"), ("Mine", "acme/x"), ("a b", "acme/x"), ("new", ""), ("plain", "acme/x"),
    ],
)  # fmt: skip
def test_a_short_name_that_hides_an_id_or_leads_to_another_is_refused(alias: str, target: str) -> None:
    layer = with_model(UserLayer(aliases={"mine": "acme/gamma"}), CustomModel("local", "gamma-own"))
    with pytest.raises(UsageError):
        with_alias(layer, alias, target, catalog=a_catalog(a_record(), a_record("plain")))


def test_a_name_that_another_already_leads_to_is_refused() -> None:
    layer = UserLayer(aliases={"first": "second"})
    with pytest.raises(UsageError, match="which leads to another short name, expected an id"):
        with_alias(layer, "second", "acme/gamma", catalog=a_catalog())


def test_a_name_in_what_the_user_says_of_a_model_counts_as_well() -> None:
    layer = with_override(with_own(alias="own"), "acme/other", {"alias": "theirs"})
    assert as_user(layer).aliases == {"own": "acme/gamma", "theirs": "acme/other"}


def test_a_name_that_two_models_have_is_refused() -> None:
    with pytest.raises(UsageError, match="aliases: 'own': two ids have it, expected one"):
        with_override(with_own(alias="own"), "acme/other", {"alias": "own"})


def test_the_users_word_beats_the_organisations_and_that_the_catalogs() -> None:
    layer = with_override(UserLayer(), "acme/gamma", {"name": "Mine", "maxContext": None})
    found = model_of(
        layer, "acme/gamma", catalog=a_catalog(a_record()), organisation={"name": "Ours", "maxContext": 5000}
    )
    assert found is not None
    assert (found.record["name"], found.record["maxContext"], found.record["maxOutput"]) == ("Mine", 5000, 64000)
    assert found.said_by == {"name": "user", "maxContext": "organisation"}


def test_a_flag_that_people_set_says_so() -> None:
    found = merged(a_record(**flags("heuristic")), user={"supportsTools": False}, organisation={})
    assert found.record["supportsTools"] is False
    assert found.record["detectionSource"]["supportsTools"] == "override"
    assert found.record["detectionSource"]["supportsVision"] == "heuristic"


def test_a_price_is_laid_over_leg_by_leg_and_its_words_follow() -> None:
    record = a_record(pricing=prices("1", "4", cacheReadPerMillion="0.1"))
    found = merged(
        record, user={"pricing": {"promptPerMillion": "6"}}, organisation={"pricing": {"completionPerMillion": "9"}}
    )
    assert found.record["pricing"] == {
        "promptPerMillion": "6", "completionPerMillion": "9", "cacheReadPerMillion": "0.1",
        "perUnit": {}, "overrides": [], "raw": {},
    }  # fmt: skip
    assert {n: found.record[n] for n in ("cost", "priceTier", "pricingStatus", "isFree")} == {
        "cost": "$6.00 / $9.00", "priceTier": "pro", "pricingStatus": "priced", "isFree": False
    }  # fmt: skip
    assert found.said_by == {"pricing.promptPerMillion": "user", "pricing.completionPerMillion": "organisation"}


def test_a_model_of_ones_own_is_free_only_if_both_prices_are_said_to_be_zero() -> None:
    zero = {"promptPerMillion": "0", "completionPerMillion": "0"}
    words = [
        merged(unlisted_record("my-own"), user={"pricing": each}, organisation={}).record["cost"]
        for each in (zero, {"promptPerMillion": "0"}, {})
    ]
    assert words == ["free", "?", "?"]


@pytest.mark.parametrize(
    ("prompt", "completion", "tier"),
    [("0", "0", "free"), ("0", "2", None), ("0.5", "2", "budget"), ("15", "2", "premium")],
)
def test_the_tier_follows_the_prices_that_people_give(prompt: str, completion: str, tier: str | None) -> None:
    said = {"pricing": {"promptPerMillion": prompt, "completionPerMillion": completion}}
    assert merged(unlisted_record("my-own"), user=said, organisation={}).record["priceTier"] == tier


def test_an_unlisted_model_reads_like_any_other() -> None:
    found = model_of(with_model(UserLayer(), OWN), OWN.id, catalog=a_catalog(a_record()))
    assert found is not None
    model = Model(OWN.id, found.record)
    assert (model.context, model.abilities, model.is_active) == (8000, frozenset(), True)
    assert estimate(model, prompt=1000, completion=1).text == "?"
    assert Catalog.of({"current": {"models": [found.record]}}).model(OWN.id) == model


def test_an_unlisted_record_has_every_field_that_a_published_one_has() -> None:
    assert unlisted_record("acme/gamma").keys() >= a_record().keys() - {"provider", "firstSeen"}


def test_models_of_one_id_are_told_apart_by_their_backend() -> None:
    layer = with_model(with_own(maxContext=1), CustomModel("local", "acme/gamma", fields={"maxContext": 2}))
    for backend, context in (("custom", 1), ("local", 2), (None, 1)):
        found = model_of(layer, "acme/gamma", catalog=a_catalog(), backend=backend)
        assert found is not None
        assert found.record["maxContext"] == context


def test_what_nobody_has_is_no_model() -> None:
    assert model_of(UserLayer(), "acme/never", catalog=a_catalog(a_record())) is None


def test_a_custom_model_that_is_listed_now_keeps_the_users_words_and_has_the_rest_from_the_list() -> None:
    layer, catalog = with_own(maxContext=8000, name="Ours"), a_catalog(a_record())
    for each in (layer, absorbed(layer, "acme/gamma", catalog=catalog)):
        found = model_of(each, "acme/gamma", catalog=catalog)
        assert found is not None
        assert (found.record["name"], found.record["maxContext"], found.record["cost"]) == (
            "Ours",
            8000,
            "$1.00 / $4.00",
        )


def test_what_was_absorbed_follows_the_list_from_then_on() -> None:
    layer = absorbed(with_own(maxContext=8000), "acme/gamma", catalog=a_catalog(a_record()))
    assert (layer.models, layer.overrides) == ((), {"acme/gamma": {"maxContext": 8000}})
    assert identify(a_catalog(a_record()), "acme/gamma", user=as_user(layer)).kind == "listed"


def test_only_a_custom_model_that_is_listed_can_be_absorbed() -> None:
    with pytest.raises(NotFoundError, match="found no listed model 'acme/gamma'"):
        absorbed(with_own(), "acme/gamma", catalog=a_catalog())
    with pytest.raises(NotFoundError, match="found no custom model 'acme/gamma'"):
        absorbed(UserLayer(), "acme/gamma", catalog=a_catalog(a_record()))


def test_a_null_takes_a_word_back() -> None:
    layer = with_override(UserLayer(), "acme/gamma", {"name": "Mine"})
    assert with_override(layer, "acme/gamma", {"name": None}).overrides == {}


def test_a_promotion_is_a_reference_with_a_name() -> None:
    catalog = a_catalog(a_record())
    layer = promoted(UserLayer(), Promotion("acme/gamma", "mine", "coding"), catalog=catalog)
    layer = promoted(layer, Promotion("acme/gamma", "mine", "chat"), catalog=catalog)
    assert (layer.promoted, layer.aliases) == ((Promotion("acme/gamma", "mine", "chat"),), {"mine": "acme/gamma"})
    with pytest.raises(NotFoundError):
        promoted(layer, Promotion("acme/never"), catalog=catalog)


def test_the_ten_models_used_last_are_remembered_each_once() -> None:
    layer = UserLayer()
    for number in (*range(12), 5):
        layer = used(layer, f"acme/m{number}")
    assert layer.recents == tuple(f"acme/m{number}" for number in (5, 11, 10, 9, 8, 7, 6, 4, 3, 2))


def test_favourites_outlive_their_models_and_say_why() -> None:
    catalog = a_catalog(
        a_record(), a_record("acme/late", state="stale"), tombstones=(a_tombstone(a_record("acme/gone")),)
    )
    ids = ("acme/gamma", "acme/late", "acme/gone", "acme/never", OWN.id)
    assert kept_models(ids, layer=with_model(UserLayer(), OWN), catalog=catalog) == (
        Kept("acme/gamma"),
        Kept("acme/late", "missing from the list"),
        Kept("acme/gone", "deprecated: missing from the feed"),
        Kept("acme/never", "not in this catalog"),
        Kept(OWN.id),
    )


def test_nobody_without_a_layer_is_anybody() -> None:
    assert as_user(UserLayer()) == User()


VALUES: Final = st.none() | st.booleans() | st.integers() | st.text(max_size=9)


@given(st.dictionaries(st.sampled_from(["name", "maxContext", "supportsTools", "reasoning", "note"]), VALUES))
def test_fields_that_are_kept_overwrite_nothing_where_they_are_null(fields: dict[str, Any]) -> None:
    if field_problems(fields):
        return
    record = a_record()
    found = merged(record, user=fields, organisation={}).record
    assert all(found[name] == value for name, value in fields.items() if value is not None)
    assert all(found[name] == record[name] for name in record if fields.get(name) is None and name != "detectionSource")
    json.dumps(found)
