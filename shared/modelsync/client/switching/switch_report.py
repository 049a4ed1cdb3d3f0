"""What a switch to another model is judged by, and what the judgement looks like.

Values only: the session that would go on with another model, the terms of its user, what somebody else found out on
the network, and the report with one line for each code. `switch_check` fills it in.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from modelsync.client.asked import CAREFUL, NOBODY, Policy, User
from modelsync.client.catalog import ABILITIES, Model
from modelsync.errors import UsageError

CHECK_FAILED: Final = 9
"""Exit code of a check that failed."""

CODES: Final[Mapping[str, str]] = {
    "S01": "the target is listed",
    "S02": "the backend knows it",
    "S03": "there is a key for it",
    "S04": "it can do what is needed",
    "S05": "the conversation fits",
    "S06": "answers can be as long as asked for",
    "S07": "it accepts the parameters",
    "S08": "its price",
    "S09": "limits and conditions of use",
    "S10": "what the history loses",
    "S11": "the user's own lists",
    "S12": "the catalog's age",
    "S13": "the network's word",
    "S14": "what clients observed",
}
"""Every check by its code, in the order in which they are shown."""

_OF_THE_WINDOW: Final = 20
"""Of a window, one part in as many is kept for an answer that nobody counted."""
_USUAL_ANSWER: Final = 1000
"""Tokens of such an answer where nobody knows the window."""

NEEDS: Final[Mapping[str, str]] = {**ABILITIES, "audio": "inputModalities", "imageOutput": "isImageGen"}
"""What a session may need, and the published field that tells."""


class Level(StrEnum):
    """What one check came to; also the verdict on all. The gravest comes last."""

    PASSED = "pass"
    WARNED = "warn"
    FAILED = "fail"


def gravest(levels: Iterable[Level]) -> Level:
    """The level of several findings together; of none it is that nothing was found."""
    return max(levels, default=Level.PASSED, key=[*Level].index)


class Session(NamedTuple):
    """What would go on with another model; everything counted, nothing quoted."""

    tokens: int = 0
    """Tokens of the conversation so far."""
    reserve: int | None = None
    """Tokens to keep free for the answer; None means a twentieth of the window, or less where no answer is so long."""
    completion: int | None = None
    """Tokens of the answer, where somebody counted them; they come before a reserve."""
    images: int = 0
    tool_turns: int = 0
    reasoning_blocks: int = 0
    cached_tokens: int = 0
    """Tokens that the running model's provider holds in its cache."""
    needs: frozenset[str] = frozenset()
    """Words of `NEEDS`; images need vision by themselves."""
    max_output: int | None = None
    """Longest answer that is asked for, in tokens."""
    parameters: Mapping[str, str] = {}
    """Other parameters of a request by their published names, with their values as text."""
    without_reasoning: bool = False
    """Whether reasoning is switched off."""

    def answer(self, target: Model) -> int:
        """Tokens that the target's next answer is taken to have: what has to fit.

        One that nobody counted is no longer than was asked for, and than the target writes.
        """
        if self.completion is not None:
            return self.completion
        if self.reserve is not None:
            return self.reserve
        usual = _USUAL_ANSWER if target.context is None else target.context // _OF_THE_WINDOW
        limits = (self.max_output, target.record["maxOutput"])
        return min([usual, *(each for each in limits if each is not None)])


def refuse_nonsense(session: Session, now: datetime) -> None:
    """Raise UsageError for a need that nobody knows, a negative count, or a time without its zone."""
    unknown = sorted(session.needs - NEEDS.keys())
    if unknown:
        raise UsageError(f"needs: found {unknown[0][:40]!a}, expected words of {', '.join(NEEDS)}; mend it")
    for name, count in session._asdict().items():
        if isinstance(count, int) and count < 0:
            raise UsageError(f"session: {name}: found {count}, expected none or more; count again")
    if now.tzinfo is None:
        raise UsageError("now: found a time without its zone, expected one with it; say which it is")


class Terms(NamedTuple):
    """How the user wants models to be chosen and run."""

    backend: str = "openrouter"
    gateway: str = "gateway"
    """The gateway's configured name."""
    policy: Policy = CAREFUL
    user: User = NOBODY
    hidden: frozenset[str] = frozenset()
    """Ids that the user does not want to see."""


class Probe(NamedTuple):
    """What servers answered, as HTTP statuses; None means no answer in time."""

    key_status: int | None
    model_status: int | None


class Check(NamedTuple):
    """One line of the report."""

    code: str
    level: Level
    message: str
    hint: str | None = None
    """What to do about it."""
    data: Mapping[str, Any] = {}
    """The figures behind it, as JSON."""


class SwitchReport(NamedTuple):
    """Whether a switch would go well."""

    target: str
    checks: tuple[Check, ...]
    unchecked: tuple[str, ...]
    """Codes that could not be looked at, because what they look at was not given or is not known."""
    effective: Mapping[str, Any]
    """What would be sent: backend, id, limits, parameters; as JSON."""
    cost: Mapping[str, str | None]
    """The next request `before` and `after` the switch, for people; None where nothing runs yet."""

    @property
    def verdict(self) -> Level:
        """The gravest level of all checks."""
        return gravest(check.level for check in self.checks)

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against it."""
        return self.verdict is not Level.FAILED

    def exit_code(self, *, strict: bool = False) -> int:
        """0, or 9 where a check failed; a strict reader counts a warning as failure."""
        return CHECK_FAILED if not self.ok or (strict and self.verdict is Level.WARNED) else 0

    def as_json(self) -> dict[str, Any]:
        """The report for scripts."""
        return {
            "target": self.target,
            "ok": self.ok,
            "verdict": str(self.verdict),
            "checks": [
                {**check._asdict(), "level": str(check.level), "data": dict(check.data)} for check in self.checks
            ],
            "unchecked": list(self.unchecked),
            "effective": dict(self.effective),
            "cost": dict(self.cost),
        }
