"""What `models doctor` says of one thing: ok, warn or fail, what was found, and what to do about it.

Nothing that is found has a secret in it, and no folder of the user's by its name: what kind of place it is says enough.
A look that breaks is a finding too, for whoever calls a doctor has something broken.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from modelsync.errors import ModelsyncError
from modelsync.reader.session import Session


class Health(StrEnum):
    """How grave it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """One line of the report."""

    name: str
    level: Health
    message: str
    hint: str | None = None


Look = Callable[[Session], Finding]


def fine(name: str, message: str) -> Finding:
    """Nothing to do."""
    return Finding(name, Health.OK, message)


def found_by(name: str, look: Look, session: Session) -> Finding:
    """What a look finds; that it breaks, where it does."""
    try:
        return look(session)
    except ModelsyncError as error:
        return Finding(name, Health.FAIL, str(error))
    except Exception as error:  # noqa: BLE001  a doctor goes on to the next question
        return Finding(name, Health.FAIL, f"{type(error).__name__}: {error}", "run it again with --debug and report it")


def without_places(finding: Finding, places: Mapping[Path, str]) -> Finding:
    """The same with the kind of a place instead of its path, which may have the user's name in it."""
    message = finding.message
    for place in sorted(places, key=lambda each: len(str(each)), reverse=True):
        message = message.replace(str(place), f"<{places[place]}>")
    return finding._replace(message=message)
