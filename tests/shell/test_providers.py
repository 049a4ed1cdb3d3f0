"""The direct providers: a list that fails changes nothing, a key goes nowhere else, a manifest stands in honestly.

Every promise about failures is held for each provider and each failure, through the real job, fetch and store.
"""

import gzip
import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from modelsync.catalog.keys import PROVIDERS
from modelsync.errors import FeedError, FeedFormatError, FeedUnavailableError, OverridesError, UsageError
from modelsync.fetch.limits import FetchLimits
from modelsync.shell.running import jobs
from modelsync.shell.running.providers import DIRECT, PATIENCE, UNSTABLE_AFTER, provider_runtime
from modelsync.shell.running.runs import JobReport
from modelsync.shell.running.settings import Settings
from modelsync.shell.running.verify import verify
from tests.feeds.feed_server import Answer, FeedServer
from tests.providers import HABITS, KEY, ONCE, ProviderWorld, a_list, a_page
from tests.timeline import override_file
from tests.world import FEW, World, is_beside_documents

ECHO: Final = f"Incorrect API key provided: {KEY}. You can find your key at https://example.org/"
"""What an error of a provider may say."""

IMPATIENT: Final = replace(ONCE, read_seconds=0.2)
UNREADABLE: Final = {"object": "list", "data": [{"id": 5}, {"name": KEY}, ECHO], "output": {"models": [KEY, 5]}}


def an_error(status: int, error: object = None) -> Answer:
    return Answer(status, json.dumps(error or {"error": {"message": ECHO, "type": "authentication_error"}}).encode())


@dataclass(frozen=True)
class Failure:
    """A list that cannot be had: what the provider answers in its place, and words of the cause."""

    sentence: str
    answers: Callable[[bytes], tuple[Answer, ...]]
    """Made of the list that would be right."""
    cause: str
    error: type[FeedError] = FeedUnavailableError
    limits: FetchLimits = ONCE


def _is(sentence: str, answer: Answer, cause: str, error: type[FeedError] = FeedUnavailableError) -> Failure:
    return Failure(sentence, lambda _: (answer,), cause, error)


FAILURES: Final = (
    _is("401 that echoes the key", an_error(401), "status 401 .*check the key"),
    _is("402, the account is empty", an_error(402), "status 402 .*check the key"),
    _is("403", an_error(403), "status 403 .*check the key"),
    _is("404", an_error(404), "status 404"),
    _is("429", an_error(429), "status 429"),
    _is("429 that asks for an hour", Answer(429, headers={"Retry-After": "3600"}), "status 429"),
    _is("500", an_error(500), "status 500"),
    _is("503 with a page", Answer(503, f"<html>{ECHO}</html>".encode()), "status 503"),
    _is("200 that is an error of OpenAI's shape", an_error(200), "the error 'authentication_error'", FeedFormatError),
    _is(
        "200 that is an error of DashScope's shape",
        an_error(200, {"success": False, "code": "InvalidApiKey", "message": ECHO}),
        "the error 'InvalidApiKey'",
        FeedFormatError,
    ),
    _is(
        "200 with an error of an unknown kind, which is the key",
        an_error(200, {"code": KEY, "error": {"type": KEY, "message": ECHO}}),
        "found an error;",
        FeedFormatError,
    ),
    _is("a page of HTML", Answer(body=f"<html><p>{ECHO}".encode()), "expected JSON", FeedFormatError),
    _is("the key as it came", Answer(body=KEY.encode()), "expected JSON", FeedFormatError),
    _is("an empty answer", Answer(body=b""), "expected JSON", FeedFormatError),
    _is("an empty object", Answer(body=b"{}"), "expected", FeedFormatError),
    _is("something else in JSON", Answer(body=json.dumps([ECHO]).encode()), "expected an object", FeedFormatError),
    _is("records that are none", Answer(body=json.dumps(UNREADABLE).encode()), "expected|cannot be", FeedFormatError),
    Failure("a list of nothing", lambda body: (Answer(body=emptied(body)),), "at least one model", FeedFormatError),
    Failure("a list that breaks off", lambda body: (Answer(body=body[:-9]),), "expected JSON", FeedFormatError),
    Failure(
        "a body shorter than its length",
        lambda body: (Answer(body=body, headers={"Content-Length": str(len(body) + 5)}),),
        "peer closed connection",
    ),
    Failure(
        "gzip that breaks off",
        lambda body: (Answer(body=gzip.compress(body)[:-8], headers={"Content-Encoding": "gzip"}),),
        "a body that is not whole",
    ),
    Failure(
        "silence",
        lambda body: (Answer(pieces=(body[:5], body[5:]), pause_seconds=3),),
        "silence for 0.2 s",
        limits=IMPATIENT,
    ),
    _is("a redirect to itself", Answer(302, headers={"Location": "?"}), "more than 5 redirects"),
)


def emptied(body: bytes) -> bytes:
    """The same list without its models."""
    document = json.loads(body)
    if "data" in document:
        return json.dumps({**document, "data": []}).encode()
    return json.dumps({**document, "output": {**document["output"], "models": [], "total": 0}}).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[FeedServer]:
    patched = pytest.MonkeyPatch()
    patched.setenv("NO_PROXY", "127.0.0.1")
    running = FeedServer()
    yield running
    running.stop()
    patched.undo()


@pytest.fixture(params=PROVIDERS)
def world(request: pytest.FixtureRequest, server: FeedServer, tmp_path: Path) -> ProviderWorld:
    """A provider that has published nothing yet, and whose address answers 500."""
    return ProviderWorld(request.param, server, tmp_path)


@pytest.fixture(scope="module")
def of_everyone(server: FeedServer, tmp_path_factory: pytest.TempPathFactory) -> ProviderWorld:
    """OpenRouter and all providers have published into one store; the world is that of the first provider."""
    others = World(FEW)
    others.run()
    worlds = [ProviderWorld(each, server, tmp_path_factory.mktemp(each), store=others.store) for each in PROVIDERS]
    for each in worlds:
        each.lists(each.one, each.two, each.three)
        assert each.refresh().run.outcome == "published"
    return worlds[0]


def objects(world: ProviderWorld) -> dict[str, bytes]:
    return {key: stored.body for key in world.store.list() if (stored := world.store.get(key)) is not None}


def findings(report: JobReport) -> tuple[str, ...]:
    """What people are told of a run."""
    assert report.run.refresh is not None
    return report.run.refresh.findings


# A list that fails.


@dataclass(frozen=True)
class Met:
    """A failure met by a provider that was well: what lay in the store before, and what came of it."""

    failure: Failure
    world: ProviderWorld
    before: dict[str, bytes]
    error: FeedError
    logged: str


@pytest.fixture(scope="module", params=PROVIDERS)
def well(
    request: pytest.FixtureRequest,
    of_everyone: ProviderWorld,
    server: FeedServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> ProviderWorld:
    """One of the providers that all published."""
    folder = tmp_path_factory.mktemp("well")
    return ProviderWorld(request.param, server, folder, store=of_everyone.store)


@pytest.fixture(scope="module", params=FAILURES, ids=lambda failure: failure.sentence)
def met(request: pytest.FixtureRequest, well: ProviderWorld) -> Met:
    failure: Failure = request.param
    world = well.twin()
    world.limits = failure.limits
    world.answers(*failure.answers(a_list(world.provider, world.one, world.two, world.three)))
    world.wait()
    before, lines = objects(world), Lines()
    with pytest.raises(FeedError) as caught, lines:
        world.refresh()
    return Met(failure, world, before, caught.value, lines.text)


class Lines(logging.Handler):
    """Everything that anybody logs, in one text."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += self.format(record) + "\n"

    def __enter__(self) -> None:
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._level)


def test_a_failure_changes_no_object_of_anybody_but_the_heartbeat(met: Met) -> None:
    heartbeat = f"models/{met.world.provider}/status.json"
    after = objects(met.world)
    assert {key for key in met.before.keys() | after.keys() if met.before.get(key) != after.get(key)} == {heartbeat}


def test_a_failure_is_told_by_its_type_and_its_cause(met: Met) -> None:
    assert type(met.error) is met.failure.error
    assert re.search(met.failure.cause, str(met.error))


def test_the_heartbeat_names_the_failure_in_one_clean_line(met: Met) -> None:
    attempt = met.world.status.last_attempt
    assert (attempt.outcome, met.world.status.consecutive_failures) == ("refused", 1)
    assert re.search(met.failure.cause, attempt.message or "")
    assert (attempt.message or "").isprintable()


def test_no_part_of_the_key_is_in_the_error_the_heartbeat_a_document_or_a_log(met: Met) -> None:
    seen = b"\n".join([*objects(met.world).values(), str(met.error).encode(), repr(met.error).encode()])
    assert KEY[3:12].encode() not in seen
    assert KEY[3:12] not in met.logged


def test_the_next_list_that_is_well_is_published_as_if_nothing_had_happened(met: Met, well: ProviderWorld) -> None:
    undisturbed, disturbed = well.twin(), met.world.twin()
    for each in (undisturbed, disturbed):
        each.now = met.world.now + timedelta(days=1)
        each.lists(each.one, each.two, each.three)
        each.refresh()
    assert objects(disturbed) == objects(undisturbed)


# Where a key goes.


def test_the_key_goes_to_the_providers_own_address(world: ProviderWorld, server: FeedServer) -> None:
    world.lists(world.one)
    before = len(server.asked)
    world.refresh()
    assert [each.authorization for each in server.asked[before:]] == [f"Bearer {KEY}"]


def test_a_feed_at_another_address_gets_no_key(world: ProviderWorld) -> None:
    elsewhere = FeedServer()
    try:
        feed = elsewhere.script(Answer(body=a_list(world.provider, world.one)))
        world.refresh(feed=feed)
        assert [each.authorization for each in elsewhere.asked] == [None]
    finally:
        elsewhere.stop()


def test_a_redirect_to_another_address_takes_no_key_along(world: ProviderWorld, server: FeedServer) -> None:
    elsewhere = FeedServer()
    try:
        target = elsewhere.script(Answer(body=a_list(world.provider, world.one)))
        world.answers(Answer(302, headers={"Location": target}))
        before = len(server.asked)
        world.refresh()
        assert [each.authorization for each in server.asked[before:]] == [f"Bearer {KEY}"]
        assert [each.authorization for each in elsewhere.asked] == [None]
    finally:
        elsewhere.stop()


def test_the_key_of_openrouter_or_of_another_provider_is_not_used(world: ProviderWorld, server: FeedServer) -> None:
    others = {habits.key_variable: KEY for name, habits in HABITS.items() if name != world.provider}
    before = len(server.asked)
    world.refresh(key=None, environment={**others, "OPENROUTER_API_KEY": KEY})
    assert server.asked[before:] == []
    assert world.source_url == f"pinned:{world.provider}.json"


def test_a_key_is_in_no_object_of_a_store_in_which_all_went_well(of_everyone: ProviderWorld) -> None:
    assert KEY[3:12].encode() not in b"\n".join(objects(of_everyone).values())


# What is published.


def test_a_list_is_published_beside_openrouters(world: ProviderWorld) -> None:
    world.lists(world.one, world.three)
    report = world.refresh()
    assert report.run.outcome == "published"
    assert world.states == {world.one: "active", world.three: "active"}
    assert {model.provider for model in world.published.models().values()} == {world.provider}
    assert world.source_url.startswith("http://127.0.0.1:")
    assert set(world.manifest.documents) == {"current", "deprecations", "changes", "signals"}
    assert verify(world.runtime()).problems == ()


def test_a_line_fills_what_the_list_leaves_open_and_the_list_decides_who_is_there(world: ProviderWorld) -> None:
    world.lists(world.one, world.three)
    report = world.refresh()
    models = world.published.models()
    assert (models[world.one].max_context, models[world.three].max_context) == (131072, None)
    assert (models[world.one].pricing_status, models[world.three].pricing_status) == ("priced", "unknown")
    assert [f"{world.two}: has a line and is not listed" in each for each in findings(report)].count(True) == 1
    assert [f"{world.three}: listed and without a line" in each for each in findings(report)].count(True) == 1


@pytest.mark.parametrize("staying", ["one", "three"])
def test_a_model_that_leaves_the_list_ages_and_is_replaced_by_another_of_the_provider_or_by_auto(
    world: ProviderWorld, staying: str
) -> None:
    """The first costs the same, what the third costs is not known; a shortlist for `auto` there is not."""
    stays = str(getattr(world, staying))
    world.lists(stays, world.two)
    world.refresh()
    world.lists(stays)
    for _ in range(2):
        world.wait()
        world.refresh()
    assert world.states[world.two] == "stale"
    world.wait(timedelta(days=60))
    world.refresh()
    world.wait()
    world.refresh()
    assert world.states == {stays: "active", world.two: "removed"}
    deprecations = world.published.deprecations
    assert deprecations is not None
    assert [each.to for each in deprecations.redirects] == [world.one if staying == "one" else "auto"]
    assert verify(world.runtime()).problems == ()


def test_a_list_that_loses_a_tenth_is_held_until_a_second_look(world: ProviderWorld) -> None:
    world.lists(world.one, world.two, world.three)
    world.refresh()
    world.lists(world.one)
    world.wait()
    assert world.refresh().run.outcome == "held"
    assert set(world.states.values()) == {"active"}
    world.wait()
    assert world.refresh().run.outcome == "published"
    assert world.states == {world.one: "active", world.two: "stale", world.three: "stale"}


def test_the_same_list_once_more_publishes_nothing(world: ProviderWorld) -> None:
    world.lists(world.one, world.two)
    world.refresh()
    world.wait()
    assert world.refresh().run.outcome == "unchanged"


# The manifest that stands in.


def test_without_a_key_the_manifest_is_published_and_marked(world: ProviderWorld, server: FeedServer) -> None:
    before = len(server.asked)
    report = world.refresh(key=None)
    assert server.asked[before:] == []
    assert world.states == {world.one: "active", world.two: "active"}
    assert world.source_url == world.manifest.source.url == f"pinned:{world.provider}.json"
    variable = HABITS[world.provider].key_variable
    [told] = findings(report)
    assert told == f"pinned/{world.provider}.json of 2026-06-01 stands in for the list: there is no key in {variable}"
    assert verify(world.runtime()).problems == ()


@pytest.mark.parametrize(
    "answer", [Answer(500), an_error(401), an_error(200), Answer(body=b'{"object": "list", "data": []}')]
)
def test_the_first_time_the_manifest_stands_in_for_a_list_that_fails(world: ProviderWorld, answer: Answer) -> None:
    world.answers(answer)
    report = world.refresh()
    assert report.run.outcome == "published"
    assert world.source_url == f"pinned:{world.provider}.json"
    assert "none was believed before" in findings(report)[0]
    assert KEY[3:12] not in str(findings(report))


def test_a_manifest_that_stands_in_already_stands_in_again(world: ProviderWorld) -> None:
    world.refresh(key=None)
    world.wait()
    assert world.refresh().run.outcome == "unchanged"
    assert world.status.consecutive_failures == 0


def test_after_some_failures_in_a_row_the_manifest_stands_in_and_keeps_who_it_does_not_name(
    world: ProviderWorld,
) -> None:
    world.lists(world.one, world.two, world.three)
    world.refresh()
    known = world.published.models()[world.three]
    world.answers(Answer(500))
    for count in range(1, UNSTABLE_AFTER + 1):
        world.wait()
        world.fails()
        assert world.status.consecutive_failures == count
        assert world.source_url.startswith("http")
    world.wait()
    report = world.refresh()
    assert "3 runs in a row failed, and so does this one" in findings(report)[0]
    assert world.source_url == f"pinned:{world.provider}.json"
    assert world.published.models()[world.three] == known
    assert set(world.states.values()) == {"active"}


def test_long_after_the_list_failed_nobody_that_the_manifest_does_not_name_has_aged(world: ProviderWorld) -> None:
    world.lists(world.one, world.two, world.three)
    world.refresh()
    for _ in range(40):
        world.wait()
        world.refresh(key=None)
    assert set(world.states.values()) == {"active"}
    assert world.manifest.generation == 2


def test_a_list_that_is_back_takes_the_place_of_the_manifest(world: ProviderWorld) -> None:
    world.refresh(key=None)
    world.lists(world.one, world.two)
    world.wait()
    assert world.refresh().run.outcome == "published"
    assert world.source_url.startswith("http")
    assert world.manifest.generation == 2


def test_once_a_list_was_believed_a_failure_is_an_error_again(world: ProviderWorld) -> None:
    world.refresh(key=None)
    world.lists(world.one, world.two)
    world.wait()
    world.refresh()
    world.answers(Answer(500))
    world.wait()
    assert "status 500" in world.fails()
    assert world.source_url.startswith("http")


def test_a_manifest_that_was_not_reviewed_for_long_says_so_and_is_published(world: ProviderWorld) -> None:
    world.now = world.now.replace(month=7, day=31)
    assert len(findings(world.refresh(key=None))) == 1
    world.wait()
    old = findings(world.refresh(key=None))[1]
    assert old.startswith(f"overrides: pinned/{world.provider}.json: reviewed on 2026-06-01, 61 days ago")


def test_a_manifest_that_is_old_says_so_beside_a_list_as_well(world: ProviderWorld) -> None:
    world.now = world.now.replace(month=9)
    world.lists(world.one, world.two)
    assert any("days ago, expected at most 60" in each for each in findings(world.refresh()))


def test_a_line_that_ended_is_not_published(world: ProviderWorld) -> None:
    world.pins(world.one, world.two)
    path = world.folder / "pinned" / f"{world.provider}.json"
    manifest = json.loads(path.read_text())
    manifest["models"][1]["until"] = "2026-06-09"
    path.write_text(json.dumps(manifest))
    world.refresh(key=None)
    assert world.states == {world.one: "active"}


def test_without_a_key_and_a_manifest_there_is_an_error_that_names_both(world: ProviderWorld) -> None:
    world.unpins()
    told = world.fails(key=None)
    assert HABITS[world.provider].key_variable in told
    assert f"pinned/{world.provider}.json" in told


def test_without_a_manifest_a_list_that_fails_is_the_lists_own_error(world: ProviderWorld) -> None:
    world.unpins()
    assert "status 500" in world.fails()


def test_without_a_manifest_a_list_is_published_as_it_is(world: ProviderWorld) -> None:
    world.unpins()
    world.lists(world.one)
    world.refresh()
    assert world.published.models()[world.one].max_context is None


def test_a_manifest_that_cannot_be_read_is_an_error_by_line(world: ProviderWorld) -> None:
    (world.folder / "pinned" / f"{world.provider}.json").write_text('{"provider": "x"}')
    with pytest.raises(OverridesError, match=f"pinned/{world.provider}.json"):
        world.refresh(key=None)


def test_a_manifest_that_cannot_be_opened_is_an_error_that_names_the_file(world: ProviderWorld) -> None:
    world.unpins()
    (world.folder / "pinned" / f"{world.provider}.json").mkdir()
    with pytest.raises(OverridesError, match=f"{world.provider}.json: cannot be read: Is a directory"):
        world.refresh(key=None)


def test_a_feed_that_somebody_names_is_read_or_an_error(
    world: ProviderWorld, tmp_path_factory: pytest.TempPathFactory
) -> None:
    feed = tmp_path_factory.mktemp("feeds") / "list.json"
    feed.write_bytes(a_list(world.provider, world.one))
    world.refresh(key=None, feed=str(feed))
    assert (world.states, world.source_url) == ({world.one: "active"}, "file:list.json")
    feed.write_text("<html>")
    assert "expected JSON" in world.fails(key=None, feed=str(feed))


def test_the_manifest_itself_may_be_given_as_a_feed(world: ProviderWorld) -> None:
    world.refresh(key=None, feed=str(world.folder / "pinned" / f"{world.provider}.json"))
    assert world.states == {world.one: "active", world.two: "active"}


# Regions.


@pytest.mark.parametrize("provider", ["dashscope", "moonshot"])
@pytest.mark.parametrize("key", [None, KEY])
def test_prices_that_hold_in_another_region_are_left_out(
    provider: str, key: str | None, server: FeedServer, tmp_path: Path
) -> None:
    """With a list and without one."""
    world = ProviderWorld(provider, server, tmp_path)
    world.pins(world.one, region="intl")
    world.lists(world.one)
    world.refresh(key=key, environment={f"{provider.upper()}_REGION": "cn"})
    model = world.published.models()[world.one]
    assert (model.pricing_status, model.max_context) == ("unknown", 131072)


@pytest.mark.parametrize("provider", ["dashscope", "moonshot"])
def test_an_empty_region_is_the_usual_one(provider: str) -> None:
    runtime = provider_runtime(Settings(), provider, {f"{provider.upper()}_REGION": ""})
    assert runtime.source.url == DIRECT[provider].source_in("intl").url


def test_a_region_decides_the_host() -> None:
    runtime = provider_runtime(Settings(), "moonshot", {"MOONSHOT_REGION": "cn"})
    assert runtime.source.url == "https://api.moonshot.cn/v1/models"


@pytest.mark.parametrize("provider", ["dashscope", "moonshot"])
def test_a_region_that_there_is_not_is_told_with_those_that_there_are(provider: str) -> None:
    with pytest.raises(UsageError, match=f"{provider}: expected the region .*, found 'mars'"):
        provider_runtime(Settings(), provider, {f"{provider.upper()}_REGION": "mars"})


@pytest.mark.parametrize("provider", [None, "", "openrouter", "acme", "../x"])
def test_a_provider_that_there_is_not_is_told_with_those_that_there_are(provider: str | None) -> None:
    with pytest.raises(UsageError, match="provider: expected one of deepseek, dashscope, moonshot, found"):
        provider_runtime(Settings(), provider, {})


def test_every_provider_has_a_manifest_that_ships_and_can_stand_in(tmp_path: Path) -> None:
    for provider in PROVIDERS:
        settings = Settings(store=str(tmp_path / "store"))
        runtime = provider_runtime(settings, provider, {})
        jobs.refresh(runtime)
        assert verify(runtime).problems == ()
        assert runtime.repository.load().counts({})["active"] > 0


def test_of_the_overrides_only_what_is_said_of_families_counts(world: ProviderWorld) -> None:
    """All else names models as OpenRouter does."""
    rules = [{"pattern": "-three$", "flags": {"supportsVision": True}}]
    words = [{"match": world.one, "flags": {"supportsTools": False}}]
    (world.folder / "family-rules.json").write_bytes(override_file(rules))
    (world.folder / "capability-overrides.json").write_bytes(override_file(words))
    world.lists(world.one, world.three)
    world.refresh()
    models = world.published.models()
    assert (models[world.one].supports_tools, models[world.three].supports_vision) == (True, True)


def test_an_override_that_cannot_be_read_stops_a_provider_as_well(world: ProviderWorld) -> None:
    (world.folder / "alias-overrides.json").write_text("not JSON")
    with pytest.raises(OverridesError):
        world.refresh(key=None)


# Pages of DashScope.


@pytest.fixture
def paged(server: FeedServer, tmp_path: Path) -> ProviderWorld:
    return ProviderWorld("dashscope", server, tmp_path)


def test_pages_are_read_to_their_end_and_published_as_one_list(paged: ProviderWorld, server: FeedServer) -> None:
    pages = [a_page(f"qwen-{number}", number=number, size=1, total=3) for number in (1, 2, 3)]
    paged.answers(*(Answer(body=page) for page in pages))
    before = len(server.asked)
    paged.refresh()
    asked = server.asked[before:]
    assert [each.target.partition("?")[2] for each in asked] == ["", "page_no=2&page_size=1", "page_no=3&page_size=1"]
    assert {each.authorization for each in asked} == {f"Bearer {KEY}"}
    assert set(paged.states) == {"qwen-1", "qwen-2", "qwen-3"}


UNENDING: Final = {
    "a page that comes again": (
        (a_page("qwen-1", number=1, size=1, total=3),),
        "leads back to a page already read",
    ),
    "pages without an end": (
        tuple(a_page(f"qwen-{number}", number=number, size=1, total=10**6) for number in range(1, 120)),
        "more than 100 pages",
    ),
    "the records of the first page again": (
        tuple(a_page("qwen-1", number=number, size=1, total=3) for number in (1, 2, 3)),
        "page 2: expected other models, found those of an earlier page",
    ),
    "an empty second page": (
        (a_page("qwen-1", number=1, size=1, total=2), a_page(number=2, size=1, total=2)),
        "expected 2 models, found 1",
    ),
    "an error as the second page": (
        (a_page("qwen-1", number=1, size=1, total=2), b'{"code": "Throttling", "message": "slow down"}'),
        "the error 'Throttling'",
    ),
    "a page of HTML as the second page": ((a_page("qwen-1", number=1, size=1, total=2), b"<html>"), "expected JSON"),
}


@pytest.mark.parametrize("name", UNENDING)
def test_pages_that_are_no_whole_list_change_nothing(paged: ProviderWorld, name: str) -> None:
    bodies, cause = UNENDING[name]
    paged.lists(paged.one, paged.two)
    paged.refresh()
    before = {key: body for key, body in objects(paged).items() if not is_beside_documents(key)}
    paged.answers(*(Answer(body=body) for body in bodies))
    paged.wait()
    assert re.search(cause, paged.fails())
    assert {key: body for key, body in objects(paged).items() if not is_beside_documents(key)} == before


def test_patience_ends_before_a_function_does() -> None:
    """Three tries of one address, and the waits between them, take less than three minutes."""
    waits = PATIENCE.attempts - 1
    assert PATIENCE.attempts * PATIENCE.attempt_seconds + waits * PATIENCE.retry_after_seconds < 180


def test_a_list_that_is_read_daily_is_due_after_a_day_and_stale_after_two(paged: ProviderWorld) -> None:
    paged.lists(paged.one, paged.two)
    paged.refresh()
    manifest, status = paged.manifest, paged.status
    assert (manifest.next_due, manifest.stale_after) == (paged.now + timedelta(days=1), paged.now + timedelta(days=2))
    assert status.next_due == paged.now + timedelta(days=1)
