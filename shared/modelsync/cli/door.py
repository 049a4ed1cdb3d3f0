"""What a command works with: its options, a runtime made of them, and the terminal.

This is the one place of the command line that the environment reaches: `OPENROUTER_API_KEY`, and defaults for the
store, the prefix and the overrides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from modelsync.cli.options import Options
from modelsync.cli.terminal import Terminal
from modelsync.errors import NotFoundError, StoreError, UsageError
from modelsync.shell.object_store import check_prefix
from modelsync.shell.repository import Loaded, Repository
from modelsync.shell.runtime import Runtime, Settings, build_runtime


@dataclass(frozen=True, slots=True)
class Door:
    """One command's way in and out."""

    options: Options
    settings: Settings
    runtime: Runtime
    terminal: Terminal

    @property
    def repository(self) -> Repository:
        """The documents in the store."""
        return self.runtime.repository

    def standing(self) -> Loaded:
        """What is published; raises NotFoundError where nothing is."""
        loaded = self.repository.load()
        if loaded.manifest is None:
            raise NotFoundError(
                f"{self.options.command}: nothing is published in {self.settings.store}; run `syncmodels all` first"
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
        feed=options.feed,
        now=options.now,
    )
    runtime = build_runtime(settings)
    runtime = replace(runtime, read_overrides=cache(runtime.read_overrides))
    return Door(options, settings, runtime, Terminal(environment))


def _prefix(text: str) -> str:
    """The prefix with a slash at its end; empty for the store's root."""
    prefix = f"{text.strip('/')}/" if text.strip("/") else ""
    try:
        check_prefix(prefix)
    except StoreError as error:
        raise UsageError(f"--prefix: {text[:80]!a} cannot begin a key; give plain words such as models/") from error
    return prefix
