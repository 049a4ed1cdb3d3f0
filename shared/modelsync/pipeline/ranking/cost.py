"""What a model's price counts in its rank: cheap is 1, dear is 0, on a logarithmic scale.

Logarithmic, because twice as dear is one step down at any price; on a linear scale everything below the dearest
models would be equally cheap. The scale is wider than the prices on record (0.01 to 260 USD): what comes next
still fits, and quality leads; on a scale that just holds them, cheap models push better ones out.
"""

import math
from decimal import Decimal

from modelsync.catalog.documents import Component
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import ZERO, blended

WORST_USD, BEST_USD = 1000.0, 0.001
"""Ends of the scale, USD per million tokens: blended for text, of a picture's tokens for models that paint."""


def comparable_usd(model: ModelInfo) -> Decimal | None:
    """The one price to compare a model by, USD per million tokens; None where no leg can be compared."""
    pricing = model.pricing
    if model.is_free:
        return ZERO
    if model.is_image_gen:
        price = pricing.image_output_per_million or pricing.image_token_per_million
        return Decimal(price) if price is not None and Decimal(price) > ZERO else None
    prompt, completion = pricing.prompt_per_million, pricing.completion_per_million
    return None if prompt is None or completion is None else blended(Decimal(prompt), Decimal(completion))


def cost_component(model: ModelInfo) -> Component:
    """Judge the price; neutral where it cannot be compared."""
    usd = comparable_usd(model)
    if usd is None:
        return Component(value=0.5, evidence="neutral", source="no price per token to compare", date=None)
    value = logarithmic(float(usd), worst=WORST_USD, best=BEST_USD)
    return Component(value=round(value, 4), evidence="measured", source="the listed price", date=None)


def logarithmic(value: float, *, worst: float, best: float) -> float:
    """Where a figure of zero or more lies between worst (0) and best (1), both above zero.

    >>> logarithmic(10, worst=100, best=1), logarithmic(0, worst=100, best=1), logarithmic(0, worst=1, best=100)
    (0.5, 1.0, 0.0)
    """
    if value <= 0:
        return 1.0 if best < worst else 0.0
    share = math.log(value / worst) / math.log(best / worst)
    return min(1.0, max(0.0, share))
