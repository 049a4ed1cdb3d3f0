"""Secrets are read where the environment says they are, when they are asked for, and quoted in no message."""

import uuid
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from modelsync.errors import UsageError
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.secrets import STORE_CREDENTIALS, credentials_reader, key_reader, no_key

NAME = "OPENROUTER_API_KEY"
KEY = "sk-or-canary-4711"


@pytest.fixture
def unused_name(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A name in an account that moto plays: nothing has it, whatever other tests of this process put there."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield f"modelsync-{uuid.uuid4().hex}"


def test_a_key_in_the_environment_is_the_key() -> None:
    assert key_reader({NAME: KEY}, NAME)() == KEY


def test_nothing_in_the_environment_is_no_key() -> None:
    assert key_reader({}, NAME) is no_key
    assert key_reader({NAME: ""}, NAME)() is None


def test_a_key_is_read_from_a_parameter_that_is_encrypted(unused_name: str) -> None:
    boto3.client("ssm").put_parameter(Name=unused_name, Value=KEY, Type="SecureString")
    assert key_reader({f"{NAME}_PARAMETER": unused_name}, NAME)() == KEY


def test_a_key_is_read_from_a_secret(unused_name: str) -> None:
    boto3.client("secretsmanager").create_secret(Name=unused_name, SecretString=KEY)
    assert key_reader({f"{NAME}_SECRET": unused_name}, NAME)() == KEY


def test_nothing_is_read_before_it_is_asked_for(unused_name: str) -> None:
    read = key_reader({f"{NAME}_SECRET": unused_name}, NAME)
    boto3.client("secretsmanager").create_secret(Name=unused_name, SecretString=KEY)
    assert read() == KEY


def test_a_key_is_asked_for_once(unused_name: str) -> None:
    secrets = boto3.client("secretsmanager")
    secrets.create_secret(Name=unused_name, SecretString=KEY)
    read = key_reader({f"{NAME}_SECRET": unused_name}, NAME)
    assert read() == KEY
    secrets.delete_secret(SecretId=unused_name, ForceDeleteWithoutRecovery=True)
    assert read() == KEY


@pytest.mark.usefixtures("unused_name")
@pytest.mark.parametrize(
    ("variable", "found"), [("PARAMETER", "ssm answered ParameterNotFound"), ("SECRET", "secretsmanager answered Res")]
)
def test_a_key_that_is_not_there_is_named_by_its_variable(variable: str, found: str) -> None:
    with pytest.raises(UsageError, match=f"^{NAME}_{variable}: {found}"):
        key_reader({f"{NAME}_{variable}": "nowhere"}, NAME)()


def test_without_credentials_one_sentence_says_what_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(UsageError, match=r"could not be asked \(NoRegionError\); check the region"):
        key_reader({f"{NAME}_SECRET": "modelsync/key"}, NAME)()


def test_the_access_key_of_a_store_is_read_from_a_secret(unused_name: str) -> None:
    text = '{"accessKeyId": "AK", "secretAccessKey": "canary"}'
    boto3.client("secretsmanager").create_secret(Name=unused_name, SecretString=text)
    read = credentials_reader({STORE_CREDENTIALS: unused_name})
    assert read is not None
    assert (read().access_key_id, read().secret_access_key) == ("AK", "canary")


@pytest.mark.parametrize(
    "text", ["canary", "[]", '{"accessKeyId": "canary"}', '{"accessKeyId": 1, "secretAccessKey": ""}']
)
def test_a_secret_that_is_no_access_key_is_refused_without_quoting_it(text: str, unused_name: str) -> None:
    boto3.client("secretsmanager").create_secret(Name=unused_name, SecretString=text)
    read = credentials_reader({STORE_CREDENTIALS: unused_name})
    assert read is not None
    with pytest.raises(UsageError, match=f"^{STORE_CREDENTIALS}: expected ") as refused:
        read()
    assert "canary" not in str(refused.value)


def test_without_a_secret_the_usual_configuration_counts() -> None:
    assert credentials_reader({}) is None


def test_settings_show_no_secret() -> None:
    assert KEY not in repr(Settings.from_environment({NAME: KEY}))
