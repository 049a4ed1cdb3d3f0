"""Whose key runs a model: what a backend lacks, who else could serve, and whether to ask for a key.

- What runs is the backend that the user chose, or nothing: strict is the default. A key that lies elsewhere only
  suggests; in flexible mode, which a user opts into, the suggestion may run and has to be shown.
- A backend that is out of credit never hands its work to another one: another bill is the user's to choose.
- The gateway's key serves whatever routable backend was chosen, provided that the model is in OpenRouter's namespace;
  so nobody who has it is asked for a second key.
- A key's value is looked at once (`key_of`) and forgotten: no value here can hold one.

Finds no key itself: environment, keychain and answers of servers are the caller's to read.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from modelsync.catalog.backends import SAME_NAMESPACE

OPENROUTER: Final = "openrouter"
GATEWAY: Final = "gateway"
CLOUD_ONLY: Final = frozenset({"bedrock", "vertex"})
"""Backends with credentials of a cloud, for which the gateway cannot stand in."""
OWN_SERVERS: Final = frozenset({"custom", "local"})
"""The user's own servers, for which the gateway cannot stand in either."""
KEYLESS: Final = frozenset({"ollama"})
"""Servers that ask for no key unless the user says otherwise."""

REFUSED_FOR: Final = timedelta(minutes=10)
"""How long a refused key counts as refused; then it may have been mended, and is tried again."""

NO_LONGER_PAID, NOT_ACCEPTED = 402, 401
_PLACEHOLDERS: Final = frozenset(
    "changeme change-me change_me dummy example none null placeholder replaceme secret test todo undefined".split()
)
_YOUR_KEY: Final = ("your", "my-api", "my_api", "<", "${", "{{", "insert")
_FILLER: Final = frozenset("x.*-_ …")

UNAVAILABLE, CREDENTIALS_MISSING = 5, 6
"""Exit codes for people's scripts: no key would help, and a key would."""


class KeySource(StrEnum):
    """Where a key was found."""

    ENV = "env"
    KEYCHAIN = "keychain"
    LOGIN = "login"
    NONE = "none"


class KeyState(StrEnum):
    """What is known of a key."""

    PRESENT = "present"
    ABSENT = "absent"
    REJECTED = "rejected"
    OUT_OF_CREDIT = "out_of_credit"


class Ask(StrEnum):
    """What the user may be asked for, if anything."""

    NOTHING = "nothing"
    LOGIN = "login"
    KEY = "key"
    CLOUD_CREDENTIALS = "cloud_credentials"


class BackendClass(StrEnum):
    """How far another backend can stand in for one."""

    GATEWAY = "gateway"
    OPENROUTER = "openrouter"
    DIRECT = "direct"
    DIRECT_ONLY = "direct_only"


class Refusal(NamedTuple):
    """A server's last answer to a key that was not a yes."""

    status: int
    """HTTP status; any but 401 and 402 says nothing of the key."""
    at: datetime


class Key(NamedTuple):
    """That there is a key, and what became of it; never the key."""

    state: KeyState
    source: KeySource

    @property
    def is_usable(self) -> bool:
        """Whether a call may be tried with it."""
        return self.state is KeyState.PRESENT


NO_KEY: Final = Key(KeyState.ABSENT, KeySource.NONE)


class Situation(NamedTuple):
    """What decides about one model at one chosen backend."""

    bound: str
    """The backend that the user chose."""
    keys: Mapping[str, Key]
    """By backend; one that is not in it has none."""
    in_namespace: bool
    """Whether the model is in OpenRouter's namespace, which the gateway speaks."""
    direct: tuple[str, ...] = ()
    """Direct backends that know the model, the preferred one first."""
    gateway: str = GATEWAY
    """The gateway's configured name."""
    prefers_gateway: bool = False
    is_flexible: bool = False
    """Whether the user agreed that what is suggested may run."""
    keyless: frozenset[str] = KEYLESS
    """Backends that ask for no key."""


class EffectiveCredentials(NamedTuple):
    """What runs, and what to do where nothing does."""

    backend: str
    """The backend that was chosen."""
    configured: bool
    """Whether it has a key of its own, or needs none."""
    source: KeySource
    can_route_via_gateway: bool
    has_effective_credentials: bool
    """Whether some key can serve it; what runs is another matter."""
    runs: str | None
    suggested: str | None
    """The backend to take instead, or the same one; None where there is none."""
    ask: Ask
    reason: str
    """A key of `SENTENCES`."""
    choices: tuple[str, ...] = ()
    """The other backends with a key that serve the model, if the chosen one cannot."""

    @property
    def exit_code(self) -> int:
        """0 where something runs, 5 where no key would help, 6 where one would."""
        if self.runs is not None:
            return 0
        return CREDENTIALS_MISSING if self.reason in {"no_key", "key_rejected"} else UNAVAILABLE

    @property
    def sentence(self) -> str:
        """The reason, for people."""
        return SENTENCES[self.reason].format(backend=self.backend, suggested=self.suggested)

    @property
    def hint(self) -> str | None:
        """What to do where nothing runs: another backend if one serves, else the key that is asked for."""
        if self.runs is not None:
            return None
        return f"run via {self.suggested}" if self.suggested is not None else _ASKING[self.ask]


SENTENCES: Final[Mapping[str, str]] = {
    "own_key": "{backend} runs with its own key",
    "keyless": "{backend} needs no key",
    "flexible": "{suggested} runs instead of {backend}, as you allowed",
    "no_key": "{backend} has no key",
    "key_rejected": "{backend} rejected its key",
    "out_of_credit": "{backend} is out of credit, and nothing else runs without your word",
    "not_served": "{backend} does not know this model, which is not in its namespace",
}
"""What each reason means."""

_ASKING: Final = {
    Ask.NOTHING: None,
    Ask.LOGIN: "log in to it",
    Ask.KEY: "give it a key",
    Ask.CLOUD_CREDENTIALS: "give it the cloud's credentials",
}


def key_of(value: str | None, *, source: KeySource, refusal: Refusal | None = None, now: datetime) -> Key:
    """What there is to know of a key's value, which is not kept: empty and placeholder texts are no keys.

    `refusal` counts for less than ten minutes.

    >>> from datetime import UTC
    >>> str(key_of("changeme", source=KeySource.ENV, now=datetime(2026, 8, 8, tzinfo=UTC)).state)
    'absent'
    """
    if value is None or _is_placeholder(value):
        return NO_KEY
    refused = refusal.status if refusal is not None and now - refusal.at < REFUSED_FOR else None
    states = {NOT_ACCEPTED: KeyState.REJECTED, NO_LONGER_PAID: KeyState.OUT_OF_CREDIT}
    return Key(states.get(refused or 0, KeyState.PRESENT), source)


def backend_class(backend: str, *, gateway: str = GATEWAY) -> BackendClass:
    """How far another backend can stand in for this one; `gateway` is the gateway's configured name."""
    if backend in {gateway, GATEWAY}:
        return BackendClass.GATEWAY
    if backend in SAME_NAMESPACE:
        return BackendClass.OPENROUTER
    return BackendClass.DIRECT_ONLY if backend in CLOUD_ONLY | OWN_SERVERS | KEYLESS else BackendClass.DIRECT


def effective_credentials(situation: Situation) -> EffectiveCredentials:
    """What runs one model, what is suggested, and whether the user may be asked for a key."""
    own, kind = _key(situation, situation.bound), backend_class(situation.bound, gateway=situation.gateway)
    can_route = kind is not BackendClass.DIRECT_ONLY and situation.in_namespace
    by_gateway = can_route and _key(situation, situation.gateway).is_usable
    has_effective = own.state in {KeyState.PRESENT, KeyState.OUT_OF_CREDIT} or (
        own.state is KeyState.ABSENT and by_gateway
    )
    reason = _reason(situation, own)
    suggested = _suggested(situation, by_gateway=by_gateway)
    runs = situation.bound if reason in {"own_key", "keyless"} else None
    if situation.is_flexible and reason != "out_of_credit" and suggested not in {None, runs}:
        runs, reason = suggested, "flexible"
    return EffectiveCredentials(
        backend=situation.bound,
        configured=own.state is not KeyState.ABSENT,
        source=own.source,
        can_route_via_gateway=can_route,
        has_effective_credentials=has_effective,
        runs=runs,
        suggested=suggested,
        ask=Ask.NOTHING if has_effective or reason == "not_served" else _asked_for(situation.bound, kind),
        reason=reason,
        choices=() if runs is not None else tuple(each for each in _serving(situation) if each != situation.bound),
    )


def credential_report(situation: Situation, backends: Iterable[str]) -> tuple[Mapping[str, Any], ...]:
    """The same question for each of several backends, as JSON for people and scripts; no value of a key is in it."""
    found = (effective_credentials(situation._replace(bound=backend)) for backend in backends)
    return tuple(
        {
            "backend": each.backend,
            "configured": each.configured,
            "source": str(each.source),
            "canRouteViaGateway": each.can_route_via_gateway,
            "hasEffectiveCredentials": each.has_effective_credentials,
            "reason": each.sentence,
        }
        for each in found
    )


def _is_placeholder(value: str) -> bool:
    """Texts that stand where a key belongs; `sk-...` is one, a key that begins so is none."""
    text = value.strip().strip("\"'").lower()
    return (
        text in _PLACEHOLDERS
        or text.startswith(_YOUR_KEY)
        or set(text.removeprefix("sk-").removeprefix("or-").removeprefix("ant-")) <= _FILLER
    )


def _key(situation: Situation, backend: str) -> Key:
    if backend in situation.keyless:
        return Key(KeyState.PRESENT, KeySource.NONE)
    return situation.keys.get(backend, NO_KEY)


def _reason(situation: Situation, own: Key) -> str:
    """That the model is unknown there comes first, for no key would mend it."""
    speaks_openrouter = situation.bound in {situation.gateway, *SAME_NAMESPACE}
    if speaks_openrouter and not situation.in_namespace:
        return "not_served"
    if situation.bound in situation.keyless:
        return "keyless"
    reasons = {KeyState.PRESENT: "own_key", KeyState.REJECTED: "key_rejected", KeyState.OUT_OF_CREDIT: "out_of_credit"}
    return reasons.get(own.state, "no_key")


def _suggested(situation: Situation, *, by_gateway: bool) -> str | None:
    """The gateway where it is preferred, else what was chosen, else what serves instead."""
    serving = _serving(situation)
    if by_gateway and situation.prefers_gateway:
        return situation.gateway
    return situation.bound if situation.bound in serving else next(iter(serving), None)


def _serving(situation: Situation) -> tuple[str, ...]:
    """Backends with a usable key that know the model: the gateway, OpenRouter, then the direct ones.

    For what the gateway cannot stand in for, OpenRouter cannot either.
    """
    kind = backend_class(situation.bound, gateway=situation.gateway)
    shared = kind is not BackendClass.DIRECT_ONLY and situation.in_namespace
    known = (situation.gateway, OPENROUTER) if shared else ()
    own = (situation.bound,) if kind in {BackendClass.DIRECT, BackendClass.DIRECT_ONLY} else ()
    names = dict.fromkeys((*known, *own, *situation.direct))
    return tuple(each for each in names if _key(situation, each).is_usable)


def _asked_for(backend: str, kind: BackendClass) -> Ask:
    if kind is BackendClass.GATEWAY:
        return Ask.LOGIN
    return Ask.CLOUD_CREDENTIALS if backend in CLOUD_ONLY else Ask.KEY
