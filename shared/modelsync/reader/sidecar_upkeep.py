"""Keeps the file from which a shell completes models in step with the catalog and its user.

A command that opened a catalog does it at its end; the file is private, and is only written where the generation or
what the user added is another one. Nothing that goes wrong here is worth an error: shells complete less, or older
things.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Final

from modelsync import __version__
from modelsync.client.browsing.completion_lines import sidecar
from modelsync.client.own.user_document import user_document
from modelsync.client.own.user_layer import UserLayer
from modelsync.client.reading.ages import time_text
from modelsync.client.reading.files import make_private_folder, read_file, replace_file
from modelsync.errors import ModelsyncError
from modelsync.reader.session import Session
from modelsync.reader.sidecar import place_of

_MADE_OF: Final = b"#made-of "
"""Begins the last line, which says what the file was made of; completing passes over it."""
_MOST_BYTES: Final = 16 * 1024 * 1024


def keep_sidecar(session: Session) -> None:
    """Write the file where a catalog was opened and the file does not say what it and its user say."""
    if not session.has_opened:
        return
    with suppress(ModelsyncError):
        place = place_of(session.settings)
        if place is not None:
            _keep(session, place)


def is_in_step(session: Session, place: Path) -> bool:
    """Whether the file says what the catalog and its user say; raises StoreError where it cannot be read."""
    return _is_made_of(place, _stamp(session, session.state_now().layer))


def _keep(session: Session, place: Path) -> None:
    layer = session.state_now().layer
    stamp = _stamp(session, layer)
    if not _is_made_of(place, stamp):
        make_private_folder(place.parent)
        replace_file(place, sidecar(session.catalog, layer) + _MADE_OF + stamp + b"\n")


def _stamp(session: Session, layer: UserLayer) -> bytes:
    loaded = session.opened.loaded
    own = json.dumps(user_document(layer), sort_keys=True).encode()
    text = f"{__version__} {loaded.generation} {time_text(loaded.generated_at)} {hashlib.sha256(own).hexdigest()}"
    return text.encode()


def _is_made_of(place: Path, stamp: bytes) -> bool:
    body = read_file(place, limit=_MOST_BYTES)
    return body is not None and body.endswith(b"\n" + _MADE_OF + stamp + b"\n")
