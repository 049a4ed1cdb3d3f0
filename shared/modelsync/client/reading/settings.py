"""What the environment says to a reader: where the catalog is, where to keep it, and whether to use the network.

    MODELSYNC_OFFLINE=1      never use the network; what is kept goes on being used
    MODELSYNC_FILE           one bundled file, read instead of anything else
    MODELSYNC_URL            where the catalog is published: an address, or a folder
    MODELSYNC_URL_FALLBACK   a second address, asked when the first fails; not where the caller names a source
    MODELSYNC_CACHE_DIR      where to keep it, instead of the platform's own place
    MODELSYNC_USER_DIR       where the user's own choices are kept, likewise

The environment is an argument: a mapping of names to texts.
"""

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from modelsync.client.reading.files import AnyPath
from modelsync.client.reading.sources import Source, Web, source_named, web_source
from modelsync.errors import UsageError

if TYPE_CHECKING:  # a start that asks for none of the user's own files loads no `pathlib`
    from pathlib import Path

OFFLINE, FILE, CACHE_DIR = "MODELSYNC_OFFLINE", "MODELSYNC_FILE", "MODELSYNC_CACHE_DIR"
USER_DIR = "MODELSYNC_USER_DIR"
URL, URL_FALLBACK = "MODELSYNC_URL", "MODELSYNC_URL_FALLBACK"
Named = TypeVar("Named", bound=Source)
_NO = frozenset({"", "0", "no", "false", "off"})
_YES = frozenset({"1", "yes", "true", "on"})


class Settings(NamedTuple):
    """The environment's answers; None where it says nothing."""

    source: Source | None
    fallback: Web | None
    cache_root: str | None
    """None where no place for it is known, so that nothing is kept."""
    is_offline: bool
    named_by: str | None = None
    """The variable that names the source; None where the caller does, or nobody."""


def read_settings(
    environment: Mapping[str, str], *, source: str | None = None, cache_dir: AnyPath | None = None
) -> Settings:
    """The settings, the caller's own words first; raises UsageError for a variable that says nothing sensible.

    A second address stands in for the environment's own: whoever names a source means that one.
    """
    by = None if source else next((name for name in (FILE, URL) if environment.get(name)), None)
    named = source if by is None else environment[by]
    fallback = None if source else environment.get(URL_FALLBACK)
    root = cache_dir or environment.get(CACHE_DIR)
    return Settings(
        source=_said_by(by, source_named, named) if named else None,
        fallback=_said_by(URL_FALLBACK, web_source, fallback) if fallback else None,
        cache_root=_absolute(root) if root else platform_cache(environment),
        is_offline=_is_set(environment, OFFLINE),
        named_by=by,
    )


def _said_by(name: str | None, read: Callable[[str], Named], text: str) -> Named:
    """What a text names; the variable that it stands in is named where it names none."""
    try:
        return read(text)
    except UsageError as error:
        if name is None:
            raise
        raise UsageError(f"{name}: {str(error).removeprefix('source: ')}") from None


def _is_set(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip().lower()
    if value in _NO | _YES:
        return value in _YES
    raise UsageError(f"{name}: found {value[:40]!a}, expected 1 or 0; mend it")


def platform_cache(environment: Mapping[str, str], *, platform: str = sys.platform) -> str | None:
    """`modelsync` in the folder where this platform keeps what can be fetched again."""
    if platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return os.path.join(local, "modelsync", "Cache") if local else None
    if platform == "darwin":
        return _in_home(environment, "Library/Caches")
    return _base_folder(environment, "XDG_CACHE_HOME") or _in_home(environment, ".cache")


def user_folder(
    environment: Mapping[str, str], *, given: AnyPath | None = None, platform: str = sys.platform
) -> "Path | None":
    """Where the user's own file is: as the caller says, as the environment does, else with the platform's settings.

    None where no place for it is known.
    """
    from pathlib import Path

    named = given or environment.get(USER_DIR)
    found = _absolute(named) if named else _platform_settings(environment, platform=platform)
    return None if found is None else Path(found)


def _platform_settings(environment: Mapping[str, str], *, platform: str) -> str | None:
    """`modelsync` in the folder where this platform keeps what its users set."""
    if platform == "win32":
        roaming = environment.get("APPDATA")
        return os.path.join(roaming, "modelsync") if roaming else None
    if platform == "darwin":
        return _in_home(environment, "Library/Application Support")
    return _base_folder(environment, "XDG_CONFIG_HOME") or _in_home(environment, ".config")


def _absolute(path: AnyPath) -> str:
    """The path from the root on; its links, and what `..` means behind one, stay as they are."""
    return os.path.join(os.getcwd(), os.path.expanduser(path))


def _base_folder(environment: Mapping[str, str], name: str) -> str | None:
    given = environment.get(name, "")
    return os.path.join(given, "modelsync") if given.startswith("/") else None  # a relative one is to be ignored


def _in_home(environment: Mapping[str, str], folder: str) -> str | None:
    home = environment.get("HOME")
    return os.path.join(home, folder, "modelsync") if home else None
