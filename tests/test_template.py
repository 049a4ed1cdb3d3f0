"""The SAM template against the code it deploys."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelsync.shell.runtime import Settings

REPOSITORY = Path(__file__).resolve().parents[1]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, each read as the value it wraps."""


def _wrapped(loader: _Loader, _tag: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node)


_Loader.add_multi_constructor("!", _wrapped)


@pytest.fixture(scope="module")
def template() -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.load((REPOSITORY / "template.yaml").read_text(), Loader=_Loader)
    return document


def functions(template: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {n: r["Properties"] for n, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"}


def test_every_function_of_the_template_has_its_folder_and_handler(template: Mapping[str, Any]) -> None:
    handler = template["Globals"]["Function"]["Handler"]
    assert handler == "app.handler"
    for properties in functions(template).values():
        app = (REPOSITORY / properties["CodeUri"] / "app.py").read_text()
        assert re.search(r"^def handler\(", app, re.MULTILINE)


def test_every_folder_of_functions_is_deployed(template: Mapping[str, Any]) -> None:
    deployed = {Path(properties["CodeUri"]).name for properties in functions(template).values()}
    assert deployed == {app.parent.name for app in (REPOSITORY / "functions").glob("*/app.py")}


def test_the_environment_of_the_functions_is_what_settings_read(template: Mapping[str, Any]) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    settings = Settings.from_environment({name: f"value of {name}" for name in variables})
    assert settings.store == "value of MODELSYNC_STORE"
    assert settings.prefix == "value of MODELSYNC_PREFIX"
    assert settings.overrides == Path("value of MODELSYNC_OVERRIDES")


def test_writers_run_one_at_a_time(template: Mapping[str, Any]) -> None:
    assert template["Globals"]["Function"]["ReservedConcurrentExecutions"] == 1


def test_the_bucket_blocks_public_access_and_encrypts(template: Mapping[str, Any]) -> None:
    bucket = template["Resources"]["CatalogBucket"]["Properties"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["BucketEncryption"]
