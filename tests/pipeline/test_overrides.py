"""Override files are read all at once; a bad entry refuses the whole set with every problem told."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from modelsync.errors import OverridesError
from modelsync.pipeline.overrides import Entry, Overrides, glob_matcher, parse_overrides, subject_of
from tests.timeline import WORDS, Entries, override_file, overrides

SHIPPED = Path(__file__).resolve().parents[2] / "overrides"
DAY = date(2026, 8, 8)


def problems(**files: Any) -> tuple[str, ...]:
    """What is wrong with files given as bytes, or as content that becomes JSON."""
    bodies = {
        f"{name.replace('_', '-')}.json": content if isinstance(content, bytes) else json.dumps(content).encode()
        for name, content in files.items()
    }
    with pytest.raises(OverridesError) as caught:
        parse_overrides(bodies)
    return caught.value.problems


def entries(*each: dict[str, Any]) -> dict[str, Any]:
    return {"entries": [{**WORDS, **entry} for entry in each]}


def test_no_files_override_nothing() -> None:
    assert parse_overrides({}) == Overrides()


def test_the_files_that_ship_are_in_order() -> None:
    read = parse_overrides({path.name: path.read_bytes() for path in SHIPPED.glob("*.json")})
    assert {path.name for path in SHIPPED.glob("*.json")} == {
        "alias-overrides.json",
        "backend-mappings.json",
        "capability-overrides.json",
        "curated-overrides.json",
        "deprecation-overrides.json",
        "family-rules.json",
        "quality-overrides.json",
    }
    assert len(read.family_rules) > 0
    assert len(read.capabilities) > 0


def test_every_file_has_its_entries() -> None:
    read = overrides(
        capability_overrides=[{"match": "a/*", "flags": {"supportsTools": False}}],
        family_rules=[{"pattern": "-vl$", "flags": {"supportsVision": True, "reasoning": "fixed"}}],
        alias_overrides=[{"id": "a/b", "alias": "best-1"}],
        deprecation_overrides={
            "redirects": [{"from": "a/old", "to": "a/b"}, {"from": "a/older", "to": "auto"}],
            "tombstones": [{"id": "a/dead", "state": "removed"}],
            "pins": [{"id": "a/back-soon"}],
        },
        quality_overrides=[{"id": "a/*", "bucket": "image-gen", "score": 0.9, "date": "2026-08-01"}],
        curated_overrides=[{"action": "ban", "id": "a/b"}, {"action": "pin", "id": "a/c", "bucket": "chat"}],
        backend_mappings=[{"id": "a/b", "backends": {"bedrock": "a.b-v1:0"}}],
    )
    assert [entry.match for entry in read.capabilities] == ["a/*"]
    assert read.family_rules[0].flags.model_fields_set == {"supports_vision", "reasoning"}
    assert [(entry.id, entry.alias) for entry in read.aliases] == [("a/b", "best-1")]
    assert [(entry.from_id, entry.to) for entry in read.redirects] == [("a/old", "a/b"), ("a/older", "auto")]
    assert [(entry.id, str(entry.state)) for entry in read.tombstones] == [("a/dead", "removed")]
    assert [entry.id for entry in read.pins] == ["a/back-soon"]
    assert [(entry.id, entry.score, entry.date) for entry in read.quality] == [("a/*", 0.9, date(2026, 8, 1))]
    assert [(entry.action, entry.bucket) for entry in read.curated] == [("ban", None), ("pin", "chat")]
    assert [dict(entry.backends) for entry in read.backends] == [{"bedrock": "a.b-v1:0"}]


@pytest.mark.parametrize("word", ["reason", "source", "since"])
def test_an_entry_without_its_why_refuses_the_set(word: str) -> None:
    entry = {key: value for key, value in {**WORDS, "id": "a/b", "alias": "x"}.items() if key != word}
    assert problems(alias_overrides={"entries": [entry]}) == (
        f"alias-overrides.json: entries.0.{word}: expected a value, found nothing",
    )


@pytest.mark.parametrize(
    ("name", "entry", "where"),
    [
        ("alias_overrides", {"id": "../x", "alias": "x"}, "entries.0.id"),
        ("alias_overrides", {"id": "a/b", "alias": "Not An Alias"}, "entries.0.alias"),
        ("alias_overrides", {"id": "a/b", "alias": "x", "reason": ""}, "entries.0.reason"),
        ("alias_overrides", {"id": "a/b", "alias": "x", "since": "someday"}, "entries.0.since"),
        ("alias_overrides", {"id": "a/b", "alias": "x", "surprise": 1}, "entries.0.surprise"),
        ("capability_overrides", {"match": "a b", "flags": {}}, "entries.0.match"),
        ("capability_overrides", {"match": "a/b", "flags": {"supportsMagic": True}}, "entries.0.flags.supportsMagic"),
        ("capability_overrides", {"match": "a/b", "flags": {"reasoning": "deep"}}, "entries.0.flags.reasoning"),
        ("capability_overrides", {"match": "a/b", "flags": {"isFree": None}}, "entries.0.flags.isFree"),
        ("capability_overrides", {"match": "a/b", "flags": {"reasoning": None}}, "entries.0.flags.reasoning"),
        ("family_rules", {"pattern": "(", "flags": {}}, "entries.0.pattern"),
        ("quality_overrides", {"id": "a/b", "bucket": "chat", "score": 1.01, "date": "2026-08-01"}, "entries.0.score"),
        ("quality_overrides", {"id": "a/b", "bucket": "talk", "score": 1, "date": "2026-08-01"}, "entries.0.bucket"),
        ("curated_overrides", {"id": "a/b", "action": "praise"}, "entries.0.action"),
        ("backend_mappings", {"id": "a/b", "backends": ["bedrock"]}, "entries.0.backends"),
    ],
)
def test_a_bad_entry_is_told_with_its_place(name: str, entry: dict[str, Any], where: str) -> None:
    (problem,) = problems(**{name: entries(entry)})
    assert problem.startswith(f"{name.replace('_', '-')}.json: {where}: expected ")


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({"redirects": [{**WORDS, "from": "a/b", "to": "nowhere at all"}]}, "redirects.0.to"),
        ({"redirects": [{**WORDS, "from": "auto:::", "to": "auto"}]}, "redirects.0.from"),
        ({"tombstones": [{**WORDS, "id": "a/b", "state": "active"}]}, "tombstones.0.state"),
        ({"tombstones": [{**WORDS, "id": "a/b", "state": "stale"}]}, "tombstones.0.state"),
        ({"entries": []}, "entries"),
    ],
)
def test_a_bad_deprecation_is_told_with_its_place(content: object, where: str) -> None:
    (problem,) = problems(deprecation_overrides=content)
    assert problem.startswith(f"deprecation-overrides.json: {where}: expected ")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"{}", b"null", b'{"entries": null}'])
def test_a_file_that_is_not_one_is_told(body: bytes) -> None:
    (problem,) = problems(family_rules=body)
    assert problem.startswith("family-rules.json: ")


def test_every_problem_of_every_file_is_told_at_once() -> None:
    told = problems(
        notes={},
        alias_overrides=entries({"id": "..", "alias": "?"}),
        curated_overrides=entries({"id": "a/b", "action": "praise"}),
        family_rules=entries({"pattern": "fine", "flags": {}}),
    )
    assert [problem.partition(": ")[0] for problem in told] == [
        "notes.json",
        "alias-overrides.json",
        "alias-overrides.json",
        "curated-overrides.json",
    ]


def test_a_file_of_an_unknown_name_is_told_with_the_names_there_are() -> None:
    (problem,) = problems(notes={})
    assert problem.startswith("notes.json: expected one of capability-overrides.json, family-rules.json, ")


def test_what_was_found_is_shown_in_brief() -> None:
    (problem,) = problems(alias_overrides=entries({"id": "a/b", "alias": "X" * 500}))
    assert len(problem) < 250


@pytest.mark.parametrize(
    ("since", "until", "in_force"),
    [
        ("2026-08-08", None, True),
        ("2026-08-09", None, False),
        ("2026-01-01", "2026-08-08", True),
        ("2026-01-01", "2026-08-07", False),
    ],
)
def test_an_entry_holds_from_since_to_until_both_included(since: str, until: str | None, in_force: bool) -> None:
    read = overrides(alias_overrides=[{"id": "a/b", "alias": "x", "since": since, "until": until}])
    assert len(read.on(DAY).aliases) == in_force


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"alias_overrides": [{"id": "a/b", "alias": "x"}]}, ()),
        (
            {"alias_overrides": [{"id": "a/x", "alias": "x"}]},
            ("overrides: aliases: a/x matches no model; remove it or mend the id",),
        ),
        (
            {"alias_overrides": [{"id": "a/b", "alias": "x", "until": "2026-08-07"}]},
            ("overrides: aliases: a/b expired on 2026-08-07; remove it or give it a new date",),
        ),
        ({"capability_overrides": [{"match": "a/*", "flags": {}}]}, ()),
        ({"capability_overrides": [{"match": "a/?", "flags": {}}]}, ()),
        (
            {"capability_overrides": [{"match": "x/*", "flags": {}}]},
            ("overrides: capabilities: x/* matches no model; remove it or mend the id",),
        ),
        ({"family_rules": [{"pattern": "no such name", "flags": {}}]}, ()),
        ({"deprecation_overrides": {"redirects": [{"from": "a/b", "to": "auto"}]}}, ()),
        (
            {"deprecation_overrides": {"redirects": [{"from": "a/x", "to": "auto"}]}},
            ("overrides: redirects: a/x matches no model; remove it or mend the id",),
        ),
    ],
)
def test_an_entry_that_has_expired_or_matches_nothing_is_a_finding(
    files: dict[str, Entries], found: tuple[str, ...]
) -> None:
    assert overrides(**files).findings(ids=["a/b", "c/d:free"], day=DAY) == found


def test_an_entry_is_about_an_id_or_a_pattern() -> None:
    read = overrides(
        alias_overrides=[{"id": "a/b", "alias": "x"}],
        capability_overrides=[{"match": "a/*", "flags": {}}],
        family_rules=[{"pattern": "-vl$", "flags": {}}],
        deprecation_overrides={"redirects": [{"from": "a/old", "to": "auto"}]},
    )
    subjects = [*read.aliases, *read.capabilities, *read.family_rules, *read.redirects]
    assert [subject_of(entry) for entry in subjects] == ["a/b", "a/*", "-vl$", "a/old"]


def test_an_entry_about_nothing_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="Entry names no subject"):
        subject_of(Entry(reason="made for a test", source="the test", since=DAY))


@pytest.mark.parametrize(
    ("patterns", "model_id", "matches"),
    [
        ([], "a/b", False),
        (["a/b"], "a/b", True),
        (["a/b"], "a/b:free", False),
        (["a/b"], "xa/b", False),
        (["a/b*"], "a/b:free", True),
        (["*:free"], "a/b:free", True),
        (["a/b.c"], "a/bxc", False),
        (["x/y", "a/*"], "a/b", True),
    ],
)
def test_a_star_stands_for_anything(patterns: list[str], model_id: str, matches: bool) -> None:
    assert bool(glob_matcher(patterns).match(model_id)) is matches


def test_an_override_file_for_tests_is_one_for_people() -> None:
    assert json.loads(override_file([{"id": "a/b"}]))["entries"] == [{**WORDS, "id": "a/b"}]


def test_a_score_may_say_whom_to_cite_and_under_which_licence() -> None:
    words = {"citation": "The Board, 2026-08-01", "licence": "CC BY 4.0"}
    pin = {"id": "a/b", "bucket": "vision", "score": 0.5, "date": "2026-08-01"}
    (cited, bare) = overrides(quality_overrides=[{**pin, **words}, pin]).quality
    assert (cited.citation, cited.licence) == ("The Board, 2026-08-01", "CC BY 4.0")
    assert (bare.citation, bare.licence) == (None, None)


def test_every_score_that_ships_says_whom_to_cite_and_under_which_licence() -> None:
    shipped = parse_overrides({path.name: path.read_bytes() for path in SHIPPED.glob("*.json")}).quality
    assert shipped
    assert all(pin.citation and pin.licence == "CC BY 4.0" for pin in shipped)
    assert {str(pin.bucket) for pin in shipped} == {"image-gen"}
