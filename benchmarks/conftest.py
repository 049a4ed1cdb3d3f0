"""The recorded feeds, as the tests find them."""

from tests.conftest import recorded_feeds as recorded_feeds
