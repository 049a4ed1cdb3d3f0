"""The description of the API is one, and describes this API."""

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from modelsync.admin import refusals
from modelsync.admin.router import METHODS
from modelsync.shell.asking.asked_runs import TARGETS
from tests.admin.desk import DESCRIPTION, validator

COMPONENTS = DESCRIPTION["components"]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def examples(content: dict[str, Any]) -> Iterator[Any]:
    if "example" in content:
        yield content["example"]
    yield from (example["value"] for example in content.get("examples", {}).values())


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that is described, with its name."""
    for path, method, operation in operations():
        if "requestBody" in operation:
            yield f"{method} {path}", operation["requestBody"]["content"]["application/json"]
        for status, response in operation["responses"].items():
            if "content" in response:
                yield f"{method} {path} {status}", response["content"]["application/json"]
    for name, response in COMPONENTS["responses"].items():
        yield name, response["content"]["application/json"]


def test_it_is_openapi_3_1() -> None:
    assert list(OpenAPIV31SpecValidator(DESCRIPTION).iter_errors()) == []


def test_it_has_every_route_and_no_other() -> None:
    assert {path: method.upper() for path, method, _ in operations()} == METHODS


def test_it_names_every_target_and_every_kind_of_error() -> None:
    kinds = {value for name, value in vars(refusals).items() if name.isupper() and isinstance(value, str)}
    assert set(COMPONENTS["schemas"]["Error"]["properties"]["error"]["properties"]["kind"]["enum"]) == kinds
    assert COMPONENTS["schemas"]["Target"]["enum"] == list(TARGETS)


@pytest.mark.parametrize(("name", "content"), list(contents()))
def test_every_example_is_of_its_schema(name: str, content: dict[str, Any]) -> None:
    check, given = validator(content["schema"]), list(examples(content))
    assert given or name.startswith("get /api/admin/models/openapi.json")
    assert [error.message for example in given for error in check.iter_errors(example)] == []


def test_every_answer_that_is_described_is_one_that_some_operation_gives() -> None:
    given = {
        response["$ref"].rpartition("/")[2]
        for _, _, operation in operations()
        for response in operation["responses"].values()
        if "$ref" in response
    }
    assert given == COMPONENTS["responses"].keys()


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("status", {200, 401, 403, 500, 503}),
        ("refresh", {202, 400, 401, 403, 409, 411, 413, 415, 422, 500, 502, 503}),
        ("description", {200, 401, 403, 500}),
    ],
)
def test_every_status_of_an_operation_is_described(operation: str, statuses: set[int]) -> None:
    (found,) = (each for _, _, each in operations() if each["operationId"] == operation)
    assert set(map(int, found["responses"])) == statuses
