"""Policies as IAM reads them: what a list of statements allows, on its own.

An explicit Deny wins, and what nothing allows is denied. Knows the conditions that our policies use, and raises for any
other: a condition that nobody looks at must not pass for one that holds.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Statement = Mapping[str, Any]


def allows(statements: Iterable[Statement], action: str, resource: str, **context: str) -> bool:
    """Whether an action on a resource is allowed; `context` is that of the request, with `_` for `:` in its keys."""
    request = {key.replace("_", ":", 1).lower(): value for key, value in context.items()}
    effects = {it["Effect"] for it in statements if _matches(it, action, resource, request)}
    return effects == {"Allow"}


def listed(value: Any) -> list[Any]:
    """A value, or a list of values, as a list."""
    return value if isinstance(value, list) else [value]


def _matches(statement: Statement, action: str, resource: str, request: Mapping[str, str]) -> bool:
    assert not statement.keys() & {"NotAction", "NotResource", "NotPrincipal"}
    return (
        any(_is_like(action.lower(), pattern.lower()) for pattern in listed(statement["Action"]))
        and any(_is_like(resource, pattern) for pattern in listed(statement["Resource"]))
        and all(_holds(operator, wanted, request) for operator, wanted in statement.get("Condition", {}).items())
    )


def _holds(operator: str, wanted: Mapping[str, Any], request: Mapping[str, str]) -> bool:
    """All keys of an operator have to fit, each with any of its values; a key that the request lacks fits nothing."""
    compare: Callable[[str, str], bool] = {
        "StringLike": _is_like,
        "StringEquals": lambda found, value: found == value,
        "Bool": lambda found, value: found.lower() == value.lower(),
    }[operator]
    found = {key: request.get(key.lower()) for key in wanted}
    return all(
        (given := found[key]) is not None and any(compare(given, value) for value in listed(values))
        for key, values in wanted.items()
    )


def _is_like(text: str, pattern: str) -> bool:
    wild = {"*": ".*", "?": "."}
    return re.fullmatch("".join(wild.get(character, re.escape(character)) for character in pattern), text) is not None
