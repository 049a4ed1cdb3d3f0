"""Why a model is as it is: the layer that decided, the others, since when; and None where nobody published it."""

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.capabilities import Capability, DetectionSource
from modelsync.client.browsing.explain import ABOUT, explain
from modelsync.client.browsing.explain_flags import FLAGS
from modelsync.client.browsing.explanation import SOURCES, Explanation, Said, Since
from modelsync.client.catalog import Catalog, Model
from modelsync.client.own.user_fields import merged
from modelsync.client.own.user_layer import CustomModel, UserLayer, model_of
from modelsync.errors import UsageError
from tests.client.recorded_catalogs import recorded_catalog
from tests.client.records import a_catalog, a_record, a_tombstone, an_event, flags, prices
from tests.client.worlds import documents

ADDED: Final = an_event("added", at="2026-07-01T00:00:00Z", generation=9)
CAME: Final = Since("2026-07-01T00:00:00Z", 9)


def why(about: str, *, events: Any = (ADDED,), documents: dict[str, Any] | None = None, **fields: Any) -> Explanation:
    """Why something of acme/gamma is as it is, which came with generation 9."""
    catalog = a_catalog(a_record(**fields), events=events, **(documents or {}))
    model = catalog.model("acme/gamma")
    assert model is not None
    return explain(catalog, model, about)


def said(found: Explanation, layer: str) -> list[str]:
    return [each.words for each in found.evidence if each.layer == layer]


def rated(flag: str = "supportsTools", **rating: Any) -> dict[str, Any]:
    """The `signals` in which clients' reports of one flag of acme/gamma add up to this."""
    return {"signals": {"telemetry": {"since": "2026-07-01", "ratings": {"acme/gamma": {flag: rating}}}}}


def test_a_flag_of_the_list_says_so_and_since_when() -> None:
    assert why("tools") == Explanation(
        about="tools",
        value=True,
        source="api",
        confidence="high",
        since=CAME,
        evidence=(
            Said("api", "names the parameter tools"),
            Said("telemetry", "not looked at"),
            Said("override", "none"),
        ),
    )


def test_no_reports_are_another_thing_than_reports_that_nobody_loaded() -> None:
    assert said(why("tools"), "telemetry") == ["not looked at"]
    assert said(why("tools", documents={"signals": {"telemetry": None}}), "telemetry") == ["no reports"]


def test_reports_may_be_given_beside_the_catalog() -> None:
    record = a_record("acme/gamma", **flags("telemetry", supportsTools=False))
    catalog = Catalog.of({"current": {"models": [record]}})
    rating = {"standing": "lowered", "decidedOn": "2026-05-02"}
    found = explain(catalog, Model("acme/gamma", record), "tools", ratings={"acme/gamma": {"supportsTools": rating}})
    assert (said(found, "telemetry"), found.since) == (
        ["no reports of late; they lowered the flag"],
        Since("2026-05-02"),
    )


def test_a_flag_is_asked_for_by_its_word_or_its_published_name() -> None:
    assert why("supportsTools") == why("tools")


@pytest.mark.parametrize(
    ("source", "confidence", "sentence"),
    [
        ("api", "high", "the source's list says so"),
        ("override", "high", "people established it"),
        ("telemetry", "high", "clients' reports decided it"),
        ("heuristic", "medium", "a family rule guessed it by the name"),
        (None, None, "nobody knows"),
    ],
)
def test_confidence_follows_from_who_says_so(source: str | None, confidence: str | None, sentence: str) -> None:
    found = why("tools", **flags(source))
    assert (found.source, found.confidence, found.sentence) == (source, confidence, sentence)


def test_that_a_model_does_not_reason_because_no_rule_says_so_is_hardly_sure() -> None:
    found = why("reasoning", supportedParameters=[], **flags("heuristic", reasoning="none"))
    assert (found.confidence, said(found, "heuristic")) == (
        "low",
        ["no family rule on its name says that it reasons"],
    )


def test_a_guess_says_that_the_list_is_silent() -> None:
    found = why("tools", supportedParameters=[], **flags("heuristic"))
    assert said(found, "heuristic") == ["a family rule on its name says so; which one is not published"]
    assert said(found, "api") == ["names no parameters"]


@pytest.mark.parametrize(
    ("flag", "fields", "words"),
    [
        ("tools", {"supportedParameters": ["top_p"]}, "does not name the parameter tools"),
        ("structuredOutput", {}, "names the parameter structured_outputs"),
        ("jsonMode", {}, "names the parameter response_format"),
        ("vision", {}, "input: image, text"),
        ("vision", {"inputModalities": []}, "does not say what its input is"),
        ("imageGen", {}, "output: text"),
        ("reasoning", {}, "names no parameter for reasoning"),
        ("reasoning", {"supportedParameters": ["reasoning", "tools"]}, "parameters: reasoning"),
        ("free", {}, "it has a price above zero"),
        ("free", {"pricingStatus": "free"}, "nothing is charged for any unit"),
        ("free", {"pricingStatus": "unknown"}, "its price is unknown, or varies"),
    ],
)
def test_the_lists_word_is_read_off_the_record(flag: str, fields: dict[str, Any], words: str) -> None:
    assert said(why(flag, **fields), "api") == [words]


def test_reports_are_told_with_their_numbers() -> None:
    evidence = {"window": "7d", "requests": 1200, "reporters": 9, "days": 7, "rate": 0.04, "interval": [0.03, 0.05]}
    found = why("tools", documents=rated(standing="watched", evidence=evidence))
    assert said(found, "telemetry") == ["1,200 requests in 7d, 4% failed, told by 9; nothing followed from them"]


def test_a_flag_that_reports_lowered_says_since_when_and_what_the_list_says() -> None:
    decided = {"window": "7d", "requests": 200, "reporters": 10, "days": 4, "rate": 0.3, "interval": [0.2, 0.4]}
    signals = rated(standing="lowered", decidedOn="2026-05-02", decidedBy=decided)
    found = why("tools", documents=signals, events=(), **flags("telemetry", supportsTools=False))
    assert (found.value, found.source, found.since) == (False, "telemetry", Since("2026-05-02"))
    assert found.overridden == (Said("api", "yes"),)
    assert said(found, "telemetry") == ["200 requests in 7d, 30% failed, told by 10; they lowered the flag"]


def test_reports_that_are_too_few_by_now_say_so() -> None:
    found = why("tools", documents=rated(standing="unverified"), **flags(None, supportsTools=None))
    assert said(found, "telemetry") == ["no reports of late; they had lowered the flag, and are too few now to say"]


def test_an_override_says_what_it_overrides() -> None:
    found = why("structuredOutput", **flags("override", structuredOutput=False))
    assert found.overridden == (Said("api", "yes"),)
    assert said(found, "override") == ["people established it"]


# --- since when ---


def change(**fields: Any) -> dict[str, Any]:
    return an_event("capability", **{"field": "supportsTools", "before": False, "after": True, **fields})


def test_a_flag_stands_since_its_last_change() -> None:
    later = change(at="2026-08-07T00:00:00Z", generation=41, before=None, note="the list says so now")
    found = why("tools", events=(ADDED, change(), later))
    assert found.since == Since("2026-08-07T00:00:00Z", 41)
    assert said(found, "log") == ["the list says so now"]


@pytest.mark.parametrize(
    "events",
    [
        (),
        None,
        (change(after=False),),
        (an_event("added", "acme/other"),),
    ],
)
def test_a_beginning_that_is_not_published_is_not_made_up(events: Any) -> None:
    assert why("tools", events=events).since is None


def test_changes_of_other_flags_and_models_are_no_beginning() -> None:
    others = (change(field="jsonMode"), change(id="acme/other"))
    assert why("tools", events=(ADDED, *others)).since == CAME


# --- people above the published layers ---


def own(about: str, user: dict[str, Any], organisation: dict[str, Any] | None = None) -> Explanation:
    catalog = a_catalog(a_record(), events=(ADDED,))
    found = merged(a_record(), user=user, organisation=organisation or {})
    return explain(catalog, Model("acme/gamma", found.record), about, said_by=found.said_by)


@pytest.mark.parametrize(
    ("about", "user", "value", "published"),
    [
        ("tools", {"supportsTools": False}, False, "yes"),
        ("reasoning", {"reasoning": "fixed"}, "fixed", "configurable"),
        ("free", {"pricing": {"promptPerMillion": "0", "completionPerMillion": "0"}}, True, "no"),
        ("price", {"pricing": {"promptPerMillion": "2"}}, "$2.00 / $4.00", "$1.00 / $4.00"),
        ("context", {"maxContext": 8000}, 8000, "200,000 tokens"),
    ],
)
def test_the_users_word_counts_and_the_lists_is_told(
    about: str, user: dict[str, Any], value: Any, published: str
) -> None:
    found = own(about, user)
    assert (found.value, found.source, found.confidence, found.since) == (value, "user", "high", None)
    assert found.overridden == (Said("api", published),)


@pytest.mark.parametrize(
    ("about", "user", "words"),
    [
        ("vision", {"supportsVision": False}, "no"),
        ("reasoning", {"reasoning": "fixed"}, "fixed"),
        ("context", {"maxContext": 32000}, "32,000 tokens"),
    ],
)
def test_the_users_own_word_is_among_those_that_are_told(about: str, user: dict[str, Any], words: str) -> None:
    assert own(about, user).evidence[-1] == Said("user", words)
    assert own(about, {}, user).evidence[-1] == Said("organisation", words)


def test_the_organisations_word_counts_where_the_user_says_nothing() -> None:
    assert own("tools", {}, {"supportsTools": False}).source == "organisation"
    assert own("tools", {"supportsTools": True}, {"supportsTools": False}).source == "user"


def test_the_users_short_name_stands_before_the_catalogs() -> None:
    found = own("alias", {"alias": "mine"})
    assert (found.value, found.source, found.overridden) == ("mine", "user", (Said("pipeline", "gamma"),))


def test_a_model_of_the_users_own_is_explained_as_far_as_anybody_knows_it() -> None:
    layer = UserLayer(models=(CustomModel("custom", "My Own", fields={"supportsTools": True}),))
    catalog = a_catalog()
    found = model_of(layer, "My Own", catalog=catalog)
    assert found is not None
    model = Model("My Own", found.record)
    answers = {each: explain(catalog, model, each, said_by=found.said_by) for each in ABOUT}
    assert (answers["tools"].value, answers["tools"].source) == (True, "user")
    assert (answers["vision"].value, answers["vision"].source) == (None, None)
    assert (answers["state"].source, answers["price"].source, answers["shortlist"].source) == ("user", None, None)


# --- what is no flag ---


def test_a_price_stands_since_its_last_change() -> None:
    moved = an_event("price", before={"promptPerMillion": "2"}, after={"promptPerMillion": "1"})
    assert why("price", events=(ADDED, moved)).since == Since("2026-08-01T18:42:00Z", 40)


def test_a_price_is_told_as_the_list_has_it_with_what_waits() -> None:
    pricing = prices("1", "4", raw={"prompt": "0.000001"}, overrides=[{"minPromptTokens": 5}])
    pending = {"since": "2026-08-07T00:00:00Z", "reason": "a jump of more than ten times"}
    assert why("price", pricing=pricing, pendingPricing=pending).evidence == (
        Said("api", "USD for one unit: prompt 0.000001"),
        Said("api", "conditional prices: 1"),
        Said("pipeline", "another price was seen on 2026-08-07, not believed yet: a jump of more than ten times"),
    )


def test_an_unknown_price_is_nobodys_word() -> None:
    found = why("price", pricingStatus="unknown", pricing=prices(None, None), cost="?")
    assert (found.value, found.source, found.confidence, found.since) == (None, None, None, None)


def test_a_limit_that_only_a_reference_knows_is_told_and_not_taken() -> None:
    origins = {"maxOutput": {"source": "models.dev", "record": "acme/gamma", "day": "2026-07-01"}}
    found = why("maxOutput", maxOutput=None, enrichment={"maxOutput": 8000, "origins": origins})
    assert (found.value, found.source) == (None, None)
    assert found.evidence == (
        Said("api", "does not say"),
        Said("pipeline", "models.dev has 8,000 tokens (acme/gamma), for reference"),
    )


def test_a_model_that_is_missing_says_since_when() -> None:
    found = why("state", events=(), state="stale", missingSince="2026-08-05T00:00:00Z")
    assert (found.value, found.since) == ("stale", Since("2026-08-05T00:00:00Z"))
    assert said(found, "api") == ["missing from the list since 2026-08-05"]


def test_an_end_that_is_announced_belongs_to_the_state() -> None:
    assert said(why("state", expiresAt="2026-09-01T13:00:00Z"), "api") == ["its end is announced for 2026-09-01"]


def test_a_model_that_is_gone_says_why_and_where_its_users_are_sent() -> None:
    stone = a_tombstone(a_record())
    catalog = a_catalog(a_record("acme/new"), tombstones=(stone,), redirects={"acme/gamma": "acme/new"})
    found = explain(catalog, Model("acme/gamma", stone["lastKnown"]), "state")
    assert (found.value, found.since) == ("deprecated", Since("2026-08-02T00:00:00Z"))
    assert said(found, "pipeline") == [
        "first seen on 2026-01-01",
        "missing from the feed",
        "its users are sent to acme/new",
    ]


@pytest.mark.parametrize(
    ("alias", "source"),
    [("gamma", "pipeline"), ("gamma-x7k", "pipeline"), ("best", None)],
)
def test_a_short_name_says_whether_it_is_made_of_the_id(alias: str, source: str | None) -> None:
    assert why("alias", alias=alias).source == source


def test_a_short_name_that_people_gave_says_what_it_was() -> None:
    move = {"oldAlias": "gamma", "newAlias": "best", "modelId": "acme/gamma", "since": "2026-08-01T18:42:00Z"}
    gone = {"redirects": [], "tombstones": [], "aliasHistory": [move]}
    event = an_event("alias", before="gamma", after="best")
    found = why("alias", alias="best", events=(ADDED, event), documents={"deprecations": gone})
    assert (found.source, found.since) == ("override", Since("2026-08-01T18:42:00Z", 40))
    assert found.evidence == (Said("pipeline", "people replaced the one it had"), Said("log", "before, it was gamma"))


def shortlist(**buckets: Any) -> dict[str, Any]:
    return {"curated": {"models": [], "autoTargets": {}, "buckets": buckets}}


def test_a_place_in_the_shortlist_is_told_with_its_parts() -> None:
    components = {"quality": {"value": 0.9538, "evidence": "measured", "source": "an index", "date": None}}
    entry = {"id": "acme/gamma", "alias": "gamma", "rank": 0.6792, "components": components, "reason": "The best."}
    bucket = {"models": [{"id": "acme/first"}, entry], "nextUp": []}
    events = (ADDED, an_event("curated-in", field="chat", generation=41))
    found = why("shortlist", documents=shortlist(chat=bucket), events=events)
    assert (found.value, found.source, found.since) == ({"chat": 2}, "pipeline", Since("2026-08-01T18:42:00Z", 41))
    assert found.evidence == (
        Said("pipeline", "chat: rank 0.679; The best."),
        Said("pipeline", "chat: quality 0.95 (measured: an index)"),
    )


def test_who_is_not_in_the_shortlist_learns_how_far_off_it_is() -> None:
    near = {"models": [], "nextUp": [{"id": "acme/gamma", "rank": 0.6, "reason": "Its family is full."}]}
    far: dict[str, Any] = {"models": [], "nextUp": []}
    found = why("shortlist", documents=shortlist(coding=near, chat=far, fast=far))
    assert found.value is None
    assert said(found, "pipeline") == [
        "chat: it may stand in it, and does not",
        "coding: just missed it, rank 0.600; Its family is full.",
        "fast: it is not of this kind",
    ]


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(UsageError, match="why: found 'colour', expected one of tools, vision, structuredOutput"):
        why("colour")


# --- laws ---


def test_every_flag_and_every_layer_of_the_publisher_has_its_words() -> None:
    assert set(FLAGS.values()) == set(Capability)
    assert SOURCES.keys() >= set(DetectionSource)


def holds(catalog: Catalog, model: Model) -> None:
    """Every question about a model has an answer, which agrees with its record and names no unknown layer."""
    for about in ABOUT:
        found = explain(catalog, model, about)
        assert found.about == about
        assert found.source is None or found.source in SOURCES
        assert found.since is None or found.since.generation is None or found.since.generation <= catalog.generation
        assert all(each.layer in {*SOURCES, "log"} and each.words for each in (*found.evidence, *found.overridden))
    for word, flag in FLAGS.items():
        found = explain(catalog, model, word)
        assert (found.value, found.source) == (model.record[flag], model.record["detectionSource"][flag])
        assert (found.confidence is None) is (found.source is None)


@given(documents(), st.lists(st.sampled_from(["supportsTools", "reasoning"]), max_size=3))
def test_everything_about_every_model_has_an_answer(world: dict[str, Any], changed: list[str]) -> None:
    events = [an_event("capability", "acme/one-1", field=flag, after=True, generation=3) for flag in changed]
    log = {"generation": 7, "generatedAt": world["manifest"]["generatedAt"], "events": events}
    ranked = [
        {"rank": 0.5, "reason": "It fits.", "components": {}, **each}
        for each in world["curated"]["buckets"]["chat"]["models"]
    ]
    curated = {**world["curated"], "buckets": {"chat": {"models": ranked[:1], "nextUp": ranked[1:]}}}
    catalog = Catalog.of({**world, "curated": curated, "changes": log})
    for model in catalog.models():
        holds(catalog, model)


def test_every_flag_of_every_model_of_a_recorded_catalog_has_an_answer(recorded_feeds: Path) -> None:
    catalog = recorded_catalog(recorded_feeds)
    models = list(catalog.models())
    assert len(models) > 400
    for model in models:
        holds(catalog, model)


def test_flags_of_a_recorded_catalog_stand_since_the_log_says_so(recorded_feeds: Path) -> None:
    catalog = recorded_catalog(recorded_feeds)
    answers = [explain(catalog, model, word) for model in catalog.models() for word in FLAGS]
    assert all(each.since is not None for each in answers)
    assert len({each.since for each in answers}) == catalog.generation - 1
