"""Small catalogs to search for counterexamples in, and everything that may be asked of them.

Ids are chosen so that variants, families, renames and pointers meet; prices so that free, dear, unknown and
varying ones do; redirects may lead anywhere, also in circles. Records are those that the pipeline's own builder makes.
"""

from collections.abc import Mapping
from functools import cache
from math import prod
from typing import Any, Final

from hypothesis import strategies as st

from modelsync.client.asked import ANYTHING, Binding, Needs, Policy, User
from modelsync.client.catalog import ABILITIES
from modelsync.client.freshness import Freshness
from tests.builders import NOW, a_model

IDS: Final = (
    "acme/one-1",
    "acme/one-1:free",
    "acme/one-2",
    "acme/one-2:batch",
    "acme/one-3:thinking",
    "acme/one-3",
    "beta/two:free",
    "beta/two",
    "gamma/three-7b:free",
    "openrouter/auto",
    "openrouter/free",
    "~acme/one-latest",
)
PRICES: Final = ("0", "0.1", "0.12", "0.13", "1", "15", None)
TEXTS: Final = ("one", "ONE-2", "acme", "three", "free", "auto", "beta/tow", "one 1", "nothing at all", "own", "mine")
SLUGS: Final = ("acme/one", "beta/two", None)


@cache
def _written(model_id: str, price: str | None) -> dict[str, Any]:
    """The pipeline's record of an id at a price."""
    router: dict[str, Any] = {"pricing_status": "dynamic", "price_tier": None, "is_free": False, "cost": "varies"}
    fields = router if model_id == "openrouter/auto" else {}
    return a_model(model_id, prompt_usd_per_mtok=price, completion_usd_per_mtok=price, **fields).model_dump(
        mode="json", by_alias=True
    )


CHOICES: Final[Mapping[str, tuple[Any, ...]]] = {
    "price": PRICES,
    "fate": ("listed", "listed", "gone", "never"),
    "state": ("active", "active", "active", "stale"),
    "canonicalSlug": SLUGS,
    "maxContext": (8000, 8000, 1000, None),
    "supportsVision": (True, True, False, None),
    "reasoning": ("configurable", "none", "fixed"),
    "expiresAt": (None, None, "2026-08-11T13:00:00Z", "2098-12-31T13:00:00Z"),
    "redirect": (None, None, *IDS, "auto"),
    "kind": ("override", "renamed", "variant", "family"),
}
NOT_IN_RECORDS: Final = {"price", "fate", "redirect", "kind"}

WORLDS_OF_ONE: Final = prod(map(len, CHOICES.values()))
SPREAD: Final = 2_654_435_761
"""A prime, so that the small numbers which hypothesis likes stand for worlds that have nothing in common."""

lots: Final = st.integers(0, WORLDS_OF_ONE - 1).map(lambda number: number * SPREAD % WORLDS_OF_ONE)
"""One number that makes every choice of one id: a draw for each of them would take ten times as long."""


def chosen(lot: int) -> dict[str, Any]:
    """The choices that a number stands for."""
    made = {}
    for name, values in CHOICES.items():
        lot, place = divmod(lot, len(values))
        made[name] = values[place]
    return made


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A published set: every id is listed, gone, or was never there."""
    fates = {model_id: chosen(draw(lots)) for model_id in IDS}
    models = [_record(model_id, fate) for model_id, fate in fates.items() if fate["fate"] == "listed"]
    gone = {model_id: fate for model_id, fate in fates.items() if fate["fate"] == "gone"}
    redirects = [
        {"from": model_id, "to": fate["redirect"], "kind": fate["kind"]}
        for model_id, fate in gone.items()
        if fate["redirect"] is not None
    ]
    alive = [record["id"] for record in models]
    some = st.sampled_from([None, *alive])
    tiers = {tier: dict.fromkeys((*ABILITIES, "any"), draw(some)) for tier in ("free", "budget", "standard", "pro")}
    at = {"generation": 7, "generatedAt": NOW.isoformat()}
    shortlist = {"buckets": {"chat": {"models": [{"id": model_id} for model_id in alive[:3]]}}}
    return {
        "manifest": at,
        "current": {**at, "models": models},
        "curated": {**at, **shortlist, "models": [], "autoTargets": {**tiers, "premium": tiers["pro"]}},
        "deprecations": {
            **at,
            "redirects": redirects,
            "tombstones": [_stone(_record(model_id, fate)) for model_id, fate in gone.items()],
            "aliasHistory": [],
        },
    }


policies: Final = st.builds(
    Policy,
    mode=st.sampled_from(["interactive", "headless"]),
    price_factor=st.sampled_from(["1", "1.25", "10"]),
    price_cap=st.sampled_from([None, None, "0.12", "2"]),
    free_to_paid=st.sampled_from(["ask", "never", "allow"]),
    variant_change=st.sampled_from(["auto", "ask", "never"]),
    family=st.sampled_from(["auto", "ask", "never"]),
    auto=st.sampled_from([None, "tiered", "router", "never"]),
    unknown_price=st.sampled_from(["block", "warn"]),
    max_hops=st.sampled_from([0, 1, 8]),
)
willing: Final = st.builds(
    Policy,
    mode=st.sampled_from(["interactive", "headless"]),
    price_factor=st.sampled_from(["1.25", "10", "100"]),
    price_cap=st.sampled_from([None, None, None, "2"]),
    free_to_paid=st.sampled_from(["allow", "ask", "never"]),
    auto=st.sampled_from(["tiered", "router"]),
    unknown_price=st.sampled_from(["block", "warn"]),
)
"""Policies under which something may run instead: with the others most losses only stop."""
needs: Final = st.builds(
    Needs,
    abilities=st.none() | st.frozensets(st.sampled_from(tuple(ABILITIES)), max_size=2),
    context=st.sampled_from([0, 5000]),
)
bindings: Final = st.builds(
    Binding,
    terms=st.just({}),
    desired=st.sampled_from(IDS),
    bound_at=st.just("2026-05-01T00:00:00Z"),
    blended_price=st.sampled_from([None, "0", "0.1", "1"]),
    is_free=st.sampled_from([None, True, False]),
    needs=needs,
    effective=st.none() | st.sampled_from(IDS),
    substituted_at=st.sampled_from([None, "2026-06-01T00:00:00Z", "2026-07-30T00:00:00Z"]),
    backend=st.sampled_from(["openrouter", "gateway", "anthropic"]),
)
users: Final = st.builds(
    User,
    custom_ids=st.sampled_from([frozenset[str](), frozenset({"own", "acme/one-1"})]),
    aliases=st.dictionaries(st.sampled_from(["mine", "yours"]), st.sampled_from((*IDS, "own", "yours")), max_size=2),
    denied=st.frozensets(st.sampled_from((*IDS, "acme/*")), max_size=2),
)
texts: Final = st.sampled_from((*IDS, *TEXTS)) | st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs"]), min_size=1, max_size=12
).filter(lambda text: text.strip(" /"))


_besides: Final = st.fixed_dictionaries(
    {
        "needs": needs,
        "policy": policies,
        "user": st.just(User()) | users,
        "freshness": st.sampled_from(Freshness),
        "gone": st.sampled_from([False, False, True]),
    }
)


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A text and the arguments beside it; a saved choice is asked for by its own id."""
    binding = draw(st.none() | bindings)
    text = binding.desired if binding is not None else draw(st.sampled_from(IDS) | texts)
    return text, {"binding": binding} | draw(_besides)


@st.composite
def losses(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[str, dict[str, Any]]]:
    """A set, and a question about a model of it that is gone, or that nobody serves."""
    world = draw(documents())
    dead, alive = tuple(last_known(world)), tuple(listed(world))
    text = draw(st.sampled_from(dead or alive or IDS))
    binding = draw(st.none() | bindings)
    terms = {"policy": draw(willing), "needs": draw(st.just(ANYTHING) | needs), "user": User()}
    asked = {**draw(_besides), "gone": not dead, **terms}
    return world, (text, {**asked, "binding": binding._replace(desired=text) if binding is not None else None})


def listed(documents: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The records of a set by their ids, as the documents have them."""
    return {record["id"]: record for record in documents["current"]["models"]}


def last_known(documents: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Those of the models that are gone."""
    return {stone["id"]: stone["lastKnown"] for stone in documents["deprecations"]["tombstones"]}


def charges(record: Mapping[str, Any]) -> bool:
    """Whether a record states any price above zero, or is not called free; worked out apart from the client."""
    amounts = [float(price) for name, price in record["pricing"].items() if name.endswith("PerMillion")]
    return not record["isFree"] or any(amounts)


def _record(model_id: str, fate: Mapping[str, Any]) -> dict[str, Any]:
    return _written(model_id, fate["price"]) | {n: v for n, v in fate.items() if n not in NOT_IN_RECORDS}


def _stone(record: Mapping[str, Any]) -> dict[str, Any]:
    last = {**record, "state": "deprecated"}
    return {"id": record["id"], "state": "deprecated", "cause": "the feed stopped listing it", "lastKnown": last}
