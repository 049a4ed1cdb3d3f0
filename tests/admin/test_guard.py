"""Who may call a local server: this machine's processes, no foreign web page, and elsewhere whoever has the token."""

import pytest

from modelsync.admin.guard import Guard, is_loopback
from modelsync.admin.refusals import RefusedError
from modelsync.errors import UsageError

TOKEN = "a-token-of-some-length"


def refused(guard: Guard, **headers: str) -> int | None:
    """The status with which these headers are refused; None where they may pass."""
    try:
        guard.check(headers)
    except RefusedError as error:
        return int(error.status)
    return None


@pytest.mark.parametrize("host", ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"])
def test_the_server_is_called_by_a_name_of_this_machine(host: str) -> None:
    assert refused(Guard("127.0.0.1", 8787, None), host=host) is None


@pytest.mark.parametrize(
    "host", ["evil.example:8787", "evil.example", "127.0.0.1", "127.0.0.1:80", "localhost.evil.example:8787", ""]
)
def test_a_page_whose_name_was_pointed_here_is_refused(host: str) -> None:
    assert refused(Guard("127.0.0.1", 8787, None), host=host) == 403


def test_a_request_without_a_host_is_refused() -> None:
    assert refused(Guard("127.0.0.1", 8787, None)) == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8787", None),
        ("http://evil.example", 403),
        ("http://127.0.0.1:3000", 403),
        ("http://localhost:8787", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_a_request_from_another_page_is_refused(origin: str, status: int | None) -> None:
    assert refused(Guard("127.0.0.1", 8787, None), host="127.0.0.1:8787", origin=origin) == status


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", None),
        (f"bearer  {TOKEN} ", None),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (TOKEN, 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer", 401),
        ("Bearer \udcff", 401),
        ("", 401),
    ],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "192.0.2.7", "::"])
def test_with_a_token_only_whoever_sends_it_may_call(address: str, authorization: str, status: int | None) -> None:
    assert refused(Guard(address, 8787, TOKEN), host="127.0.0.1:8787", authorization=authorization) == status


def test_a_token_is_asked_for_in_the_way_of_http() -> None:
    with pytest.raises(RefusedError) as error:
        Guard("127.0.0.1", 8787, TOKEN).check({"host": "127.0.0.1:8787"})
    assert error.value.headers == {"WWW-Authenticate": "Bearer"}
    assert TOKEN not in str(error.value)


def test_beyond_this_machine_any_name_will_do_with_the_token() -> None:
    guard = Guard("0.0.0.0", 8787, TOKEN)
    assert refused(guard, host="catalog.example", authorization=f"Bearer {TOKEN}") is None
    assert refused(guard, host="catalog.example", authorization=f"Bearer {TOKEN}", origin="https://evil.example") == 403


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "catalog.example", ""])
def test_an_address_that_others_can_reach_needs_a_token(address: str) -> None:
    with pytest.raises(UsageError, match="can be reached from other machines, expected a loopback address"):
        Guard(address, 8787, None)


@pytest.mark.parametrize("token", ["short", "fifteen letters", "ümlaut-token-of-length", "a-token-with\n-a-line-break"])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused_and_not_quoted(token: str) -> None:
    with pytest.raises(UsageError, match="MODELSYNC_ADMIN_TOKEN: expected at least 16") as error:
        Guard("127.0.0.1", 8787, token)
    assert token not in str(error.value)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
    ],
)
def test_only_addresses_of_this_machine_count_as_such(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
