"""What is in the artefact, and what is not: byte code that the runtime takes as it is, and nothing nobody reads."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.artefact.artefact import FUNCTIONS, LAYERS, Artefact
from tests.artefact.events import scheduled, url_event
from tests.servers.sandbox import Sandbox

UNCHECKED_HASH = (0b01).to_bytes(4, "little")
"""Second field of a .pyc: made from a hash of the source, and not to be compared with it (PEP 552)."""

PACKAGES = {
    "annotated_types",
    "anyio",
    "aws_lambda_powertools",
    "certifi",
    "h11",
    "httpcore",
    "httpx",
    "idna",
    "jmespath",
    "modelsync",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
}
MOST_LAYER_MEGABYTES = 30
MOST_FUNCTION_KILOBYTES = 64


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def modules(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.py") if path.is_file()]


def code_folders(artefact: Artefact) -> list[Path]:
    return [artefact.folder_of(name) for name in (*FUNCTIONS.values(), "SharedLayer")]


def test_every_module_has_byte_code_that_is_taken_without_a_look_at_its_source(artefact: Artefact) -> None:
    magic = magic_number(artefact.tools.python)
    found = [path for folder in code_folders(artefact) for path in modules(folder)]
    heads = {path: byte_code_of(path, artefact.tools.runtime).read_bytes()[:8] for path in found}
    assert len(heads) > 300
    assert set(heads.values()) == {magic + UNCHECKED_HASH}


def magic_number(python: Path) -> bytes:
    """What byte code for an interpreter begins with."""
    script = "import importlib.util, sys; sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER)"
    return subprocess.run([str(python), "-c", script], capture_output=True, check=True).stdout


def byte_code_of(module: Path, runtime: str) -> Path:
    return module.parent / "__pycache__" / f"{module.stem}.c{runtime.replace('.', '').replace('python', 'python-')}.pyc"


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_nothing_is_compiled_at_run_time(artefact: Artefact, tmp_path: Path, function: str) -> None:
    store = (tmp_path / "store").as_uri()
    deployment = artefact.deployment(function, MODELSYNC_STORE=store, MODELSYNC_FEED="unused:", PYTHONVERBOSE="1")
    with Sandbox(deployment) as sandbox:
        sandbox.invoke(url_event("GET", "/api/admin/models/status"))
        sandbox.invoke(scheduled("2026-08-01T06:00:00Z"))
    ours = [line for line in sandbox.log.splitlines() if str(artefact.opt.parent) in line]
    assert [line for line in ours if line.startswith("# code object from") and line.endswith(".py'")] == []
    assert any(line.startswith("# code object from") and "/__pycache__/app.c" in line for line in ours)
    assert any(line.startswith("# code object from") and "/modelsync/__pycache__/errors.c" in line for line in ours)


def test_the_layer_holds_what_the_functions_need_and_the_runtime_lacks(artefact: Artefact) -> None:
    names = {path.name.partition(".")[0] for path in (artefact.folder_of("SharedLayer") / "python").iterdir()}
    assert names - {"__pycache__"} == PACKAGES


def test_the_layer_leaves_the_command_line_and_every_test_out(artefact: Artefact) -> None:
    layer = artefact.folder_of("SharedLayer") / "python"
    assert not (layer / "modelsync/cli").exists()
    assert [path for path in layer.rglob("*") if path.name in {"tests", "test", "testing", "conftest.py"}] == []


def test_the_overrides_layer_holds_the_overrides_alone(artefact: Artefact) -> None:
    names = {path.name for path in artefact.folder_of("OverridesLayer").iterdir()}
    assert {"alias-overrides.json", "capability-overrides.json", "curated-overrides.json"} <= names
    assert {Path(name).suffix for name in names} <= {".json", ""}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_is_one_small_file(artefact: Artefact, function: str) -> None:
    folder = artefact.folder_of(FUNCTIONS[function])
    assert [path.name for path in modules(folder)] == ["app.py"]
    assert size_of(folder) < MOST_FUNCTION_KILOBYTES * 1024


def test_the_layers_are_small(artefact: Artefact, record_property: Callable[[str, object], None]) -> None:
    sizes = {name: size_of(artefact.folder_of(name)) / 1e6 for name in LAYERS}
    record_property("megabytes", sizes)
    assert sizes["SharedLayer"] < MOST_LAYER_MEGABYTES
    assert sizes["OverridesLayer"] < 1


def test_no_file_of_the_artefact_names_the_machine_it_was_built_on(artefact: Artefact) -> None:
    here = str(artefact.template.parent).encode()
    named = [path for folder in code_folders(artefact) for path in folder.rglob("*.pyc") if here in path.read_bytes()]
    assert named == []
