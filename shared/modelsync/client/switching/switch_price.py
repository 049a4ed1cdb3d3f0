"""What a switch does to the bill: the next request with the model that runs, and with the one that would.

Both are priced for the same session, length of the prompt and hour included, so that conditions count where they
apply. Of a range the dearer end is compared. Nothing is compared with a price that nobody knows.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from modelsync.catalog.pricing import ZERO, decimal_text
from modelsync.client.asked import Policy
from modelsync.client.catalog import Model
from modelsync.client.switching.estimate import Estimate, estimate
from modelsync.client.switching.switch_report import Check, Level, Session

_USUAL_PROMPT: Final = 3000
"""Tokens of a prompt where nobody counted; only the mix with the answer matters."""
_PROMPT_TO_ANSWER: Final = 3
_MILLION: Final = 1_000_000
_CENT: Final = Decimal("0.01")


def price_check(
    target: Model, running: Model | None, *, session: Session, policy: Policy, now: datetime
) -> tuple[Check, dict[str, str | None]]:
    """Check S08, and what the next request costs before and after, for people."""
    after = _next_request(target, session, now=now)
    before = _next_request(running, session, now=now) if running is not None else None
    texts = {"before": before.text if before is not None else None, "after": after.text}
    said = _objections(after, before, session=session, policy=policy)
    level = max((each for each, _ in said), default=Level.PASSED, key=[Level.PASSED, Level.WARNED, Level.FAILED].index)
    change = f"{texts['before']} -> {after.text}" if before is not None else after.text
    message = "; ".join([f"the next request: {change}", *(reason for _, reason in said)])
    return Check("S08", level, message, data=_figures(after, before)), texts


def _next_request(model: Model, session: Session, *, now: datetime) -> Estimate:
    prompt, completion = _mix(session)
    return estimate(model, prompt=prompt, completion=completion, at=now)


def _objections(
    after: Estimate, before: Estimate | None, *, session: Session, policy: Policy
) -> list[tuple[Level, str]]:
    """What speaks against the price, each with its gravity."""
    if after.high is None:
        blocks = policy.unknown_price == "block" or policy.price_cap is not None
        return [(Level.FAILED if blocks else Level.WARNED, "what it costs is not known")]
    said = []
    if policy.price_cap is not None and after.high * _MILLION > Decimal(policy.price_cap) * sum(_mix(session)):
        said.append((Level.FAILED, f"that is above your limit of ${policy.price_cap} per million tokens"))
    if before is not None and before.high is None:
        said.append((Level.WARNED, "what runs now has no price to compare with"))
    elif before is not None and before.is_free and before.high == ZERO < after.high:
        never = policy.free_to_paid == "never"
        said.append((Level.FAILED if never else Level.WARNED, "what runs now is free"))
    elif before is not None and before.high is not None and after.high > before.high * Decimal(policy.price_factor):
        said.append((Level.WARNED, f"that is more than {policy.price_factor} times as much"))
    if "long_prompt" in after.notes:
        said.append((Level.WARNED, "a prompt of this length has a price of its own"))
    return said


def _mix(session: Session) -> tuple[int, int]:
    """Tokens of the next prompt and of its answer."""
    prompt = session.tokens or _USUAL_PROMPT
    return prompt, prompt // _PROMPT_TO_ANSWER if session.completion is None else session.completion


def _figures(after: Estimate, before: Estimate | None) -> dict[str, Any]:
    """Amounts in USD as text, the dearer end; the ratio to two places, where there is one."""
    then = before.high if before is not None else None
    ratio = None if not then or after.high is None else decimal_text((after.high / then).quantize(_CENT))
    return {
        "before": None if then is None else decimal_text(then),
        "after": None if after.high is None else decimal_text(after.high),
        "ratio": ratio,
    }
