"""What a command says that needs the packages of AWS where they are not installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from modelsync.errors import UsageError

_AWS_EXTRA: Final = frozenset({"aws_lambda_powertools", "boto3", "botocore"})


@contextmanager
def needs_aws_extra(command: str) -> Iterator[None]:
    """Around the imports of such a command: UsageError where a package is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _AWS_EXTRA:
            raise
        raise UsageError(f"{command}: needs {missing}, found none; run pip install 'modelsync[aws]'") from error
