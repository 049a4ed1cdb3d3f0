"""`models doctor`: what could keep this from working, and what to do; it works where everything else is broken."""

from pathlib import Path
from typing import Final

from modelsync.client.reading.sources import Web
from modelsync.errors import ModelsyncError
from modelsync.reader import catalog_health, own_health
from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.exit_codes import ExitCode
from modelsync.reader.finding import Finding, Health, Look, found_by, without_places
from modelsync.reader.session import Session

_LOOKS: Final[tuple[tuple[str, Look], ...]] = (
    ("versions", catalog_health.versions),
    ("source", catalog_health.source),
    ("catalog", catalog_health.catalog),
    ("network", catalog_health.network),
    ("proxy", catalog_health.proxy),
    ("certificates", catalog_health.certificates),
    ("cache", own_health.cache),
    ("cache lock", own_health.cache_lock),
    ("user folder", own_health.user),
    ("user lock", own_health.user_lock),
    ("user file", own_health.user_file),
    ("keys", own_health.keys),
    ("own keys", own_health.own_keys),
    ("completion", own_health.completion),
    ("telemetry", own_health.telemetry),
)


def answer(session: Session) -> Answer:
    """Every finding; the exit code says whether one failed."""
    places = _places(session)
    found = [without_places(found_by(name, look, session), places) for name, look in _LOOKS]
    rows = tuple((str(each.level), each.name, _said(each)) for each in found)
    has_failed = any(each.level is Health.FAIL for each in found)
    return Answer(
        (Table((Column("level"), Column("what"), Column("what was found", is_prose=True)), rows),),
        items=[{**each._asdict(), "level": str(each.level)} for each in found],
        code=ExitCode.CHECK_FAILED if has_failed else ExitCode.DONE,
    )


def _said(finding: Finding) -> str:
    return finding.message if finding.hint is None else f"{finding.message}: {finding.hint}"


def _places(session: Session) -> dict[Path, str]:
    """Folders that are told of by their kind."""
    home = session.environment.get("HOME")
    found = {Path(home): "home"} if home and home != "/" else {}
    try:
        settings = session.settings
        folder = session.user_folder
    except (ModelsyncError, RuntimeError):  # what is wrong with them is a finding
        return found
    if settings.source is not None and not isinstance(settings.source, Web):
        found[Path(settings.source.path)] = "source"
    if settings.cache_root is not None:
        found[Path(settings.cache_root)] = "cache"
    return {**found, folder: "user folder"} if folder is not None else found
