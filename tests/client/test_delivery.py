"""Where reports go: only to addresses that a token may be sent to."""

import pytest

from modelsync.client.reports.delivery import target_of
from modelsync.errors import UsageError


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://reports.example.org", "https://reports.example.org/"),
        ("https://reports.example.org/intake/", "https://reports.example.org/intake/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("http://localhost", "http://localhost/"),
        ("http://[::1]:8000", "http://[::1]:8000/"),
    ],
)
def test_a_token_goes_to_https_and_to_this_machine(url: str, base: str) -> None:
    found = target_of({"MODELSYNC_REPORTS_URL": url})
    assert found is not None
    assert found.base == base


@pytest.mark.parametrize(
    "url", ["http://reports.example.org", "http://127.0.0.1.example.org/", "http://localhost.evil/"]
)
def test_a_token_goes_nowhere_in_the_clear(url: str) -> None:
    with pytest.raises(UsageError, match="found an http address, expected https, because a token is sent to it"):
        target_of({}, url=url)


@pytest.mark.parametrize(
    "url", ["https://user:canary@example.org/", "https://example.org/?token=canary", "ftp://x/", "/store"]
)
def test_an_address_holds_no_credentials_and_is_one_of_the_web(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        target_of({}, url=url)
    assert "canary" not in str(caught.value)


def test_nobody_says_where_is_nowhere() -> None:
    assert target_of({}) is None
