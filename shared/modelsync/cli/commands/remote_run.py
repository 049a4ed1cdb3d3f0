"""`all`, `refresh`, `curate` with `--remote`: the same run, asked of an admin API."""

from typing import Any, Final

from modelsync.catalog.keys import OPENROUTER
from modelsync.cli.answer import Answer
from modelsync.cli.aws_extra import needs_aws_extra
from modelsync.cli.door import Door
from modelsync.cli.exit_codes import ExitCode
from modelsync.cli.tables import facts, heading
from modelsync.errors import UsageError
from modelsync.shell.asking.asked_runs import AskedRun, to_json

_TARGETS: Final = {"all": "all", "refresh": "openrouter", "curate": "curated"}

_CODES: Final = {"held": ExitCode.HELD, "refused": ExitCode.FEED, "failed": ExitCode.REMOTE}
"""How the program ends where the run did not come to a good end; as where it runs here."""


def run_remotely(door: Door) -> Answer:
    """Ask for the run, wait until it is over unless told not to, and say how it ended."""
    with needs_aws_extra("--remote"):
        from modelsync.shell.asking.remote import RemoteAdmin
    options = door.options
    _check_words(door)
    remote = RemoteAdmin(options.remote or "", token=door.admin_token)
    target = _TARGETS[options.command] if options.source == OPENROUTER else options.source
    run = remote.ask(target, dry_run=options.dry_run)
    if not options.wait:
        data = {"run": run, "target": target, "dryRun": options.dry_run}
        return _answer(door, {**data, "outcome": None, "status": remote.status_url}, "asked for", None)
    with door.terminal.busy(f"{options.command}: waiting for run {run}"):
        over = remote.wait_for(run)
    return _answer(door, {**to_json(over), "status": remote.status_url}, over.outcome or "over", over)


def _check_words(door: Door) -> None:
    """A remote catalog has its own store, feed and clock."""
    options = door.options
    given = {
        "--feed": options.feed is not None,
        "--accept": options.accept,
        "--store": options.store is not None,
        "--endpoint-url": options.endpoint_url is not None,
        "--s3-profile": options.s3_profile is not None,
        "--prefix": options.prefix is not None,
        "--overrides": options.overrides is not None,
        "--now": options.now is not None,
        "--full": options.full,
    }
    unheard = [name for name, is_given in given.items() if is_given]
    if unheard:
        raise UsageError(
            f"{unheard[0]}: expected none with --remote, where the run is as it is set up there; leave it out"
        )


def _answer(door: Door, data: dict[str, Any], outcome: str, over: AskedRun | None) -> Answer:
    generation = "" if over is None or over.generation is None else f", generation {over.generation}"
    rows = [("run", str(data["run"])), ("status", str(data["status"]))]
    if over is not None and over.message:
        rows.append(("message", over.message))
    dry = " (dry run)" if door.options.dry_run else ""
    code = _CODES.get(outcome, ExitCode.DONE)
    told = f"{door.options.command} at the remote: {outcome}{f': {over.message}' if over and over.message else ''}"
    return Answer(
        data=data,
        view=(heading(f"{door.options.command} at the remote{dry}: {outcome}{generation}"), facts(rows)),
        code=code,
        trouble=told if code is not ExitCode.DONE else None,
    )
