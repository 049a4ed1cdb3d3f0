"""Places to publish to, one kind after another."""

import pytest

from tests.servers.places import KINDS, Place, new_place


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An empty place of every kind; of some kinds only where a test says so by an indirect parameter."""
    return new_place(request.param, request, folder=tmp_path_factory.mktemp("place"))
