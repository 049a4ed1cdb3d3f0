"""What a switch does to the bill: the next request with the model that runs, and with the one that would.

Both are priced for the same session, length of the prompt and hour included, so that conditions count where they
apply. An answer that nobody counted is taken to be a usual one, which is not the room that is kept for it; no answer is
longer than was asked for, or than the model writes. What is assumed is said. Of a range the dearer end is compared.
Nothing is compared with a price that nobody knows; where images are tokens that nobody counted, what is known is
compared, and a word says so. Images that a model does not see are not sent to it. The user's limit is one of blended
prices, and is held against the usual mix.
"""

from datetime import datetime
from decimal import Context, Decimal
from typing import Any, Final

from modelsync.catalog.pricing import ZERO, decimal_text
from modelsync.client.asked import Policy
from modelsync.client.catalog import Model
from modelsync.client.switching.estimate import Estimate, estimate
from modelsync.client.switching.switch_report import Check, Level, Session, gravest

_USUAL_PROMPT: Final = 3000
"""Tokens of a prompt where nobody counted."""
_USUAL_ANSWER: Final = 1000
"""Tokens of an answer where nobody counted: the mix of blended prices, for a usual prompt."""
_PROMPT_TO_ANSWER: Final = 3
"""The mix of blended prices."""
_MILLION: Final = 1_000_000
_EXACT: Final = Context(prec=400)
_CENT: Final = Decimal("0.01")


def price_check(
    target: Model, running: Model | None, *, session: Session, policy: Policy, now: datetime
) -> tuple[Check, dict[str, str | None]]:
    """Check S08, and what the next request costs before and after, for people."""
    after = _request(target, session, now=now)
    before = _request(running, session, now=now) if running is not None else None
    texts = {"before": before.text if before is not None else None, "after": after.text}
    prompt = session.tokens or _USUAL_PROMPT
    blended = estimate(target, prompt=prompt, completion=prompt // _PROMPT_TO_ANSWER, at=now)
    is_over = _is_over(blended, policy, tokens=prompt + prompt // _PROMPT_TO_ANSWER)
    said = [*_objections(after, before, is_over=is_over, policy=policy), *_left_out(after, before, session.images)]
    level = gravest(each for each, _ in said)
    change = f"{texts['before']} -> {after.text}" if before is not None else after.text
    message = "; ".join(
        [f"the next request ({_counted(session, target, running)}): {change}", *(reason for _, reason in said)]
    )
    return Check("S08", level, message, data=_figures(after, before)), texts


def _answer(model: Model, session: Session) -> int:
    """Tokens of the next answer of a model, counted or usual, within what is asked for and what the model writes."""
    length = _USUAL_ANSWER if session.completion is None else session.completion
    return min(each for each in (length, session.max_output, model.record["maxOutput"]) if each is not None)


def _counted(session: Session, target: Model, running: Model | None) -> str:
    """How long the request and its answers are taken to be, and which of that nobody counted."""
    after, before = (_answer(each, session) for each in (target, running or target))
    prompt = f"{session.tokens:,} in" if session.tokens else f"{_USUAL_PROMPT:,} in assumed"
    answer = f"{after:,} out" + (" assumed" if session.completion is None else "")
    return ", ".join([prompt, answer, *([f"{before:,} before"] if before != after else [])])


def _request(model: Model, session: Session, *, now: datetime) -> Estimate:
    """The next request of a session to a model, with the images that it sees."""
    images = session.images if model.record["supportsVision"] is not False else 0
    prompt = session.tokens or _USUAL_PROMPT
    return estimate(model, prompt=prompt, completion=_answer(model, session), images=images, at=now)


def _left_out(after: Estimate, before: Estimate | None, images: int) -> list[tuple[Level, str]]:
    """That images are not priced, where they are tokens; that is no objection to a model."""
    if not any("image_tokens" in each.notes for each in (after, before) if each is not None):
        return []
    told = "1 image is not in that: nobody publishes how many tokens it is"
    if images > 1:
        told = f"{images:,} images are not in that: nobody publishes how many tokens they are"
    return [(Level.PASSED, told)]


def _dearest(found: Estimate | None) -> Decimal | None:
    """The dearer end, or what is known of it; None where nothing is."""
    if found is None:
        return None
    return found.low if found.high is None else found.high


def _is_over(blended: Estimate, policy: Policy, *, tokens: int) -> bool:
    """Whether so many tokens of the usual mix cost more than the user's limit lets them, or may."""
    if policy.price_cap is None:
        return False
    return blended.high is None or blended.high * _MILLION > Decimal(policy.price_cap) * tokens


def _objections(after: Estimate, before: Estimate | None, *, is_over: bool, policy: Policy) -> list[tuple[Level, str]]:
    """What speaks against the price, each with its gravity."""
    price, then = _dearest(after), _dearest(before)
    if price is None:
        blocks = policy.unknown_price == "block" or policy.price_cap is not None
        return [(Level.FAILED if blocks else Level.WARNED, "what it costs is not known")]
    said = []
    if is_over:
        said.append((Level.FAILED, f"that is above your limit of ${policy.price_cap} per million tokens"))
    if before is not None and then is None:
        said.append((Level.WARNED, "what runs now has no price to compare with"))
    elif before is not None and before.is_free and then == ZERO < price:
        never = policy.free_to_paid == "never"
        said.append((Level.FAILED if never else Level.WARNED, "what runs now is free"))
    elif then is not None and price > then * Decimal(policy.price_factor):
        said.append((Level.WARNED, f"that is more than {policy.price_factor} times as much"))
    if "long_prompt" in after.notes:
        said.append((Level.WARNED, "a prompt of this length has a price of its own"))
    return said


def _figures(after: Estimate, before: Estimate | None) -> dict[str, Any]:
    """Amounts in USD as text, the dearer end that is known; the ratio to two places, where there is one."""
    then, price = _dearest(before), _dearest(after)
    ratio = None if not then or price is None else decimal_text((price / then).quantize(_CENT, context=_EXACT))
    return {
        "before": None if then is None else decimal_text(then),
        "after": None if price is None else decimal_text(price),
        "ratio": ratio,
    }
