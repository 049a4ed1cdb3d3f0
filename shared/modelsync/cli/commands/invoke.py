"""`invoke`: call a deployed function and say how its run ended.

An error of the function counts as if the job had run here: the name of its type is one of `errors`, and decides on
the exit code.
"""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from modelsync import errors
from modelsync.cli.answer import Answer
from modelsync.cli.aws_extra import needs_aws_extra
from modelsync.cli.door import Door
from modelsync.cli.exit_codes import ExitCode, code_of_type
from modelsync.cli.tables import facts, heading
from modelsync.errors import ModelsyncError, RemoteError
from modelsync.shell.storage.json_object import moment_text

Json = dict[str, Any]


def invoke(door: Door) -> Answer:
    """Call the function and wait for its answer."""
    with needs_aws_extra("invoke"):
        from modelsync.shell.asking.deployed import call, name_in_stack
    options = door.options
    name = options.function if options.stack is None else name_in_stack(options.function, options.stack)
    with door.terminal.busy(f"invoke: waiting for {name}"):
        returned = call(name, _event(door))
    if returned.error_type is not None:
        return _failed(name, returned.error_type, returned.message or "")
    if not isinstance(returned.payload, dict):
        raise RemoteError(f"{name[:80]}: expected the summary of a run, found another answer; is it a job function?")
    return _answer(name, returned.payload)


def _event(door: Door) -> Json:
    """What the function is told; what was not said is left to it."""
    options = door.options
    said = {
        "slot": None if options.slot is None else moment_text(options.slot),
        "job": options.job,
        "provider": options.provider,
        "dryRun": options.dry_run or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _answer(name: str, summary: Json) -> Answer:
    held = summary.get("outcome") == "held"
    return Answer(
        data=summary,
        view=tuple(_view(name, summary)),
        code=ExitCode.HELD if held else ExitCode.DONE,
        trouble=f"invoke: the feed is held: {summary.get('message')}" if held else None,
    )


def _view(name: str, summary: Json) -> Iterator[RenderableType]:
    job, outcome, generation = (summary.get(field) for field in ("job", "outcome", "generation"))
    dry = " (dry run)" if summary.get("dryRun") else ""
    yield heading(f"{job or name}{dry}: {outcome or 'answered'}{f', generation {generation}' if generation else ''}")
    rows = [("function", name)]
    if summary.get("message"):
        rows.append(("message", str(summary["message"])))
    tallies = {name: summary.get(name) for name in ("counts", "events")}
    rows += [
        (name, ", ".join(f"{count} {kind}" for kind, count in tally.items()))
        for name, tally in tallies.items()
        if isinstance(tally, dict) and tally
    ]
    rows += [(name, str(len(summary[name]))) for name in ("setAside", "findings") if summary.get(name)]
    yield facts(rows)


def _failed(name: str, error_type: str, message: str) -> Answer:
    kind = getattr(errors, error_type, None)
    if isinstance(kind, type) and issubclass(kind, ModelsyncError):
        (code, blame), problem = code_of_type(kind), message
    else:  # a defect, a run that took too long, too much memory
        code, blame, problem = ExitCode.REMOTE, "remote", f"{error_type}: {message}"
    told = {"kind": blame, "exitCode": int(code), "type": error_type, "message": message}
    failed = (heading(f"{name}: failed"),)
    return Answer(data={"error": told}, view=failed, code=code, trouble=f"invoke: {name[:80]}: {problem}")
