"""What a deployment uploads: built by `sam build`, and unpacked as Lambda unpacks it.

The tools lie in `.venv-aws`, where `make -f tests/artefact/tools.mk` puts them. The artefact is built for the minor
version of their interpreter, the template's unless somebody chose another one: byte code, the runtime's client and
the emulator have to agree on it.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.servers.processes import ProgramMissingError, ServerFailedError
from tests.servers.sandbox import Deployment

REPOSITORY: Final = Path(__file__).resolve().parents[2]
TOOLS: Final = REPOSITORY / ".venv-aws"
STACK: Final = "modelsync"
LONGEST_BUILD_SECONDS: Final = 300.0
FIRST_DATE_OF_A_ZIP: Final = 315532800
"""1980-01-01, which sam gives to all that it packs; so byte code that goes by the date of its source is worthless."""

FUNCTIONS: Final[Mapping[str, str]] = {
    "full_refresh": "FullRefresh",
    "curated_refresh": "CuratedRefresh",
    "signals": "Signals",
    "provider_refresh": "ProviderRefresh",
    "admin_api": "AdminApi",
    "telemetry_intake": "TelemetryIntake",
}
"""The functions by their folders, and their names in the template."""

LAYERS: Final = ("SharedLayer", "OverridesLayer")


@dataclass(frozen=True)
class Tools:
    """The tools of one runtime."""

    runtime: str
    """As a template names it: `python3.12`."""
    python: Path
    """An interpreter that has what Lambda's has: the runtime's client, and boto3."""
    ministack: Path
    """An interpreter of the same version that has the emulator."""
    sam: Path
    plain: Path
    """What lies below /opt for a plain handler: its packages, as they come. For the benchmark."""


def find_tools() -> Tools:
    """The tools that are installed; raises ProgramMissingError where one is not."""
    python, sam = TOOLS / "runtime/bin/python", TOOLS / "sam/bin/sam"
    runtimes = [{stamp.stem for stamp in (TOOLS / name).glob("*.stamp")} for name in ("runtime", "ministack", "plain")]
    common = set[str].intersection(*runtimes)
    if len(common) != 1 or not sam.exists():
        raise ProgramMissingError(
            f"the tools that drive a built artefact are not in {TOOLS.name}, or for several runtimes: they come with "
            "make -f tests/artefact/tools.mk"
        )
    return Tools(common.pop(), python, TOOLS / "ministack/bin/python", sam, TOOLS / "plain")


@dataclass(frozen=True)
class Artefact:
    """A build: the folders of functions and layers, the template that names them, and all layers unpacked in one."""

    tools: Tools
    template: Path
    opt: Path

    def folder_of(self, resource: str) -> Path:
        """Where the code of a function or a layer lies, by its name in the template."""
        properties = self.resources[resource]["Properties"]
        folder: str = properties["ContentUri" if resource in LAYERS else "CodeUri"]
        return (self.template.parent / folder).resolve()

    @property
    def resources(self) -> Mapping[str, Any]:
        """The resources of the built template."""
        resources: Mapping[str, Any] = yaml.safe_load(self.template.read_text(encoding="utf-8"))["Resources"]
        return resources

    def deployment(self, function: str, **environment: str) -> Deployment:
        """A function as the template deploys it; `environment` is what depends on where it is deployed."""
        name = f"{STACK}-{function.replace('_', '-')}"
        own = {
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "POWERTOOLS_SERVICE_NAME": name,
            "MODELSYNC_PREFIX": "models/",
            "MODELSYNC_OVERRIDES": str(self.opt),
        }
        return Deployment(
            name=name,
            python=self.tools.python,
            task_root=self.folder_of(FUNCTIONS[function]),
            opt=self.opt,
            environment=own | environment,
        )


def build(folder: Path) -> Artefact:
    """Build the artefact into an empty folder; raises ProgramMissingError and ServerFailedError."""
    tools = find_tools()
    # All of the environment, since installers find in it how to reach their index, through whatever lies before it.
    environment = os.environ | {"RUNTIME": tools.runtime, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1"}
    template, built = REPOSITORY / "template.yaml", folder / "built"
    command: list[str | Path] = [tools.sam, "build", "--parallel", "--template", template, "--build-dir", built]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=LONGEST_BUILD_SECONDS, check=False
    )
    if done.returncode != 0:
        raise ServerFailedError(f"sam build ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    for module in built.rglob("*.py"):
        os.utime(module, (FIRST_DATE_OF_A_ZIP, FIRST_DATE_OF_A_ZIP))
    artefact = Artefact(tools, built / "template.yaml", folder / "opt")
    for layer in LAYERS:
        shutil.copytree(artefact.folder_of(layer), artefact.opt, dirs_exist_ok=True)
    return artefact
