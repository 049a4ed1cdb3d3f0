"""Rows of the backend table that the world moved away from are told, and stay in force."""

from datetime import date
from typing import Any

from modelsync.catalog.lifecycle import LifecycleState
from modelsync.pipeline.backend_drift import inactive_rows, unlisted_rows
from modelsync.pipeline.overrides import BackendMapping
from modelsync.pipeline.refresh import Refresh
from modelsync.sources.models_dev_copy import NativeFacts
from tests.reference import copy_of_reference
from tests.timeline import DAY, START, Timeline, overrides
from tests.world import MODELS, a_record

GPT, GLM = "openai/gpt-5.2", "z-ai/glm-4.7"
INACTIVE = "no longer active at OpenRouter; remove the row or give it an `until`"
UNLISTED = "not listed by models.dev of 2026-05-30; look whether the backend still serves them"
ACTIVE, STALE, DEPRECATED = LifecycleState.ACTIVE, LifecycleState.STALE, LifecycleState.DEPRECATED


def rows(**backends: dict[str, str]) -> tuple[BackendMapping, ...]:
    entries = [{"id": model_id.replace("__", "/"), "backends": names} for model_id, names in backends.items()]
    return overrides(backend_mappings=entries).backends


def test_rows_of_models_that_are_known_and_not_active_are_listed() -> None:
    table = rows(a__one={"x": "1"}, a__two={"x": "2"}, a__three={"x": "3"}, a__unknown={"x": "4"})
    found = inactive_rows(table, {"a/one": DEPRECATED, "a/two": ACTIVE, "a/three": STALE})
    assert found == (f"overrides: backends: a/one (deprecated), a/three (stale): {INACTIVE}",)


def test_rows_of_active_models_are_no_finding() -> None:
    assert inactive_rows(rows(a__one={"x": "1"}), {"a/one": ACTIVE}) == ()


def test_rows_whose_native_side_is_gone_from_the_reference_are_listed() -> None:
    copy = copy_of_reference({"openai": {"gpt-5.2": NativeFacts()}})
    table = rows(a__one={"openai": "gpt-5.2"}, a__two={"openai": "gpt-old"}, a__three={"bedrock": "any"})
    states = dict.fromkeys(("a/one", "a/two", "a/three"), ACTIVE)
    assert unlisted_rows(table, states, copy) == (f"overrides: backends: a/two (gpt-old at openai): {UNLISTED}",)
    assert unlisted_rows(table, states, None) == ()
    assert unlisted_rows(table, {"a/two": STALE}, copy) == ()


def test_a_row_that_is_newer_than_the_copy_is_not_doubted_by_it() -> None:
    entry: dict[str, Any] = {"id": "a/two", "backends": {"openai": "gpt-new"}, "since": "2026-06-01"}
    table = overrides(backend_mappings=[entry]).backends
    models = {"openai": {"gpt-5.2": NativeFacts()}}
    assert unlisted_rows(table, {"a/two": ACTIVE}, copy_of_reference(models, day=date(2026, 5, 31))) == ()
    assert len(unlisted_rows(table, {"a/two": ACTIVE}, copy_of_reference(models, day=date(2026, 6, 1)))) == 1


def test_many_rows_are_one_finding_that_names_twenty() -> None:
    table = rows(**{f"a__m{n:02}": {"x": "1"} for n in range(25)})
    (found,) = inactive_rows(table, {f"a/m{n:02}": STALE for n in range(25)})
    assert "a/m19 (stale) and 5 more: no longer active" in found


def drift_of(refresh: Refresh) -> list[str]:
    return [finding for finding in refresh.findings if "overrides: backends" in finding]


def test_every_refresh_and_every_curation_tells_of_the_drift() -> None:
    people = overrides(backend_mappings=[{"id": GLM, "backends": {"z-ai": "glm-4.7"}}])
    line = Timeline(overrides=people)
    assert drift_of(line.read(*map(a_record, MODELS), at=START)) == []
    left = [a_record(each) for each in MODELS if each != GLM]
    told = [f"overrides: backends: z-ai/glm-4.7 (stale): {INACTIVE}"]
    assert drift_of(line.read(*left, at=START + DAY)) == told
    assert drift_of(line.curate(at=START + DAY)) == told


def test_a_run_that_reads_and_curates_tells_it_once() -> None:
    once = Refresh({}, findings=("a", "b"))
    assert once.then(Refresh({}, findings=("b", "c"))).findings == ("a", "b", "c")
