"""What a switch does to the bill: the next request with the model that runs, and with the one that would.

Both are priced for the same session, length of the prompt and hour included, so that conditions count where they
apply; the answer is the one that has to fit the window too. Of a range the dearer end is compared. Nothing is compared
with a price that nobody knows. The user's limit is one of blended prices, and is held against the usual mix.
"""

from datetime import datetime
from decimal import Context, Decimal
from typing import Any, Final

from modelsync.catalog.pricing import ZERO, decimal_text
from modelsync.client.asked import Policy
from modelsync.client.catalog import Model
from modelsync.client.switching.estimate import Estimate, estimate
from modelsync.client.switching.switch_report import Check, Level, Session

_USUAL_PROMPT: Final = 3000
"""Tokens of a prompt where nobody counted."""
_PROMPT_TO_ANSWER: Final = 3
"""The mix of blended prices."""
_MILLION: Final = 1_000_000
_EXACT: Final = Context(prec=400)
_CENT: Final = Decimal("0.01")


def price_check(
    target: Model, running: Model | None, *, session: Session, policy: Policy, now: datetime
) -> tuple[Check, dict[str, str | None]]:
    """Check S08, and what the next request costs before and after, for people."""
    prompt, answer = session.tokens or _USUAL_PROMPT, session.answer(target)
    after = estimate(target, prompt=prompt, completion=answer, at=now)
    before = estimate(running, prompt=prompt, completion=answer, at=now) if running is not None else None
    texts = {"before": before.text if before is not None else None, "after": after.text}
    blended = estimate(target, prompt=prompt, completion=prompt // _PROMPT_TO_ANSWER, at=now)
    is_over = _is_over(blended, policy, tokens=prompt + prompt // _PROMPT_TO_ANSWER)
    said = _objections(after, before, is_over=is_over, policy=policy)
    level = max((each for each, _ in said), default=Level.PASSED, key=[Level.PASSED, Level.WARNED, Level.FAILED].index)
    change = f"{texts['before']} -> {after.text}" if before is not None else after.text
    message = "; ".join(
        [f"the next request ({prompt:,} in, {answer:,} out): {change}", *(reason for _, reason in said)]
    )
    return Check("S08", level, message, data=_figures(after, before)), texts


def _is_over(blended: Estimate, policy: Policy, *, tokens: int) -> bool:
    """Whether so many tokens of the usual mix cost more than the user's limit lets them, or may."""
    if policy.price_cap is None:
        return False
    return blended.high is None or blended.high * _MILLION > Decimal(policy.price_cap) * tokens


def _objections(after: Estimate, before: Estimate | None, *, is_over: bool, policy: Policy) -> list[tuple[Level, str]]:
    """What speaks against the price, each with its gravity."""
    if after.high is None:
        blocks = policy.unknown_price == "block" or policy.price_cap is not None
        return [(Level.FAILED if blocks else Level.WARNED, "what it costs is not known")]
    said = []
    if is_over:
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


def _figures(after: Estimate, before: Estimate | None) -> dict[str, Any]:
    """Amounts in USD as text, the dearer end; the ratio to two places, where there is one."""
    then = before.high if before is not None else None
    ratio = (
        None if not then or after.high is None else decimal_text((after.high / then).quantize(_CENT, context=_EXACT))
    )
    return {
        "before": None if then is None else decimal_text(then),
        "after": None if after.high is None else decimal_text(after.high),
        "ratio": ratio,
    }
