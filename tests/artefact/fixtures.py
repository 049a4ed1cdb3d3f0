"""The built artefact and its deployment as fixtures, one of each for a whole session.

Where the tools are not installed, the tests that ask for them are skipped or fail, as those of other servers.
"""

import hashlib
import json
import os
from collections.abc import Iterator

import pytest

from tests.artefact.artefact import Artefact, build
from tests.artefact.stack import Stack, client_of, deploy
from tests.servers.fixtures import REQUIRE_SERVERS
from tests.servers.ministack import Ministack
from tests.servers.processes import ProgramMissingError

TOKEN = "token-of-a-reporter-0123456789abcdef"
"""Of the one client that may report to the deployed intake."""


@pytest.fixture(scope="session")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    """What a deployment would upload now, built once a session."""
    try:
        return build(tmp_path_factory.mktemp("artefact"))
    except ProgramMissingError as missing:
        if os.environ.get(REQUIRE_SERVERS) == "1":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def stack(artefact: Artefact, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The template, deployed once a session onto an emulator of AWS that runs its functions."""
    folder, feed = tmp_path_factory.mktemp("deployment"), tmp_path_factory.mktemp("feed") / "feed.json"
    settings = {"MODELSYNC_FEED": str(feed), "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.01"}
    with Ministack(tmp_path_factory.mktemp("aws"), python=artefact.tools.ministack, settings=settings) as ministack:
        reporters = json.dumps({"desktop": hashlib.sha256(TOKEN.encode()).hexdigest()})
        secret = client_of(ministack, "secretsmanager").create_secret(Name="reporters", SecretString=reporters)
        deploy(artefact, ministack, folder=folder, parameters={"ReportersSecret": secret["ARN"]})
        yield Stack(ministack, feed=feed)
