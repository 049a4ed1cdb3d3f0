"""What is said of a model in a few words."""

from datetime import UTC, datetime
from typing import Final

from modelsync.client.wording import remarks
from tests.client.records import a_catalog, a_record

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)


def test_a_batch_variant_is_said_to_answer_later() -> None:
    models = a_catalog(a_record(), a_record("acme/gamma:batch")).models()
    assert {each.id: remarks(each, now=NOW) for each in models} == {
        "acme/gamma": (),
        "acme/gamma:batch": ("answers later: batch",),
    }
