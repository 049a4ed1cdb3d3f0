"""What scripts rely on: all JSON is as the published schema says, and standard output holds nothing else."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from modelsync.reader.command_list import COMMANDS
from modelsync.reader.exit_codes import KINDS
from modelsync.shell.contracts.answer_items import ITEMS
from modelsync.shell.contracts.answer_schemas import ANSWER
from modelsync.shell.contracts.schemas import schema_of
from tests.client.published_sets import objects, write_store
from tests.client.recorded_catalogs import recorded_documents
from tests.client.records import a_record
from tests.reader.command_line import Models
from tests.reader.shelf import published

SCHEMA: Final = dict(schema_of(ANSWER))

LINES: Final = (
    "list",
    "list --all",
    "list --all --limit 2",
    "list --of mine",
    "list --of custom",
    "list --of discovered --tools --sort price",
    "search l",
    "search larg --sort newest",
    "search --free",
    "show acme/large",
    "show zeta/view",
    "pick",
    "pick --tools --limit 2",
    "pick chat",
    "pick chat --limit 1",
    "pick free",
    "compare acme/large acme/small",
    "cost acme/large",
    "cost openrouter/auto",
    "changes --since 2026-07-01",
    "changes --since 2026-07-01 --only price --limit 1",
    "why acme/large tools",
    "why acme/large price",
    "why zeta/haiku-1 price",
    "why acme/large",
    "why haiku",
    "why nothing-like-it-zz",
    "backends acme/large",
    "use acme/large",
    "current",
    "current --all",
    "check acme/small",
    "check acme/small --tokens 200K --images 2 --strict",
    "keys",
    "ack",
    "ack --all",
    "alias",
    "alias quick acme/small",
    "alias quick --undo",
    "fav",
    "fav acme/small",
    "fav acme/small --undo",
    "hide",
    "hide zeta/view",
    "hide zeta/view --undo",
    "promote acme/large --alias big --bucket coding",
    "promote acme/large --undo",
    "user",
    "user add acme/private --base-url http://127.0.0.1:8000/v1 --key-ref env:TEAM_KEY",
    "show acme/private",
    "check acme/private",
    "backends acme/private",
    "list --of mine",
    "user set acme/large --field maxContext=1000 --field pricing.promptPerMillion=3",
    "show acme/large",
    "why acme/large context",
    "user export",
    "user remove acme/private",
    "use --unset",
    "status",
    "refresh",
    "doctor",
    "completion bash",
    "use acme/large",
    "telemetry",
    "telemetry on",
    "telemetry show",
    "telemetry send",
    "telemetry off",
    "telemetry purge",
    "use --unset",
)
"""Every command in its ways, in an order in which each has something to work on."""

ON_THE_SHELF: Final = (*LINES, "list", "show acme/old", "why acme/old", "backends acme/old", "check zeta/haiku-2")
_RECORDED: Final = {
    "acme/large": "anthropic/claude-sonnet-5",
    "acme/small": "qwen/qwen3-coder",
    "zeta/view": "google/gemini-3.5-flash",
    "zeta/haiku-1": "openrouter/auto",
}


def recorded(line: str) -> str:
    """The same words about recorded models."""
    return " ".join(_RECORDED.get(word, word) for word in line.split())


FAILURES: Final = {
    "lst": "usage",
    "list --nonsense": "usage",
    "pick something": "usage",
    "pick chat --limit 0": "usage",
    "search": "usage",
    "use": "usage",
    "use acme/large --need flying": "usage",
    "cost acme/large --cached 9K": "usage",
    "compare acme/large": "usage",
    "user set acme/large --field nonsense=1": "usage",
    "changes --since nonsense": "usage",
    "list --all --cursor nonsense": "usage",
    "list --require-fresh nonsense": "usage",
    "show nothing-like-it-zz": "not-found",
    "search nothing-like-it-zz": "not-found",
    "ack ffff": "not-found",
    "current": "not-found",
    "use --unset": "not-found",
    "pick chat --min-context 2M": "not-found",
    "use haiku": "ambiguous",
    "use acme/old": "unavailable",
    "use zeta/gift:free": "unavailable",
    "pick chat --usable": "credentials",
    "list --source nowhere-at-all": "no-catalog",
    "list --source http://127.0.0.1:9/": "no-catalog",
}
"""Ways to get no answer, and their kinds."""


def complaints(answer: Mapping[str, Any], definition: str) -> list[str]:
    """What the schema of one command has against an answer, and that the schema of all has anything."""
    named = Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}, format_checker=_FORMATS)
    every = Draft202012Validator(SCHEMA, format_checker=_FORMATS)
    found = [f"{definition}{error.json_path[1:]}: {error.message[:300]}" for error in named.iter_errors(answer)]
    return found or [error.message[:100] for error in every.iter_errors(answer)]


_FORMATS: Final = FormatChecker()


def names_in(value: object) -> Iterator[str]:
    """Every name of a member, however deep."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from names_in(each)
    if isinstance(value, list):
        for each in value:
            yield from names_in(each)


def test_every_command_has_a_schema_and_a_line_here_where_it_is_there() -> None:
    assert ITEMS.keys() == set(COMMANDS)
    assert {line.split()[0] for line in LINES} == set(COMMANDS)


def test_every_answer_is_as_the_schema_says(models: Models) -> None:
    assert wrong(models, ON_THE_SHELF) == {}


def test_every_answer_on_a_recorded_catalog_is_as_the_schema_says(models: Models, recorded_feeds: Path) -> None:
    documents = dict(recorded_documents(recorded_feeds))
    manifest = documents.pop("manifest")
    bare = {name: {**document, "generation": manifest["generation"]} for name, document in documents.items()}
    write_store(models.store, objects(bare, generation=manifest["generation"], at=datetime.now(UTC)))
    assert wrong(models, tuple(map(recorded, LINES))) == {}


def wrong(models: Models, lines: tuple[str, ...]) -> dict[str, object]:
    """The lines whose answers the schema has something against, and those without an answer."""
    answers = {line: models(*line.split(), "--json").json for line in lines}
    found = {
        line: answer["error"] if "error" in answer else complaints(answer, line.split()[0])
        for line, answer in answers.items()
    }
    return {line: each for line, each in found.items() if each}


@pytest.mark.parametrize(("line", "kind"), FAILURES.items())
def test_every_refusal_is_as_the_schema_says_and_says_how_it_ended(models: Models, line: str, kind: str) -> None:
    ran = models(*line.split(), "--json")
    assert complaints(ran.json, "error") == []
    assert (ran.json["error"]["kind"], ran.json["error"]["exitCode"]) == (kind, ran.code)
    assert ran.err.startswith(f"models: {ran.json['error']['message'][:40]}")


def test_a_catalog_that_is_too_old_is_a_refusal(models: Models) -> None:
    published(models.store, at=datetime(2020, 1, 1, tzinfo=UTC))
    ran = models("list", "--require-fresh", "--json")
    assert (complaints(ran.json, "error"), ran.code, ran.json["error"]["kind"]) == ([], 8, "not-fresh")


def test_a_check_that_failed_is_an_answer_with_a_code_of_its_own(models: Models) -> None:
    ran = models("check", "acme/small", "--tokens", "500K", "--json")
    assert (complaints(ran.json, "check"), ran.code, ran.json["items"][0]["ok"]) == ([], 9, False)


def test_a_choice_that_does_not_run_is_a_refusal_that_offers_others(models: Models) -> None:
    models("use", "zeta/haiku-1")
    models.republish(generation=8, current={"models": [], "generatedAt": "2026-08-08T18:42:00Z"})
    ran = models("current", "--gone", "--json")
    assert (complaints(ran.json, "error"), ran.code) == ([], 5)


def test_words_are_spelled_alike_in_all_answers(models: Models) -> None:
    names = {name for line in ON_THE_SHELF for name in names_in(models(*line.split(), "--json").json)}
    assert {name for name in names if re.search(r"_|^[A-Z]", name)} == set()


@pytest.mark.parametrize("line", [line for line in LINES if line.split()[0] in {"list", "search", "pick", "changes"}])
def test_one_item_a_line_gives_the_items_of_the_whole_answer(models: Models, line: str) -> None:
    one_by_one = [json.loads(text) for text in models(*line.split(), "--jsonl").lines]
    assert one_by_one == models(*line.split(), "--json").json["items"]


def test_a_refusal_is_one_line_where_each_item_is_one(models: Models) -> None:
    ran = models("use", "haiku", "--jsonl")
    assert [json.loads(text)["error"]["kind"] for text in ran.lines] == ["ambiguous"]


def test_plain_letters_alone_are_written_as_json(models: Models) -> None:
    models.republish(a_record("acme/odd", name="Ünïcode \x7f \u202e 模型"))
    said = models("list", "--all", "--json").out
    assert said.isascii()
    assert "\x7f" not in said


def test_each_kind_of_refusal_is_one_that_the_schema_names() -> None:
    told = SCHEMA["$defs"]["error"]["properties"]["error"]["properties"]["kind"]["description"]
    assert [kind for kind in KINDS.values() if kind not in told] == []


def test_the_schema_would_see_what_is_missing_and_what_is_strange(models: Models) -> None:
    answer = models("pick", "chat", "--json").json
    without_a_reason = {**answer, "items": [{k: v for k, v in answer["items"][0].items() if k != "why"}]}
    assert complaints(without_a_reason, "pick") == ["pick.items[0]: 'why' is a required property"]
    assert complaints({**answer, "surprise": 1}, "pick") != []
    assert complaints(answer, "list") != []


def test_words_beside_the_answer_go_to_standard_error(models: Models) -> None:
    ran = models("search", "acme larhe", "--json")
    assert ran.json["isResemblance"] is True
    assert ran.err == "models: no name has that in it; these resemble it\n"
