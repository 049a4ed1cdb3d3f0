"""The shortlist by use: never an empty bucket, and the user's own models in it."""

import pytest

from modelsync.client.browsing.recommended import Bucket, shortlist
from modelsync.client.own.user_layer import Promotion, UserLayer
from modelsync.errors import NotFoundError
from tests.client.records import a_catalog, a_record

CATALOG = a_catalog(
    *(a_record(f"acme/{name}") for name in ("alpha", "beta", "gamma")),
    buckets={"coding": ("acme/beta", "acme/alpha"), "chat": ("acme/alpha",), "vision": ()},
)


def ids(bucket: Bucket) -> list[str]:
    return [pick.seen.id for pick in bucket.items]


def test_buckets_come_in_the_order_of_the_document_and_their_models_best_first() -> None:
    assert {bucket.name: ids(bucket) for bucket in shortlist(CATALOG)} == {
        "coding": ["acme/beta", "acme/alpha"],
        "chat": ["acme/alpha"],
    }


def test_a_bucket_says_what_it_is_for_and_why_each_model_is_in_it() -> None:
    (bucket,) = shortlist(CATALOG, "coding")
    assert (bucket.label, bucket.items[0].why) == ("Writing and changing programs", "Best for coding.")


@pytest.mark.parametrize("name", ["painting", "vision", ""])
def test_a_bucket_that_is_not_there_or_has_nothing_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(NotFoundError, match=r"expected one of coding, chat; choose one$"):
        shortlist(CATALOG, name)


@pytest.mark.parametrize("word", ["image", "image-gen"])
def test_what_people_call_painting_is_the_bucket_as_it_is_published(word: str) -> None:
    catalog = a_catalog(a_record("acme/easel"), buckets={"image-gen": ("acme/easel",)})
    assert [(bucket.name, ids(bucket)) for bucket in shortlist(catalog, word)] == [("image-gen", ["acme/easel"])]
    layer = UserLayer(promoted=(Promotion("acme/easel", bucket=word),))
    assert [bucket.name for bucket in shortlist(catalog, layer=layer)] == ["image-gen"]


def test_a_catalog_without_a_shortlist_has_no_bucket() -> None:
    assert shortlist(a_catalog(a_record())) == ()
    with pytest.raises(NotFoundError, match="expected a catalog with a shortlist"):
        shortlist(a_catalog(a_record()), "coding")


def test_a_promoted_model_is_in_its_bucket_behind_the_recommended() -> None:
    layer = UserLayer(promoted=(Promotion("acme/gamma", bucket="coding"),))
    (bucket,) = shortlist(CATALOG, "coding", layer=layer)
    assert ids(bucket) == ["acme/beta", "acme/alpha", "acme/gamma"]
    assert bucket.items[2].why == "Promoted by you."


def test_a_promoted_model_is_in_a_bucket_once() -> None:
    layer = UserLayer(promoted=(Promotion("acme/alpha", bucket="chat"),))
    assert [ids(bucket) for bucket in shortlist(CATALOG, "chat", layer=layer)] == [["acme/alpha"]]


def test_a_model_that_was_promoted_to_no_bucket_has_one_for_it() -> None:
    layer = UserLayer(promoted=(Promotion("acme/gamma"),))
    assert [ids(bucket) for bucket in shortlist(CATALOG, "promoted", layer=layer)] == [["acme/gamma"]]


def test_a_promoted_model_that_is_gone_makes_no_bucket() -> None:
    names = [bucket.name for bucket in shortlist(CATALOG, layer=UserLayer(promoted=(Promotion("acme/gone"),)))]
    assert names == ["coding", "chat"]


def test_models_without_a_key_and_hidden_ones_are_counted() -> None:
    layer = UserLayer(promoted=(Promotion("acme/gamma", bucket="coding"),), hidden=("acme/gamma",))
    (bucket,) = shortlist(CATALOG, "coding", usable=frozenset({"acme/alpha"}), layer=layer)
    assert ids(bucket) == ["acme/alpha"]
    assert bucket.hidden == {"hidden by you": 1, "without a key": 1}


def test_a_bucket_is_shown_whole_where_it_would_be_empty() -> None:
    (bucket,) = shortlist(CATALOG, "coding", usable=lambda _: False)
    assert (ids(bucket), bucket.hidden) == (["acme/beta", "acme/alpha"], {})
    assert bucket.notes == ("Every model of it would be hidden: 2 without a key.",)
