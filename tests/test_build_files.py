"""How the functions are built: the makefiles that `sam build` calls, and the targets for people.

The layer needs a package index and is built by `tests/artefact`; a function is one folder, and is built here.
"""

import marshal
import os
import re
import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest
import yaml

from modelsync.shell.asking.deployed import FUNCTIONS as NAMES_BY_FOLDER
from tests.deployment import FUNCTIONS, REPOSITORY, TEMPLATE, a_stack

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
PYC_HEADER_BYTES = 16
HASH_BASED_AND_UNCHECKED = 1


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"PATH": path, "MAKEFLAGS": ""} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def build(function: str, folder: Path) -> str:
    folder.mkdir()
    done = make("-f", "functions/Makefile", f"build-{function}", ARTIFACTS_DIR=str(folder), RUNTIME=RUNTIME)
    assert done.returncode == 0, done.stderr
    return done.stdout


def text(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def test_everything_is_built_for_the_runtime_of_the_template() -> None:
    runtime = TEMPLATE["Globals"]["Function"]["Runtime"]
    assert (
        re.findall(r"^RUNTIME \?= (.*)$", text("shared/bytecode.mk") + text("Makefile"), re.MULTILINE) == [runtime] * 2
    )
    for layer in a_stack().resources("AWS::Serverless::LayerVersion").values():
        assert layer["CompatibleRuntimes"] == [runtime]


def test_everything_is_built_for_the_processors_of_the_template() -> None:
    (processors,) = TEMPLATE["Globals"]["Function"]["Architectures"]
    assert set(re.findall(r"(\w+)-manylinux|manylinux2014_(\w+)", text("shared/Makefile"))) == {
        (processors, ""),
        ("", processors),
    }
    for layer in a_stack().resources("AWS::Serverless::LayerVersion").values():
        assert layer["CompatibleArchitectures"] == [processors]


def test_every_function_of_the_template_is_built_from_its_folder() -> None:
    folders = dict(re.findall(r"^FOLDER_OF_(\w+) := (\w+)$", text("functions/Makefile"), re.MULTILINE))
    assert folders == {name: folder for folder, name in NAMES_BY_FOLDER.items()}
    assert set(folders) == set(FUNCTIONS)
    assert set(folders.values()) == {app.parent.name for app in (REPOSITORY / "functions").glob("*/app.py")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_and_the_layer_are_built_by_make_in_the_repository(function: str) -> None:
    for name in (function, "SharedLayer"):
        metadata = TEMPLATE["Resources"][name]["Metadata"]
        assert (metadata["BuildMethod"], metadata["WorkingDirectory"]) == ("makefile", ".")
    assert a_stack().properties(function)["CodeUri"] == "functions/"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_the_handler_of_the_template(function: str) -> None:
    assert a_stack().properties(function)["Handler"] == "app.handler"
    folder = {name: folder for folder, name in NAMES_BY_FOLDER.items()}[function]
    assert re.search(r"^(def handler\(|handler = )", text(f"functions/{folder}/app.py"), re.MULTILINE)


def test_byte_code_is_never_checked_against_dates_and_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    build("FullRefresh", tmp_path / "built")
    (compiled,) = (tmp_path / "built").rglob("*.pyc")
    code = compiled.read_bytes()
    assert int.from_bytes(code[4:8], "little") == HASH_BASED_AND_UNCHECKED
    module = marshal.loads(code[PYC_HEADER_BYTES:])
    assert isinstance(module, CodeType)
    assert module.co_filename == "/var/task/app.py"


def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    build("AdminApi", tmp_path / "one")
    build("AdminApi", tmp_path / "another")
    built = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "one", tmp_path / "another")
    ]
    assert built[0] == built[1]
    assert len(built[0]) == 2


def test_a_build_prints_its_size(tmp_path: Path) -> None:
    printed = build("FullRefresh", tmp_path / "built")
    assert re.fullmatch(rf"FullRefresh for {RUNTIME}: \d+ KB, of it \d+ KB byte code in 1 files\n", printed)


def test_a_build_without_the_runtimes_interpreter_says_what_to_do(tmp_path: Path) -> None:
    done = make("-f", "functions/Makefile", "build-FullRefresh", ARTIFACTS_DIR=str(tmp_path), RUNTIME="python3.99")
    assert done.returncode != 0
    assert "python3.99 was not found" in done.stderr
    assert re.search(r"make build RUNTIME=python3\.\d+", done.stderr)
    assert list(tmp_path.iterdir()) == []


def test_no_rule_of_the_policy_check_is_skipped_without_a_reason() -> None:
    lines = text(".checkov.yaml").partition("skip-check:\n")[2].splitlines()
    assert [line for line in lines if not re.fullmatch(r"  - CKV_AWS_\d+ # .{30,}", line)] == []
    assert yaml.safe_load(text(".checkov.yaml"))["file"] == ["template.yaml"]


def test_a_deployment_asks_the_first_time_and_remembers(tmp_path: Path) -> None:
    """In a folder of its own: what is remembered lies beside the Makefile."""
    (tmp_path / "Makefile").write_text(text("Makefile"), encoding="utf-8")
    (tmp_path / ".venv-aws/sam").mkdir(parents=True)
    (tmp_path / "tests/artefact/tools").mkdir(parents=True)
    (tmp_path / "tests/artefact/tools/sam.lock").touch()
    runtime = "python3.12"
    (tmp_path / f".venv-aws/sam/{runtime}.stamp").touch()
    first = make("-n", "-C", str(tmp_path), "deploy", RUNTIME=runtime).stdout
    assert "sam build" in first
    assert re.search(r'sam deploy --stack-name "modelsync" --resolve-s3 .*--guided', first, re.DOTALL)
    (tmp_path / "samconfig.toml").write_text('[default.deploy.parameters]\nstack_name = "theirs"\n', encoding="utf-8")
    assert "--guided" not in make("-n", "-C", str(tmp_path), "deploy", RUNTIME=runtime).stdout
    again = make("-n", "-C", str(tmp_path), "deploy", "DEPLOY_ARGS=--guided", RUNTIME=runtime).stdout
    assert re.search(r"sam deploy .*--guided", again, re.DOTALL)
    mine = make("-n", "-C", str(tmp_path), "destroy", "STACK=mine", RUNTIME=runtime).stdout
    assert 'sam delete --stack-name "mine"' in mine
    destroyed = make("-n", "-C", str(tmp_path), "destroy", RUNTIME=runtime).stdout
    assert 'sam delete --stack-name "theirs"' in destroyed
    assert "what stays is the bucket with every document" in destroyed


def test_help_names_every_target_for_people() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"^  make ([a-z]+) ", make("help").stdout, re.MULTILINE)) == targets
