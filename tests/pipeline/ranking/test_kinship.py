"""Which records are one model, and which of them speaks for it."""

import pytest

from modelsync.pipeline.ranking.kinship import is_base, one_per_release, release_key
from tests.builders import a_model


@pytest.mark.parametrize(
    ("model_id", "key"),
    [
        ("acme/one", "acme/one"),
        ("acme/one:free", "acme/one"),
        ("acme/one-preview", "acme/one"),
        ("acme/one-exp:thinking", "acme/one"),
        ("~acme/one-latest", "acme/one-latest"),
        ("acme/one-0528", "acme/one-0528"),
        ("acme/one-preview-05-06", "acme/one-preview-05-06"),
    ],
)
def test_a_release_is_known_under_its_variants_and_trial_names_but_not_its_dates(model_id: str, key: str) -> None:
    assert release_key(model_id) == key


def test_a_base_has_no_variant() -> None:
    assert is_base("acme/one")
    assert not is_base("acme/one:free")


def spokesman(*ids: str, preferred: tuple[str, ...] = ()) -> list[str]:
    return [model.id for model in one_per_release(map(a_model, ids), preferred=preferred)]


def test_a_base_speaks_for_its_variants_and_a_release_for_its_preview() -> None:
    assert spokesman("acme/one:free", "acme/one-preview", "acme/one", "acme/two:free") == ["acme/one", "acme/two:free"]


def test_a_preview_goes_before_a_variant() -> None:
    assert spokesman("acme/one:free", "acme/one-preview") == ["acme/one-preview"]


def test_a_preferred_id_goes_before_all() -> None:
    assert spokesman("acme/one", "acme/one:free", preferred=("acme/one:free",)) == ["acme/one:free"]
