"""What a backend says on the network of a key and of a model, before a switch: two questions, three seconds in all.

- Nothing that costs is asked: an account's own page where the backend has one, else its list of models, then the model.
- A key is read when it is sent, over HTTPS, to its backend's own host and nowhere else: along no redirect, into no
  address, and into no sentence, since what a transport says of a failure is not repeated.
- A key that was refused counts as refused in the report that follows. It is not written down: the next call asks again.

Backends that document no question which tells a good key from a bad one are not asked.
"""

import json
import re
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from modelsync.client.switching.credentials import (
    NO_LONGER_PAID,
    NOT_ACCEPTED,
    OPENROUTER,
    Key,
    KeySource,
    Refusal,
    key_of,
)
from modelsync.client.switching.environment_keys import variables_of
from modelsync.client.switching.switch_report import Probe
from modelsync.errors import RemoteError, UsageError
from modelsync.reader.serving import served
from modelsync.reader.session import Session

SECONDS: Final = 3.0
_MOST_BYTES: Final = 16 * 1024 * 1024
_OK, _UNKNOWN = 200, 404
_HEADER: Final = re.compile(r"[!-~]{1,4096}")
_WIRE_ID: Final = re.compile(r"[A-Za-z0-9_~@-][A-Za-z0-9._~:@-]*(?:/[A-Za-z0-9_~@-][A-Za-z0-9._~:@-]*)*", re.ASCII)
_SAFE: Final = re.compile(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]")


class Service(NamedTuple):
    """Where a backend answers."""

    base: str
    """Ends with a slash."""
    key_path: str
    """A page that needs a key, and costs nothing."""
    model_path: str | None = None
    """A page about one model; None where the list of models, which is then `key_path`, has to tell."""
    header: str = "Authorization"
    before_key: str = "Bearer "
    more: Mapping[str, str] = {}
    """Further headers that it wants."""


SERVICES: Final[Mapping[str, Service]] = {
    OPENROUTER: Service("https://openrouter.ai/api/v1/", "key", "models/{id}/endpoints"),
    "anthropic": Service(
        "https://api.anthropic.com/v1/", "models", "models/{id}", "x-api-key", "", {"anthropic-version": "2023-06-01"}
    ),
    "cerebras": Service("https://api.cerebras.ai/v1/", "models", "models/{id}"),
    "cohere": Service("https://api.cohere.com/v1/", "models", "models/{id}"),
    "deepseek": Service("https://api.deepseek.com/", "models"),
    "google": Service(
        "https://generativelanguage.googleapis.com/v1beta/", "models", "models/{id}", "x-goog-api-key", ""
    ),
    "groq": Service("https://api.groq.com/openai/v1/", "models", "models/{id}"),
    "minimax": Service("https://api.minimax.io/anthropic/v1/", "models", None, "X-Api-Key", ""),
    "mistral": Service("https://api.mistral.ai/v1/", "models", "models/{id}"),
    "moonshot": Service("https://api.moonshot.ai/v1/", "models"),
    "openai": Service("https://api.openai.com/v1/", "models", "models/{id}"),
    "x-ai": Service("https://api.x.ai/v1/", "api-key", "models/{id}"),
}
"""Backends that are asked, as their own documentation has it."""


class Probed(NamedTuple):
    """What came of asking."""

    probe: Probe | None
    why_not: str | None = None
    """Why nothing was asked."""
    refusals: Mapping[str, Refusal] = {}


NOT_ASKED: Final = Probed(None)


def probed_for(session: Session, model_id: str, *, backend: str, services: Mapping[str, Service]) -> Probed:
    """What the backend says of its key and of a model; raises UsageError where the network is forbidden."""
    if session.words.offline or session.loader.is_offline:
        raise UsageError("check: found --network where the network is forbidden, expected one of both; choose one")
    found, service = served(session, model_id, backend=backend), services.get(backend)
    wire_id = None if found is None else found.wire.id
    if found is not None and found.own is not None and (found.own.base_url or found.own.key_ref):
        return Probed(None, f"the network was not asked: {model_id} runs at an address, or with a key, of your own")
    if service is None:
        return Probed(None, f"the network was not asked: {backend} has no page that tells a good key from a bad one")
    if wire_id is None or not _WIRE_ID.fullmatch(wire_id):
        return Probed(None, f"the network was not asked: {backend} has no id for {model_id}")
    key = _key_in(session, backend)
    if key is None:
        return Probed(None, f"the network was not asked: there is no key for {backend}")
    probe = probed(service, key, wire_id=wire_id, seconds=SECONDS)
    is_refused = probe.key_status in {NOT_ACCEPTED, NO_LONGER_PAID}
    refusals = {backend: Refusal(probe.key_status or 0, session.now)} if is_refused else {}
    return Probed(probe, refusals=refusals)


def probed(service: Service, key: str, *, wire_id: str, seconds: float) -> Probe:
    """What a service answers, as statuses; raises UsageError for one that no key may be sent to."""
    if not _SAFE.match(service.base):
        raise UsageError("check: found an address that is not https, expected one, because a key is sent to it")
    deadline = time.monotonic() + seconds
    status, listed = _asked(service, service.key_path, key=key, deadline=deadline)
    if service.model_path is None:
        is_listed = listed is None or wire_id in listed
        return Probe(status, status if status != _OK or is_listed else _UNKNOWN)
    return Probe(status, _asked(service, service.model_path.format(id=wire_id), key=key, deadline=deadline)[0])


def _asked(service: Service, path: str, *, key: str, deadline: float) -> tuple[int | None, frozenset[str] | None]:
    """The status of a page, and the ids that it lists; None for no answer in time, and for no list."""
    from modelsync.client.reading.transport import Limits, ask

    left = deadline - time.monotonic()
    if left <= 0:
        return None, None
    headers = {service.header: f"{service.before_key}{key}", **service.more}
    try:
        answer = ask(service.base + path, headers=headers, limits=Limits(seconds=left, bytes=_MOST_BYTES))
    except RemoteError:  # its sentence may quote what was sent
        return None, None
    return answer.status, _ids_in(answer.body)


def _ids_in(body: bytes) -> frozenset[str] | None:
    try:
        document: Any = json.loads(body)
        return frozenset(str(each["id"]) for each in document["data"])
    except (ValueError, KeyError, TypeError, RecursionError):  # no list of models
        return None


def _key_in(session: Session, backend: str) -> str | None:
    """The key itself, for the header that it goes into; None where there is none, or none that a header can hold."""
    for name in variables_of(backend):
        value = session.environment.get(name, "").strip()
        found: Key = key_of(value, source=KeySource.ENV, now=session.now)
        if found.is_usable and _HEADER.fullmatch(value):
            return value
    return None
