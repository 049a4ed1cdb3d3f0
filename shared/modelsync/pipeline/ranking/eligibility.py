"""Which buckets of the shortlist a model may stand in, judged by itself alone.

Rules
- Nobody is recommended who cannot be named, priced and called as one model: no routers, no `~latest` pointers,
  no unannounced models, no `:batch` (answers within a day), no price that is unknown or that of another model.
- Nobody is recommended for talking who was made for one step of a machine: classifiers, embeddings, rerankers,
  patch appliers, OCR. Their listing says `text` like any other, so the name has to tell.
- Models that paint stand in `image-gen` alone, and a text bucket takes models that answer in text alone.

Whether a model stands there in the end, beside its variants, its family and its betters, is `ranking.curate`.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import ReasoningMode
from modelsync.catalog.lifecycle import LifecycleState, is_retiring
from modelsync.catalog.model_ids import IdParts
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import PricingStatus

FAST_AT_MOST: Final = Decimal(1)
"""USD per million prompt tokens: dearer is not cheap, however fast."""

CODING_CONTEXT_AT_LEAST: Final = 32_000
"""Tokens: a coding agent's instructions and the files it works on do not fit into less."""

_SINGLE_PURPOSE: Final = re.compile(
    r"guard|safety|moderation|shield|embed|rerank|(?<![a-z])(?:apply|ocr|prover|router|tts)(?![a-z])"
    r"|deep[ -]?research|(?<![a-z])search(?![a-z])"
)
"""Words of classifiers, retrieval, transcription and patching, and of services that search the web at each answer."""

_PRICED: Final = frozenset({PricingStatus.PRICED, PricingStatus.FREE})


def eligible_buckets(
    parts: IdParts,
    *,
    name: str,
    output_modalities: tuple[str, ...],
    pricing_status: PricingStatus,
    prompt_usd_per_mtok: Decimal | None,
    max_context: int | None,
    supports_tools: bool | None,
    supports_vision: bool | None,
    is_image_gen: bool | None,
    reasoning: ReasoningMode,
) -> tuple[Bucket, ...]:
    """Name the buckets a model may stand in, in the order of `Bucket`; () where it may stand in none.

    A flag that no layer knows (None) opens no bucket.
    """
    if pricing_status not in _PRICED or not _is_one_model(parts, name):
        return ()
    if is_image_gen or "image" in output_modalities:
        return (Bucket.IMAGE_GEN,) if is_image_gen and "image" in output_modalities else ()
    if output_modalities != ("text",):
        return ()
    roomy = max_context is None or max_context >= CODING_CONTEXT_AT_LEAST
    fits = {
        Bucket.CODING: supports_tools is True and roomy,
        Bucket.REASONING: reasoning is not ReasoningMode.NONE,
        Bucket.CHAT: True,
        Bucket.FAST: prompt_usd_per_mtok is not None and prompt_usd_per_mtok <= FAST_AT_MOST,
        Bucket.VISION: supports_vision is True,
    }
    return tuple(bucket for bucket, fit in fits.items() if fit)


def _is_one_model(parts: IdParts, name: str) -> bool:
    """Tell whether the id names one model, made to be talked to, that answers at once."""
    if parts.is_router or parts.is_latest or parts.is_stealth or parts.variant == "batch":
        return False
    return not _SINGLE_PURPOSE.search(parts.slug.lower()) and not _SINGLE_PURPOSE.search(name.lower())


def is_recommendable(model: ModelInfo, *, now: datetime) -> bool:
    """Tell whether a model is there today and announced to stay for another 14 days at least."""
    return model.state is LifecycleState.ACTIVE and not is_retiring(model.expires_at, now=now)
