"""Whether a switch would go well: every check by its code, and what holds of any report."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.asked import Policy, User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.freshness import Freshness
from modelsync.client.switching.backends import Mapped, WireId
from modelsync.client.switching.credentials import (
    EffectiveCredentials,
    Key,
    KeySource,
    KeyState,
    Situation,
    effective_credentials,
)
from modelsync.client.switching.switch_check import check_switch
from modelsync.client.switching.switch_report import CODES, Check, Probe, Session, SwitchReport, Terms
from modelsync.errors import UsageError
from tests.client.records import a_catalog, a_record, a_tombstone, flags, free, prices

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
LONG: Final = {"minPromptTokens": 100000, "promptPerMillion": "2", "completionPerMillion": "8"}


def report(
    catalog: Catalog | None = None, target: str = "acme/gamma", *, session: Session | None = None, **given: Any
) -> SwitchReport:
    """The report on a switch that nothing speaks against, but for what a test names."""
    return check_switch(catalog or a_catalog(a_record()), target, now=NOW, session=session or Session(), **given)


def check(code: str, catalog: Catalog | None = None, **given: Any) -> Check:
    """The line of one code."""
    return next(each for each in report(catalog, **given).checks if each.code == code)


def line(code: str, catalog: Catalog | None = None, **given: Any) -> tuple[str, str]:
    found = check(code, catalog, **given)
    return str(found.level), found.message


def a_key(state: KeyState = KeyState.PRESENT) -> Key:
    return Key(state, KeySource.ENV)


def credentials(**keys: Key) -> EffectiveCredentials:
    situation = Situation(bound="openrouter", keys=keys, in_namespace=True, prefers_gateway=True)
    return effective_credentials(situation)


def test_a_model_that_no_list_has_is_judged_as_its_user_sees_it() -> None:
    own = Model("me/own", a_record("me/own", maxContext=1000))
    wire = WireId("me/own", Mapped.AS_IT_IS)
    terms = Terms(backend="ollama", user=User(custom_ids=frozenset({"me/own"})))
    found = check_switch(a_catalog(), own, now=NOW, running=own, session=Session(tokens=5000), terms=terms, wire=wire)
    said = {each.code: (str(each.level), each.message) for each in found.checks}
    assert said["S01"] == ("pass", "me/own is a model that you added")
    assert said["S02"] == ("pass", "ollama calls it me/own")
    assert said["S05"] == ("fail", "5,000 tokens and 50 for the answer, of 1,000 of its context")
    assert (found.target, found.cost["before"]) == ("me/own", found.cost["after"])


def test_a_switch_that_nothing_speaks_against_passes() -> None:
    found = report(running="acme/gamma")
    assert (found.verdict, found.ok, found.exit_code(), found.exit_code(strict=True)) == ("pass", True, 0, 0)
    assert found.unchecked == ("S03", "S12", "S13", "S14")
    assert found.effective == {
        "backend": "openrouter", "wireId": "acme/gamma", "maxOutput": None, "parameters": {}
    }  # fmt: skip
    assert found.cost == {"before": "$0.007", "after": "$0.007"}


@pytest.mark.parametrize(
    ("changes", "level", "message"),
    [
        ({}, "pass", "acme/gamma is active"),
        ({"state": "stale"}, "warn", "acme/gamma is stale: the last list did not have it"),
        ({"expiresAt": "2026-09-07T13:00:00Z"}, "warn", "acme/gamma ends on 2026-09-07"),
        ({"expiresAt": "2026-09-08T13:00:00Z"}, "pass", "acme/gamma is active"),
        ({"expiresAt": "2098-12-31T13:00:00Z"}, "pass", "acme/gamma is active"),
    ],
)
def test_s01_tells_how_a_listed_model_stands(changes: dict[str, Any], level: str, message: str) -> None:
    assert line("S01", a_catalog(a_record(**changes))) == (level, message)


@pytest.mark.parametrize(("state", "level"), [("deprecated", "warn"), ("removed", "fail")])
def test_s01_warns_of_a_deprecated_model_and_fails_a_removed_one(state: str, level: str) -> None:
    catalog = a_catalog(tombstones=(a_tombstone(a_record(), state=state),))
    assert line("S01", catalog) == (level, f"acme/gamma is {state}: missing from the feed")


@pytest.mark.parametrize(
    ("redirects", "hint"),
    [
        ({}, "models search acme/gamma"),
        ({"acme/gamma": "acme/delta"}, "models use acme/delta"),
        ({"acme/gamma": "auto"}, "models pick"),
    ],
)
def test_s01_names_what_takes_its_place_which_is_never_the_router(redirects: dict[str, str], hint: str) -> None:
    catalog = a_catalog(
        a_record("acme/delta"),
        a_record("openrouter/auto", alias="auto", isRouter=True),
        tombstones=(a_tombstone(a_record(), state="removed"),),
        redirects=redirects,
    )
    assert check("S01", catalog).hint == hint


@pytest.mark.parametrize("state", ["deprecated", "removed"])
def test_s02_the_catalogs_own_backends_list_no_model_that_is_gone(state: str) -> None:
    catalog = a_catalog(tombstones=(a_tombstone(a_record(), state=state),))
    assert line("S02", catalog) == ("fail", "openrouter called it acme/gamma, and lists it no more")


def test_s01_fails_what_was_never_listed_and_nothing_else_of_the_model_is_judged() -> None:
    found = report(target="acme/never")
    assert line("S01", target="acme/never") == ("fail", "acme/never is not listed")
    assert found.unchecked == ("S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09", "S10", "S12", "S13", "S14")


@pytest.mark.parametrize("freshness", [Freshness.OLD, Freshness.BUNDLED])
def test_s01_an_old_catalog_does_not_deny_a_model(freshness: Freshness) -> None:
    assert check("S01", target="acme/never", freshness=freshness).level == "warn"


def test_s01_a_model_of_the_users_own_is_there() -> None:
    terms = Terms(user=User(custom_ids=frozenset({"my-own"})))
    assert line("S01", target="my-own", terms=terms) == ("pass", "my-own is a model that you added")


def test_s01_knows_an_id_in_any_case() -> None:
    assert line("S01", target="Acme/GAMMA") == ("pass", "acme/gamma is active")


@pytest.mark.parametrize(
    ("backend", "level", "message"),
    [
        ("openrouter", "pass", "openrouter calls it acme/gamma"),
        ("gateway", "pass", "gateway calls it acme/gamma"),
        ("dexto", "pass", "dexto calls it acme/gamma"),
        ("anthropic", "pass", "anthropic calls it gamma-1"),
        ("google", "warn", "google calls it gamma-001, as a rule has it and nobody wrote down"),
        ("groq", "fail", "groq has no id for acme/gamma"),
    ],
)
def test_s02_a_backend_must_have_an_id_for_it(backend: str, level: str, message: str) -> None:
    record = a_record(backends={"anthropic": "gamma-1", "google": "gamma-001"}, backendsByRule=["google"])
    assert line("S02", a_catalog(record), terms=Terms(backend=backend, gateway="dexto")) == (level, message)


def test_s02_no_direct_backend_has_a_variant_whatever_a_record_says() -> None:
    catalog = a_catalog(a_record("acme/gamma:free", backends={"anthropic": "gamma-1"}))
    found = check("S02", catalog, target="acme/gamma:free", terms=Terms(backend="anthropic"))
    assert (found.level, found.data["wireId"], found.data["mapping"]) == ("fail", None, "none")


@pytest.mark.parametrize(
    ("found", "level", "message"),
    [
        (credentials(openrouter=a_key()), "pass", "openrouter runs with its own key"),
        (credentials(), "fail", "openrouter has no key"),
        (credentials(openrouter=a_key(KeyState.REJECTED)), "fail", "openrouter rejected its key"),
        (credentials(openrouter=a_key(), gateway=a_key()), "warn",
         "openrouter runs with its own key; gateway is suggested"),
        (credentials(gateway=a_key()), "fail", "openrouter has no key"),
    ],
)  # fmt: skip
def test_s03_needs_a_key_for_the_backend(found: EffectiveCredentials, level: str, message: str) -> None:
    assert line("S03", credentials=found) == (level, message)


@pytest.mark.parametrize(
    ("changes", "level", "message"),
    [
        (flags(), "pass", "it can do all that is needed"),
        (flags(supportsTools=False), "fail", "tools: needed, and the model has none (source api)"),
        (flags("override", supportsTools=False), "fail", "tools: needed, and the model has none (source override)"),
        (flags("telemetry", supportsTools=False), "fail", "tools: needed, and the model has none (source telemetry)"),
        (flags("heuristic", supportsTools=False), "warn", "tools: guessed by its name"),
        (flags("heuristic"), "warn", "tools: guessed by its name"),
        (flags(None, supportsTools=None), "warn", "tools: nobody knows"),
        (flags(None, supportsTools=True), "warn", "tools: nobody knows"),
        (flags("api", supportsTools=None), "warn", "tools: nobody knows"),
    ],
)
def test_s04_believes_a_flag_as_far_as_its_source(changes: dict[str, Any], level: str, message: str) -> None:
    assert line("S04", a_catalog(a_record(**changes)), session=Session(needs=frozenset({"tools"}))) == (level, message)


@pytest.mark.parametrize(
    ("need", "changes"),
    [
        ("vision", flags(supportsVision=False)),
        ("structuredOutput", flags(structuredOutput=False)),
        ("reasoning", flags(reasoning="none")),
        ("imageOutput", {}),
        ("audio", {}),
    ],
)
def test_s04_knows_every_need(need: str, changes: dict[str, Any]) -> None:
    session = Session(needs=frozenset({need}))
    assert check("S04", a_catalog(a_record(**changes)), session=session).level == "fail"


def test_s04_images_need_vision_unasked() -> None:
    catalog = a_catalog(a_record(**flags(supportsVision=False)))
    assert check("S04", catalog, session=Session(images=2)).data == {"vision": {"value": False, "source": "api"}}


def test_s04_a_guess_does_not_soften_what_is_known() -> None:
    record = a_record(**flags(supportsVision=False))
    record["detectionSource"]["supportsTools"] = "heuristic"
    assert check("S04", a_catalog(record), session=Session(needs=frozenset({"tools", "vision"}))).level == "fail"


@pytest.mark.parametrize(
    ("tokens", "level"), [(0, "pass"), (150000, "pass"), (150001, "warn"), (190000, "warn"), (190001, "fail")]
)
def test_s05_a_conversation_with_its_reserve_must_fit(tokens: int, level: str) -> None:
    assert check("S05", session=Session(tokens=tokens)).level == level


def test_s05_tells_how_much_would_have_to_go() -> None:
    found = check("S05", a_catalog(a_record(maxContext=262144)), session=Session(tokens=310000))
    assert found.message == "310,000 tokens and 13,107 for the answer, of 262,144 of its context"
    assert (found.hint, found.data["over"]) == ("cut about 61,000 tokens", 60963)


def test_s05_a_callers_own_reserve_counts() -> None:
    assert check("S05", session=Session(tokens=199999, reserve=1)).level == "warn"
    assert check("S05", session=Session(tokens=199999, reserve=2)).hint == "cut 1 tokens"


def test_s05_an_answer_that_was_counted_counts() -> None:
    catalog = a_catalog(a_record(maxContext=16385))
    found = check("S05", catalog, session=Session(tokens=15500, completion=4000, reserve=1))
    assert (found.level, found.hint) == ("fail", "cut about 3,000 tokens")
    assert found.message == "15,500 tokens and 4,000 for the answer, of 16,385 of its context"
    assert check("S05", catalog, session=Session(tokens=15500, completion=0)).level == "warn"


def test_s05_an_unknown_window_warns() -> None:
    assert check("S05", a_catalog(a_record(maxContext=None))).level == "warn"


@pytest.mark.parametrize(
    ("asked", "most", "level", "message", "sent"),
    [
        (None, 64000, "pass", "no length was asked for", None),
        (64000, 64000, "pass", "64,000 tokens of at most 64,000", 64000),
        (64001, 64000, "warn", "64,001 tokens are asked for: cut to 64,000", 64000),
        (64001, None, "warn", "nobody knows how long its answers may be", 64001),
    ],
)
def test_s06_longer_answers_are_cut(
    asked: int | None, most: int | None, level: str, message: str, sent: int | None
) -> None:
    catalog = a_catalog(a_record(maxOutput=most))
    assert line("S06", catalog, session=Session(max_output=asked)) == (level, message)
    assert report(catalog, session=Session(max_output=asked)).effective["maxOutput"] == sent


def test_s07_a_parameter_that_is_not_accepted_is_left_out() -> None:
    session = Session(parameters={"temperature": "0.2", "presence_penalty": "1"})
    assert line("S07", session=session) == ("warn", "presence_penalty=1 is left out")
    assert report(session=session).effective["parameters"] == {"temperature": "0.2"}


def test_s07_where_a_list_does_not_say_everything_is_sent() -> None:
    catalog, session = a_catalog(a_record(supportedParameters=[])), Session(parameters={"temperature": "0.2"})
    assert line("S07", catalog, session=session) == (
        "warn", "nobody says which parameters it accepts: all are sent"
    )  # fmt: skip
    assert report(catalog, session=session).effective["parameters"] == {"temperature": "0.2"}


def test_s07_a_model_that_always_reasons_cannot_be_told_not_to() -> None:
    catalog = a_catalog(a_record(**flags(reasoning="fixed")))
    assert line("S07", catalog, session=Session(without_reasoning=True)) == ("warn", "it always reasons")
    assert check("S07", session=Session(without_reasoning=True)).level == "pass"


@pytest.mark.parametrize(
    ("prompt", "completion", "level", "message"),
    [
        ("1.25", "5", "pass", "the next request (3,000 in assumed, 1,000 out): $0.007 -> $0.00875"),
        (
            "1.26",
            "5",
            "warn",
            "the next request (3,000 in assumed, 1,000 out): $0.007 -> $0.00878; that is more than 1.25 times as much",
        ),
        ("0.1", "0.4", "pass", "the next request (3,000 in assumed, 1,000 out): $0.007 -> $0.0007"),
    ],
)
def test_s08_compares_with_what_runs_now(prompt: str, completion: str, level: str, message: str) -> None:
    catalog = a_catalog(a_record("acme/old"), a_record(pricing=prices(prompt, completion)))
    assert line("S08", catalog, running="acme/old", session=Session(completion=1000)) == (level, message)


def test_s08_an_answer_that_nobody_counted_is_a_usual_one_not_the_room_that_is_kept() -> None:
    catalog = a_catalog(a_record("acme/old"), a_record(maxContext=262144))
    assert line("S08", catalog, running="acme/old", session=Session(tokens=310000)) == (
        "pass", "the next request (310,000 in, 1,000 out assumed): $0.314 -> $0.314"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("session", "amounts"),
    [
        (Session(tokens=5000, completion=400), "5,000 in, 400 out"),
        (Session(tokens=5000, completion=400, max_output=300), "5,000 in, 300 out"),
        (Session(tokens=5000, completion=9000), "5,000 in, 8,000 out"),
        (Session(tokens=5000, reserve=7000), "5,000 in, 1,000 out assumed"),
        (Session(tokens=5000, max_output=9000), "5,000 in, 1,000 out assumed"),
        (Session(tokens=5000, max_output=700), "5,000 in, 700 out assumed"),
        (Session(completion=400), "3,000 in assumed, 400 out"),
        (Session(), "3,000 in assumed, 1,000 out assumed"),
    ],
)
def test_s08_says_which_request_it_prices_and_what_of_it_is_assumed(session: Session, amounts: str) -> None:
    catalog = a_catalog(a_record(maxOutput=8000))
    assert line("S08", catalog, session=session)[1].startswith(f"the next request ({amounts}): $")


def test_s08_a_usual_answer_is_no_longer_than_the_model_writes() -> None:
    catalog = a_catalog(a_record(maxOutput=500))
    assert line("S08", catalog)[1] == "the next request (3,000 in assumed, 500 out assumed): $0.005"


def test_s08_what_runs_is_priced_for_no_longer_answer_than_it_writes() -> None:
    catalog = a_catalog(a_record("acme/old", maxOutput=16000), a_record())
    session = Session(tokens=1000, completion=50000)
    found = check("S08", catalog, running="acme/old", session=session)
    assert found.message.startswith("the next request (1,000 in, 50,000 out, 16,000 before): $0.065 -> $0.201; ")


def test_s08_of_limits_that_nobody_knows_takes_a_usual_answer() -> None:
    catalog = a_catalog(a_record(maxContext=None, maxOutput=None))
    assert line("S08", catalog) == ("pass", "the next request (3,000 in assumed, 1,000 out assumed): $0.007")


@pytest.mark.parametrize(("cap", "level"), [("1.75", "pass"), ("1.74", "fail")])
def test_s08_fails_above_the_users_limit(cap: str, level: str) -> None:
    terms = Terms(policy=Policy(price_cap=cap))
    found = {check("S08", session=Session(completion=each), terms=terms).level for each in (None, 0, 9000)}
    assert found == {level}


def test_s08_an_answer_at_an_unknown_price_is_above_any_limit() -> None:
    catalog, session = a_catalog(a_record(pricing=prices("1", None))), Session(completion=0)
    assert check("S08", catalog, session=session, terms=Terms(policy=Policy(price_cap="100"))).level == "fail"
    assert check("S08", catalog, session=session).level == "pass"


@pytest.mark.parametrize(
    ("policy", "level"),
    [(Policy(), "fail"), (Policy(unknown_price="warn"), "warn"),
     (Policy(unknown_price="warn", price_cap="100"), "fail")],
)  # fmt: skip
def test_s08_an_unknown_price_is_judged_by_the_policy(policy: Policy, level: str) -> None:
    catalog = a_catalog(a_record(pricingStatus="dynamic", pricing=prices(None, None)))
    assert line("S08", catalog, terms=Terms(policy=policy)) == (
        level, "the next request (3,000 in assumed, 1,000 out assumed): varies; what it costs is not known"
    )  # fmt: skip


@pytest.mark.parametrize(("free_to_paid", "level"), [("ask", "warn"), ("allow", "warn"), ("never", "fail")])
def test_s08_says_when_free_ends(free_to_paid: Any, level: str) -> None:
    catalog = a_catalog(a_record("acme/old:free", **free()), a_record())
    found = line("S08", catalog, running="acme/old:free", terms=Terms(policy=Policy(free_to_paid=free_to_paid)))
    assert found == (
        level, "the next request (3,000 in assumed, 1,000 out assumed): free -> $0.007; what runs now is free"
    )  # fmt: skip


def test_s08_from_free_to_free_costs_nothing() -> None:
    catalog = a_catalog(a_record("acme/old:free", **free()), a_record("acme/new:free", **free()))
    found = check("S08", catalog, target="acme/new:free", running="acme/old:free")
    assert found.level == "pass"
    assert found.message == "the next request (3,000 in assumed, 1,000 out assumed): free -> free"


def test_s08_a_long_conversation_is_priced_as_one() -> None:
    catalog = a_catalog(a_record("acme/old"), a_record(pricing=prices("1", "4", overrides=[LONG])))
    session = Session(tokens=100001, completion=0)
    assert line("S08", catalog, running="acme/old", session=session) == (
        "warn",
        (
            "the next request (100,001 in, 0 out): $0.10 -> $0.20; that is more than 1.25 times as much; "
            "a prompt of this length has a price of its own"
        ),
    )
    assert check("S08", catalog, running="acme/old", session=Session(tokens=100000)).level == "pass"


def test_s08_says_that_images_are_tokens_that_nobody_counted() -> None:
    by_token = prices("2", "8", perUnit={"image": "0.000002"})
    catalog, session = a_catalog(a_record("acme/old"), a_record(pricing=by_token)), Session(completion=1000, images=50)
    found = check("S08", catalog, running="acme/old", session=session)
    assert (found.level, found.message) == (
        "warn",
        (
            "the next request (3,000 in assumed, 1,000 out): at least $0.007 -> at least $0.014; "
            "that is more than 1.25 times as much; 50 images are not in that: nobody publishes how many tokens they are"
        ),
    )
    assert found.data == {"before": "0.007", "after": "0.014", "ratio": "2"}


def test_s08_prices_images_that_are_charged_by_the_piece() -> None:
    catalog = a_catalog(a_record(pricing=prices("1", "4", perUnit={"image": "0.01"})))
    assert line("S08", catalog, session=Session(completion=1000, images=2)) == (
        "pass", "the next request (3,000 in assumed, 1,000 out): $0.027"
    )  # fmt: skip


def test_s08_prices_no_images_for_a_model_that_sees_none() -> None:
    catalog = a_catalog(a_record(**flags(supportsVision=False)))
    assert line("S08", catalog, session=Session(completion=1000, images=2)) == (
        "pass", "the next request (3,000 in assumed, 1,000 out): $0.007"
    )  # fmt: skip


def test_s08_of_two_objections_the_graver_counts() -> None:
    catalog = a_catalog(a_record("acme/old"), a_record(pricing=prices("30", "90")))
    found = check("S08", catalog, running="acme/old", terms=Terms(policy=Policy(price_cap="20")))
    assert (found.level, found.message.count(";")) == ("fail", 2)


def test_s08_a_long_prompt_is_told_without_anything_to_compare_with() -> None:
    catalog = a_catalog(a_record(pricing=prices("1", "4", overrides=[LONG])))
    assert check("S08", catalog, session=Session(tokens=100001)).level == "warn"


def test_s08_a_price_is_not_compared_with_an_unknown_one() -> None:
    catalog = a_catalog(a_record("acme/old", pricingStatus="dynamic"), a_record())
    found = check("S08", catalog, running="acme/old")
    assert (found.level, found.data) == ("warn", {"before": None, "after": "0.007", "ratio": None})


@pytest.mark.parametrize(
    ("model_id", "changes", "message"),
    [
        ("acme/new:free", free(), "free models answer a limited number of requests, and their hosts may keep prompts"),
        ("acme/given", free(), "free models answer a limited number of requests, and their hosts may keep prompts"),
        ("acme/new:free", {}, "free models answer a limited number of requests, and their hosts may keep prompts"),
        ("stealth/ox-alpha", {}, "it is an unannounced model, whose maker keeps prompts"),
        ("openrouter/auto", {"isRouter": True}, "it hands requests on to models with terms of their own"),
        ("acme/gamma:batch", {}, "a batch variant answers within hours, not at once"),
    ],
)
def test_s09_warns_of_limits_and_conditions(model_id: str, changes: dict[str, Any], message: str) -> None:
    assert line("S09", a_catalog(a_record(model_id, **changes)), target=model_id) == ("warn", message)
    assert check("S09").level == "pass"


def test_s10_counts_what_the_history_loses() -> None:
    catalog = a_catalog(a_record("other/old"), a_record(**flags(supportsVision=False)))
    session = Session(images=2, tool_turns=14, reasoning_blocks=3, cached_tokens=90000)
    assert line("S10", catalog, running="other/old", session=session) == (
        "warn",
        "may not carry over: 2 images, 14 tool turns, 3 reasoning blocks, 90,000 cached tokens",
    )


def test_s10_within_a_vendor_only_the_cache_is_lost() -> None:
    catalog, session = (
        a_catalog(a_record("acme/old"), a_record()),
        Session(images=2, tool_turns=14, cached_tokens=90000),
    )
    assert check("S10", catalog, running="acme/old", session=session).data == {"cached tokens": 90000}
    assert check("S10", catalog, running="acme/gamma", session=session).level == "pass"


@pytest.mark.parametrize(
    ("terms", "level"),
    [
        (Terms(), "pass"),
        (Terms(user=User(allowed=frozenset({"acme/*"}))), "pass"),
        (Terms(user=User(allowed=frozenset({"other/*"}))), "fail"),
        (Terms(user=User(denied=frozenset({"acme/gamma"}))), "fail"),
        (Terms(hidden=frozenset({"acme/gamma"})), "fail"),
    ],
)
def test_s11_the_users_own_lists_are_kept(terms: Terms, level: str) -> None:
    assert check("S11", terms=terms).level == level


@pytest.mark.parametrize(
    ("word", "level"), [("fresh", "pass"), ("stale", "warn"), ("old", "warn"), ("bundled", "warn")]
)
def test_s12_warns_of_a_catalog_that_is_not_fresh(word: str, level: str) -> None:
    assert line("S12", freshness=Freshness(word)) == (level, f"the catalog is {word}")


@pytest.mark.parametrize(
    ("probe", "level", "message"),
    [
        (Probe(200, 200), "pass", "key and model answer"),
        (Probe(401, 200), "fail", "key: 401"),
        (Probe(200, 404), "fail", "model: 404"),
        (Probe(None, 200), "warn", "key: no answer in time"),
        (Probe(200, 503), "warn", "model: 503"),
        (Probe(401, None), "fail", "key: 401; model: no answer in time"),
    ],
)
def test_s13_tells_what_servers_answered(probe: Probe, level: str, message: str) -> None:
    assert line("S13", probe=probe) == (level, message)


@pytest.mark.parametrize(
    ("rating", "level", "message"),
    [
        (None, "pass", "no client reported on it"),
        ({"standing": "watched", "evidence": {"rate": 0.1, "requests": 200}}, "pass",
         "clients report nothing against it"),
        ({"standing": "watched", "evidence": {"rate": 0.18, "requests": 1200}}, "warn",
         "tools is watched: 18% of 1,200 requests failed"),
        ({"standing": "lowered"}, "warn", "tools is lowered: no requests of late"),
        ({"standing": "unverified", "evidence": {"rate": 0.0, "requests": 9}}, "warn",
         "tools is unverified: 0% of 9 requests failed"),
    ],
)  # fmt: skip
def test_s14_warns_of_what_clients_observed(rating: dict[str, Any] | None, level: str, message: str) -> None:
    ratings = {"acme/gamma": {} if rating is None else {"supportsTools": rating}}
    assert line("S14", ratings=ratings, session=Session(needs=frozenset({"tools"}))) == (level, message)


def test_s14_looks_only_at_what_is_needed() -> None:
    assert check("S14", ratings={"acme/gamma": {"supportsTools": {"standing": "lowered"}}}).level == "pass"


def test_a_strict_reader_counts_a_warning_as_failure() -> None:
    found = report(freshness=Freshness.STALE)
    assert (found.verdict, found.ok, found.exit_code(), found.exit_code(strict=True)) == ("warn", True, 0, 9)


def test_a_need_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        report(session=Session(needs=frozenset({"telepathy"})))
    assert str(refused.value).startswith("needs: found 'telepathy', expected words of tools, vision, ")


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        report(target="acme/never", session=Session(images=-1))
    assert str(refused.value) == "session: images: found -1, expected none or more; count again"


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="now: found a time without its zone"):
        check_switch(a_catalog(a_record()), "acme/gamma", now=datetime(2026, 8, 8))  # noqa: DTZ001 - it is the point


STATES: Final = st.sampled_from(["active", "stale"])
FLAGS: Final = st.builds(
    flags,
    st.sampled_from(["api", "heuristic", "telemetry", "override", None]),
    supportsTools=st.sampled_from([True, False, None]),
    supportsVision=st.booleans(),
    reasoning=st.sampled_from(["none", "fixed", "configurable"]),
)
PRICES: Final = st.sampled_from(
    [{}, free(), {"pricingStatus": "dynamic"}, {"pricing": prices("30", "90")}, {"pricing": prices("1", None)}]
)
RECORDS: Final = st.builds(
    lambda state, able, price, context: a_record(**{**able, **price, "state": state, "maxContext": context}),
    STATES,
    FLAGS,
    PRICES,
    st.sampled_from([None, 8000, 200000]),
)
SESSIONS: Final = st.builds(
    Session,
    tokens=st.integers(0, 400000),
    images=st.integers(0, 3),
    tool_turns=st.integers(0, 3),
    needs=st.frozensets(st.sampled_from(["tools", "vision", "reasoning", "audio", "imageOutput"])),
    max_output=st.none() | st.integers(1, 100000),
    parameters=st.dictionaries(st.sampled_from(["temperature", "top_k", "n"]), st.just("1")),
    without_reasoning=st.booleans(),
    reserve=st.none() | st.integers(0, 9000),
    completion=st.none() | st.integers(0, 9000),
    reasoning_blocks=st.integers(0, 3),
    cached_tokens=st.integers(0, 3),
)
GIVEN: Final = st.fixed_dictionaries(
    {},
    optional={
        "running": st.sampled_from(["acme/old", "acme/gone", "acme/never"]),
        "credentials": st.sampled_from([credentials(), credentials(openrouter=a_key())]),
        "freshness": st.sampled_from(Freshness),
        "probe": st.builds(Probe, st.sampled_from([None, 200, 401]), st.sampled_from([None, 200, 404])),
        "ratings": st.just({"acme/gamma": {"supportsTools": {"standing": "lowered"}}}),
    },
)


def world(record: dict[str, Any]) -> Catalog:
    gone = a_tombstone(a_record("acme/gone"), state="removed")
    return a_catalog(record, a_record("acme/old"), tombstones=(gone,))


@given(RECORDS, SESSIONS, GIVEN)
def test_the_same_question_has_the_same_answer(record: dict[str, Any], session: Session, asked: dict[str, Any]) -> None:
    answers = [json.dumps(report(world(record), session=session, **asked).as_json()) for _ in range(2)]
    assert answers[0] == answers[1]


@given(RECORDS, SESSIONS, GIVEN)
def test_a_check_that_fails_always_blocks(record: dict[str, Any], session: Session, asked: dict[str, Any]) -> None:
    found = report(world(record), session=session, **asked)
    has_failed = any(each.level == "fail" for each in found.checks)
    assert (found.ok, found.exit_code()) == ((False, 9) if has_failed else (True, 0))


@given(RECORDS, SESSIONS, GIVEN)
def test_nothing_else_saves_a_model_that_is_denied(
    record: dict[str, Any], session: Session, asked: dict[str, Any]
) -> None:
    terms = Terms(user=User(denied=frozenset({"acme/gamma"})))
    assert report(world(record), session=session, terms=terms, **asked).verdict == "fail"


@given(SESSIONS, GIVEN)
def test_nothing_else_saves_a_model_that_is_removed(session: Session, asked: dict[str, Any]) -> None:
    assert report(world(a_record()), "acme/gone", session=session, **asked).verdict == "fail"


@given(RECORDS, SESSIONS, GIVEN)
def test_every_code_is_either_checked_or_said_not_to_be(
    record: dict[str, Any], session: Session, asked: dict[str, Any]
) -> None:
    found = report(world(record), session=session, **asked)
    assert sorted([*(each.code for each in found.checks), *found.unchecked]) == sorted(CODES)
    assert [each.code for each in found.checks] == sorted(each.code for each in found.checks)


# --- the length of an answer that nobody counted ---


@pytest.mark.parametrize(
    ("session", "changes", "expected"),
    [
        (Session(), {"maxContext": 1_000_000, "maxOutput": None}, 50_000),
        (Session(max_output=1000), {"maxContext": 1_000_000, "maxOutput": None}, 1000),
        (Session(), {"maxContext": 2_000_000, "maxOutput": 8000}, 8000),
        (Session(max_output=9000), {"maxContext": 2_000_000, "maxOutput": 8000}, 8000),
        (Session(reserve=70_000, max_output=1000), {"maxContext": 1_000_000, "maxOutput": 8000}, 70_000),
        (Session(completion=70_000, max_output=1000), {"maxContext": 1_000_000, "maxOutput": 8000}, 70_000),
    ],
)
def test_an_answer_is_no_longer_than_was_asked_for_or_the_model_writes(
    session: Session, changes: dict[str, Any], expected: int
) -> None:
    catalog = a_catalog(a_record(**changes))
    assert check("S05", catalog, session=session).data["reserve"] == expected


def test_a_conversation_fits_where_the_answer_that_is_asked_for_does() -> None:
    catalog = a_catalog(a_record(maxContext=1_000_000))
    found = check("S05", catalog, session=Session(tokens=960_000, max_output=1000))
    message = "960,000 tokens and 1,000 for the answer, of 1,000,000 of its context"
    assert (str(found.level), found.message) == ("warn", message)
