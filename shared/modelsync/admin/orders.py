"""What a caller orders: the body of `POST /api/admin/models/refresh`, read strictly.

    {"target": "all", "dryRun": false}

`target` must be given, `dryRun` may be; any other field is refused, so that a slip of the pen orders nothing else
than was meant. The media type must be JSON, which a form of a foreign web page cannot send. Checks go from the
outside in: query, media type, size, JSON, fields, values; the first that fails is told.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from modelsync.admin.refusals import BAD_REQUEST, MEDIA_TYPE, ORDER, TOO_LARGE, RefusedError, shown

LONGEST_BODY: Final = 4096
"""Bytes; an order has fewer than a hundred."""

_FIELDS: Final = ("target", "dryRun")


@dataclass(frozen=True, slots=True)
class Order:
    """A run that is asked for."""

    target: str
    dry_run: bool


def read_order(body: bytes, *, media_type: str, query: str, targets: Collection[str]) -> Order:
    """Read an order for one of `targets`; RefusedError says what is wrong with it."""
    if query:
        raise _bad(f"query: expected none, found {shown(query)}; give target and dryRun in a JSON body")
    essence = media_type.partition(";")[0].strip().lower()
    if essence != "application/json":
        problem = f"content-type: expected application/json, found {shown(essence) if essence else 'none'}"
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, MEDIA_TYPE, problem)
    check_size(len(body))
    fields = _fields_of(body)
    unknown = sorted(fields.keys() - _FIELDS)
    if unknown:
        raise _unfit(f"{shown(unknown[0])}: expected only the fields {' and '.join(_FIELDS)}")
    return Order(_target_of(fields, targets), _dry_run_of(fields))


def check_size(size: int) -> None:
    """Refuse a body that is longer than any order."""
    if size > LONGEST_BODY:
        problem = f"body: expected at most {LONGEST_BODY} bytes, found {size}"
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE, problem)


def _fields_of(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        found = f"{len(body)} bytes that are not" if body else "none"
        raise _bad(f'body: expected a JSON object such as {{"target": "all"}}, found {found}') from None
    if not isinstance(document, dict):
        raise _unfit('body: expected a JSON object such as {"target": "all"}, found another JSON value')
    return document


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is there twice")
    return dict(pairs)


def _target_of(fields: dict[str, Any], targets: Collection[str]) -> str:
    choices = f"one of {', '.join(targets)}"
    if "target" not in fields:
        raise _unfit(f"target: expected {choices}, found none")
    target = fields["target"]
    if not isinstance(target, str) or target not in targets:
        raise _unfit(f"target: expected {choices}, found {shown(target)}")
    return target


def _dry_run_of(fields: dict[str, Any]) -> bool:
    dry_run = fields.get("dryRun", False)
    if not isinstance(dry_run, bool):
        raise _unfit(f"dryRun: expected true or false, found {shown(dry_run)}")
    return dry_run


def _bad(problem: str) -> RefusedError:
    return RefusedError(HTTPStatus.BAD_REQUEST, BAD_REQUEST, problem)


def _unfit(problem: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, ORDER, problem)
