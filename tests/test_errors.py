"""Errors say who is to blame, where, what was found and what was expected."""

import pytest

from modelsync.errors import (
    CorruptDocumentError,
    FeedError,
    FeedFormatError,
    FeedTooLargeError,
    FeedUnavailableError,
    ModelsyncError,
    NotFoundError,
    OverridesError,
    PreconditionFailedError,
    RemoteError,
    RunUnderWayError,
    StoreError,
    UsageError,
)


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (FeedUnavailableError, FeedError),
        (FeedTooLargeError, FeedError),
        (FeedFormatError, FeedError),
        (PreconditionFailedError, StoreError),
        (CorruptDocumentError, StoreError),
        (FeedError, ModelsyncError),
        (OverridesError, ModelsyncError),
        (StoreError, ModelsyncError),
        (RemoteError, ModelsyncError),
        (RunUnderWayError, ModelsyncError),
        (NotFoundError, ModelsyncError),
        (UsageError, ModelsyncError),
    ],
)
def test_the_type_of_an_error_says_who_is_to_blame(kind: type[ModelsyncError], parent: type[ModelsyncError]) -> None:
    assert issubclass(kind, parent)


def test_a_feed_error_keeps_its_place_beside_its_sentence() -> None:
    error = FeedFormatError("openrouter", "data[3].id", "expected a model id, found '..'")
    assert str(error) == "openrouter feed: data[3].id: expected a model id, found '..'"
    assert (error.source, error.where) == ("openrouter", "data[3].id")
    assert error.problem == "expected a model id, found '..'"


def test_one_override_problem_is_told_alone() -> None:
    assert str(OverridesError(["a.json: entries: expected a list"])) == ("overrides: a.json: entries: expected a list")


def test_of_many_override_problems_the_first_is_told_and_all_are_kept() -> None:
    error = OverridesError(["first", "second", "third"])
    assert str(error) == "overrides: first (and 2 more)"
    assert error.problems == ("first", "second", "third")


def test_a_lost_conditional_write_says_what_stood_there() -> None:
    error = PreconditionFailedError("openrouter/manifest.json", '"7"', 'the etag "6"')
    assert str(error) == ('store: openrouter/manifest.json: expected the etag "6", found "7"; read it again and retry')
    assert (error.key, error.found, error.expected) == ("openrouter/manifest.json", '"7"', 'the etag "6"')


def test_a_lost_conditional_write_says_that_nothing_stood_there() -> None:
    error = PreconditionFailedError("k", None, "an object")
    assert str(error) == "store: k: expected an object, found no object; read it again and retry"


def test_a_corrupt_document_says_what_to_run() -> None:
    error = CorruptDocumentError("openrouter/current.json", "models: Field required")
    assert str(error) == (
        "store: openrouter/current.json: models: Field required; run `syncmodels verify` to see what else is wrong"
    )
    assert (error.key, error.problem) == ("openrouter/current.json", "models: Field required")


def test_a_run_that_is_under_way_is_named() -> None:
    error = RunUnderWayError("r1", "all", "2026-08-08T18:42:00Z")
    assert str(error) == (
        "run r1 of all is under way since 2026-08-08T18:42:00Z, expected none; ask again when it is over"
    )
    assert (error.run, error.target, error.since) == ("r1", "all", "2026-08-08T18:42:00Z")
