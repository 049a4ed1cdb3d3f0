"""What clients observed of models, as it is published beside the set in `signals`, which no start reads.

A folder is read at once; a server is asked for it only where a command may use the network (`check --network`,
`why --network`). What cannot be had, or is not what the manifest names, is not looked at, and what needs it says so.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from modelsync.catalog.keys import SIGNALS
from modelsync.client.browsing.explain_flags import Ratings
from modelsync.client.reading.files import read_file
from modelsync.client.reading.sets import MAX_DOCUMENT_BYTES, Entry, check_body, entry_of, parse_object
from modelsync.client.reading.sources import Folder, Web
from modelsync.errors import ModelsyncError
from modelsync.reader.session import Session

SECONDS: Final = 3.0


def ratings_of(session: Session) -> Ratings | None:
    """What clients reported on; None where that cannot be had."""
    try:
        entry = _entry(session.opened.loaded.documents["manifest"])
        body = None if entry is None else _body(session, entry)
        if entry is None or body is None:
            return None
        check_body(entry, body)
        telemetry = parse_object(body, where=SIGNALS).get("telemetry") or {}
        ratings: Ratings = telemetry.get("ratings", {})
    except ModelsyncError:  # who needs them says that they were not looked at
        return None
    return ratings


def _entry(manifest: Mapping[str, Any]) -> Entry | None:
    listed = manifest.get("documents", {}).get(SIGNALS)
    if listed is None:
        return None
    return entry_of(listed, where=f"manifest: documents.{SIGNALS}")


def _body(session: Session, entry: Entry) -> bytes | None:
    source = session.settings.source
    if isinstance(source, Folder):
        return read_file(Path(source.path) / entry.key, limit=MAX_DOCUMENT_BYTES)
    if isinstance(source, Web) and session.words.network and not session.loader.is_offline:
        from modelsync.client.reading.transport import OK, Limits, get

        answer = get(source.address(entry.key), etag=None, limits=Limits(SECONDS, MAX_DOCUMENT_BYTES))
        return answer.body if answer.status == OK else None
    return None
