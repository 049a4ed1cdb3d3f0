"""Secrets: read when they are needed and never before, kept nowhere, quoted in no message.

`NAME` in the environment is the value itself. In a deployment the environment holds only where it is kept:
`NAME_PARAMETER` is the name of an SSM parameter, `NAME_SECRET` the id or ARN of a secret of AWS Secrets Manager. Who
never asks for a secret pays for no request, and needs no right to read it.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from modelsync.errors import UsageError
from modelsync.shell.storage.s3_profile import Credentials

STORE_CREDENTIALS: Final = "MODELSYNC_STORE_CREDENTIALS_SECRET"
"""Secret that holds `{"accessKeyId": ..., "secretAccessKey": ...}` of a store that is not of this AWS account."""

SERVICE_SECONDS: Final = 5

ReadSecret = Callable[[], str | None]
ReadCredentials = Callable[[], Credentials]


def no_key() -> None:
    """Nobody's key: none is set."""
    return


def key_reader(environment: Mapping[str, str], name: str) -> ReadSecret:
    """How to read a key by the name of its variable; None where neither it nor a place to read it from is set.

    Raises UsageError when it is asked for and cannot be had. It is read once.
    """
    value, parameter, secret = (environment.get(f"{name}{end}") for end in ("", "_PARAMETER", "_SECRET"))
    if value:
        return lambda: value
    if parameter:
        return cache(lambda: _parameter(parameter, variable=f"{name}_PARAMETER"))
    if secret:
        return cache(lambda: read_secret(secret, variable=f"{name}_SECRET"))
    return no_key


def credentials_reader(environment: Mapping[str, str]) -> ReadCredentials | None:
    """How to read the store's own access key; None where the usual AWS configuration counts."""
    secret = environment.get(STORE_CREDENTIALS)
    return cache(lambda: _credentials(read_secret(secret, variable=STORE_CREDENTIALS))) if secret else None


def read_secret(secret_id: str, *, variable: str) -> str:
    """The text of a secret of Secrets Manager; raises UsageError that names the variable and not the value."""
    answer = _asked("secretsmanager", "get_secret_value", variable=variable, SecretId=secret_id)
    text = answer.get("SecretString")
    if not isinstance(text, str) or not text:
        raise UsageError(f"{variable}: expected a secret that is text, found none; store it as text")
    return text


def _parameter(name: str, *, variable: str) -> str:
    answer = _asked("ssm", "get_parameter", variable=variable, Name=name, WithDecryption=True)
    text: str = answer["Parameter"]["Value"]
    return text


def _asked(service: str, operation: str, *, variable: str, **words: Any) -> Mapping[str, Any]:
    try:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.session import Session
    except ModuleNotFoundError as error:
        if error.name != "botocore":
            raise
        raise UsageError(
            f"{variable}: reading it needs boto3; install it with: pip install 'modelsync[aws]'"
        ) from error
    patience = Config(
        connect_timeout=SERVICE_SECONDS,
        read_timeout=SERVICE_SECONDS,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
    try:
        client: Any = Session().create_client(service, config=patience)
        answer: Mapping[str, Any] = getattr(client, operation)(**words)
    except ClientError as error:
        found = error.response.get("Error", {}).get("Code", "an error")
        raise UsageError(f"{variable}: {service} answered {found}; check the name and the right to read it") from error
    except BotoCoreError as error:
        raise UsageError(
            f"{variable}: {service} could not be asked ({type(error).__name__}); check the region, the credentials and "
            "the network"
        ) from error
    return answer


def _credentials(text: str) -> Credentials:
    try:
        found = json.loads(text)
        return Credentials(_word(found, "accessKeyId"), _word(found, "secretAccessKey"))
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(
            f'{STORE_CREDENTIALS}: expected {{"accessKeyId": "...", "secretAccessKey": "..."}}, found something else; '
            "store it again"
        ) from error


def _word(found: Any, name: str) -> str:
    word = found[name]
    if not isinstance(word, str) or not word:
        raise ValueError(name)
    return word
