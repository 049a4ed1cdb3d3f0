"""What `models doctor` finds on this machine: folders and their locks, the user's file, keys, completion, telemetry.

Makes no folder and leaves no file behind.
"""

import os
from pathlib import Path
from typing import Final

from modelsync.client.own.user_file import NAME, UserFile
from modelsync.client.reading.cache import cache_folder
from modelsync.client.reading.files import locked
from modelsync.client.reading.settings import CACHE_DIR, USER_DIR
from modelsync.client.reading.sources import Web
from modelsync.client.reports.consent import DO_NOT_TRACK
from modelsync.client.switching.environment_keys import KEY_VARIABLES
from modelsync.reader.catalog_health import kind_of_cache
from modelsync.reader.finding import Finding, Health, fine
from modelsync.reader.keyring import key_of_own, keys_of
from modelsync.reader.reports import reports_of
from modelsync.reader.session import Session
from modelsync.reader.sidecar import place_of
from modelsync.reader.sidecar_upkeep import is_in_step

_LOCK: Final = "lock"


def cache(session: Session) -> Finding:
    """Whether what is fetched can be kept."""
    root = session.settings.cache_root
    if root is None:
        return Finding("cache", Health.WARN, "no home is known, so that nothing is kept", f"set {CACHE_DIR}")
    return _folder("cache", Path(root), kind=kind_of_cache(session), mended_by=CACHE_DIR)


def cache_lock(session: Session) -> Finding:
    """Whether a refresh could begin."""
    settings = session.settings
    if settings.cache_root is None or not isinstance(settings.source, Web):
        return fine("cache lock", "not needed: nothing is fetched")
    return _lock("cache lock", Path(cache_folder(settings.cache_root, str(settings.source))))


def user(session: Session) -> Finding:
    """Whether what is the user's own can be kept."""
    folder = session.user_folder
    if folder is None:
        return Finding("user folder", Health.FAIL, "no home is known, so that no choice can be kept", f"set {USER_DIR}")
    named = "--user-dir" if session.words.user_dir else USER_DIR if session.environment.get(USER_DIR) else None
    return _folder("user folder", folder, kind=named or "the platform's own place", mended_by=USER_DIR)


def user_lock(session: Session) -> Finding:
    """Whether a change could begin."""
    folder = session.user_folder
    return fine("user lock", "not needed: there is no folder") if folder is None else _lock("user lock", folder)


def user_file(session: Session) -> Finding:
    """Whether the user's file can be read, and by nobody else."""
    folder = session.user_folder
    path = None if folder is None else folder / NAME
    if path is None or not path.exists():
        return fine("user file", "none yet: nothing is chosen or added")
    found = UserFile(path).read()
    if found.advice is not None:
        return Finding("user file", Health.WARN, found.advice, "choose again, or change its mode")
    return fine(
        "user file", f"can be read: {len(found.state.bindings)} choices, {len(found.state.layer.models)} models"
    )


def keys(session: Session) -> Finding:
    """Which backends have a key; a key's value is never looked at twice."""
    present = sorted(name for name, key in keys_of(session).items() if key.is_usable)
    absent = sorted({*KEY_VARIABLES} - {*present})
    said = f"present: {', '.join(present) or 'none'}; absent: {', '.join(absent)}"
    return fine("keys", said) if present else Finding("keys", Health.WARN, said, "models keys")


def own_keys(session: Session) -> Finding:
    """Whether the keys that custom models name are there."""
    named = [model for model in session.layer.models if model.key_ref is not None]
    missing = [model.id for model in named if not key_of_own(session, model).is_usable]
    if missing:
        return Finding("own keys", Health.WARN, f"absent: that of {', '.join(missing)}", "models keys")
    return fine("own keys", f"{len(named)} custom models name a key" if named else "no custom model names one")


def completion(session: Session) -> Finding:
    """Whether a shell can complete models."""
    place = place_of(session.settings)
    if place is None:
        return Finding("completion", Health.WARN, "no home is known, so that no model is completed", f"set {CACHE_DIR}")
    if not place.exists():
        return fine("completion", "models are completed from the next command on")
    if session.has_opened and not is_in_step(session, place):
        return fine("completion", "models are completed as an earlier command saw them")
    return fine("completion", "models are completed as the catalog has them")


def telemetry(session: Session) -> Finding:
    """Whether anything is reported."""
    reports = reports_of(session)
    if reports is None:
        return fine("telemetry", "off: there is no folder to keep a yes in")
    standing = reports.calls.status()
    if not standing.is_on:
        return fine("telemetry", "off")
    if standing.forbidden_by is not None:
        return fine("telemetry", f"on, but {DO_NOT_TRACK} forbids it")
    if standing.error is not None:
        return Finding("telemetry", Health.WARN, f"on; {standing.error}", "models telemetry")
    return fine("telemetry", f"on; documents that wait for `models telemetry send`: {standing.waiting}")


def _folder(name: str, folder: Path, *, kind: str, mended_by: str) -> Finding:
    hint = f"choose another folder with {mended_by}, or mend its rights"
    if folder.is_dir():
        import tempfile  # no other command pays for it

        try:
            with tempfile.TemporaryFile(dir=folder):
                return fine(name, f"{kind}: can be read and written")
        except OSError as error:
            return Finding(name, Health.FAIL, f"{kind}: cannot be written: {error.strerror}", hint)
    above = next(each for each in folder.parents if each.exists())
    if folder.exists() or not above.is_dir():
        return Finding(name, Health.FAIL, f"{kind}: a file stands where a folder belongs", hint)
    if not os.access(above, os.W_OK | os.X_OK):
        return Finding(name, Health.FAIL, f"{kind}: there is none, and none can be made", hint)
    return fine(name, f"{kind}: not there yet, and can be made")


def _lock(name: str, folder: Path) -> Finding:
    path = folder / _LOCK
    if not path.exists():
        return fine(name, "free: nobody has taken it yet")
    with locked(path, wait_seconds=0.0) as is_free:
        if is_free:
            return fine(name, "free")
    return Finding(name, Health.WARN, "another process holds it", "wait until it is done, or end it")
