"""The shortlist by use, with what the user promoted: which models to begin with, and why.

A bucket that exists has a model in it: where everything in it would be hidden, it is shown all the same, and `notes`
say why. What the user promoted stands behind what the pipeline recommends, in the bucket that the user named, or in one
of its own.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from modelsync.client.browsing.filters import Usable
from modelsync.client.browsing.seen import NOBODYS, Seen, seen_models
from modelsync.client.browsing.sieve import HIDDEN_BY_YOU, WITHOUT_A_KEY, counted, is_usable
from modelsync.client.browsing.uses import bucket_of
from modelsync.client.catalog import Catalog
from modelsync.client.own.user_layer import UserLayer
from modelsync.errors import NotFoundError

OWN_BUCKET: Final = "promoted"
BY_YOU: Final = "Promoted by you."
_LABELS: Final[Mapping[str, str]] = {
    "coding": "Writing and changing programs",
    "reasoning": "Thinking through hard questions",
    "chat": "Conversation and everyday text",
    "fast": "Quick and cheap answers",
    "vision": "Reading images",
    "image-gen": "Painting images",
    OWN_BUCKET: "Promoted by you",
}


class Pick(NamedTuple):
    """A recommended model."""

    seen: Seen
    why: str


class Bucket(NamedTuple):
    """A use, and the models for it, best first."""

    name: str
    label: str
    """What it is for, in words."""
    items: tuple[Pick, ...]
    hidden: Mapping[str, int]
    """How many of its models are not shown, by reason."""
    notes: tuple[str, ...] = ()
    """Why it is shorter than it should be, or shows what it would hide."""


def shortlist(
    catalog: Catalog, bucket: str | None = None, *, usable: Usable | None = None, layer: UserLayer = NOBODYS
) -> tuple[Bucket, ...]:
    """All buckets, or the one of that name or use; `usable` hides models that no key serves.

    Raises NotFoundError where there is no bucket of that name.
    """
    picks = _picks(catalog, layer)
    name = None if bucket is None else bucket_of(bucket)
    if bucket is not None and name not in picks:
        known = f"one of {', '.join(picks)}" if picks else "a catalog with a shortlist"
        raise NotFoundError(f"shortlist: found no bucket {bucket[:40]!a}, expected {known}; choose one")
    names = tuple(picks) if name is None else (name,)
    return tuple(_bucket(catalog, name, picks=picks[name], usable=usable) for name in names)


def _picks(catalog: Catalog, layer: UserLayer) -> dict[str, tuple[Pick, ...]]:
    """What is in every bucket that has anything in it, in the order of the document."""
    wanted: dict[str, dict[str, str]] = {}
    for name, published in catalog.buckets.items():
        wanted[name] = {entry["id"]: str(entry.get("reason") or "Recommended.") for entry in published["models"]}
    for promotion in layer.promoted:
        wanted.setdefault(bucket_of(promotion.bucket or OWN_BUCKET), {}).setdefault(promotion.id, BY_YOU)
    ids = {model_id for reasons in wanted.values() for model_id in reasons}
    # A listed id that the user added too is one model here, however many servers serve it.
    by_id = {seen.id: seen for seen in seen_models(catalog, layer) if seen.id in ids}
    picks = {
        name: tuple(Pick(by_id[model_id], why) for model_id, why in reasons.items() if model_id in by_id)
        for name, reasons in wanted.items()
    }
    return {name: found for name, found in picks.items() if found}


def _bucket(catalog: Catalog, name: str, *, picks: tuple[Pick, ...], usable: Usable | None) -> Bucket:
    reasons = [_reason(pick.seen, usable) for pick in picks]
    shown = tuple(pick for pick, reason in zip(picks, reasons, strict=True) if reason is None)
    hidden = dict(sorted(Counter(reason for reason in reasons if reason is not None).items()))
    shortfall = catalog.buckets.get(name, {}).get("shortfallReason")
    notes = (str(shortfall),) if shortfall else ()
    if not shown:
        notes = (*notes, f"Every model of it would be hidden: {counted(hidden)}.")
    label = _LABELS.get(name, name)
    return Bucket(name, label, items=shown or picks, hidden=hidden if shown else {}, notes=notes)


def _reason(seen: Seen, usable: Usable | None) -> str | None:
    if seen.is_hidden:
        return HIDDEN_BY_YOU
    return WITHOUT_A_KEY if usable is not None and not is_usable(seen, usable) else None
