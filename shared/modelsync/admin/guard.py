"""Who may call an admin API that is served without IAM in front of it.

- On a loopback address every process of this machine may, and no web page: a page of another name that was pointed
  at this address (DNS rebinding) gives itself away by `Host`, a request from another page by `Origin`.
- With a token, only who sends `Authorization: Bearer <token>`. Any other address than a loopback one needs one.

The order of a run must be JSON besides, which a form of another page cannot send (`orders`).
"""

import hmac
import ipaddress
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from modelsync.admin.refusals import UNSIGNED, RefusedError
from modelsync.errors import UsageError

SHORTEST_TOKEN: Final = 16


class Guard:
    """The rules for one address that is served, known by the host it was named with and its port."""

    def __init__(self, host: str, port: int, token: str | None) -> None:
        if token is None and not is_loopback(host):
            raise UsageError(
                f"serve-admin: {host[:80]!a} can be reached from other machines, expected a loopback address such as "
                "127.0.0.1; set MODELSYNC_ADMIN_TOKEN to serve it all the same"
            )
        if token is not None and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
            raise UsageError(
                f"MODELSYNC_ADMIN_TOKEN: expected at least {SHORTEST_TOKEN} printable ASCII characters, found "
                "something else; make one with: python3 -c 'import secrets; print(secrets.token_urlsafe())'"
            )
        self._token = token
        names = ("127.0.0.1", "localhost", "[::1]", bracketed(host)) if is_loopback(host) else ()
        self._hosts = frozenset(f"{name}:{port}" for name in names)

    def check(self, headers: Mapping[str, str]) -> None:
        """Raise RefusedError unless the caller may call; header names in lower case."""
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        if self._hosts and host not in self._hosts:
            raise _forbidden("host: expected this server's own address, found another name; use the one it printed")
        if origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}:
            raise _forbidden("origin: expected none or this server, found another page; call it from no foreign page")
        if self._token is not None and not self._is_token(headers.get("authorization", "")):
            problem = "authorization: expected the bearer token of MODELSYNC_ADMIN_TOKEN, found none or another"
            raise RefusedError(HTTPStatus.UNAUTHORIZED, UNSIGNED, problem, {"WWW-Authenticate": "Bearer"})

    def _is_token(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        expected = (self._token or "").encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("utf-8", "replace"), expected)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address; of names, only `localhost` is taken for one."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def bracketed(host: str) -> str:
    """A host as it stands in an address.

    >>> bracketed("::1"), bracketed("localhost")
    ('[::1]', 'localhost')
    """
    return f"[{host}]" if ":" in host else host.lower()


def _forbidden(problem: str) -> RefusedError:
    return RefusedError(HTTPStatus.FORBIDDEN, UNSIGNED, problem)
