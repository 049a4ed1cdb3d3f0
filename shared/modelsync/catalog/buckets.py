"""The six buckets of the shortlist and the promises made about them."""

from enum import StrEnum


class Bucket(StrEnum):
    """A use that people pick a model for."""

    CODING = "coding"
    REASONING = "reasoning"
    CHAT = "chat"
    FAST = "fast"
    VISION = "vision"
    IMAGE_GEN = "image-gen"


MINIMUM = {
    Bucket.CODING: 5,
    Bucket.REASONING: 5,
    Bucket.CHAT: 8,
    Bucket.FAST: 5,
    Bucket.VISION: 4,
    Bucket.IMAGE_GEN: 3,
}
"""Models a bucket has at least, or it states its shortfall."""

MAX_PER_FAMILY = 2
"""Models of one family in one bucket, at most."""

UNION_AT_LEAST, UNION_AT_MOST = 30, 40
"""Distinct models in all buckets together."""

CHANGES_PER_DAY = 2
"""Entries that may be exchanged in a day, apart from replacing what left."""
