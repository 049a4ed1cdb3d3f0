"""Addresses as they may be shown: in messages, in logs, in published documents.

An address may carry a password or a key; what is shown never does. This room neither checks an address
nor opens it.
"""

import re
from urllib.parse import unquote_plus, urlsplit, urlunsplit

_KEY_PARAMETER = re.compile(r"key|token|secret|passw|auth|credential|signature|^sig$", re.IGNORECASE)


def shown_url(url: str) -> str:
    """`url` fit for messages and documents: no user, no password, no value of a parameter that names a key.

    >>> shown_url("https://me:pw@example.org/list?sort=newest&api_key=abc")
    'https://example.org/list?sort=newest&api_key=***'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(an address that cannot be read)"
    query = "&".join(map(_shown_parameter, parts.query.split("&")))
    shown = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))
    return "".join(character if character.isprintable() else "?" for character in shown)


def _shown_parameter(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    return f"{name}=***" if equals and _KEY_PARAMETER.search(unquote_plus(name)) else parameter
