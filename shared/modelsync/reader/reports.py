"""What may be reported for this user, and where to: how calls ended, and which models are chosen.

Both are agreed to, and taken back, together; each has a random name of its own. Nothing but `models telemetry send`
sends anything, so that nothing leaves that `models telemetry show` did not have to show.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from modelsync.client.own.choices import last_used
from modelsync.client.own.user_fields import is_key_ref
from modelsync.client.reports.delivery import TOKEN, target_of
from modelsync.client.reports.registration import Registration
from modelsync.client.reports.reporting import Surroundings
from modelsync.client.reports.telemetry import Telemetry
from modelsync.errors import UsageError
from modelsync.reader.session import Session

_ENV: Final = "env:"


class Reports(NamedTuple):
    """Both kinds of report."""

    calls: Telemetry
    choices: Registration


def reports_of(session: Session) -> Reports | None:
    """What is reported for the user; None where no folder of theirs is known. Raises UsageError for a bad address."""
    folder = session.user_folder
    if folder is None:
        return None
    said = vars(session.words)
    target = target_of(session.environment, url=said.get("to"), token_variable=_token_variable(said.get("token_ref")))
    around = Surroundings(folder, lambda: session.now, session.environment, target)
    return Reports(
        Telemetry(around, listed=lambda: _listed(session)),
        Registration(around, listed=lambda: _listed(session) | _gone(session)),
    )


def choices_in_use(session: Session) -> Mapping[str, date]:
    """Every model that is chosen or stands in for one, with the last day on which that choice was made or asked for."""
    days: dict[str, date] = {}
    for binding in session.state.bindings.values():
        for name in filter(None, (binding.desired, binding.effective)):
            days[name] = max(last_used(binding), days.get(name, date.min))
    return dict(sorted(days.items()))


def _listed(session: Session) -> frozenset[str]:
    return frozenset(model.id for model in session.catalog.models())


def _gone(session: Session) -> frozenset[str]:
    return frozenset(stone["id"] for stone in session.catalog.document("deprecations").get("tombstones", ()))


def _token_variable(reference: str | None) -> str:
    if reference is None:
        return TOKEN
    if not reference.startswith(_ENV) or not is_key_ref(reference):
        raise UsageError("--token-ref: expected env:NAME, found something else; name the variable that holds it")
    return reference.removeprefix(_ENV)
