"""What the commands that look something up say: list, search, show, pick, compare, cost, changes, why, backends."""

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelsync.reader.command_list import COMMANDS
from tests.client.records import a_record, an_event, free, prices
from tests.reader.command_line import Models
from tests.reader.shelf import LARGE, MODELS, SMALL

FILTERS: Final = (
    "--free", "--tools", "--vision", "--schema", "--reasoning any", "--reasoning none", "--images", "--max-price-in 1",
    "--max-price-out 0.5", "--tier budget", "--min-context 200K", "--min-output 64K", "--vendor acme",
    "--family acme/large", "--backend anthropic", "--usable", "--new-within 100d", "--sure", "--routers", "--variants",
    "--state stale",
)  # fmt: skip


def shown(models: Models, *words: str) -> list[str]:
    return [each["id"] for each in models(*words, "--json").json["items"]]


# --- list and search ---


def test_without_a_command_the_shortlist_is_shown_each_model_where_it_stands_highest(models: Models) -> None:
    said = models.on_a_terminal(width=120, NO_COLOR="1").lines
    assert [line for line in said if line[0] != " "][1:] == [
        "coding: writing and changing programs",
        "chat: conversation and everyday text",
        "vision: reading images",
    ]
    assert said[-2:] == [
        " 4 of 10 models; see `models pick USE`, `models search TEXT`, or `models list --all`",
        " hidden: 6 beyond the shortlist",
    ]


def test_options_without_a_command_are_those_of_the_list(models: Models) -> None:
    assert models("--all", "--limit", "2").lines == models("list", "--all", "--limit", "2").lines
    assert len(models("--limit", "2").lines) == 2


def test_the_head_of_the_shortlist_says_what_you_use(models: Models) -> None:
    models("use", "acme/large")
    assert models.on_a_terminal("list", width=120, NO_COLOR="1").lines[0] == (
        "catalog generation 7, fresh (just now), from a folder; you use acme/large"
    )


@pytest.mark.parametrize(
    ("of", "ids"),
    [
        ("curated", {"acme/large", "acme/small", "acme/small:free", "zeta/view"}),
        ("discovered", {"zeta/haiku-1", "zeta/haiku-2"}),
        ("custom", {"acme/private"}),
        ("mine", {"acme/private", "zeta/haiku-1"}),
        (
            "all",
            {
                "acme/large",
                "acme/small",
                "acme/small:free",
                "zeta/view",
                "zeta/haiku-1",
                "zeta/haiku-2",
                "acme/private",
            },
        ),
    ],
)
def test_a_list_is_of_what_was_asked(models: Models, of: str, ids: set[str]) -> None:
    models("user", "add", "acme/private", "--base-url", "http://127.0.0.1:8000/v1")
    models("fav", "zeta/haiku-1")
    assert set(shown(models, "list", "--of", of, "--sort", "name")) == ids


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.sampled_from(
        ("list", "list --all", "list --of mine", "list --of discovered", "search a", "pick", "pick chat", "pick free")
    ),
    st.lists(st.sampled_from(FILTERS), max_size=3, unique=True),
    st.sampled_from(("", "--limit 1", "--limit 3")),
)
def test_what_is_shown_and_what_is_hidden_add_up(models: Models, line: str, filters: list[str], limit: str) -> None:
    answer = models(*line.split(), *" ".join(filters).split(), *limit.split(), "--json").json
    if "error" in answer:
        assert answer["error"]["kind"] in {"not-found", "credentials"}
        return
    shown_everywhere = len(answer["items"]) + rest(models, answer, line, filters, limit)
    assert shown_everywhere + sum(answer["hidden"].values()) == answer["total"]


def rest(models: Models, answer: dict[str, Any], line: str, filters: list[str], limit: str) -> int:
    """How many stand on the pages that follow."""
    if answer.get("cursor") is None:
        return 0
    words = (*line.split(), *" ".join(filters).split(), *limit.split(), "--cursor", answer["cursor"], "--json")
    following = models(*words).json
    return len(following["items"]) + rest(models, following, line, filters, limit)


def test_pages_show_every_model_once(models: Models) -> None:
    ids, words = (
        [],
        ["list", "--all", "--routers", "--variants", "--state", "active", "--state", "stale", "--limit", "3"],
    )
    cursor: list[str] = []
    while True:
        answer = models(*words, *cursor, "--json").json
        ids += [each["id"] for each in answer["items"]]
        if answer["cursor"] is None:
            break
        cursor = ["--cursor", answer["cursor"]]
    assert sorted(ids) == sorted(each["id"] for each in MODELS)


def test_a_page_names_the_command_that_shows_the_next_one(models: Models) -> None:
    said = models.on_a_terminal("list", "--all", "--vendor", "acme", "--limit", "1", width=200).out
    named = next(line for line in said.splitlines() if "; more: " in line).partition("; more: models ")[2]
    assert models(*named.split()).lines == ["acme/large"]
    again = models.on_a_terminal(*named.split(), width=200).out.partition("; more: models ")[2]
    assert again.count("--cursor") == 1


def test_signs_in_cells_are_explained_where_there_are_any(models: Models) -> None:
    explained = "yes? and no?: guessed by the name; ? alone: nobody knows"
    assert explained in models.on_a_terminal("list", width=120).out
    assert explained not in models.on_a_terminal("search", "acme/large", width=120).out


def test_a_model_that_you_hid_has_a_reason_of_its_own(models: Models) -> None:
    models("hide", "acme/small:free")
    assert models("list", "--json").json["hidden"] == {"beyond the shortlist": 6, "hidden by you": 1}


def test_a_use_of_which_you_hid_everything_is_shown_and_says_so(models: Models) -> None:
    models("hide", "zeta/view")
    said = " Every model of it would be hidden: 1 hidden by you."
    assert said in models.on_a_terminal("list", width=120).lines
    assert models("list").lines[-1] == "zeta/view"


def test_columns_of_the_shortlist_have_each_model_once_in_the_order_in_which_it_is_shown(models: Models) -> None:
    rows = [line.split("\t") for line in models("list", "--tsv").lines]
    assert [row[1] for row in rows] == ["model", *models("list").lines]
    assert rows[0] == models("list", "--all", "--tsv").lines[0].split("\t")


@pytest.mark.parametrize(
    ("line", "matches", "total"),
    [
        ("list", 4, 10),
        ("list --all --limit 2", 6, 10),
        ("list --vendor acme", 3, 10),
        ("search haiku --limit 1", 2, 2),
        ("search large --free", 0, 3),
    ],
)
def test_a_script_finds_how_many_match_however_many_it_gets(
    models: Models, line: str, matches: int, total: int
) -> None:
    answer = models(*line.split(), "--json").json
    assert (answer["matches"], answer["total"]) == (matches, total)
    assert answer["matches"] == answer["total"] - sum(answer["hidden"].values())


def test_what_resembles_a_text_is_shown_with_a_warning(models: Models) -> None:
    ran = models("search", "acme larhe")
    assert (ran.lines, ran.err) == (["acme/large"], "models: no name has that in it; these resemble it\n")


def test_what_only_resembles_and_is_hidden_is_no_answer(models: Models) -> None:
    ran = models("search", "zeta awya")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "models: no model is called 'zeta awya'; what resembles it is hidden: 1 stale\n"


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("search large --free", "1 batch variant, 1 latest pointer, 1 not free"),
        ("search large batch --free", "1 not free"),
        ("search small --vendor zeta", "2 of other vendors"),
        (
            "list --of discovered --free",
            "1 batch variant, 1 latest pointer, 1 not free, 1 price unknown, 1 router, 1 stale",
        ),
    ],
)
def test_where_all_that_matches_is_hidden_one_sentence_says_how_many_and_why(
    models: Models, line: str, hidden: str
) -> None:
    said = f"models: nothing is shown; hidden: {hidden}\n"
    ran = models(*line.split())
    assert (ran.code, ran.out, ran.err) == (0, "", said)
    assert models.on_a_terminal(*line.split(), width=120).out == said


def test_where_nothing_is_left_the_names_of_the_columns_are(models: Models) -> None:
    assert models("search", "large", "--free", "--tsv").lines == models("search", "large", "--tsv").lines[:1]


def test_a_list_that_has_none_yet_says_so(models: Models) -> None:
    ran = models("list", "--of", "custom")
    assert (ran.code, ran.out, ran.err) == (0, "", "models: there is none yet\n")


def test_a_search_needs_something_to_search_for(models: Models) -> None:
    assert models("search", "  ").code == 2
    assert shown(models, "search", "--free") == ["acme/small:free"]


@pytest.mark.parametrize("line", ["list --all", "search large", "pick coding", "pick free"])
@pytest.mark.parametrize(("option", "near"), [("--vendor acne", "acme"), ("--backend antropic", "anthropic")])
def test_a_vendor_that_no_model_has_is_no_empty_answer(models: Models, line: str, option: str, near: str) -> None:
    ran = models(*line.split(), *option.split())
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.endswith(f"expected one that some model has; did you mean {near}?\n")


def test_case_has_no_meaning_in_a_vendor(models: Models) -> None:
    assert models("pick", "chat", "--vendor", "Acme").lines == models("pick", "chat", "--vendor", "acme").lines
    assert shown(models, "list", "--vendor", "ZETA") == shown(models, "list", "--vendor", "zeta") != []


# --- show ---


def test_one_model_is_shown_with_what_calls_it(models: Models) -> None:
    said = models.on_a_terminal("show", "large", width=120, NO_COLOR="1").lines
    assert said[0] == "Acme: Large · acme/large"
    assert " price    $2.00 / $10.00 per million, standard tier; 8K in and 1K out: $0.026" in said
    assert " limits   1M context, 64K output" in said


@pytest.mark.parametrize(
    ("model", "price"), [("openrouter/auto", "varies"), ("zeta/haiku-1", "?"), ("acme/small:free", "free")]
)
def test_a_price_that_is_none_is_no_amount(models: Models, model: str, price: str) -> None:
    assert f"price\t{price}" in models("show", model, "--tsv").lines


def test_a_model_that_is_gone_is_shown_with_where_it_leads(models: Models) -> None:
    assert models("show", "acme/old").code == 0
    assert "state\tdeprecated, leads to acme/small" in models("show", "acme/old", "--tsv").lines


def test_your_word_on_a_model_is_shown(models: Models) -> None:
    models("user", "set", "acme/large", "--field", "maxContext=1000")
    assert models("show", "large", "--json").json["items"][0]["maxContext"] == 1000
    assert "limits\t1K context, 64K output" in models("show", "large", "--tsv").lines


# --- pick ---


@pytest.mark.parametrize(
    ("use", "ids"),
    [
        ("coding", ["acme/large"]),
        ("chat", ["acme/small", "acme/large", "acme/small:free"]),
        ("vision", ["zeta/view"]),
        ("free", ["acme/small:free"]),
    ],
)
def test_a_use_has_its_models_best_first(models: Models, use: str, ids: list[str]) -> None:
    assert models("pick", use).lines == ids


def test_without_a_use_the_best_of_each_is_shown(models: Models) -> None:
    answer = models("pick", "--json").json
    assert [(each["use"], each["id"], each["why"]) for each in answer["items"]] == [
        ("coding", "acme/large", "Good at it: acme/large."),
        ("chat", "acme/small", "Good at it: acme/small."),
        ("vision", "zeta/view", "Good at it: zeta/view."),
        ("free", "acme/small:free", "chat: Good at it: acme/small:free."),
    ]
    assert (answer["total"], answer["hidden"]) == (6, {"further down": 2})
    assert models("pick").lines == ["acme/large", "acme/small", "zeta/view", "acme/small:free"]
    assert models.on_a_terminal("pick", width=120).lines[-1] == " all for one of them: models pick coding"


def test_the_best_of_each_use_is_of_those_that_were_asked_for(models: Models) -> None:
    assert [each["use"] for each in models("pick", "--tools", "--vision", "--json").json["items"]] == ["coding", "chat"]
    ran = models("pick", "--max-price-in", "0", "--vendor", "zeta")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("models: nothing that is recommended is all of that (hidden: ")


GIFTS: Final = tuple(a_record(f"zeta/gift-{place}:free", alias=f"gift-{place}", **free()) for place in (1, 2))


@pytest.mark.parametrize(
    ("line", "gifts", "said"),
    [
        ("pick free", 2, "2 more are free: models list --free"),
        ("pick free", 1, "1 more is free: models list --free"),
        (
            "pick --limit 9 Free --min-context 100K",
            2,
            "2 more are free: models list --limit 9 --free --min-context 100K",
        ),
    ],
)
def test_who_picks_what_is_free_is_told_of_the_others(models: Models, line: str, gifts: int, said: str) -> None:
    models.republish(*MODELS, *GIFTS[:gifts])
    assert f" {said}" in models.on_a_terminal(*line.split(), width=120).lines
    answer = models(*line.split(), "--json").json
    assert (answer["total"], answer["hidden"]) == (1 + gifts, {"beyond the shortlist": gifts})
    assert len(models(*said.partition("models ")[2].split()).lines) == 1 + gifts


def test_where_no_free_model_is_recommended_the_others_are_told(models: Models) -> None:
    models.republish(*MODELS, *GIFTS)
    ran = models("pick", "free", "--min-context", "200K")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.endswith("; 2 more are free: models list --free --min-context 200K\n")


@pytest.mark.parametrize("line", ["pick chat", "pick free"])
def test_where_there_are_no_others_none_are_told(models: Models, line: str) -> None:
    assert " free: models list" not in models.on_a_terminal(*line.split(), width=120).out


@pytest.mark.parametrize("word", ["image", "image-gen", "IMAGE"])
def test_either_word_for_painting_is_understood(models: Models, word: str) -> None:
    assert models("promote", "zeta/haiku-2", "--bucket", word).code == 0
    assert models("pick", word).lines == ["zeta/haiku-2"]
    assert models("user", "export", "--json").json["items"][0]["promoted"][0]["bucket"] == "image-gen"


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("lst", "list"),
        ("shwo large", "show"),
        ("Pick coding", "pick"),
        ("pick visoin", "vision"),
        ("why large tool", "tools"),
        ("list --tier budgt", "budget"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_one_that_is_meant(models: Models, line: str, near: str) -> None:
    ran = models(*line.split())
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.endswith(f"; did you mean {near}?\n")


@pytest.mark.parametrize(("line", "helps"), [("nonsense", "models"), ("pick something", "models pick")])
def test_a_word_that_is_like_none_is_answered_with_the_help(models: Models, line: str, helps: str) -> None:
    ran = models(*line.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(f"; run `{helps} --help`\n")


def test_every_recommendation_has_its_reason(models: Models) -> None:
    assert [each["why"] for each in models("pick", "free", "--json").json["items"]] == [
        "chat: Good at it: acme/small:free."
    ]


def test_a_use_that_the_catalog_has_nothing_for_names_those_it_has(models: Models) -> None:
    ran = models("pick", "image")
    assert (ran.code, ran.out) == (3, "")
    assert "expected one of coding, chat, vision" in ran.err


def test_what_was_asked_for_narrows_the_recommended_and_says_what_it_cost(models: Models) -> None:
    answer = models("pick", "chat", "--vision", "--json").json
    assert [each["id"] for each in answer["items"]] == ["acme/large"]
    assert (answer["total"], answer["hidden"]) == (3, {"no vision": 2})


def test_where_nothing_is_left_the_reasons_are_told(models: Models) -> None:
    ran = models("pick", "coding", "--max-price-in", "0.01")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("models: nothing that is recommended for coding is all of that (hidden: 1 ")


def test_where_only_keys_are_missing_that_is_said(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    assert models("pick", "coding", "--usable").code == 6
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-v1-0123456789abcdef0123456789abcdef")
    assert models("pick", "coding", "--usable").lines == ["acme/large"]


# --- compare and cost ---


def test_models_stand_side_by_side_in_the_order_of_their_names(models: Models) -> None:
    rows = [line.split("\t") for line in models("compare", "small", "acme/large", "--tsv").lines]
    assert rows[0][1:] == ["acme/small", "acme/large"]
    assert ["context", "262K", "1M *"] in rows
    assert ["8K in, 1K out", "0.0012 *", "0.026"] in rows


def test_what_is_not_known_is_neither_best_nor_a_number(models: Models) -> None:
    rows = [line.split("\t") for line in models("compare", "zeta/haiku-1", "openrouter/auto", "--tsv").lines]
    assert next(row for row in rows if row[0] == "in per M")[1:] == ["?", "varies"]


@pytest.mark.parametrize(
    ("line", "text", "low", "high"),
    [
        ("cost acme/large", "$0.026", "0.026", "0.026"),
        ("cost acme/large --prompt 1M --completion 100K", "$3.00", "3", "3"),
        ("cost acme/large --requests 1000", "$26.00", "26", "26"),
        ("cost acme/small --prompt 1 --completion 0", "$0.0000001", "0.0000001", "0.0000001"),
        ("cost acme/small:free", "free", "0", "0"),
        ("cost openrouter/auto", "varies", None, None),
        ("cost zeta/haiku-1", "?", None, None),
    ],
)
def test_a_cost_is_exact_or_said_to_be_unknown(
    models: Models, line: str, text: str, low: str | None, high: str | None
) -> None:
    found = models(*line.split(), "--json").json["items"][0]
    assert (found["text"], found["low"], found["high"]) == (text, low, high)


def test_the_parts_of_a_cost_are_shown_with_their_sum(models: Models) -> None:
    assert models("cost", "acme/large", "--tsv").lines == [
        "part\tunits\tUSD",
        "prompt\t8,000\t$0.016",
        "completion\t1,000\t$0.01",
        "total\t\t$0.026",
    ]


LATER: Final = a_record(
    "acme/later",
    alias="later",
    cost="$0.60 / $2.40",
    pricing=prices(
        "0.6",
        "2.4",
        overrides=[{"minPromptTokens": 32000, "promptPerMillion": "1.2", "completionPerMillion": "4.8"}],
    ),
)


@pytest.mark.parametrize(
    ("prompt", "price"),
    [("8K", "$0.60 / $2.40+"), ("100K", "listed at $0.60 / $2.40; conditions apply to this call")],
)
def test_a_price_that_does_not_hold_for_a_call_is_only_said_to_be_listed(
    models: Models, prompt: str, price: str
) -> None:
    models.republish(LATER)
    said = models.on_a_terminal("cost", "later", "--prompt", prompt, NO_COLOR="1").lines
    assert [line.split(None, 1)[1] for line in said if line.strip().startswith("price ")] == [price]


def test_conditional_prices_are_written_as_money(models: Models) -> None:
    models.republish(LATER)
    said = models.on_a_terminal("show", "later", NO_COLOR="1", width=120).lines
    found = [line.split(None, 1)[1] for line in said if line.strip().startswith("conditions ")]
    assert found == ["from 32,000 tokens: $1.20 in, $4.80 out"]


def test_prices_side_by_side_say_which_are_dearer_under_conditions(models: Models) -> None:
    models.republish(LATER, SMALL)
    found = models("compare", "later", "small", "--tsv")
    rows = {row[0]: row[1:] for row in (line.split("\t") for line in found.lines)}
    assert [rows[label] for label in ("in per M", "out per M", "blended per M", "8K in, 1K out")] == [
        ["0.6+", "0.1 *"],
        ["2.4+", "0.4 *"],
        ["1.05+", "0.175 *"],
        ["0.0072", "0.0012 *"],
    ]
    legend = "+: dearer under conditions, which `models show MODEL` tells"
    assert legend in models.on_a_terminal("compare", "later", "small", NO_COLOR="1", width=120).out
    models.republish(SMALL, LARGE, generation=9)
    assert legend not in models.on_a_terminal("compare", "large", "small", NO_COLOR="1", width=120).out


def test_a_call_that_cannot_be_made_is_priced_with_a_note(models: Models) -> None:
    ran = models.on_a_terminal("cost", "acme/small", "--prompt", "262K", "--completion", "65K", NO_COLOR="1")
    assert [line.strip() for line in ran.lines if line.startswith(" note: ")] == [
        "note: prompt and answer are longer than its context: it cannot be called so",
        "note: its answers cannot be as long as that",
    ]
    found = models("cost", "acme/small", "--prompt", "262K", "--completion", "65K", "--json").json["items"][0]
    assert found["notes"] == ["beyond_window", "beyond_output"]


@pytest.mark.parametrize("found", ["0", "-1"])
def test_a_count_of_rows_is_from_one(models: Models, found: str) -> None:
    ran = models("list", "--limit", found)
    assert (ran.code, "expected a whole number from 1" in ran.err) == (2, True)


def test_the_cost_of_a_model_that_is_gone_has_a_note(models: Models) -> None:
    ran = models.on_a_terminal("cost", "acme/old", NO_COLOR="1", width=120)
    note = "note: it is gone from the list: this is the last that is known of its price"
    assert [line.strip() for line in ran.lines if line.startswith(" note: ")] == [note]
    assert models("cost", "acme/old", "--json").json["items"][0]["notes"] == ["gone"]


# --- changes and why ---


def test_changes_are_told_newest_first(models: Models) -> None:
    assert models("changes", "--since", "2026-07-01", "--tsv").lines == [
        "day\twhat\tmodel\tchange",
        "2026-08-07\tprice\tacme/large\tin $1.00 -> $2.00 (+100 %), out $5.00 -> $10.00 (+100 %)",
        "2026-08-02\tgone\tacme/old\t-> acme/small",
        "2026-08-01\tnew\tzeta/haiku-2\t$1.00 / $4.00, 200,000 tokens of context",
    ]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("short", ["day", "what", "model", "change"]),
        ("of-thirty-signs-or-more-as-some-are", ["what", "model", "change"]),
        ("of-forty-signs-or-more-as-few-of-them-are", ["model", "change"]),
    ],
)
def test_what_a_change_is_stands_beside_its_model_on_any_terminal(models: Models, name: str, names: list[str]) -> None:
    event = an_event("curated-out", f"acme/{name}", field="coding", note="a newer one took its place")
    models.republish(changes={"generatedAt": "2026-08-08T18:42:00Z", "begins": None, "events": [event]})
    lines = models.on_a_terminal("changes", "--since", "2026-07-01", width=80, NO_COLOR="1").lines
    assert lines[0].split() == names
    assert "out of the shortlist" in lines[1]
    assert max(map(len, lines)) <= 80


def test_changes_may_be_of_one_model_or_of_one_kind(models: Models) -> None:
    assert models("changes", "large", "--since", "2026-07-01").lines == ["acme/large"]
    assert models("changes", "acme/old", "--since", "2026-07-01").lines == ["acme/old"]
    assert models("changes", "--only", "added", "--since", "2026-07-01").lines == ["zeta/haiku-2"]


def test_changes_beyond_the_limit_are_counted(models: Models) -> None:
    answer = models("changes", "--since", "2026-07-01", "--limit", "1", "--json").json
    assert (len(answer["items"]), answer["total"], answer["hidden"]) == (1, 3, {"beyond the limit": 2})


@pytest.mark.parametrize(
    ("flag", "value", "source", "confidence"),
    [
        ("schema", True, "heuristic", "medium"),
        ("vision", True, "heuristic", "medium"),
        ("price", "$1.00 / $4.00", "api", "high"),
    ],
)
def test_who_says_so_is_said(models: Models, flag: str, value: Any, source: str | None, confidence: str | None) -> None:
    found = models("why", "zeta/view", flag, "--json").json["items"][0]
    assert (found["value"], found["source"], found["confidence"]) == (value, source, confidence)


def test_why_shows_your_own_word_and_each_other_layer_once(models: Models) -> None:
    models("user", "set", "acme/large", "--field", "supportsVision=false")
    said = models.on_a_terminal("why", "acme/large", "vision", NO_COLOR="1", width=120).lines
    assert [line.strip() for line in said[-4:]] == [
        "who       what they say",
        "api       input: image, text (yes: does not count)",
        "override  none",
        "user      no",
    ]


def test_why_writes_places_in_the_shortlist_for_people(models: Models) -> None:
    said = models.on_a_terminal("why", "acme/large", "shortlist", NO_COLOR="1", width=120).lines
    assert said[0] == "acme/large: shortlist = no. 1 in coding, no. 2 in chat"
    assert not any(line.strip().startswith("sure") for line in said)


def test_your_own_word_is_who_says_so(models: Models) -> None:
    models("user", "set", "zeta/view", "--field", "supportsTools=true")
    found = models("why", "zeta/view", "tools", "--json").json["items"][0]
    assert (found["value"], found["source"]) == (True, "user")


@pytest.mark.parametrize(
    ("text", "code", "head"),
    [
        ("large", 0, "large is the alias of acme/large"),
        ("acme/old", 5, "acme/old is gone, and what is nearest needs your consent"),
        ("haiku", 4, "haiku may be several models: name one by its id"),
    ],
)
def test_how_a_name_leads_to_a_model_is_told_step_by_step(models: Models, text: str, code: int, head: str) -> None:
    ran = models("why", text)
    assert (ran.code, ran.lines[0]) == (code, head)
    assert len(ran.lines) > 1


# --- backends ---


def test_backends_name_the_variable_that_their_key_is_read_from(models: Models) -> None:
    whys = {each["backend"]: each["whyNot"] for each in models("backends", "acme/large", "--json").json["items"]}
    assert whys["openrouter"] == "openrouter has no key: set OPENROUTER_API_KEY"
    assert whys["anthropic"] == "anthropic has no key: set ANTHROPIC_API_KEY"


def test_a_backend_with_a_key_runs(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789abcdef0123456789abcdef")
    found = {each["backend"]: each for each in models("backends", "acme/large", "--json").json["items"]}
    assert (found["anthropic"]["available"], found["anthropic"]["wireId"]) == (True, "large")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_of_its_own(models: Models, command: str) -> None:
    ran = models(command, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"usage: models {command}")
