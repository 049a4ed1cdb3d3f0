"""The truth table of effective credentials, row by row, and that no key ever shows.

In the table `1` is a key that is there, `0` one that is not, `r` a rejected one, `c` one out of credit, `-` either of
the first two, so that such a row is held for both; `runs` is the backend, or the exit code and its reason.
"""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.switching.credentials import (
    NO_KEY,
    Ask,
    BackendClass,
    EffectiveCredentials,
    Key,
    KeySource,
    KeyState,
    Refusal,
    Situation,
    backend_class,
    credential_report,
    effective_credentials,
    key_of,
)

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
PRESENT: Final = Key(KeyState.PRESENT, KeySource.ENV)
CANARY: Final = "sk-or-v1-canary0123456789abcdef"


class Row(NamedTuple):
    """One row of the truth table."""

    number: str
    bound: str
    gateway: str
    openrouter: str
    direct: str
    in_namespace: str
    prefers_gateway: str
    can_route: str
    has_effective: str
    runs: str
    suggested: str
    ask: str


TABLE: Final = """
#   bound       G  O  D  M  pref  canRoute  hasEff  runs             suggested   ask
1   gateway     1  -  -  1  -     1         1       gateway          gateway     nothing
2   gateway     0  1  -  1  -     1         0       6:no_key         openrouter  login
3   gateway     0  0  1  1  -     1         0       6:no_key         anthropic   login
4   gateway     0  0  0  1  -     1         0       6:no_key         none        login
5   gateway     1  -  1  0  -     0         1       5:not_served     anthropic   nothing
5   gateway     1  -  0  0  -     0         1       5:not_served     none        nothing
6   openrouter  -  1  -  1  0     1         1       openrouter       openrouter  nothing
7   openrouter  1  1  -  1  1     1         1       openrouter       gateway     nothing
8   openrouter  1  0  -  1  -     1         1       6:no_key         gateway     nothing
9   openrouter  0  0  1  1  -     1         0       6:no_key         anthropic   key
10  openrouter  0  0  0  1  -     1         0       6:no_key         none        key
11  anthropic   1  -  1  1  1     1         1       anthropic        gateway     nothing
12  anthropic   1  -  1  1  0     1         1       anthropic        anthropic   nothing
13  anthropic   1  -  0  1  -     1         1       6:no_key         gateway     nothing
14  anthropic   0  1  0  1  -     1         0       6:no_key         openrouter  key
15  anthropic   1  0  0  0  -     0         0       6:no_key         none        key
16  anthropic   0  -  1  -  -     M         1       anthropic        anthropic   nothing
17  bedrock     1  1  0  -  -     0         0       6:no_key         none        cloud_credentials
17  vertex      1  1  0  -  -     0         0       6:no_key         none        cloud_credentials
17  local       1  1  0  -  -     0         0       6:no_key         none        key
18  bedrock     -  -  1  -  -     0         1       bedrock          bedrock     nothing
19  ollama      -  -  -  -  -     0         1       ollama           ollama      nothing
20  gateway     r  1  -  1  -     1         0       6:key_rejected   openrouter  login
20  openrouter  1  r  -  1  -     1         0       6:key_rejected   gateway     key
20  openrouter  0  r  1  1  -     1         0       6:key_rejected   anthropic   key
20  anthropic   0  1  r  1  -     1         0       6:key_rejected   openrouter  key
20  bedrock     1  1  r  -  -     0         0       6:key_rejected   none        cloud_credentials
21  gateway     c  1  -  1  -     1         1       5:out_of_credit  openrouter  nothing
21  openrouter  1  c  -  1  -     1         1       5:out_of_credit  gateway     nothing
21  openrouter  0  c  0  1  -     1         1       5:out_of_credit  none        nothing
21  anthropic   0  1  c  1  -     1         1       5:out_of_credit  openrouter  nothing
"""


ROWS: Final = tuple(Row(*line.split()) for line in TABLE.splitlines()[2:])

KEYS: Final = {
    "1": PRESENT,
    "0": NO_KEY,
    "r": Key(KeyState.REJECTED, KeySource.ENV),
    "c": Key(KeyState.OUT_OF_CREDIT, KeySource.ENV),
}


def situations_of(row: Row) -> list[Situation]:
    """Every situation that the row speaks of: each `-` stands for both."""
    columns = (row.gateway, row.openrouter, row.direct, row.in_namespace, row.prefers_gateway)
    return [a_situation(row.bound, *each) for each in itertools.product(*("01" if c == "-" else c for c in columns))]


def a_situation(
    bound: str, gateway: str, openrouter: str, direct: str, in_namespace: str = "1", prefers: str = "0"
) -> Situation:
    direct_backend = "anthropic" if bound in {"gateway", "openrouter"} else bound
    return Situation(
        bound=bound,
        keys={"gateway": KEYS[gateway], "openrouter": KEYS[openrouter], direct_backend: KEYS[direct]},
        in_namespace=in_namespace == "1",
        direct=(direct_backend,),
        prefers_gateway=prefers == "1",
    )


def what_runs(found: EffectiveCredentials) -> str:
    return found.runs if found.runs is not None else f"{found.exit_code}:{found.reason}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row-{row.number}-{row.bound}-{row.suggested}")
def test_the_truth_table_holds_for_every_situation_of_a_row(row: Row) -> None:
    for situation in situations_of(row):
        found = effective_credentials(situation)
        can_route = situation.in_namespace if row.can_route == "M" else row.can_route == "1"
        assert found.can_route_via_gateway == can_route
        assert found.has_effective_credentials == (row.has_effective == "1")
        assert what_runs(found) == row.runs
        assert (found.suggested or "none") == row.suggested
        assert found.ask == row.ask


def test_the_table_has_all_twenty_one_rows() -> None:
    assert {int(row.number) for row in ROWS} == set(range(1, 22))


@pytest.mark.parametrize("row", [row for row in ROWS if row.number in {"8", "13"}], ids=lambda row: f"row-{row.number}")
def test_who_has_the_gateways_key_is_pointed_to_it_and_not_asked_for_another(row: Row) -> None:
    assert {effective_credentials(each).hint for each in situations_of(row)} == {"run via gateway"}


def test_where_nothing_serves_the_hint_names_the_key_that_is_missing() -> None:
    assert effective_credentials(a_situation("gateway", "0", "0", "0")).hint == "log in to it"
    assert effective_credentials(a_situation("openrouter", "0", "0", "0")).hint == "give it a key"


def test_out_of_credit_names_every_other_backend_that_could_serve() -> None:
    assert effective_credentials(a_situation("openrouter", "1", "c", "1")).choices == ("gateway", "anthropic")


def test_flexible_mode_runs_what_is_suggested() -> None:
    found = effective_credentials(a_situation("openrouter", "1", "0", "0")._replace(is_flexible=True))
    assert (found.runs, found.reason, found.exit_code) == ("gateway", "flexible", 0)
    assert found.sentence == "gateway runs instead of openrouter, as you allowed"


def test_flexible_mode_moves_nothing_to_another_bill_when_credit_ends() -> None:
    found = effective_credentials(a_situation("openrouter", "1", "c", "0")._replace(is_flexible=True))
    assert (found.runs, found.exit_code) == (None, 5)


def test_the_gateway_is_preferred_and_others_run_only_where_somebody_says_so() -> None:
    found = effective_credentials(
        Situation("openrouter", {"openrouter": PRESENT, "gateway": PRESENT}, in_namespace=True)
    )
    assert (found.suggested, found.runs) == ("openrouter", "openrouter")
    found = effective_credentials(Situation("openrouter", {"gateway": PRESENT}, in_namespace=True))
    assert found.runs is None


def test_a_gateway_under_a_name_of_its_own_is_the_gateway() -> None:
    situation = Situation(bound="dexto", keys={"dexto": PRESENT}, in_namespace=True, gateway="dexto")
    found = effective_credentials(situation)
    assert (found.runs, found.can_route_via_gateway) == ("dexto", True)
    assert backend_class("dexto", gateway="dexto") is BackendClass.GATEWAY


def test_a_gateway_without_credit_is_no_reason_not_to_ask_for_a_key() -> None:
    found = effective_credentials(a_situation("openrouter", "c", "0", "0"))
    assert (found.has_effective_credentials, found.ask, found.suggested) == (False, Ask.KEY, None)


def test_openrouter_cannot_run_what_is_not_in_its_namespace_whatever_its_key() -> None:
    for key in "01rc":
        assert what_runs(effective_credentials(a_situation("openrouter", "0", key, "0", "0"))) == "5:not_served"


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "changeme", "CHANGEME", "sk-...", "sk-…", "sk-xxxx", "sk-or-***", "your-api-key", "YOUR_KEY_HERE",
     "<key>", "${OPENROUTER_API_KEY}", '""', "none", "todo", "sk-", "xxxxxxxx"],
)  # fmt: skip
def test_a_placeholder_is_no_key(text: str) -> None:
    assert key_of(text, source=KeySource.ENV, now=NOW) == NO_KEY


@pytest.mark.parametrize("text", [CANARY, "xai-9f", "AIzaSyA1", "gsk_4d2", "0123456789abcdef", "sk-x1"])
def test_a_key_is_known_by_its_source_only(text: str) -> None:
    assert key_of(text, source=KeySource.KEYCHAIN, now=NOW) == Key(KeyState.PRESENT, KeySource.KEYCHAIN)


@pytest.mark.parametrize(
    ("status", "minutes", "state"),
    [
        (401, 0, "rejected"), (401, 9, "rejected"), (401, 10, "present"),
        (402, 9, "out_of_credit"), (402, 10, "present"),
        (403, 0, "present"), (429, 0, "present"), (500, 0, "present"),
    ],
)  # fmt: skip
def test_a_refusal_counts_for_less_than_ten_minutes(status: int, minutes: int, state: str) -> None:
    refusal = Refusal(status, NOW - timedelta(minutes=minutes))
    assert key_of(CANARY, source=KeySource.ENV, refusal=refusal, now=NOW).state == state


def test_an_absent_key_cannot_be_rejected() -> None:
    assert key_of(None, source=KeySource.ENV, refusal=Refusal(401, NOW), now=NOW) == NO_KEY


def test_the_report_has_a_row_for_each_backend() -> None:
    situation = Situation(
        bound="openrouter", keys={"gateway": PRESENT, "anthropic": KEYS["r"]}, in_namespace=True, direct=("anthropic",)
    )
    assert credential_report(situation, ["gateway", "openrouter", "anthropic"]) == (
        {"backend": "gateway", "configured": True, "source": "env", "canRouteViaGateway": True,
         "hasEffectiveCredentials": True, "reason": "gateway runs with its own key"},
        {"backend": "openrouter", "configured": False, "source": "none", "canRouteViaGateway": True,
         "hasEffectiveCredentials": True, "reason": "openrouter has no key"},
        {"backend": "anthropic", "configured": True, "source": "env", "canRouteViaGateway": True,
         "hasEffectiveCredentials": False, "reason": "anthropic rejected its key"},
    )  # fmt: skip


@pytest.mark.parametrize("status", [None, 401, 402])
def test_no_output_holds_a_key(status: int | None) -> None:
    refusal = Refusal(status, NOW) if status is not None else None
    key = key_of(CANARY, source=KeySource.ENV, refusal=refusal, now=NOW)
    shown: list[Any] = [key, refusal]
    for bound in ("gateway", "openrouter", "anthropic", "bedrock", "ollama"):
        for is_flexible in (False, True):
            keys = dict.fromkeys(("gateway", "openrouter", bound), key)
            situation = Situation(bound=bound, keys=keys, in_namespace=True, is_flexible=is_flexible)
            found = effective_credentials(situation)
            shown += [situation, found, found.sentence, found.hint, json.dumps(credential_report(situation, keys))]
    assert not [each for each in shown if "canary" in f"{each!r}{each}".lower()]


STATES: Final = st.sampled_from(list(KEYS))
ANY_SITUATION: Final = st.builds(
    a_situation,
    st.sampled_from(["gateway", "openrouter", "anthropic", "groq", "bedrock", "vertex", "local", "ollama"]),
    STATES,
    STATES,
    STATES,
    st.sampled_from("01"),
    st.sampled_from("01"),
)


@given(ANY_SITUATION)
def test_strict_runs_the_chosen_backend_or_nothing(situation: Situation) -> None:
    found = effective_credentials(situation)
    assert found.runs in {None, situation.bound}
    assert (found.exit_code == 0) == (found.runs is not None)


@given(ANY_SITUATION, st.booleans())
def test_only_a_backend_with_a_usable_key_is_suggested_or_offered(situation: Situation, is_flexible: bool) -> None:
    found = effective_credentials(situation._replace(is_flexible=is_flexible))
    for named in {found.suggested, found.runs, *found.choices} - {None, "ollama"}:
        assert situation.keys[str(named)].state is KeyState.PRESENT


@given(ANY_SITUATION)
def test_nobody_is_asked_for_a_key_while_one_serves(situation: Situation) -> None:
    found = effective_credentials(situation)
    assert not (found.has_effective_credentials and found.ask is not Ask.NOTHING)
