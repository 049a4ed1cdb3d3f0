"""What a command works with: its options, a runtime made of them, and the terminal.

This is the one place of the command line that the environment reaches: `OPENROUTER_API_KEY`, and defaults for the
store and what kind of store it is, the prefix and the overrides; the providers' keys and regions;
`MODELSYNC_ADMIN_TOKEN` for the admin API.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from modelsync.catalog.keys import OPENROUTER
from modelsync.cli.options import Options
from modelsync.cli.terminal import Terminal
from modelsync.errors import NotFoundError, StoreError, UsageError
from modelsync.shell.publishing.reading import Loaded
from modelsync.shell.publishing.repository import Repository
from modelsync.shell.running.composition import runtime_of
from modelsync.shell.running.runtime import Runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.object_store import check_prefix


@dataclass(frozen=True, slots=True)
class Door:
    """One command's way in and out."""

    options: Options
    settings: Settings
    runtime: Runtime
    terminal: Terminal
    runtime_of: Callable[[str], Runtime]
    """A new runtime for a source, with nothing remembered: for a command that runs for long."""
    admin_token: str | None = field(default=None, repr=False)

    @property
    def first_run(self) -> str:
        """What to run where nothing is published yet."""
        source = self.options.source
        return "syncmodels all" if source == OPENROUTER else f"syncmodels refresh --source {source}"

    @property
    def repository(self) -> Repository:
        """The documents in the store."""
        return self.runtime.repository

    def standing(self) -> Loaded:
        """What is published; raises NotFoundError where nothing is."""
        loaded = self.repository.load()
        if loaded.manifest is None:
            raise NotFoundError(
                f"{self.options.command}: nothing is published in {self.settings.store}; run `{self.first_run}` first"
            )
        return loaded


def open_door(options: Options, environment: Mapping[str, str]) -> Door:
    """Put together what a command works with; touches neither the network nor the store."""
    settings = Settings.from_environment(environment)
    settings = replace(
        settings,
        store=settings.store if options.store is None else options.store,
        prefix=_prefix(settings.prefix if options.prefix is None else options.prefix),
        overrides=options.overrides or settings.overrides,
        endpoint_url=options.endpoint_url or settings.endpoint_url,
        s3_profile=options.s3_profile or settings.s3_profile,
        feed=options.feed,
        now=options.now,
    )
    if options.source != OPENROUTER and options.command in ("all", "curate"):
        raise UsageError(
            f"{options.command}: {options.source} has no shortlist, expected OpenRouter; "
            f"run `syncmodels refresh --source {options.source}`"
        )
    runtime = runtime_of(options.source, settings, environment)
    return Door(
        options,
        settings,
        replace(runtime, read_overrides=cache(runtime.read_overrides)),
        Terminal(environment),
        runtime_of=lambda source: runtime_of(source, settings, environment),
        admin_token=environment.get("MODELSYNC_ADMIN_TOKEN") or None,
    )


def _prefix(text: str) -> str:
    """The prefix with a slash at its end; empty for the store's root."""
    prefix = f"{text.strip('/')}/" if text.strip("/") else ""
    try:
        check_prefix(prefix)
    except StoreError as error:
        raise UsageError(f"--prefix: {text[:80]!a} cannot begin a key; give plain words such as models/") from error
    return prefix
