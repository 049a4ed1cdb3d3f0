"""A small world for tests: one feed in memory, one store, one clock, and the real jobs on top of them.

    world = World()
    world.run()
    world.feed.drop("qwen/qwen3-coder")
    world.run_schedule(during=timedelta(days=45))
    assert world.state_of("qwen/qwen3-coder") == "removed"

Nothing here is faked but the network and the clock. Stores that watch or fail: `tests.faulty_stores`; what must
hold of any store, however it came about: `tests.promises`.
"""

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from modelsync.catalog.documents import Manifest, Status
from modelsync.catalog.events import Event
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.overrides import Overrides
from modelsync.shell.publishing.history import whole_log
from modelsync.shell.running import jobs
from modelsync.shell.running.inputs import FeedBody
from modelsync.shell.running.runs import JobReport
from modelsync.shell.running.runtime import Runtime
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from modelsync.sources.openrouter import OpenRouter

Record = dict[str, Any]
ReadFeed = Callable[[], bytes]

START: Final = datetime(2026, 6, 1, 6, tzinfo=UTC)
REFRESH_EVERY: Final = timedelta(hours=6)
FEED_URL: Final = "memory:feed"

ABSENT: Final = object()
"""Given for a field of a record: the record has no such key."""

MODELS: Final = (
    "anthropic/claude-haiku-4.5",
    "anthropic/claude-opus-4.8",
    "anthropic/claude-sonnet-4.6",
    "cohere/command-a",
    "deepseek/deepseek-chat-v3.1",
    "deepseek/deepseek-r1",
    "deepseek/deepseek-r1:free",
    "google/gemini-3-flash",
    "google/gemini-3-pro",
    "google/gemma-3-27b-it",
    "meta-llama/llama-4-maverick",
    "meta-llama/llama-4-scout",
    "minimax/minimax-m2.7",
    "mistralai/mistral-large-3",
    "mistralai/mistral-small-3.2",
    "moonshotai/kimi-k2",
    "openai/gpt-5.2",
    "openai/gpt-5.2-mini",
    "openai/gpt-5.2-nano",
    "qwen/qwen3-235b-a22b",
    "qwen/qwen3-coder",
    "x-ai/grok-4.3",
    "x-ai/grok-4.3-fast",
    "z-ai/glm-4.7",
)
"""Who lives in a new world: so many that one may leave without the feed being doubted, and a second one too."""

FEW: Final = MODELS[::2]
"""So few that a run is quick, and so many that one of them may still leave without the feed being doubted."""


def a_record(model_id: str, /, **fields: Any) -> Record:
    """One record of the OpenRouter list; `fields` replace whole keys, `prompt` and `completion` those prices.

    Prices are texts in USD per token, as in the feed.
    """
    record: Record = {
        "id": model_id,
        "canonical_slug": model_id.removeprefix("~").partition(":")[0],
        "hugging_face_id": "",
        "name": model_id.rpartition("/")[2],
        "created": 1767225600,
        "description": "A model made for tests.",
        "context_length": 131072,
        "architecture": {
            "modality": "text->text",
            "input_modalities": ["text"],
            "output_modalities": ["text"],
            "tokenizer": "Other",
            "instruct_type": None,
        },
        "pricing": {"prompt": "0.000001", "completion": "0.000002"},
        "top_provider": {"context_length": 131072, "max_completion_tokens": 16384, "is_moderated": False},
        "per_request_limits": None,
        "supported_parameters": ["max_tokens", "structured_outputs", "temperature", "tools"],
        "default_parameters": {},
        "knowledge_cutoff": None,
        "expiration_date": None,
    }
    return changed(record, **fields)


def changed(record: Mapping[str, Any], **fields: Any) -> Record:
    """A copy of a record in which `fields` are what is given, or not there where that is ABSENT."""
    copied: Record = copy.deepcopy(dict(record))
    for leg in fields.keys() & {"prompt", "completion"}:
        copied["pricing"][leg] = fields.pop(leg)
    copied |= fields
    return {key: value for key, value in copied.items() if value is not ABSENT}


def a_body(records: Iterable[object]) -> bytes:
    """The list as the source sends it."""
    listed = list(records)
    return json.dumps({"data": listed, "total_count": len(listed), "links": {"next": None}}).encode()


def crowd(count: int, *, vendors: int) -> tuple[str, ...]:
    """Ids of many models, spread evenly over the vendors."""
    return tuple(f"vendor-{number % vendors:02}/model-{number:03}" for number in range(count))


class Feed:
    """The list that the source would send now."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._records = {model_id: a_record(model_id) for model_id in ids}

    @property
    def ids(self) -> tuple[str, ...]:
        """Who is listed, in the order of the list."""
        return tuple(self._records)

    @property
    def records(self) -> list[Record]:
        """Copies of all records, to make another feed of."""
        return copy.deepcopy(list(self._records.values()))

    @property
    def body(self) -> bytes:
        """The list's bytes."""
        return a_body(self._records.values())

    def add(self, model_id: str, /, **fields: Any) -> None:
        """List a model at the end, with a new record."""
        self._records[model_id] = a_record(model_id, **fields)

    def set(self, model_id: str, /, **fields: Any) -> None:
        """Change some fields of a listed model, as in `a_record`."""
        self._records[model_id] = changed(self._records[model_id], **fields)

    def drop(self, *ids: str) -> None:
        """Take models off the list."""
        for model_id in ids:
            del self._records[model_id]


class World:
    """Everything a job runs with, in the hands of a test; `store` None means a new one in memory."""

    def __init__(self, ids: Iterable[str] = MODELS, *, store: ObjectStore | None = None, now: datetime = START) -> None:
        self.feed = Feed(ids)
        self.store: ObjectStore = MemoryStore() if store is None else store
        self.now = now
        self.overrides = Overrides()
        self._leases: dict[str, tuple[str, ...]] = {}

    def twin(self) -> "World":
        """The same world once more, in memory, which goes its own way from now on."""
        twin = World(now=self.now)
        twin.feed, twin.overrides, twin._leases = copy.deepcopy(self.feed), self.overrides, dict(self._leases)
        twin.store = copy_of(self.store)
        return twin

    # What time and people do.

    def wait(self, during: timedelta = REFRESH_EVERY) -> None:
        """Let time pass in which nothing runs."""
        self.now += during

    def bind(self, model_id: str, *, client: str = "anna") -> None:
        """Let a client choose a model; it reports so before every job, until it falls silent."""
        self._leases[client] = (*self._leases.get(client, ()), model_id)

    def fall_silent(self, client: str = "anna") -> None:
        """Let a client report no more; its last report stays."""
        del self._leases[client]

    def come_back(self, *, after: timedelta) -> None:
        """Let time pass in which nothing runs, and then refresh: whoever is missing is that much older at once."""
        self.wait(after)
        self.refresh()

    # The jobs.

    def run(self, *, body: bytes | None = None, accept: bool = False, dry_run: bool = False) -> JobReport:
        """Refresh and curate as one generation; `body` is sent instead of the feed."""
        return jobs.run_all(self.runtime(body=body), accept=accept, dry_run=dry_run)

    def refresh(self, *, body: bytes | None = None, accept: bool = False) -> JobReport:
        """Read the feed and publish."""
        return jobs.refresh(self.runtime(body=body), accept=accept)

    def curate(self) -> JobReport:
        """Recompute the shortlist and sweep."""
        return jobs.curate(self.runtime())

    def rollback(self, generation: int) -> JobReport:
        """Publish an older generation again."""
        return jobs.rollback(self.runtime(), generation)

    def run_schedule(self, *, during: timedelta) -> None:
        """Let time pass in which the schedules run: a refresh every six hours, and after midnight a curation."""
        end = self.now + during
        while self.now + REFRESH_EVERY <= end:
            yesterday = self.now.date()
            self.wait()
            self.refresh()
            if self.now.date() != yesterday:
                self.curate()

    def runtime(
        self, *, body: bytes | None = None, store: ObjectStore | None = None, read: ReadFeed | None = None
    ) -> Runtime:
        """What one job would run with now; later changes of the feed and the clock do not reach it.

        `read` gives the feed's bytes, or raises, in place of `body`.
        """
        now, overrides = self.now, self.overrides
        sent = self.feed.body if body is None else body
        self._report_bindings()
        return Runtime(
            store=self.store if store is None else store,
            source=OpenRouter(),
            read_feed=lambda: FeedBody(sent if read is None else read(), FEED_URL),
            read_overrides=lambda: overrides,
            now=lambda: now,
        )

    def _report_bindings(self) -> None:
        day = f"{self.now:%Y-%m-%d}"
        for client, ids in self._leases.items():
            leases = [{"id": model_id, "lastUsedDay": day} for model_id in ids]
            report = {"schema": 1, "client": client, "day": day, "leases": leases}
            self.store.put(f"models/bindings/{client}.json", json.dumps(report).encode())

    # What can be seen.

    @property
    def published(self) -> PublishedSet:
        """The documents that stand."""
        return self.runtime().repository.load().published

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
    def log(self) -> tuple[Event, ...]:
        """Every event there ever was."""
        changes = self.published.changes
        return whole_log(self.runtime().repository.history(), changes.events if changes else ())

    def document(self, name: str) -> dict[str, Any]:
        """A document under its fixed name, as a client parses it."""
        stored = self.store.get(f"models/openrouter/{name}.json")
        assert stored is not None, f"there is no {name}.json"
        parsed: dict[str, Any] = json.loads(stored.body)
        return parsed

    def model(self, model_id: str) -> ModelInfo:
        """A listed model's record."""
        return self.published.models()[model_id]

    def state_of(self, model_id: str) -> str:
        """A model's state, wherever it is kept."""
        return str(self.published.states()[model_id])

    def happened_to(self, model_id: str) -> tuple[str, ...]:
        """The kinds of all events of one model, oldest first, without its places in the shortlist."""
        return tuple(str(e.kind) for e in self.log if e.id == model_id and not e.kind.startswith("curated"))

    def bytes_of_documents(self) -> dict[str, bytes]:
        """All that a client may read: everything but raw snapshots, the heartbeat and what clients report."""
        ours = (key for key in self.store.list("models/openrouter/") if not is_beside_documents(key))
        return {key: stored.body for key in ours if (stored := self.store.get(key)) is not None}


def is_beside_documents(key: str) -> bool:
    """True for raw snapshots and the heartbeat, which a run may write though nothing is published."""
    return "/raw-" in key or key.endswith("/status.json")


def copy_of(store: ObjectStore) -> MemoryStore:
    """All objects of a store once more, in memory."""
    copied = MemoryStore()
    for key in store.list():
        stored = store.get(key)
        if stored is not None:
            copied.put(key, stored.body, headers=stored.headers)
    return copied
