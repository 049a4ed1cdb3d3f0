"""The commands by their names."""

from collections.abc import Callable, Mapping
from typing import Final

from modelsync.cli.answer import Answer
from modelsync.cli.commands.bindings import bindings
from modelsync.cli.commands.bundle import bundle_now
from modelsync.cli.commands.diff import diff
from modelsync.cli.commands.enrich import enrich_now
from modelsync.cli.commands.invoke import invoke
from modelsync.cli.commands.remote_run import run_remotely
from modelsync.cli.commands.replay import replay_folder
from modelsync.cli.commands.run import curate_now, look_at_hosts, read_and_publish, roll_back
from modelsync.cli.commands.schema import schema
from modelsync.cli.commands.serve_admin import serve_admin
from modelsync.cli.commands.show import show
from modelsync.cli.commands.status import status
from modelsync.cli.commands.telemetry import telemetry
from modelsync.cli.commands.verify import verify_store
from modelsync.cli.commands.why import why
from modelsync.cli.door import Door

_COMMANDS: Final[Mapping[str, Callable[[Door], Answer]]] = {
    "all": read_and_publish,
    "refresh": read_and_publish,
    "signals": look_at_hosts,
    "curate": curate_now,
    "enrich": enrich_now,
    "replay": replay_folder,
    "rollback": roll_back,
    "status": status,
    "diff": diff,
    "show": show,
    "why": why,
    "telemetry": telemetry,
    "bindings": bindings,
    "verify": verify_store,
    "bundle": bundle_now,
    "schema": schema,
    "invoke": invoke,
    "serve-admin": serve_admin,
}


def answer(door: Door) -> Answer:
    """Run the command that was named, here or where `--remote` says."""
    command = _COMMANDS[door.options.command] if door.options.remote is None else run_remotely
    return command(door)
