"""The published contract: JSON Schema 2020-12 of every document, report and override file, and of what `models` says.

Schemas are made from the classes that write and read the files, so that they cannot say anything else; equal
classes give equal bytes. Documents are described as they are written, override files as they are read. Those of
reports are in `report_schemas`, that of the command's answers in `answer_schemas`.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from modelsync.catalog.documents import DOCUMENTS, SCHEMA_VERSION
from modelsync.catalog.keys import schema_key
from modelsync.errors import NotFoundError
from modelsync.pipeline.overrides import FILES
from modelsync.pipeline.pinned import PinnedManifest
from modelsync.shell.contracts.answer_schemas import ANSWER, answer_schema
from modelsync.shell.contracts.report_schemas import REPORT_SCHEMAS
from modelsync.shell.publishing.repository import MOVING
from modelsync.shell.storage.object_store import ObjectStore

MAJOR: Final = SCHEMA_VERSION.partition(".")[0]
"""A change that an existing reader would not survive makes a new one."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = Mapping[str, Any]

_OVERRIDES: Final[Mapping[str, type[BaseModel]]] = {**FILES, "pinned.json": PinnedManifest}
"""Override files, and the shape that every file below `pinned/` has."""


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that only repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  the same answer for all
        return False


class _AsWritten(_Untitled):
    """Promises every field that is always written, whether or not its class has a default for it."""

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ARG002, FBT001  as in its base
        return field.get("serialization_exclude_if") is None


def schema_names() -> tuple[str, ...]:
    """Names of all schemas: the documents, the command's answers, then `reports/<kind>`, then `overrides/<file>`."""
    return (*DOCUMENTS, ANSWER, *REPORT_SCHEMAS, *_override_files())


def schema_of(name: str) -> Schema:
    """One JSON Schema; raises NotFoundError for a name that is not among `schema_names`."""
    if name in DOCUMENTS:
        return _identified(name, f"{name}.json", _document(name))
    if name == ANSWER:
        return _identified(name, "models COMMAND --json", answer_schema(_document("current")))
    if name in REPORT_SCHEMAS:
        return _identified(name, name, REPORT_SCHEMAS[name])
    file = _override_files().get(name)
    if file is None:
        raise NotFoundError(f"schema: there is none named {name[:80]!a}; choose one of {', '.join(schema_names())}")
    schema = _OVERRIDES[file].model_json_schema(mode="validation", schema_generator=_Untitled)
    return _identified(name, file, schema)


def schema_file(name: str) -> str:
    """Where a schema lies below the folder of its version: `current.schema.json`."""
    return f"{name}.schema.json"


def publish_schemas(store: ObjectStore, *, prefix: str) -> tuple[str, ...]:
    """Write all schemas below `schemas/v1/` of a store, for whoever reads its documents; returns their keys."""
    bodies = {schema_key(MAJOR, schema_file(name)): encode_schema(schema_of(name)) for name in schema_names()}
    for key, body in bodies.items():
        store.put(prefix + key, body, headers=MOVING)
    return tuple(bodies)


def encode_schema(schema: Schema) -> bytes:
    """Write a schema for people and programs; equal schemas give equal bytes."""
    return (json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _document(name: str) -> dict[str, Any]:
    return DOCUMENTS[name].model_json_schema(mode="serialization", schema_generator=_AsWritten)


def _override_files() -> Mapping[str, str]:
    """Names of the override schemas, and their files."""
    return {f"overrides/{file.removesuffix('.json')}": file for file in _OVERRIDES}


def _identified(name: str, title: str, schema: dict[str, Any]) -> Schema:
    urn = f"urn:modelsync:schema:v{MAJOR}:{name.replace('/', ':')}"
    return {**schema, "$schema": DIALECT, "$id": urn, "title": title}
