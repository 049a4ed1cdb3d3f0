"""What the environment says to a reader."""

from pathlib import Path

import pytest

from modelsync.client.reading.settings import platform_cache, read_settings, user_folder
from modelsync.client.reading.sources import Bundle, Web
from modelsync.errors import UsageError


def test_without_a_word_there_is_no_source_and_the_cache_is_in_the_home() -> None:
    found = read_settings({"HOME": "/home/someone"})
    assert found == (None, None, "/home/someone/.cache/modelsync", False, None)


def test_a_callers_own_source_is_stronger_than_the_environments() -> None:
    found = read_settings({"MODELSYNC_URL": "https://other.example.org"}, source="https://mine.example.org")
    assert found.source == Web("https://mine.example.org/")


def test_who_named_the_source_is_known() -> None:
    environment = {"MODELSYNC_URL": "https://other.example.org"}
    assert read_settings(environment).named_by == "MODELSYNC_URL"
    assert read_settings(environment, source="https://mine.example.org").named_by is None


@pytest.mark.parametrize("name", ["MODELSYNC_FILE", "MODELSYNC_URL", "MODELSYNC_URL_FALLBACK"])
def test_a_variable_that_names_no_source_is_named(name: str) -> None:
    with pytest.raises(UsageError, match=f"^{name}: found the scheme 'ftp', expected none or http"):
        read_settings({name: "ftp://example.org"})


def test_a_callers_own_source_that_is_none_is_called_one() -> None:
    with pytest.raises(UsageError, match=r"^source: found the scheme 'ftp'"):
        read_settings({}, source="ftp://example.org")


def test_a_file_is_stronger_than_an_address(tmp_path: Path) -> None:
    (tmp_path / "x.catalog").write_bytes(b"")
    environment = {"MODELSYNC_URL": "https://example.org", "MODELSYNC_FILE": str(tmp_path / "x.catalog")}
    assert read_settings(environment).source == Bundle(tmp_path / "x.catalog")


def test_a_second_address_is_kept_beside_the_first() -> None:
    environment = {"MODELSYNC_URL": "https://one.example.org", "MODELSYNC_URL_FALLBACK": "https://two.example.org"}
    assert read_settings(environment).fallback == Web("https://two.example.org/")


def test_a_source_that_the_caller_names_has_no_second_address() -> None:
    environment = {"MODELSYNC_URL": "https://one.example.org", "MODELSYNC_URL_FALLBACK": "https://two.example.org"}
    found = read_settings(environment, source="https://three.example.org")
    assert (found.source, found.fallback) == (Web("https://three.example.org/"), None)


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "/var/tmp/a"}, "linux", "/var/tmp/a/modelsync"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "relative"}, "linux", "/home/a/.cache/modelsync"),
        ({"HOME": "/Users/a"}, "darwin", "/Users/a/Library/Caches/modelsync"),
        ({"LOCALAPPDATA": "/C/a/Local"}, "win32", "/C/a/Local/modelsync/Cache"),
    ],
)
def test_each_platform_keeps_the_cache_in_its_own_place(
    environment: dict[str, str], platform: str, folder: str
) -> None:
    assert platform_cache(environment, platform=platform) == folder


def test_without_a_home_nothing_is_kept() -> None:
    assert read_settings({}).cache_root is None


def test_the_cache_can_be_put_elsewhere() -> None:
    assert read_settings({"HOME": "/h", "MODELSYNC_CACHE_DIR": "/srv/cache"}).cache_root == "/srv/cache"


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"HOME": "/home/a"}, "linux", "/home/a/.config/modelsync"),
        ({"HOME": "/home/a", "XDG_CONFIG_HOME": "/etc/a"}, "linux", "/etc/a/modelsync"),
        ({"HOME": "/home/a", "XDG_CONFIG_HOME": "relative"}, "linux", "/home/a/.config/modelsync"),
        ({"HOME": "/Users/a"}, "darwin", "/Users/a/Library/Application Support/modelsync"),
        ({"APPDATA": "/C/a/Roaming"}, "win32", "/C/a/Roaming/modelsync"),
        ({"HOME": "/home/a", "MODELSYNC_USER_DIR": "/srv/mine"}, "linux", "/srv/mine"),
    ],
)
def test_each_platform_keeps_the_users_own_things_in_its_own_place(
    environment: dict[str, str], platform: str, folder: str
) -> None:
    assert user_folder(environment, platform=platform) == Path(folder)


def test_a_callers_own_folder_is_stronger_than_the_environments() -> None:
    assert user_folder({"MODELSYNC_USER_DIR": "/srv/mine"}, given="/srv/ours") == Path("/srv/ours")


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_without_a_home_there_is_no_place_for_the_users_own_things(platform: str) -> None:
    assert user_folder({}, platform=platform) is None


@pytest.mark.parametrize(
    ("text", "is_offline"), [("1", True), ("yes", True), ("TRUE", True), ("0", False), ("", False)]
)
def test_offline_is_a_yes_or_a_no(text: str, is_offline: bool) -> None:
    assert read_settings({"MODELSYNC_OFFLINE": text}).is_offline is is_offline


def test_offline_that_is_neither_is_refused() -> None:
    with pytest.raises(UsageError, match="MODELSYNC_OFFLINE: found 'perhaps', expected 1 or 0"):
        read_settings({"MODELSYNC_OFFLINE": "perhaps"})
