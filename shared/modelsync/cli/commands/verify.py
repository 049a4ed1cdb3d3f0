"""`verify`: whether the store holds what it says it holds."""

from dataclasses import asdict
from typing import Final

from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.exit_codes import ExitCode
from modelsync.cli.tables import bullets, facts, heading
from modelsync.shell.running.verify import verify

ADVICE: Final = "delete what was altered: the next run writes again what is missing; or `syncmodels rollback N`"


def verify_store(door: Door) -> Answer:
    """Check the whole store; problems are the answer, not an error."""
    with door.terminal.busy("verify: reading every generation"):
        found = verify(door.runtime)
    rows = (
        ("generations", f"{found.generations:,} kept, the newest is {found.generation}"),
        ("documents", f"{found.documents:,}, with their digests and schemas"),
        ("snapshots", f"{found.snapshots:,} raw feeds, with their digests"),
        ("events", f"{found.events:,}, folded and compared with the documents"),
        ("problems", f"{len(found.problems):,}" if found.problems else "none; every law holds"),
    )
    place = door.settings.store
    return Answer(
        data=asdict(found),
        view=(
            heading(f"{place}: {'something is wrong' if found.problems else 'all is well'}"),
            facts(rows),
            *((bullets(found.problems, at_most=len(found.problems), style="red"),) if found.problems else ()),
        ),
        code=ExitCode.STORE if found.problems else ExitCode.DONE,
        trouble=f"verify: {place}: found {len(found.problems)} problems, expected none; {ADVICE}"
        if found.problems
        else None,
    )
