"""Where the file is from which a shell completes models: one for each source, among what can be fetched again."""

import hashlib
from pathlib import Path
from typing import Final

from modelsync.client.reading.settings import Settings

_BUNDLED: Final = "bundled"
_DIGITS: Final = 16


def place_of(settings: Settings) -> Path | None:
    """The file of a source; None where nothing can be kept. Its name tells nothing of the address."""
    if settings.cache_root is None:
        return None
    digest = hashlib.sha256(str(settings.source or _BUNDLED).encode("utf-8", "surrogateescape")).hexdigest()
    return Path(settings.cache_root) / f"completion-{digest[:_DIGITS]}"
