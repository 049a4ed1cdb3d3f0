"""With `--json` standard output is one JSON object and nothing else, whatever the command and however it ends."""

from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine
from tests.world import MODELS, a_body, a_record


@pytest.fixture
def published(sync: CommandLine) -> CommandLine:
    """A store with two generations, in which one model went missing."""
    sync.publish()
    sync.publish(MODELS[:-1], at="2026-06-01T18:00Z")
    return sync


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("status", {"store", "now", "generation", "counts", "shortlist", "hints", "manifest", "heartbeat"}),
        ("diff", {"from", "to", "documents", "counts", "changes"}),
        (
            "show openai/gpt-5.2",
            {"id", "matched", "state", "model", "tombstone", "redirect", "formerAliases", "shortlist"},
        ),
        ("why openai/gpt-5.2", {"id", "alias", "explanations"}),
        ("why openai/gpt-5.2 tools", {"id", "alias", "explanations"}),
        ("verify", {"generation", "generations", "documents", "snapshots", "events", "problems"}),
        ("schema", {"schemas"}),
        (
            "curate --now 2026-06-02T00:00Z",
            {"job", "outcome", "generation", "documents", "counts", "events", "findings"},
        ),
        ("curate --dry-run", {"job", "outcome", "dryRun", "changes"}),
        ("rollback 1", {"job", "outcome", "generation", "message"}),
    ],
)
def test_every_command_answers_in_one_object(published: CommandLine, command: str, keys: set[str]) -> None:
    ran = published(*command.split(), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert keys <= ran.json.keys()


def test_the_option_may_stand_before_the_command(published: CommandLine) -> None:
    assert published("--json", "status").json["generation"] == 2


def test_a_job_answers_in_one_object(sync: CommandLine) -> None:
    answer = sync("all", "--feed", sync.feed(), "--json", "--now", "2026-06-01T12:00Z").json
    assert (answer["job"], answer["outcome"], answer["generation"]) == ("all", "published", 1)
    assert (answer["counts"]["active"], answer["counts"]["stale"], answer["events"]["added"]) == (24, 0, 24)


def test_a_held_feed_answers_in_one_object(published: CommandLine) -> None:
    ran = published("all", "--feed", published.feed(MODELS[:10]), "--json", "--now", "2026-06-02T00:00Z")
    assert (ran.code, ran.json["outcome"]) == (5, "held")


def test_a_replay_answers_in_one_object(sync: CommandLine, tmp_path: Path) -> None:
    sync.file("feeds/openrouter-20260601T0600Z.json", a_body(a_record(each) for each in MODELS))
    answer = sync("replay", str(tmp_path / "feeds"), "--json").json
    assert (answer["snapshots"], answer["counts"]["active"], answer["refused"], answer["held"]) == (1, 24, [], [])


@pytest.mark.parametrize(
    ("command", "kind", "code"),
    [
        ("nonsense", "usage", 2),
        ("show a/b", "not-found", 3),
        ("all --feed /dev/null", "feed", 4),
        ("verify --prefix damaged", "store", 6),
        ("curate --overrides /nowhere", "overrides", 7),
    ],
)
def test_an_error_answers_in_one_object(published: CommandLine, command: str, kind: str, code: int) -> None:
    published.file("store/damaged/openrouter/manifest.json", b"{}")
    ran = published(*command.split(), "--json")
    assert (ran.code, ran.json["error"]["kind"], ran.json["error"]["exitCode"]) == (code, kind, code)
    assert ran.err.startswith("syncmodels: ")


def test_bad_overrides_list_their_problems(published: CommandLine) -> None:
    ran = published("curate", "--json", "--overrides", "/nowhere")
    (problem,) = ran.json["error"]["problems"]
    assert problem.startswith("/nowhere: expected a folder of override files")


def test_a_schema_is_itself_the_object(sync: CommandLine) -> None:
    plain, as_json = sync("schema", "manifest"), sync("schema", "manifest", "--json")
    assert plain.json == as_json.json
    assert plain.json["$id"] == "urn:modelsync:schema:v1:manifest"
