"""Which listed records are one and the same model, and which of them speaks for all.

A variant (`:free`, `:thinking`) runs its base's weights, and a preview is the release it announces under another
name. They share measurements, and a bucket shows one of them. Dated revisions are models of their own: where both
of two were measured, they lie as far apart as two models of one line.
"""

import re
from collections.abc import Container, Iterable
from typing import Final

from modelsync.catalog.model_ids import base_id
from modelsync.catalog.model_info import ModelInfo

_TRIAL_WORD: Final = re.compile(r"-(?:preview|exp|experimental|beta)$")


def release_key(model_id: str) -> str:
    """What all records of one release have in common: the id without `~`, variant and trial word.

    >>> release_key("deepseek/deepseek-v3.2-exp:free")
    'deepseek/deepseek-v3.2'
    """
    return _TRIAL_WORD.sub("", base_id(model_id))


def is_base(model_id: str) -> bool:
    """Tell whether an id names a model itself, not a variant of one."""
    return ":" not in model_id


def one_per_release(models: Iterable[ModelInfo], *, preferred: Container[str] = ()) -> tuple[ModelInfo, ...]:
    """Choose the record that speaks for each release.

    A preferred id goes before all; then a base before its variants (a free variant has small limits and goes
    without notice), and a release before its preview.
    """
    chosen: dict[str, tuple[tuple[bool, bool, bool, str], ModelInfo]] = {}
    for model in models:
        key = release_key(model.id)
        on_trial = key != base_id(model.id)
        precedence = (model.id not in preferred, not is_base(model.id), on_trial, model.id)
        if key not in chosen or precedence < chosen[key][0]:
            chosen[key] = (precedence, model)
    return tuple(model for _, model in chosen.values())
