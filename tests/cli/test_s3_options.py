"""A store behind an endpoint: how the command line and the environment name it."""

from collections.abc import Iterator

import pytest

from tests.cli.command_line import CommandLine
from tests.s3_answers import BUCKET, S3Answers


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Answers]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "known")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with S3Answers() as started:
        yield started


def test_a_catalog_is_published_into_a_bucket_and_read_from_it(sync: CommandLine, server: S3Answers) -> None:
    there = ("--endpoint-url", server.url)
    store = f"s3://{BUCKET}/catalog"
    ran = sync("all", "--feed", sync.feed(), "--now", "2026-06-01T12:00Z", *there, store=store)
    assert (ran.code, ran.err) == (0, "")
    assert "catalog/models/openrouter/manifest.json" in server.objects
    assert sync("verify", *there, store=store).code == 0
    assert {asked.path.partition("?")[0].startswith(f"/{BUCKET}") for asked in server.asked} == {True}


def test_the_environment_names_the_endpoint_and_what_it_is(
    sync: CommandLine, server: S3Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSYNC_STORE", f"s3://{BUCKET}")
    monkeypatch.setenv("MODELSYNC_ENDPOINT_URL", server.url)
    monkeypatch.setenv("MODELSYNC_S3_PROFILE", "ceph")
    feed = sync.feed()
    assert sync("all", "--feed", feed, "--now", "2026-06-01T12:00Z", store=None).code == 0
    assert sync("curate", "--now", "2026-06-08T12:00Z", store=None).code == 0
    conditions = [asked.headers["if-match"] for asked in server.asked if "if-match" in asked.headers]
    assert conditions != []
    assert [each for each in conditions if '"' in each] == []


def test_what_the_command_line_says_counts_more_than_the_environment(
    sync: CommandLine, server: S3Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSYNC_ENDPOINT_URL", "nonsense")
    monkeypatch.setenv("MODELSYNC_S3_PROFILE", "nonsense")
    ran = sync("status", "--endpoint-url", server.url, "--s3-profile", "other", store=f"s3://{BUCKET}")
    assert ran.code == 0
    assert server.asked != []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--store", "s3://Bucket"), "store: expected s3://bucket or s3://bucket/prefix, found no bucket's name"),
        (("--store", "s3://bucket", "--s3-profile", "minio"), "store: expected one of the S3 profiles aws, r2, ceph,"),
        (("--store", "s3://bucket", "--endpoint-url", "host:9000"), "store: expected an S3 endpoint like https://host"),
    ],
)
def test_words_for_a_store_that_do_not_fit_are_refused(sync: CommandLine, words: tuple[str, ...], problem: str) -> None:
    ran = sync("status", *words, store=None)
    assert ran.code == 2
    assert problem in ran.err


def test_a_store_that_cannot_be_reached_is_told_in_one_sentence(sync: CommandLine, server: S3Answers) -> None:
    del server
    ran = sync("status", "--endpoint-url", "http://127.0.0.1:1", store="s3://bucket")
    assert ran.code == 6
    assert (
        "models/openrouter/manifest.json in s3://bucket cannot be read: found no connection to 127.0.0.1:1" in ran.err
    )
    assert ran.err.count("\n") == 1
