"""The schemas from the command line: listed, printed, written."""

import json

from modelsync.shell.contracts.schemas import encode_schema, schema_names, schema_of
from tests.cli.command_line import CommandLine


def test_without_a_name_the_schemas_are_listed_with_what_they_are(sync: CommandLine) -> None:
    said = [" ".join(line.split()) for line in sync("schema").out.splitlines()]
    assert "manifest `manifest.json`: the one pointer a client polls; written last." in said
    assert "overrides/alias-overrides An alias reserved for a model." in said
    assert all(any(line.startswith(f"{name} ") for line in said) for name in schema_names())


def test_a_name_prints_its_schema(sync: CommandLine) -> None:
    assert json.loads(sync("schema", "overrides/family-rules").out) == schema_of("overrides/family-rules")


def test_all_of_them_can_be_written(sync: CommandLine) -> None:
    folder = sync.folder / "schemas"
    assert sync("schema", "--write", str(folder)).out.splitlines()[0] == "wrote 18 schemas"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.json")} == {
        f"{name}.schema.json" for name in schema_names()
    }
    assert (folder / "current.schema.json").read_bytes() == encode_schema(schema_of("current"))


def test_all_of_them_can_be_published_beside_the_documents(sync: CommandLine) -> None:
    assert sync("schema", "--publish").out.splitlines()[0] == "wrote 18 schemas"
    published = sync.store / "models/schemas/v1/current.schema.json"
    assert published.read_bytes() == encode_schema(schema_of("current"))


def test_printing_one_and_writing_all_exclude_each_other(sync: CommandLine) -> None:
    assert sync("schema", "current", "--publish").code == 2


def test_a_folder_that_cannot_be_written_is_an_error(sync: CommandLine) -> None:
    ran = sync("schema", "--write", sync.file("a-file", b""))
    assert ran.code == 2
    assert ran.err.endswith("choose a folder that can be\n")
