"""`bundle`: what stands published in a folder, as one file that a program can ship and a client can read."""

from pathlib import Path

from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.tables import facts, figure, heading


def bundle_now(door: Door) -> Answer:
    """Run `bundle`."""
    from modelsync.client.reading.bundle import write_bundle  # late: no other command of the pipeline reads as a client
    from modelsync.client.reading.loading import BUNDLED

    target = Path(door.options.target or BUNDLED)
    documents = write_bundle(f"{door.settings.store.rstrip('/')}/{door.settings.prefix}", target)
    generation, size = documents.manifest.generation, target.stat().st_size
    return Answer(
        data={"generation": generation, "documents": sorted(documents), "bytes": size},
        view=(
            heading(f"bundle: generation {generation}"),
            facts((("file", target.name), ("documents", ", ".join(sorted(documents))), ("bytes", figure(size)))),
        ),
    )
