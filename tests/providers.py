"""A small world for one direct provider: its own list on a loopback server, a key, a pinned manifest, one store.

    world = ProviderWorld("deepseek", server)
    world.lists("deepseek-one", "deepseek-two")
    world.refresh()
    world.answers(Answer(500))
    world.fails()

The jobs, the fetch and the store are the real ones; the server stands where the provider's address would be.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import pytest

from modelsync.catalog.documents import Manifest, Status
from modelsync.catalog.published_set import PublishedSet
from modelsync.errors import FeedError
from modelsync.fetch.limits import FetchLimits
from modelsync.shell.running import jobs
from modelsync.shell.running.providers import ProviderList, provider_runtime
from modelsync.shell.running.runs import JobReport
from modelsync.shell.running.runtime import Runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from tests.feeds.feed_server import Answer, FeedServer
from tests.world import copy_of

KEY: Final = "sk-canary-0123456789abcdef"
"""Nobody but the provider may ever see it, nor a part of it."""

REVIEWED: Final = "2026-06-01"
START: Final = datetime(2026, 6, 10, 6, tzinfo=UTC)
DAILY: Final = timedelta(days=1)

ONCE: Final = FetchLimits(attempts=1, read_seconds=10, attempt_seconds=20)
"""No second try, so that no test waits for one; a busy machine must not be what runs into the limits."""


@dataclass(frozen=True)
class Habits:
    """How a provider names its models, and where its key is told."""

    stem: str
    key_variable: str


HABITS: Final[Mapping[str, Habits]] = {
    "dashscope": Habits("qwen", "DASHSCOPE_API_KEY"),
    "deepseek": Habits("deepseek", "DEEPSEEK_API_KEY"),
    "moonshot": Habits("kimi", "MOONSHOT_API_KEY"),
}


class ProviderWorld:
    """One provider in the hands of a test; its pinned manifest has the models one and two."""

    def __init__(self, provider: str, server: FeedServer, folder: Path, *, store: ObjectStore | None = None) -> None:
        self.provider, self.server, self.folder = provider, server, folder
        self.one, self.two, self.three = (f"{HABITS[provider].stem}-{number}" for number in ("one", "two", "three"))
        self.store: ObjectStore = MemoryStore() if store is None else store
        self.now = START
        self.limits = ONCE
        self.url = server.script(Answer(500))
        (folder / "family-rules.json").write_text('{"entries": []}')
        self.pins(self.one, self.two)

    def twin(self) -> "ProviderWorld":
        """The same world once more, which goes its own way from now on."""
        twin = ProviderWorld(self.provider, self.server, self.folder, store=copy_of(self.store))
        twin.now, twin.url = self.now, self.url
        return twin

    # What the provider and people do.

    def answers(self, *answers: Answer) -> None:
        """Let the provider's address give these answers in turn from now on, the last one for good."""
        self.url = self.server.script(*answers)

    def lists(self, *ids: str) -> None:
        """Let the provider list these models."""
        self.answers(Answer(body=a_list(self.provider, *ids)))

    def pins(self, *ids: str, **fields: Any) -> None:
        """Pin these models; `fields` are of the manifest."""
        lines = [a_line(model_id) for model_id in ids]
        manifest = {"provider": self.provider, "vendor": "qwen", "reviewed": REVIEWED, "models": lines, **fields}
        (self.folder / "pinned").mkdir(exist_ok=True)
        (self.folder / "pinned" / f"{self.provider}.json").write_text(json.dumps(manifest))

    def unpins(self) -> None:
        """Delete the pinned manifest."""
        (self.folder / "pinned" / f"{self.provider}.json").unlink()

    def wait(self, during: timedelta = DAILY) -> None:
        """Let time pass in which nothing runs."""
        self.now += during

    # The jobs.

    def refresh(self, *, key: str | None = KEY, accept: bool = False, **settings: Any) -> JobReport:
        """Read the list and publish; `settings` are those of a door, or words of the environment."""
        return jobs.refresh(self.runtime(key=key, **settings), accept=accept)

    def fails(self, **settings: Any) -> str:
        """Refresh, which must fail; what the error says."""
        with pytest.raises(FeedError) as caught:
            self.refresh(**settings)
        return str(caught.value)

    def runtime(
        self, *, key: str | None = KEY, feed: str | None = None, environment: Mapping[str, str] | None = None
    ) -> Runtime:
        """What one job would run with now, its list read from the server in place of the provider's address."""
        now, store = self.now, self.store
        told = {**(environment or {}), **({HABITS[self.provider].key_variable: key} if key else {})}
        settings = Settings(overrides=self.folder, feed=feed, now=now)
        built = provider_runtime(settings, self.provider, told)
        runtime = replace(built, store=store, check_store=lambda: None)
        listing = cast("ProviderList", built.source)
        listing.source = replace(cast("Any", listing.source), url=self.url)
        listing.limits, listing.standing = self.limits, runtime.repository
        return runtime

    # What can be seen.

    @property
    def published(self) -> PublishedSet:
        """The documents that stand."""
        return self.runtime().repository.load().published

    @property
    def states(self) -> dict[str, str]:
        """Every model's state."""
        return {str(i): str(state) for i, state in self.published.states().items()}

    @property
    def manifest(self) -> Manifest:
        """The manifest that stands."""
        manifest = self.runtime().repository.load_manifest()
        assert manifest is not None, "nothing is published"
        return manifest

    @property
    def status(self) -> Status:
        """The heartbeat."""
        status = self.runtime().repository.load_status()
        assert status is not None, "no job has run"
        return status

    @property
    def source_url(self) -> str:
        """What the list names as its source."""
        assert self.published.current is not None
        return self.published.current.source.url


def a_list(provider: str, *ids: str) -> bytes:
    """A provider's list as it sends it."""
    if provider == "dashscope":
        return a_page(*ids)
    records = [{"id": model_id, "object": "model", "owned_by": "system"} for model_id in ids]
    return json.dumps({"object": "list", "data": records}).encode()


def a_page(*ids: str, number: int = 1, size: int = 100, total: int | None = None) -> bytes:
    """One page of DashScope's own list."""
    models = [{"model": model_id, "name": model_id} for model_id in ids]
    output = {"total": len(ids) if total is None else total, "page_no": number, "page_size": size, "models": models}
    return json.dumps({"success": True, "code": None, "output": output}).encode()


def a_line(model_id: str) -> dict[str, Any]:
    """One line of a pinned manifest."""
    return {
        "id": model_id,
        "name": model_id.title(),
        "source": "https://example.org/pricing",
        "read": REVIEWED,
        "maxContext": 131072,
        "maxOutput": 8192,
        "inputModalities": ["text"],
        "outputModalities": ["text"],
        "flags": {"supportsTools": True},
        "usdPerMillion": {"prompt": "1", "completion": "2"},
    }
