"""Whether a user agreed that something is reported, and under which random name.

    off (nobody said anything) ──on──▶ on ──off──▶ off, and what was counted is kept until it is too old
                                        └──purge──▶ nothing at all

- Nothing is on by itself. `DO_NOT_TRACK=1` wins over every yes.
- The name is 128 random bits, drawn anew after a year. Each kind of report has one of its own, so that nobody can put
  them together by it.

Chance is an argument: a function that gives 32 hexadecimal digits.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from modelsync.catalog.reports import CLIENT_ID
from modelsync.client.instants import instant
from modelsync.errors import UsageError

DO_NOT_TRACK: Final = "DO_NOT_TRACK"
NAMED_FOR: Final = timedelta(days=365)
_NO: Final = frozenset({"", "0", "no", "false", "off"})

Draw = Callable[[], str]


class Consent(NamedTuple):
    """What a user said, and the name that was drawn."""

    is_on: bool
    client: str
    drawn_on: date

    def is_old(self, today: date) -> bool:
        """Whether a new name is due; one that was drawn in the future is by a clock that was wrong."""
        return not timedelta() <= today - self.drawn_on < NAMED_FOR


def is_do_not_track(environment: Mapping[str, str]) -> bool:
    """Whether the environment forbids every report."""
    return environment.get(DO_NOT_TRACK, "").strip().lower() not in _NO


def granted(before: Consent | None, *, today: date, draw: Draw) -> Consent:
    """A yes, under the name that there was, or a new one."""
    return before._replace(is_on=True) if before is not None else Consent(is_on=True, client=draw(), drawn_on=today)


def renewed(consent: Consent, *, today: date, draw: Draw) -> Consent:
    """The same consent, under a new name once the old one is a year old."""
    return consent._replace(client=draw(), drawn_on=today) if consent.is_old(today) else consent


def consent_of(document: Mapping[str, Any]) -> Consent | None:
    """The consent in a kept document; None where there is none that can be read, which is no consent."""
    is_on, client, drawn_on = document.get("isOn"), document.get("client"), day_of(document.get("drawnOn"))
    if (
        not isinstance(is_on, bool)
        or not isinstance(client, str)
        or drawn_on is None
        or not CLIENT_ID.fullmatch(client)
    ):
        return None
    return Consent(is_on, client, drawn_on)


def consent_document(consent: Consent) -> dict[str, Any]:
    """A consent as it is kept."""
    return {"isOn": consent.is_on, "client": consent.client, "drawnOn": f"{consent.drawn_on}"}


def day_of(value: object) -> date | None:
    """The day that a kept text names; None for any other value."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def time_of(value: object) -> datetime | None:
    """The moment that a kept text names; None for any other value."""
    try:
        return instant(value) if isinstance(value, str) else None
    except UsageError:
        return None
