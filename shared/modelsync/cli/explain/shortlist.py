"""Why a model stands in a bucket of the shortlist, or why it does not."""

from collections.abc import Iterator
from typing import Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import ReasoningMode
from modelsync.catalog.documents import BucketShortlist, Component, Components, ShortlistEntry
from modelsync.catalog.lifecycle import LifecycleState, is_retiring
from modelsync.catalog.model_ids import parse_model_id
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import PricingStatus
from modelsync.cli.explain.case import Case, Explanation
from modelsync.pipeline.ranking.eligibility import CODING_CONTEXT_AT_LEAST, FAST_AT_MOST
from modelsync.pipeline.ranking.kinship import release_key
from modelsync.pipeline.ranking.score import WEIGHTS, Scores, score_models

WEIGHT_OF: Final = dict(zip(Components.model_fields, WEIGHTS, strict=True))
"""Both are in the order in which the rank adds them up."""


def explain_places(case: Case) -> Explanation:
    """Say for each bucket where a model stands in it, or what keeps it out."""
    curated = case.published.curated
    if curated is None:
        return Explanation("curated", "no shortlist is published yet; run `syncmodels curate`", ())
    standing = [str(bucket) for bucket, each in curated.buckets.items() if _entry(each, case.model.id)]
    headline = f"in the shortlist for {', '.join(standing)}" if standing else "not in the shortlist"
    lines: list[tuple[str, str]] = []
    scores = _scores(case)
    for bucket, shortlist in curated.buckets.items():
        first, *more = _bucket_lines(bucket, shortlist, case, scores)
        lines += [(str(bucket), first), *(("", line) for line in more)]
    return Explanation("curated", headline, tuple(lines))


def _entry(shortlist: BucketShortlist, model_id: str) -> ShortlistEntry | None:
    return next((each for each in shortlist.models if each.id == model_id), None)


def _bucket_lines(bucket: Bucket, shortlist: BucketShortlist, case: Case, scores: Scores) -> Iterator[str]:
    entry = _entry(shortlist, case.model.id)
    if entry is not None:
        place = shortlist.models.index(entry) + 1
        yield f"in: place {place} of {len(shortlist.models)}. {entry.reason}"
        parts = {name: getattr(entry.components, name) for name in WEIGHT_OF}
        yield f"rank {entry.rank:.3f} = " + " + ".join(
            f"{WEIGHT_OF[name]:.2f} x {part.value:.3f} {name}" for name, part in parts.items()
        )
        yield "; ".join(f"{name} {_evidence(part)}" for name, part in parts.items())
        return
    reason = _shut_out(case.model, case) or _rule_of_people(bucket, case) or _unfit(bucket, case.model)
    yield f"out: {reason}" if reason else f"out: {_outranked(bucket, shortlist, case, scores)}"


def _evidence(part: Component) -> str:
    date = f", {part.date}" if part.date else ""
    return f"{part.evidence} ({part.source}{date})"


def _shut_out(model: ModelInfo, case: Case) -> str | None:
    """Why nobody recommends a model for anything; None where that is not so."""
    parts = parse_model_id(model.id)
    reasons = (
        (case.known.state is not LifecycleState.ACTIVE, f"it is {case.known.state}"),
        (is_retiring(model.expires_at, now=case.now), "its announced end is less than 14 days away, or past"),
        (parts.is_latest, "it is a moving pointer, another model stands behind it every few weeks"),
        (parts.is_stealth, "it is an unannounced test model"),
        (model.is_router, "it is a router, its price and abilities are those of other models"),
        (model.variant == "batch", "a :batch variant answers within a day, not at once"),
        (model.pricing_status is PricingStatus.UNKNOWN, "its price is unknown"),
        (model.pricing_status is PricingStatus.DYNAMIC, "its price depends on the model that is routed to"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _rule_of_people(bucket: Bucket, case: Case) -> str | None:
    for rule in case.overrides.curated:
        if rule.id == case.model.id and rule.action == "ban" and rule.bucket in (None, bucket):
            return f"people banned it: {rule.reason} ({rule.source})"
    return None


def _unfit(bucket: Bucket, model: ModelInfo) -> str | None:
    """Why a model may not stand in one bucket; None where it may."""
    if bucket in model.buckets:
        return None
    paints = "image" in model.output_modalities
    outputs = ", ".join(model.output_modalities) or "nothing known"
    if bucket is Bucket.IMAGE_GEN:
        return None if paints and model.is_image_gen else "it does not paint"
    prompt = model.pricing.prompt_per_million
    reasons = (
        (paints, "it paints: such models stand in image-gen alone"),
        (model.output_modalities != ("text",), f"it does not answer in text alone ({outputs})"),
        (bucket is Bucket.CODING and model.supports_tools is not True, "it is not known to call tools"),
        (bucket is Bucket.CODING and not _roomy(model), f"its window is below {CODING_CONTEXT_AT_LEAST:,} tokens"),
        (bucket is Bucket.REASONING and model.reasoning is ReasoningMode.NONE, "it does not reason"),
        (bucket is Bucket.FAST and prompt is None, "it has no price per prompt token"),
        (bucket is Bucket.FAST, f"its prompt price {prompt} is above {FAST_AT_MOST} USD per million tokens"),
        (bucket is Bucket.VISION and model.supports_vision is not True, "it is not known to see"),
        (True, "its name says that it was made for one step of a machine, not to be talked to"),
    )
    return next(reason for holds, reason in reasons if holds)


def _roomy(model: ModelInfo) -> bool:
    return model.max_context is None or model.max_context >= CODING_CONTEXT_AT_LEAST


def _outranked(bucket: Bucket, shortlist: BucketShortlist, case: Case, scores: Scores) -> str:
    near = next((each for each in shortlist.next_up if each.id == case.model.id), None)
    if near is not None:
        return f"it just missed it with rank {near.rank:.3f}. {near.reason}"
    speaker = _speaker(shortlist, case.model)
    if speaker is not None:
        return f"{speaker} stands there for the same release"
    candidates = scores.by_bucket[bucket]
    place = next((n for n, each in enumerate(candidates, start=1) if each.id == case.model.id), None)
    if place is None or not shortlist.models:
        return "it is no candidate"
    rank, last = candidates[place - 1].rank, shortlist.models[-1]
    behind = f"the last one in, {last.id}, has {last.rank:.3f}"
    return f"rank {rank:.3f}, place {place} of {len(candidates)} candidates; {behind}"


def _speaker(shortlist: BucketShortlist, model: ModelInfo) -> str | None:
    """The record of the same release that stands in the bucket instead."""
    release = release_key(model.id)
    return next((each.id for each in shortlist.models if release_key(each.id) == release), None)


def _scores(case: Case) -> Scores:
    """Ranks by what is published now; those in the shortlist are of the day when it was made."""
    return score_models(
        tuple(case.published.models().values()),
        measurements=case.published.measurements(),
        operations=case.published.operations(),
        pins=case.overrides.quality,
        now=case.now,
    )
