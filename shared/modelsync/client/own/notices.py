"""What people have to be told about their saved choices, each of it once.

A notice is one fact: its key is made of what matters in it, so that equal facts have equal keys on every machine and
in every language, and a new substitute, another price tier or the next milestone of an announced end is a new fact.
Which facts there are is `resolve`'s to say; who was told already is `notice_ledger`'s.

- A notice is one sentence: what happened, what runs now, what it costs compared to before. What to do about it is its
  command, which follows from the cause and from what runs; no one has to read the sentence for it.
- Of an announced end only the milestone that is reached is told: 30, 7, 1 days, and the day; none is told late.
- More than three notices of one scope become one sentence.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from modelsync.catalog.lifecycle import is_placeholder
from modelsync.catalog.pricing import ZERO, dollars
from modelsync.client.asked import CAREFUL, NOBODY, Binding, Policy, User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.freshness import Freshness
from modelsync.client.instants import instant
from modelsync.client.resolving.resolution import Resolution
from modelsync.client.resolving.resolve import resolve

MILESTONES: Final = (0, 1, 7, 30)
"""Days before an announced end at which it is told, the nearest first."""
MOST_AT_ONCE: Final = 3
"""Notices of one scope that are told one by one."""
SHORT: Final = 4
"""Characters of a key that people type."""
_KEY_LENGTH: Final = 16
_NAMED: Final = 3


class Cause(StrEnum):
    """What happened to a saved choice."""

    RENAMED = "renamed"
    REDIRECTED = "redirected"
    SUBSTITUTED = "substituted"
    PRICE_UP = "price_up"
    FREE_ENDED = "free_ended"
    CAPABILITY_LOST = "capability_lost"
    EXPIRING = "expiring"
    BACK = "back"
    STOPPED = "stopped"
    ABSORBED = "absorbed"


KEEPING: Final = frozenset(
    {Cause.REDIRECTED, Cause.SUBSTITUTED, Cause.PRICE_UP, Cause.FREE_ENDED, Cause.CAPABILITY_LOST}
)
"""What a user accepts by keeping what runs; every other notice is only taken note of."""


class Command(StrEnum):
    """What a user can do about a notice, by the name that it has on the command line."""

    KEEP = "ack"
    CHOOSE = "use"
    PICK = "pick"
    ABSORB = "user absorb"


class Notice(NamedTuple):
    """One fact to tell in one scope: a user on a machine, or a chat."""

    scope: str
    cause: Cause
    desired: str
    """The id that was chosen."""
    effective: str | None
    """The id that runs; None where none does."""
    price_class: str
    """Tier of what runs, or `varies`, `unknown`, `none`."""
    sentence: str
    """What happened, and what runs now; no command is in it."""
    milestone: int | None = None
    """Days before an announced end."""

    @property
    def key(self) -> str:
        """What makes it once-only: equal facts, equal keys."""
        return notice_key(
            self.scope,
            self.cause,
            desired=self.desired,
            effective=self.effective,
            price_class=self.price_class,
            milestone=self.milestone,
        )

    @property
    def asks_to_keep(self) -> bool:
        """Whether accepting it makes what runs the choice."""
        return self.cause in KEEPING and self.effective is not None

    @property
    def command(self) -> Command | None:
        """What there is to do about it; None where nothing is."""
        if self.asks_to_keep:
            return Command.KEEP
        if self.effective is None:
            return Command.CHOOSE
        return {Cause.EXPIRING: Command.PICK, Cause.ABSORBED: Command.ABSORB}.get(self.cause)

    @property
    def text(self) -> str:
        """The sentence with what to type on the command line."""
        advice = "" if self.command is None else _ADVICE[self.command]
        return self.sentence + advice.format(letters=self.key[:SHORT], desired=self.desired)


def notice_key(
    scope: str, cause: str, *, desired: str, effective: str | None, price_class: str, milestone: int | None
) -> str:
    """The first 16 hexadecimal digits of SHA-256 over the six facts, one a line, what is missing being empty."""
    facts = (scope, cause, desired, effective or "", price_class, "" if milestone is None else str(milestone))
    return hashlib.sha256("\n".join(facts).encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_LENGTH]


def pending_notices(
    catalog: Catalog,
    bindings: Mapping[str, Sequence[Binding]],
    *,
    now: datetime,
    policy: Policy = CAREFUL,
    user: User = NOBODY,
    freshness: Freshness = Freshness.FRESH,
) -> tuple[Notice, ...]:
    """All that a catalog means for saved choices, by scope: told or not, in the order of scopes and of choices."""
    found: dict[str, Notice] = {}
    for scope, choices in bindings.items():
        for binding in choices:
            answer = resolve(catalog, binding.desired, binding=binding, policy=policy, user=user, freshness=freshness)
            found |= {each.key: each for each in notices_of(scope, answer, catalog=catalog, now=now)}
    return tuple(found.values())


def notices_of(scope: str, answer: Resolution, *, catalog: Catalog, now: datetime) -> Iterator[Notice]:
    """What an answer to a saved choice means for its user: what happened to it, and that it ends."""
    desired = answer.desired or answer.asked
    model = catalog.model(answer.id) if answer.id is not None else None
    if answer.notice is not None and answer.notice != Cause.EXPIRING:
        cause = Cause(answer.notice)
        sentence = (
            _SENTENCES[cause] if answer.id is not None else _NOTHING_RUNS.get(cause, _NOTHING_RUNS[Cause.STOPPED])
        )
        if cause is Cause.BACK and answer.id != desired:
            sentence = "{desired} is listed again, and {effective} goes on in its place"
        said = sentence.format(**_words(answer, model, desired=desired))
        yield Notice(scope, cause, desired, answer.id, _price_class(model, answer), said)
    milestone = _milestone(model, now=now)
    if model is not None and milestone is not None:
        end = instant(model.expires_at or "")
        day = f"{end.astimezone(UTC):%Y-%m-%d}, {_until(end, now=now)}"
        said = f"{model.id} ends on {day}"
        yield Notice(scope, Cause.EXPIRING, desired, model.id, _price_class(model, answer), said, milestone)


def messages(notices: Iterable[Notice]) -> Mapping[str, tuple[str, ...]]:
    """The sentences by scope; of more than three notices of one scope a single one."""
    by_scope: dict[str, list[Notice]] = {}
    for notice in notices:
        by_scope.setdefault(notice.scope, []).append(notice)
    return {scope: _told(found) for scope, found in by_scope.items()}


def digest_of(notices: Sequence[Notice], *, named: Callable[[str], str] = str) -> str | None:
    """One sentence for many notices, without what to type; None where they are few enough to be told one by one.

    `named` shows a name.
    """
    if len(notices) <= MOST_AT_ONCE:
        return None
    names = list(dict.fromkeys(notice.desired for notice in notices))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(notices)} notices on {', '.join(map(named, names[:_NAMED]))}{more}"


def _told(notices: Sequence[Notice]) -> tuple[str, ...]:
    digest = digest_of(notices)
    return tuple(each.text for each in notices) if digest is None else (f"{digest}: read them with `models ack`",)


def _words(answer: Resolution, model: Model | None, *, desired: str) -> dict[str, str]:
    names = ", ".join(f"{each.id} ({each.cost})" for each in answer.candidates[:_NAMED])
    return {
        "desired": desired,
        "effective": answer.id or "",
        "lost": ", ".join(answer.lost),
        "why": answer.sentence,
        "offers": f"; {names} would do" if names else "",
        "cost": _compared(answer, model),
    }


def _compared(answer: Resolution, model: Model | None) -> str:
    """What runs costs, and what it did, in USD per million tokens, three parts prompt to one of answers."""
    after = _price(answer.price_after)
    if after == ZERO and model is not None and not model.record["isFree"]:
        after = None
    before = _price(answer.price_before)
    now_text = "at an unknown price" if after is None else "free" if after == ZERO else f"{dollars(after)} per million"
    return f"{now_text}, before {'unknown' if before is None else 'free' if before == ZERO else dollars(before)}"


def _price(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _price_class(model: Model | None, answer: Resolution) -> str:
    if model is None:
        return "none" if answer.id is None else "unknown"
    status, tier = model.record["pricingStatus"], model.record["priceTier"]
    return "varies" if status == "dynamic" else str(tier or "unknown")


def _milestone(model: Model | None, *, now: datetime) -> int | None:
    """The milestone that is reached, in calendar days of UTC; None where no end is near, or none is meant."""
    if model is None or model.expires_at is None:
        return None
    end = instant(model.expires_at)
    days = _days(end, now=now)
    return None if is_placeholder(end, now=now) else next((each for each in MILESTONES if days <= each), None)


def _days(end: datetime, *, now: datetime) -> int:
    return (end.astimezone(UTC).date() - now.astimezone(UTC).date()).days


def _until(end: datetime, *, now: datetime) -> str:
    days = _days(end, now=now)
    if days < 0:
        return "which is past"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


_SENTENCES: Final[Mapping[Cause, str]] = {
    Cause.RENAMED: "{desired} is called {effective} now, and goes on ({cost})",
    Cause.REDIRECTED: "{desired} is gone, and {effective} runs in its place ({cost})",
    Cause.SUBSTITUTED: "{desired} is gone, and {effective} runs for now ({cost})",
    Cause.PRICE_UP: "{desired} costs more than when you chose it ({cost})",
    Cause.FREE_ENDED: "{desired} is not free any more, and goes on as you allowed ({cost})",
    Cause.CAPABILITY_LOST: "{desired} does not do any more what you need ({lost})",
    Cause.BACK: "{desired} is listed again, and runs again ({cost})",
    Cause.ABSORBED: "{desired}, which you added, is listed now",
}
_NOTHING_RUNS: Final[Mapping[Cause, str]] = {
    Cause.FREE_ENDED: "{desired} is not free any more, and nothing runs{offers}",
    Cause.STOPPED: "{why}; nothing runs{offers}",
}
_ADVICE: Final[Mapping[Command, str]] = {
    Command.KEEP: "; keep it with `models ack {letters}`",
    Command.CHOOSE: ": choose with `models use`",
    Command.PICK: ": choose another with `models pick`",
    Command.ABSORB: ": take it over with `models user absorb {desired}`",
}
"""What stands behind a sentence on the command line."""
