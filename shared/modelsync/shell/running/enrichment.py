"""The job `enrich`: read models.dev, and keep a reduced copy of it for the curation.

It publishes no generation and touches neither documents nor heartbeat. The copy is replaced only by a whole one: an
answer that cannot be read, or that knows suspiciously fewer models, is an error, and the last good copy stays. Equal
content writes nothing. Once a week is enough; the next curation takes up what is new.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from modelsync.catalog.keys import CURRENT, ENRICHMENT_COPY
from modelsync.errors import CorruptDocumentError, FeedFormatError
from modelsync.fetch.addresses import shown_url
from modelsync.fetch.limits import FetchLimits
from modelsync.pipeline.enrich import matched, table_of
from modelsync.shell.running.inputs import FeedBody, feed_of_file, is_address
from modelsync.shell.running.runtime import Runtime
from modelsync.shell.storage.contention import until_first
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.sources.models_dev import URL, ModelsDev, parse_models_dev
from modelsync.sources.models_dev_copy import NAME, EnrichmentCopy, Models, decode_copy, encode_copy, reduced

PATIENCE: Final = FetchLimits(max_bytes=12_000_000, attempts=3, attempt_seconds=60, retry_after_seconds=60)
"""The document had 4.2 MB in June 2026, and has to fit into the memory of a function; nobody waits for it."""

SUSPICIOUS_LOSS: Final = 0.25
"""A document that knows fewer by more than this share is not believed over the last good copy."""

MOST_TOLD: Final = 20
"""Records that were set aside, in what is told of a run."""

ENOUGH_TO_COMPARE: Final = 8
"""Of a provider with fewer models the share of lost ones says nothing, unless all of them are gone."""


@dataclass(frozen=True, slots=True)
class EnrichmentReport:
    """What one run read, and what became of it."""

    outcome: Literal["written", "unchanged"]
    url: str
    read: ModelsDev
    copy: EnrichmentCopy
    """The copy that stands afterwards; in a dry run, that would."""
    before: EnrichmentCopy | None
    listed: int
    """Models that the catalog lists."""
    matched: int
    """Those of them of which the copy has an entry."""
    findings: tuple[str, ...]
    dry_run: bool


def enrich(
    runtime: Runtime,
    *,
    feed: str | None = None,
    accept: bool = False,
    dry_run: bool = False,
    limits: FetchLimits = PATIENCE,
) -> EnrichmentReport:
    """Read models.dev, or `feed` in its place, and keep what is new.

    `feed` is a file, `-` or a URL; `accept` an operator's word for a document that lost many models. Raises FeedError
    where the document cannot be had, is something else, or is not believed; the last good copy stands then.
    """
    body = _read(feed, limits)
    read = parse_models_dev(body.body)
    models = reduced(read.providers)
    if not models:
        raise FeedFormatError(NAME, "body", "expected providers known here, found none of them; check the address")

    def attempt() -> EnrichmentReport:
        return _keep(runtime, body.url, read, models, accept=accept, dry_run=dry_run)

    return until_first(attempt, what=ENRICHMENT_COPY)


def summary_of_enrichment(report: EnrichmentReport) -> dict[str, Any]:
    """One flat JSON object: what was read, what was kept, what matched."""
    return {
        "job": "enrich",
        "outcome": report.outcome,
        "dryRun": report.dry_run,
        "source": report.url,
        "day": report.copy.day.isoformat(),
        "records": report.read.record_count,
        "providers": len(report.read.providers),
        "setAside": [f"{each.where}: {each.problem}" for each in report.read.set_aside[:MOST_TOLD]],
        "setAsideCount": len(report.read.set_aside),
        "kept": {backend: len(models) for backend, models in report.copy.models.items()},
        "keptBefore": report.before.count if report.before is not None else None,
        "listed": report.listed,
        "matched": report.matched,
        "findings": list(report.findings),
    }


def _keep(
    runtime: Runtime, url: str, read: ModelsDev, models: Models, *, accept: bool, dry_run: bool
) -> EnrichmentReport:
    key = runtime.prefix + ENRICHMENT_COPY
    before, etag, unreadable = _standing(runtime.store, key)
    if before is not None and not accept:
        _refuse_loss(before.models, models)
    is_news = before is None or before.models != models
    copy = EnrichmentCopy(runtime.now().date(), models) if is_news or before is None else before
    listed = runtime.repository.load((CURRENT,)).published.models()
    report = EnrichmentReport(
        outcome="written" if is_news else "unchanged",
        url=url,
        read=read,
        copy=copy,
        before=before,
        listed=len(listed),
        matched=matched(listed, copy, table=table_of(runtime.read_overrides().on(runtime.now().date()).backends)),
        findings=(*unreadable, *read.findings),
        dry_run=dry_run,
    )
    if is_news and not dry_run:
        runtime.store.put(key, encode_copy(copy), if_absent=etag is None, if_match=etag)
    return report


def _standing(store: ObjectStore, key: str) -> tuple[EnrichmentCopy | None, str | None, tuple[str, ...]]:
    """The copy that stands, None where there is none that can be read, with what it takes to replace it."""
    stored = store.get(key)
    if stored is None:
        return None, None, ()
    try:
        return decode_copy(stored.body, key=ENRICHMENT_COPY), stored.etag, ()
    except CorruptDocumentError as error:
        return None, stored.etag, (f"{error}; it is written anew",)


def _refuse_loss(before: Models, after: Models) -> None:
    """Raise FeedFormatError where too much is gone: of all, or of one provider."""
    known = {"all providers": (_count(before), _count(after))}
    known |= {backend: (len(models), len(after.get(backend, ()))) for backend, models in before.items()}
    for whose, (was, now) in known.items():
        if (was >= ENOUGH_TO_COMPARE and now < (1 - SUSPICIOUS_LOSS) * was) or now == 0:
            expected = f"expected at least {1 - SUSPICIOUS_LOSS:.0%} of the {was} models of the last good copy"
            advice = "look at the document, and run it with --accept if it is right"
            raise FeedFormatError(NAME, whose, f"{expected}, found {now}; {advice}")


def _count(models: Models) -> int:
    return sum(map(len, models.values()))


def _read(feed: str | None, limits: FetchLimits) -> FeedBody:
    if feed is not None and not is_address(feed):
        return feed_of_file(feed, source=NAME, max_bytes=limits.max_bytes)
    from modelsync.fetch.http import fetch  # late: a file needs no HTTP client

    url = feed or URL
    return FeedBody(fetch(url, limits=limits).body, shown_url(url))
