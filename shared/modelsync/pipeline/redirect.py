"""Where the users of a model that is gone are sent.

Strongest first: what people wrote; the one active model of the same canonical slug and variant (a rename); the
living base of a variant; the nearest model of the same series or family with the same abilities, at no more than
1.25 times the price; and `auto`, for which the shortlist names price-safe targets. A redirect stays as it is until
its target dies or a stronger one is found. Every target is listed, or `auto`; so chains are one step long.
Models that are merely stale are only redirected where people or a rename say so: most of them come back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from modelsync.catalog.capabilities import ReasoningMode
from modelsync.catalog.documents import Redirect
from modelsync.catalog.lifecycle import (
    AUTO,
    CONFIDENCE_OF,
    STRONGEST_FIRST,
    LifecycleState,
    RedirectKind,
    is_retiring,
)
from modelsync.catalog.model_ids import base_id, parse_model_id, version_tuple
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import amount, blended
from modelsync.pipeline.overrides import RedirectOverride
from modelsync.pipeline.price import published_legs
from modelsync.pipeline.retire import Census, is_buried

PRICE_FACTOR: Final = Decimal("1.25")
"""A substitute may cost this much of the last known price; 33 of 48 recorded family substitutes do."""

CONTEXT_SHARE: Final = Decimal("0.9")
"""A substitute has at least this share of the context window."""


@dataclass(frozen=True, slots=True)
class _Choice:
    kind: RedirectKind
    to: str
    reason: str


def assign_redirects(
    census: Census, *, previous: Iterable[Redirect], overrides: Iterable[RedirectOverride], now: datetime
) -> tuple[Redirect, ...]:
    """Redirect everyone who needs it, in the order of their ids."""
    finder = _Finder(census, {each.from_id: each for each in overrides}, now)
    before = {each.from_id: each for each in previous}
    found = ((i, finder.best(i), before.get(i)) for i in sorted(finder.gone()))
    return tuple(finder.redirect(i, best, old) for i, best, old in found if best is not None)


class _Finder:
    """The living, indexed by what the dead may have in common with them."""

    def __init__(self, census: Census, overrides: Mapping[str, RedirectOverride], now: datetime) -> None:
        self._listed = census.listed
        self._buried = {i: stone for i, stone in census.tombstones.items() if is_buried(stone)}
        self._overrides = overrides
        self._now = now
        self._by_slug: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
        self._by_family: dict[str, list[ModelInfo]] = defaultdict(list)
        for model in census.listed.values():
            if model.state is LifecycleState.ACTIVE:
                if model.canonical_slug is not None:
                    self._by_slug[model.canonical_slug, model.variant].append(model.id)
                if _can_stand_in(model, now):
                    self._by_family[model.family].append(model)

    def gone(self) -> set[str]:
        """Ids that may need a redirect: all that people redirect or that are missing."""
        missing = {i for i, model in self._listed.items() if model.state is LifecycleState.STALE}
        named = {i for i in self._overrides if i not in self._listed or i in missing}
        return missing | self._buried.keys() | named

    def best(self, model_id: str) -> _Choice | None:
        """The strongest redirect of an id that is gone; None where a stale model had better wait."""
        return next(self._choices(model_id), None)

    def redirect(self, model_id: str, best: _Choice, old: Redirect | None) -> Redirect:
        """The old redirect as long as it holds, with its price judged anew; else the best one, from now on."""
        if old is not None and self._may_stay(old, best):
            safe = self._is_safe(model_id, old.to)
            return old if old.price_safe == safe else old.model_copy(update={"price_safe": safe})
        return Redirect(
            from_id=model_id,
            to=best.to,
            kind=best.kind,
            confidence=CONFIDENCE_OF[best.kind],
            price_safe=self._is_safe(model_id, best.to),
            reason=best.reason,
            since=self._now,
        )

    def _may_stay(self, old: Redirect, best: _Choice) -> bool:
        """Tell whether an old redirect still holds: none stronger is found and its target is as good as it was."""
        if (old.kind, old.to) == (best.kind, best.to):
            return True
        if old.kind is RedirectKind.OVERRIDE or STRONGEST_FIRST.index(best.kind) < STRONGEST_FIRST.index(old.kind):
            return False
        if old.to not in self._listed or self._onward(old.to) is not None:
            return False
        return old.kind is not RedirectKind.FAMILY or self._is_safe(old.from_id, old.to)

    def _is_safe(self, model_id: str, target: str) -> bool:
        """Tell whether a target costs no more than its users agreed to; `auto` never does."""
        last = self._last_known(model_id)
        return target == AUTO or (last is not None and _is_price_safe(last, self._listed[target]))

    def _choices(self, model_id: str) -> Iterator[_Choice]:
        yield from self._written(model_id)
        yield from self._inferred(model_id)

    def _last_known(self, model_id: str) -> ModelInfo | None:
        stone = self._buried.get(model_id)
        return stone.last_known if stone is not None else self._listed.get(model_id)

    def _written(self, model_id: str) -> Iterator[_Choice]:
        """Follow what people wrote, through ids that are gone themselves, to one that is listed."""
        override = self._overrides.get(model_id)
        if override is None:
            return
        target: str | None = override.to
        visited = {model_id}
        while target is not None and target not in visited:
            visited.add(target)
            onward = self._onward(target)
            if target == AUTO or (onward is None and target in self._listed):
                yield _Choice(RedirectKind.OVERRIDE, target, override.reason)
                return
            target = onward

    def _onward(self, target: str) -> str | None:
        """Where a target leads that needs a redirect itself; None where it needs none, or has none."""
        override = self._overrides.get(target)
        if override is not None and self._is_gone(target):
            return override.to
        inferred = next(self._inferred(target), None) if self._is_gone(target) else None
        return inferred.to if inferred is not None else None

    def _is_gone(self, model_id: str) -> bool:
        model = self._listed.get(model_id)
        return model is None or model.state is LifecycleState.STALE

    def _inferred(self, model_id: str) -> Iterator[_Choice]:
        last = self._last_known(model_id)
        if last is None:
            return
        yield from self._renamed(last)
        if model_id in self._buried:
            yield from self._variant_base(last)
            yield from self._relatives(last)
            yield _Choice(RedirectKind.AUTO, AUTO, "no listed model of its family can stand in")

    def _renamed(self, last: ModelInfo) -> Iterator[_Choice]:
        same = [i for i in self._by_slug.get((last.canonical_slug, last.variant), ()) if i != last.id]
        if len(same) == 1:
            reason = f"the same model, {last.canonical_slug}, is listed under this id"
            yield _Choice(RedirectKind.RENAMED, same[0], reason)

    def _variant_base(self, last: ModelInfo) -> Iterator[_Choice]:
        base = self._listed.get(base_id(last.id))
        if last.variant is not None and base is not None and base.state is LifecycleState.ACTIVE:
            yield _Choice(
                RedirectKind.VARIANT,
                base.id,
                f"its {last.variant} variant ended and the base model is listed",
            )

    def _relatives(self, last: ModelInfo) -> Iterator[_Choice]:
        able = [model for model in self._by_family.get(last.family, ()) if _stands_in(model, last)]
        if able:
            nearest = min(able, key=lambda model: _distance(model, last))
            line = "series" if nearest.series == last.series else "family"
            yield _Choice(
                RedirectKind.FAMILY,
                nearest.id,
                f"the nearest model of the same {line} with the same abilities",
            )


def _can_stand_in(model: ModelInfo, now: datetime) -> bool:
    moving = model.id.startswith("~") or model.is_router or model.variant == "batch"
    return not moving and not is_retiring(model.expires_at, now=now)


def _stands_in(model: ModelInfo, last: ModelInfo) -> bool:
    """Tell whether a model can do all that the lost one could, in no smaller a window, for no more money."""
    return (
        model.variant == last.variant
        and _profile(last) <= _profile(model)
        and _fits_window(model, last)
        and _is_price_safe(last, model)
    )


def _profile(model: ModelInfo) -> frozenset[str]:
    flags = {
        "vision": model.supports_vision,
        "tools": model.supports_tools,
        "structured": model.structured_output,
        "reasoning": model.reasoning is not ReasoningMode.NONE,
    }
    outputs = {f"to {modality}" for modality in model.output_modalities}
    return frozenset(name for name, on in flags.items() if on) | outputs


def _fits_window(model: ModelInfo, last: ModelInfo) -> bool:
    if last.max_context is None:
        return True
    return model.max_context is not None and model.max_context >= last.max_context * CONTEXT_SHARE


def _is_price_safe(last: ModelInfo, model: ModelInfo) -> bool:
    """Tell whether a model costs at most 1.25 times the last known price, and nothing where that was free."""
    if last.is_free or model.is_free:
        return model.is_free
    before, after = _blended(last), _blended(model)
    if before is None or after is None:
        return False
    return after <= before * PRICE_FACTOR and (before > 0 or not _costs_more_by_the_unit(last, model))


def _costs_more_by_the_unit(last: ModelInfo, model: ModelInfo) -> bool:
    """Where tokens of text cost nothing, the other legs are the price."""
    before, after = published_legs(last.pricing), published_legs(model.pricing)
    return any(amount(price) > amount(before.get(leg, "0")) * PRICE_FACTOR for leg, price in after.items())


def _blended(model: ModelInfo) -> Decimal | None:
    prompt, completion = model.pricing.prompt_per_million, model.pricing.completion_per_million
    return None if prompt is None or completion is None else blended(amount(prompt), amount(completion))


def _distance(model: ModelInfo, last: ModelInfo) -> tuple[bool, bool, tuple[int, ...], Decimal, str]:
    """Same series first, then the smallest version step, upwards rather than down, the nearest price, the id."""
    version, old = version_tuple(parse_model_id(model.id)), version_tuple(parse_model_id(last.id))
    older = version < old
    step = tuple(-each for each in (*version, *([0] * (8 - len(version))))) if older else version
    price = abs((_blended(model) or Decimal(0)) - (_blended(last) or Decimal(0)))
    return (model.series != last.series, older, step, price, model.id)
