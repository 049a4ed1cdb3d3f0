"""Pages of models: what is shown and what is hidden adds up, orders are total, cursors lead on and nowhere else."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.browsing.browse import Scope, Sort, browse
from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.pages import Page
from modelsync.client.catalog import Catalog
from modelsync.client.own.user_layer import CustomModel, Promotion, UserLayer
from modelsync.errors import UsageError
from tests.client.records import a_catalog, a_record, free, prices, recorded_models
from tests.client.worlds import IDS, documents, texts

CATALOG = a_catalog(
    a_record("acme/nova-1", createdAt="2026-01-01T00:00:00Z"),
    a_record("acme/nova-1:batch"),
    a_record("acme/nova-2", createdAt="2026-06-01T00:00:00Z", pricing=prices("0.1", "0.2"), maxContext=1_000_000),
    a_record("acme/nova-2:free", createdAt=None, **free()),
    a_record("beta/supernova", state="stale"),
    a_record("beta/painter", pricing=prices("0", "0", perUnit={"image": "0.04"}), name="Zebra"),
    a_record("openrouter/auto", isRouter=True, pricingStatus="dynamic", pricing=prices(None, None)),
    a_record("~acme/nova-latest", pricing=prices("3", "3"), maxContext=None),
    buckets={"coding": ("acme/nova-2", "acme/nova-1"), "vision": ("beta/painter",)},
)
MARKED = UserLayer(
    models=(CustomModel("local", "my-nova"),),
    favourites=("acme/nova-1:batch",),
    hidden=("acme/nova-1",),
    promoted=(Promotion("acme/nova-2:free"),),
)


def ids(page: Page) -> list[str]:
    return [seen.id for seen in page.items]


def every_page(catalog: Catalog, text: str = "", **asked: Any) -> Iterator[Page]:
    page = browse(catalog, text, **asked)
    yield page
    while page.cursor is not None:
        page = browse(catalog, text, **asked, cursor=page.cursor)
        yield page


@pytest.mark.parametrize(
    ("scope", "shown", "hidden"),
    [
        ("curated", ["acme/nova-2", "beta/painter", "acme/nova-2:free"], {"hidden by you": 1}),
        (
            "all",
            ["acme/nova-2", "beta/painter", "acme/nova-2:free", "my-nova"],
            {"batch variants": 1, "hidden by you": 1, "latest pointers": 1, "routers": 1, "stale": 1},
        ),
        ("discovered", [], {"batch variants": 1, "latest pointers": 1, "routers": 1, "stale": 1}),
        ("custom", ["my-nova"], {}),
        ("mine", ["acme/nova-1:batch", "acme/nova-2:free", "my-nova"], {}),
    ],
)
def test_a_scope_shows_its_models_and_counts_the_hidden(scope: Scope, shown: list[str], hidden: dict[str, int]) -> None:
    page = browse(CATALOG, scope=scope, layer=MARKED)
    assert (ids(page), dict(page.hidden)) == (shown, hidden)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("best", ["acme/nova-2", "beta/painter", "acme/nova-1", "acme/nova-2:free"]),
        ("price", ["acme/nova-2:free", "acme/nova-2", "acme/nova-1", "beta/painter"]),
        ("context", ["acme/nova-2", "acme/nova-1", "acme/nova-2:free", "beta/painter"]),
        ("newest", ["acme/nova-2", "acme/nova-1", "beta/painter", "acme/nova-2:free"]),
        ("name", ["acme/nova-1", "acme/nova-2", "acme/nova-2:free", "beta/painter"]),
    ],
)
def test_every_sort_orders_by_its_figure_and_then_by_id(sort: Sort, expected: list[str]) -> None:
    assert ids(browse(CATALOG, scope="all", sort=sort)) == expected


def test_a_price_that_is_no_price_per_token_comes_last_and_is_not_cheap() -> None:
    dear = a_record("acme/dear", pricing=prices("100", "100"))
    unknown = a_record("acme/aa", pricing=prices(None, None), pricingStatus="unknown", priceTier=None)
    page = browse(a_catalog(unknown, dear), scope="all", sort="price")
    assert ids(page) == ["acme/dear", "acme/aa"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nova 2", ["acme/nova-2", "acme/nova-2:free"]),
        ("NOVA", ["acme/nova-2", "acme/nova-1", "acme/nova-2:free"]),
        ("nova batch", ["acme/nova-1:batch"]),
        ("nova latest", ["~acme/nova-latest"]),
        ("router", ["openrouter/auto"]),
        ("openrouter", ["openrouter/auto"]),
        ("paint", ["beta/painter"]),
        ("quark", []),
        ("???", []),
    ],
)
def test_a_text_finds_exact_names_first_and_what_it_names_is_shown(text: str, shown: list[str]) -> None:
    assert ids(browse(CATALOG, text, scope="all")) == shown


def test_the_whole_name_comes_before_words_and_words_before_a_part() -> None:
    catalog = a_catalog(a_record("acme/xnova"), a_record("acme/nova-pro"), a_record("zeta/nova"))
    assert ids(browse(catalog, "nova", scope="all")) == ["zeta/nova", "acme/nova-pro", "acme/xnova"]


def test_what_resembles_is_shown_only_where_nothing_is_called_so() -> None:
    page = browse(CATALOG, "acme/nvoa-2", scope="all")
    assert (page.is_resemblance, ids(page)[0]) == (True, "acme/nova-2")
    assert browse(CATALOG, "nova", scope="all").is_resemblance is False


def test_a_misspelt_text_shows_those_it_means_before_those_it_resembles() -> None:
    page, meant = browse(CATALOG, "nvoa", scope="all"), browse(CATALOG, "nova", scope="all")
    assert (page.is_resemblance, meant.is_resemblance) == (True, False)
    assert ids(page)[:2] == ids(meant)[:2] == ["acme/nova-2", "acme/nova-1"]
    assert len(page.items) + sum(page.hidden.values()) == page.total


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("coder free", ["qwen/qwen3-coder:free"]),
        ("free coder", ["qwen/qwen3-coder:free"]),
        ("qwen coder free", ["qwen/qwen3-coder:free"]),
        ("qwen codr free", ["qwen/qwen3-coder:free", "qwen/qwen3-coder"]),
        ("qwen3-coder-next free", ["qwen/qwen3-coder:free", "qwen/qwen3-coder-next", "qwen/qwen3-coder"]),
    ],
)
def test_a_text_that_says_a_variant_shows_those_first(text: str, shown: list[str]) -> None:
    records = [a_record("qwen/qwen3-coder"), a_record("qwen/qwen3-coder-next"), a_record("qwen/qwen3-coder:free")]
    assert ids(browse(a_catalog(*records), text, scope="all"))[: len(shown)] == shown


def test_a_misspelt_name_of_ones_own_is_found_too() -> None:
    layer = UserLayer(models=(CustomModel("local", "house-painting"),))
    assert ids(browse(CATALOG, "huose", layer=layer, scope="all")) == ["house-painting"]


def test_the_users_own_name_finds_a_model() -> None:
    layer = UserLayer(aliases={"workhorse": "acme/nova-1"})
    assert ids(browse(CATALOG, "workhorse", scope="all", layer=layer)) == ["acme/nova-1"]


def test_unknown_flags_are_counted_apart_from_those_that_say_no() -> None:
    catalog = a_catalog(
        a_record("acme/a"), a_record("acme/b", supportsTools=None), a_record("acme/c", supportsTools=False)
    )
    page = browse(catalog, scope="all", filters=Filter(tools=True))
    assert (ids(page), page.total, dict(page.hidden)) == (["acme/a"], 3, {"no tools": 1, "tools unknown": 1})


def test_a_page_has_at_most_the_limit_and_the_last_leads_nowhere() -> None:
    pages = list(every_page(CATALOG, scope="all", limit=3))
    assert [ids(page) for page in pages] == [["acme/nova-2", "beta/painter", "acme/nova-1"], ["acme/nova-2:free"]]
    assert pages[1].cursor is None


def test_a_page_that_ends_with_the_list_leads_nowhere() -> None:
    assert browse(CATALOG, scope="all", limit=4).cursor is None


def test_a_cursor_fits_behind_a_button_and_stays_right_when_something_before_it_is_hidden() -> None:
    first = browse(CATALOG, scope="all", limit=2)
    assert first.cursor is not None
    assert len(first.cursor) <= 40
    layer = UserLayer(hidden=("acme/nova-2",), recents=("acme/nova-1",))
    assert ids(browse(CATALOG, scope="all", limit=2, cursor=first.cursor, layer=layer)) == [
        "acme/nova-1",
        "acme/nova-2:free",
    ]


@pytest.mark.parametrize("cursor", ["", "rubbish", "42", "42-00000000-000000000000 ", "\u0664-00000000-000000000000"])
def test_rubbish_is_no_cursor(cursor: str) -> None:
    with pytest.raises(UsageError, match=r"^cursor: expected one that a page gave, found .*; begin at the first page$"):
        browse(CATALOG, scope="all", cursor=cursor)


def test_a_cursor_of_another_generation_is_refused() -> None:
    def page(generation: int, cursor: str | None = None) -> Page:
        return browse(
            a_catalog(a_record("acme/a"), a_record("acme/b"), generation=generation),
            scope="all",
            limit=1,
            cursor=cursor,
        )

    with pytest.raises(UsageError, match=r"^cursor: found one of generation 7, expected 8; begin at the first page$"):
        page(8, page(7).cursor)


@pytest.mark.parametrize(
    "other",
    [{"sort": "price"}, {"scope": "curated"}, {"text": "nova"}, {"filters": Filter(free=False)}],
    ids=["sort", "scope", "text", "filter"],
)
def test_a_cursor_of_another_question_is_refused(other: dict[str, Any]) -> None:
    cursor = browse(CATALOG, scope="all", limit=1).cursor
    with pytest.raises(UsageError, match=r"^cursor: found one of another question"):
        browse(CATALOG, **{"scope": "all", **other}, limit=1, cursor=cursor)


def test_a_cursor_behind_a_model_that_was_hidden_meanwhile_is_refused() -> None:
    cursor = browse(CATALOG, scope="all", limit=1).cursor
    with pytest.raises(UsageError, match=r"^cursor: found a last model that is not shown any more"):
        browse(CATALOG, scope="all", limit=1, cursor=cursor, layer=UserLayer(hidden=("acme/nova-2",)))


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"scope": "some"}, "scope: found 'some', expected one of curated, all, discovered, custom, mine; choose one"),
        ({"sort": "size"}, "sort: found 'size', expected one of best, price, context, newest, name; choose one"),
        ({"limit": 0}, "limit: found '0', expected a number above zero; mend it"),
        ({"text": "x" * 201}, "search: found a text that can be no name"),
        ({"text": "a\x00b"}, "search: found a text that can be no name"),
        ({"text": "a\u200bb"}, "search: found a text that can be no name"),
        ({"filters": Filter(max_price_in="cheap")}, "filter: max_price_in: found 'cheap'"),
    ],
)
def test_words_that_are_none_are_refused_in_one_sentence(asked: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        browse(CATALOG, **asked)
    assert str(refused.value).startswith(problem)


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (Filter(vendor=frozenset({"BETA"})), ["beta/painter"]),
        (Filter(family=frozenset({"Painter"})), ["beta/painter"]),
        (Filter(backend=frozenset({"Local"})), ["my-nova"]),
    ],
)
def test_origins_are_compared_without_case(wanted: Filter, shown: list[str]) -> None:
    assert ids(browse(CATALOG, scope="all", filters=wanted, layer=MARKED)) == shown


@pytest.mark.parametrize(
    ("wanted", "where", "expected"),
    [
        (
            Filter(vendor=frozenset({"acme", "Aceme"})),
            "vendor: found 'Aceme'",
            "that some model has; did you mean acme?",
        ),
        (Filter(family=frozenset({"painte"})), "family: found 'painte'", "that some model has; did you mean painter?"),
        (Filter(backend=frozenset({"nobody"})), "backend: found 'nobody'", "such as gateway, openrouter; mend it"),
    ],
)
def test_an_origin_that_no_model_has_is_refused_with_the_nearest(wanted: Filter, where: str, expected: str) -> None:
    with pytest.raises(UsageError) as refused:
        browse(CATALOG, filters=wanted)
    assert str(refused.value) == f"filter: {where}, which no model has, expected one {expected}"


def test_a_model_without_a_vendor_is_near_to_no_word() -> None:
    with pytest.raises(UsageError, match=r"expected one such as acme, beta, openrouter; mend it$"):
        browse(CATALOG, filters=Filter(vendor=frozenset({"x"})), layer=MARKED)


def test_an_origin_that_only_another_scope_has_is_known() -> None:
    assert ids(browse(CATALOG, scope="custom", filters=Filter(vendor=frozenset({"acme"})), layer=MARKED)) == []


# --- laws ---


def a_layer(fields: Mapping[str, Any]) -> UserLayer:
    return UserLayer(**fields)


def a_filter(fields: Mapping[str, Any]) -> Filter:
    return Filter(**fields)


layers = st.fixed_dictionaries(
    {
        "models": st.sampled_from([(), tuple(CustomModel(*each) for each in (("local", "own"), ("ollama", "own")))]),
        "favourites": st.lists(st.sampled_from(IDS), max_size=2, unique=True).map(tuple),
        "hidden": st.lists(st.sampled_from((*IDS, "own")), max_size=2, unique=True).map(tuple),
        "promoted": st.lists(st.sampled_from(IDS), max_size=2, unique=True).map(lambda ids: tuple(map(Promotion, ids))),
        "overrides": st.dictionaries(st.sampled_from(IDS), st.just({"supportsTools": False}), max_size=1),
    }
).map(a_layer)
filters = st.fixed_dictionaries(
    {
        "free": st.sampled_from([None, None, True, False]),
        "max_price_in": st.sampled_from([None, None, "0.12"]),
        "min_context": st.sampled_from([None, None, 5000]),
        "vision": st.sampled_from([None, True, False]),
        "reasoning": st.sampled_from([None, None, "any", "none"]),
        "state": st.sampled_from([frozenset({"active"}), frozenset[str]()]),
        "usable": st.sampled_from([None, frozenset(IDS[:6])]),
        "include_routers": st.booleans(),
        "include_variants": st.booleans(),
    }
).map(a_filter)
questions = st.fixed_dictionaries(
    {
        "text": st.just("") | texts,
        "scope": st.sampled_from(get_args(Scope)),
        "filters": filters,
        "sort": st.sampled_from(get_args(Sort)),
        "layer": layers,
    }
)


def keys(page: Page) -> list[tuple[str, str, str]]:
    return [seen.key for seen in page.items]


@given(documents(), questions, st.integers(1, 5))
def test_shown_and_hidden_add_up_to_the_total_and_pages_share_nothing(
    world: dict[str, Any], question: dict[str, Any], limit: int
) -> None:
    catalog = Catalog.of(world)
    pages = list(every_page(catalog, **question, limit=limit))
    shown = [key for page in pages for key in keys(page)]
    assert len(shown) == len(set(shown))
    assert {(page.total, tuple(page.hidden.items())) for page in pages} == {
        (pages[0].total, tuple(pages[0].hidden.items()))
    }
    assert len(shown) + sum(pages[0].hidden.values()) == pages[0].total
    assert all(len(page.items) == limit for page in pages[:-1])
    assert shown == keys(browse(catalog, **question, limit=1000))


@given(documents(), questions, st.randoms(use_true_random=False))
def test_the_order_is_the_same_whatever_the_order_of_the_list(
    world: dict[str, Any], question: dict[str, Any], chance: Any
) -> None:
    mixed = {**world, "current": {**world["current"], "models": list(world["current"]["models"])}}
    chance.shuffle(mixed["current"]["models"])
    assert browse(Catalog.of(mixed), **question) == browse(Catalog.of(world), **question)


@given(documents(), questions)
def test_what_the_user_hid_is_never_shown(world: dict[str, Any], question: dict[str, Any]) -> None:
    assert not {seen.id for seen in browse(Catalog.of(world), **question, limit=1000).items} & set(
        question["layer"].hidden
    )


@given(documents(), questions)
def test_scopes_part_everything(world: dict[str, Any], question: dict[str, Any]) -> None:
    catalog, asked = Catalog.of(world), {**question, "text": ""}
    totals = {scope: browse(catalog, **{**asked, "scope": scope}).total for scope in get_args(Scope)}
    assert totals["all"] == totals["curated"] + totals["discovered"] + totals["custom"]


def test_of_a_recorded_list_every_model_is_shown_or_counted(recorded_feeds: Path) -> None:
    records = [dict(model.record) for model in recorded_models(recorded_feeds).values()]
    catalog = a_catalog(*records)
    for wanted in (Filter(), Filter(tools=True, min_context=1_000_000), Filter(free=True), Filter(max_price_out="1")):
        pages = list(every_page(catalog, scope="all", filters=wanted, sort="price", limit=50))
        shown = [seen for page in pages for seen in page.items]
        assert len(shown) + sum(pages[0].hidden.values()) == pages[0].total == len(records)
        assert [seen.id for seen in shown if wanted.free and seen.model.record["cost"] != "free"] == []


def test_a_page_of_the_shortlist_alone_is_possible_without_the_whole_list() -> None:
    at = {"generation": 3, "generatedAt": "2026-08-08T18:42:00Z"}
    buckets = {"chat": {"models": [{"id": "acme/gamma"}]}}
    curated = {**at, "models": [a_record()], "autoTargets": {}, "buckets": buckets}
    assert ids(browse(Catalog.of({"curated": json.loads(json.dumps(curated))}))) == ["acme/gamma"]
