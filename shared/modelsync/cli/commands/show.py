"""`show`: one model's whole record, for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import RenderableType

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.figures import Operations
from modelsync.catalog.model_info import Enrichment, ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.explain.price import legs_of
from modelsync.cli.lookup import Known, find_model
from modelsync.cli.tables import ago, facts, figure, heading, listing, moment, paragraphs, section, text
from modelsync.pipeline.journal import FLAG_FIELDS


def show(door: Door) -> Answer:
    """Show the model that was named, alive or gone."""
    published = door.standing().published
    known = find_model(published, door.options.model)
    sight = _Sight(known, tuple(_places(published, known.id)), published.operations().get(known.id))
    return Answer(data=_data(sight), view=tuple(_view(sight, door.runtime.now())))


@dataclass(frozen=True, slots=True)
class _Sight:
    """A model with what else is published of it: its places in the shortlist, and how it is served."""

    known: Known
    places: tuple[dict[str, Any], ...]
    operations: Operations | None


def _places(published: PublishedSet, model_id: str) -> Iterator[dict[str, Any]]:
    """Where a model stands in the shortlist."""
    for bucket, shortlist in published.curated.buckets.items() if published.curated else ():
        for place, entry in enumerate(shortlist.models, start=1):
            if entry.id == model_id:
                yield {"bucket": str(bucket), "place": place, "of": len(shortlist.models), "rank": entry.rank}


def _data(sight: _Sight) -> dict[str, Any]:
    known, operations = sight.known, sight.operations
    stone, redirect = known.tombstone, known.redirect
    return {
        "id": known.id,
        "matched": known.matched,
        "state": str(known.state),
        "model": known.model.model_dump(mode="json", by_alias=True),
        "tombstone": stone.model_dump(mode="json", by_alias=True, exclude={"last_known"}) if stone else None,
        "redirect": redirect.model_dump(mode="json", by_alias=True) if redirect else None,
        "formerAliases": [change.old_alias for change in known.former_aliases],
        "shortlist": list(sight.places),
        "served": operations.model_dump(mode="json", by_alias=True) if operations else None,
    }


def _view(sight: _Sight, now: datetime) -> Iterator[RenderableType]:
    known, model, operations = sight.known, sight.known.model, sight.operations
    yield heading(model.name)
    yield facts(_identity(known))
    yield section("life")
    yield facts(_life(known, now))
    yield section("price" if known.is_listed else "price, last known")
    yield facts(_price(model))
    yield section("abilities")
    yield listing(("", "value", "decided by"), _flags(model), indent=2)
    yield facts(_abilities(model))
    if operations is not None:
        yield section("served")
        yield facts(_served(operations))
    if model.enrichment is not None:
        yield section("known elsewhere")
        yield listing(("", "value", "told by"), _known_elsewhere(model.enrichment), indent=2)
    yield section("shortlist")
    yield facts(_shortlist(model, sight.places))
    if model.description:
        yield section("description")
        yield paragraphs(model.description)
    yield text(f"`syncmodels why {known.id}` explains it", "dim")


def _identity(known: Known) -> Iterator[tuple[str, str]]:
    model = known.model
    yield "id", model.id
    former = ", ".join(change.old_alias for change in known.former_aliases)
    yield "alias", model.alias + (f", formerly {former}" if former else "")
    yield "vendor", f"{model.vendor or '-'}, family {model.family}, series {model.series}"
    if model.variant is not None:
        yield "variant", model.variant
    if model.is_router:
        yield "router", "yes: it hands requests on to models it chooses"
    if model.alias_target is not None:
        yield "points to", model.alias_target
    if model.canonical_slug is not None:
        yield "slug", model.canonical_slug
    yield "provider", model.provider
    for backend, its_id in model.backends.items():
        how = ", found by rule" if backend in model.backends_by_rule else ""
        yield "also", f"{its_id} at {backend}{how}"


def _life(known: Known, now: datetime) -> Iterator[tuple[str, str]]:
    model, stone, redirect = known.model, known.tombstone, known.redirect
    yield "state", str(known.state)
    yield "created", moment(model.created_at)
    yield "first seen", moment(model.first_seen)
    if stone is not None:
        yield "tombstone", stone.cause
        for label, at in (
            ("missing", stone.missing_since),
            ("deprecated", stone.deprecated_at),
            ("removed", stone.removed_at),
            ("returned", stone.returned_at),
        ):
            if at is not None:
                yield label, f"{moment(at)}, {ago(at, now)}"
    elif model.missing_since is not None:
        yield "missing", f"{moment(model.missing_since)}, {ago(model.missing_since, now)}"
    if model.expires_at is not None:
        yield "ends", f"{moment(model.expires_at)}, {ago(model.expires_at, now)}"
    if redirect is not None:
        safe = "price-safe" if redirect.price_safe else "not price-safe"
        yield "redirect", f"{redirect.to} ({redirect.kind}, {redirect.confidence}, {safe}): {redirect.reason}"


def _price(model: ModelInfo) -> Iterator[tuple[str, str]]:
    yield "price", f"{model.cost} (USD per million tokens in / out)" if "/" in model.cost else model.cost
    yield "status", f"{model.pricing_status}, tier {model.price_tier or '-'}, {'free' if model.is_free else 'not free'}"
    yield from legs_of(model)


def _flags(model: ModelInfo) -> Iterator[tuple[str, str, str]]:
    words = {True: "yes", False: "no", None: "unknown"}
    for flag in Capability:
        value = getattr(model, FLAG_FIELDS[flag])
        source = getattr(model.detection_source, FLAG_FIELDS[flag])
        yield str(flag), words[value] if value is None or isinstance(value, bool) else str(value), str(source or "-")


def _abilities(model: ModelInfo) -> Iterator[tuple[str, str]]:
    yield "context", f"{figure(model.max_context)} tokens, at most {figure(model.max_output)} out"
    if model.knowledge_cutoff is not None:
        yield "knowledge", f"until {model.knowledge_cutoff}"
    yield "takes", ", ".join(model.input_modalities) or "-"
    yield "gives", ", ".join(model.output_modalities) or "-"
    yield "parameters", ", ".join(model.supported_parameters) or "the feed does not say"


def _served(operations: Operations) -> Iterator[tuple[str, str]]:
    """What was seen of its hosts; a flag that only some of them support says so."""
    hosts = operations.hosts
    if hosts is not None:
        yield "endpoints", f"{hosts.endpoints}, {hosts.healthy} in order, seen {moment(hosts.fetched_at)}"
        yield "tools", f"at {hosts.offering_tools} of {hosts.endpoints}"
        yield "structured output", f"at {hosts.offering_structured_output} of {hosts.endpoints}"
        if hosts.smallest_context != hosts.largest_context:
            yield "context", f"{figure(hosts.smallest_context)} to {figure(hosts.largest_context)} tokens, by host"
        if hosts.cheapest_prompt_per_million != hosts.dearest_prompt_per_million:
            yield "prompt", f"${hosts.cheapest_prompt_per_million} to ${hosts.dearest_prompt_per_million}, by host"
    for label, seen, unit in (
        ("uptime", operations.uptime_1d, ""),
        ("first token", operations.latency_p50_ms, " ms"),
        ("output", operations.throughput_p50_tps, " tokens/s"),
    ):
        if seen is not None:
            yield label, f"{seen.value:g}{unit} over {seen.window}, seen {moment(seen.fetched_at)}"


def _known_elsewhere(enrichment: Enrichment) -> Iterator[tuple[str, str, str]]:
    """What the record's own source does not tell."""
    told = enrichment.model_dump(mode="json", by_alias=True, exclude={"origins"})
    for name, value in told.items():
        origin = enrichment.origins[name]
        shown = ("yes" if value else "no") if isinstance(value, bool) else value
        shown = figure(shown) if isinstance(shown, int) else shown
        yield name, str(shown), f"{origin.source} of {origin.day}: {origin.record}"


def _shortlist(model: ModelInfo, places: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, str]]:
    yield "may stand", ", ".join(model.buckets) or "nowhere"
    stands = (f"{each['bucket']} ({each['place']} of {each['of']}, rank {each['rank']:.3f})" for each in places)
    yield "stands", ", ".join(stands) or "nowhere"
