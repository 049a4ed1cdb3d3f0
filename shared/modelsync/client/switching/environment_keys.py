"""Which keys an environment holds, by backend: that there is one, and never the key.

    OPENROUTER_API_KEY, ANTHROPIC_API_KEY, … (`KEY_VARIABLES`)     the backends' own keys
    <NAME>_API_KEY                                                 the key of the gateway of that name
    env:NAME                                                       where the user says that a custom model's key lies

The environment is an argument, a mapping of names to texts; each value is looked at once and forgotten. Keychains are
not read: a model whose key lies in one (`keychain:NAME`) has no key here. Credentials of a cloud are its own tools'
to find.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from modelsync.catalog.backends import SAME_NAMESPACE, is_direct
from modelsync.client.catalog import Catalog
from modelsync.client.own.user_layer import CustomModel
from modelsync.client.switching.credentials import (
    GATEWAY,
    KEYLESS,
    NO_KEY,
    OPENROUTER,
    OWN_SERVERS,
    Key,
    KeySource,
    Refusal,
    Situation,
    key_of,
)

KEY_VARIABLES: Final[Mapping[str, tuple[str, ...]]] = {
    OPENROUTER: ("OPENROUTER_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "bedrock": ("AWS_BEARER_TOKEN_BEDROCK",),
    "cerebras": ("CEREBRAS_API_KEY",),
    "cohere": ("COHERE_API_KEY",),
    "dashscope": ("DASHSCOPE_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "minimax": ("MINIMAX_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "moonshot": ("MOONSHOT_API_KEY",),
    "nim": ("NVIDIA_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "x-ai": ("XAI_API_KEY",),
    "z-ai": ("ZAI_API_KEY",),
}
"""Where each backend's own tools look for its key; of two names the first that holds one counts."""

NONE_REFUSED: Final[Mapping[str, Refusal]] = {}
_ENV: Final = "env:"


def variables_of(backend: str, *, gateway: str = GATEWAY) -> tuple[str, ...]:
    """The variables that may hold a backend's key; none for one that nobody knows.

    >>> variables_of("acme-proxy", gateway="acme-proxy")
    ('ACME_PROXY_API_KEY',)
    """
    if backend == gateway:
        return (f"{gateway.upper().replace('-', '_').replace('.', '_')}_API_KEY",)
    return KEY_VARIABLES.get(backend, ())


def keys_in(
    environment: Mapping[str, str],
    *,
    now: datetime,
    gateway: str = GATEWAY,
    refusals: Mapping[str, Refusal] = NONE_REFUSED,
) -> Mapping[str, Key]:
    """The key of every backend that has one; `refusals` are servers' last answers to them, by backend."""
    found = {
        backend: _first(environment, variables_of(backend, gateway=gateway), refusal=refusals.get(backend), now=now)
        for backend in (gateway, *KEY_VARIABLES)
    }
    return {backend: key for backend, key in found.items() if key is not NO_KEY}


def key_of_model(
    model: CustomModel, environment: Mapping[str, str], *, now: datetime, refusal: Refusal | None = None
) -> Key:
    """The key of a custom model, where its user says that it lies; `NO_KEY` where that is a keychain."""
    if model.key_ref is None or not model.key_ref.startswith(_ENV):
        return NO_KEY
    return _first(environment, (model.key_ref.removeprefix(_ENV),), refusal=refusal, now=now)


def situation_of(
    model_id: str,
    *,
    catalog: Catalog,
    bound: str,
    keys: Mapping[str, Key],
    gateway: str = GATEWAY,
    prefers_gateway: bool = False,
    is_flexible: bool = False,
) -> Situation:
    """What decides about a listed model at a chosen backend: the list says who else knows it."""
    listed = catalog.model(model_id)
    served_by = () if listed is None else tuple(listed.record["backends"])
    return Situation(
        bound=bound,
        keys=keys,
        in_namespace=listed is not None,
        direct=tuple(backend for backend in served_by if is_direct(backend) and backend != gateway),
        gateway=gateway,
        prefers_gateway=prefers_gateway,
        is_flexible=is_flexible,
    )


def situation_of_own(
    model: CustomModel, *, keys: Mapping[str, Key], own_key: Key = NO_KEY, gateway: str = GATEWAY
) -> Situation:
    """What decides about a custom model, of which no list says who else knows it.

    Where its user names a key no other counts; a server of the user's own for which none is named needs none.
    """
    named = model.key_ref is not None
    needs_none = not named and model.backend in OWN_SERVERS | KEYLESS
    return Situation(
        bound=model.backend,
        keys={**keys, model.backend: own_key} if named else keys,
        in_namespace=model.backend in {gateway, *SAME_NAMESPACE},
        gateway=gateway,
        keyless=frozenset({model.backend}) if needs_none else frozenset(),
    )


def _first(environment: Mapping[str, str], names: Iterable[str], *, refusal: Refusal | None, now: datetime) -> Key:
    found = (key_of(environment.get(name), source=KeySource.ENV, refusal=refusal, now=now) for name in names)
    return next((key for key in found if key is not NO_KEY), NO_KEY)
