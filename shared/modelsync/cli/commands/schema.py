"""`schema`: the JSON Schemas of all documents, reports and override files."""

from collections.abc import Sequence
from pathlib import Path

from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.tables import heading, listing, text
from modelsync.errors import UsageError
from modelsync.shell.contracts.schemas import (
    Schema,
    encode_schema,
    publish_schemas,
    schema_file,
    schema_names,
    schema_of,
)


def schema(door: Door) -> Answer:
    """List the schemas, print one, or write them all: into a folder, or into the store."""
    name, folder, publish = door.options.name, door.options.write, door.options.publish
    if sum((name is not None, folder is not None, publish)) > 1:
        raise UsageError("schema: NAME prints one schema, --write and --publish write all; give one of them")
    if name is not None:
        return Answer(data=schema_of(name), view=())
    if folder is not None:
        return _write(folder)
    if publish:
        return _written(publish_schemas(door.runtime.store, prefix=door.runtime.prefix))
    rows = [(each, _about(schema_of(each))) for each in schema_names()]
    return Answer(
        data={"schemas": [{"name": each, "id": schema_of(each)["$id"], "about": about} for each, about in rows]},
        view=(listing(("name", "about"), rows), text("`syncmodels schema NAME` prints one", "dim")),
    )


def _about(described: Schema) -> str:
    """The first line of what a schema says of itself, or else of its kinds of entries."""
    own = [described] if "description" in described else []
    entries = [kind for kind in described.get("$defs", {}).values() if "reason" in kind.get("properties", ())]
    return " ".join(str(kind["description"]).partition("\n")[0] for kind in own or entries)


def _write(folder: Path) -> Answer:
    files = {folder / schema_file(name): encode_schema(schema_of(name)) for name in schema_names()}
    try:
        for path, body in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    except OSError as error:
        problem = f"{error.filename}: cannot be written: {error.strerror}; choose a folder that can be"
        raise UsageError(f"schema: {problem}") from error
    return _written([str(path.relative_to(folder)) for path in files])


def _written(written: Sequence[str]) -> Answer:
    return Answer(data={"written": list(written)}, view=(heading(f"wrote {len(written)} schemas"), *map(text, written)))
