"""`enrich`: read models.dev, keep a reduced copy of it, and tell what it knows of the models that are listed."""

from collections.abc import Iterator

from rich.console import RenderableType

from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.tables import bullets, facts, figure, heading, section, text
from modelsync.shell.running.enrichment import EnrichmentReport, enrich, summary_of_enrichment

MOST_LINES = 8


def enrich_now(door: Door) -> Answer:
    """Run `enrich`."""
    options = door.options
    with door.terminal.busy("enrich: reading models.dev"):
        report = enrich(door.runtime, feed=options.feed, accept=options.accept, dry_run=options.dry_run)
    return Answer(data=summary_of_enrichment(report), view=tuple(_view(report)))


def _view(report: EnrichmentReport) -> Iterator[RenderableType]:
    yield heading(_headline(report))
    kept = ", ".join(f"{len(models)} {backend}" for backend, models in report.copy.models.items())
    unread = f", {len(report.read.set_aside)} set aside" if report.read.set_aside else ""
    yield facts(
        (
            ("read", f"{figure(report.read.record_count)} records of {len(report.read.providers)} providers{unread}"),
            ("kept", f"{figure(report.copy.count)} models: {kept}"),
            ("matched", f"{report.matched} of {report.listed} listed models"),
        )
    )
    if report.findings:
        yield section(f"findings: {len(report.findings)}")
        yield bullets(report.findings, at_most=MOST_LINES)
    if report.outcome == "written" and not report.dry_run:
        yield text("the next `syncmodels curate` takes it up", "dim")


def _headline(report: EnrichmentReport) -> str:
    mode = " (dry run)" if report.dry_run else ""
    if report.outcome == "unchanged":
        return f"enrich{mode}: nothing changed, the copy of {report.copy.day} stands"
    return f"enrich{mode}: {'would keep' if report.dry_run else 'kept'} a new copy of {report.copy.day}"
