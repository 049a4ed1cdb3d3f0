"""The recorded feeds, the real servers and the built artefact, as the tests find them."""

from tests.artefact.fixtures import artefact
from tests.conftest import recorded_feeds
from tests.servers.conftest import place
from tests.servers.fixtures import ceph, certificate, hurried_r2, ministack, r2

__all__ = ["artefact", "ceph", "certificate", "hurried_r2", "ministack", "place", "r2", "recorded_feeds"]
