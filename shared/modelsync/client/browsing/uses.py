"""The uses that people pick a model for, and which bucket of the shortlist each of them is.

`image` and `image-gen` are one use: the first is what people type, the second what the shortlist is published with, and
either is understood wherever one is taken. This is the one place that knows so. What is free is a use too, of which
there is no bucket: it is picked from all of them.
"""

from collections.abc import Mapping
from typing import Final

FREE: Final = "free"
BUCKET_USES: Final = ("coding", "reasoning", "chat", "fast", "vision", "image")
"""Uses that have a bucket."""
USES: Final = (*BUCKET_USES, FREE)

_BUCKET_OF: Final[Mapping[str, str]] = {"image": "image-gen"}
"""What the shortlist calls a use, where that is another word."""
_USE_OF: Final[Mapping[str, str]] = {bucket: use for use, bucket in _BUCKET_OF.items()}


def bucket_of(word: str) -> str:
    """What the shortlist calls a use; any other word stays.

    >>> bucket_of("image"), bucket_of("image-gen"), bucket_of("coding")
    ('image-gen', 'image-gen', 'coding')
    """
    return _BUCKET_OF.get(word, word)


def use_of(word: str) -> str:
    """What people call a bucket; any other word stays.

    >>> use_of("image-gen"), use_of("image"), use_of("promoted")
    ('image', 'image', 'promoted')
    """
    return _USE_OF.get(word, word)
