"""The recorded feeds, as the tests find them."""

from tests.conftest import recorded_feeds

__all__ = ["recorded_feeds"]
