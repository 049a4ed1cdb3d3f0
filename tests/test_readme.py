"""The README against the code: what it names exists, and what exists is named."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from modelsync.catalog.keys import SET_DOCUMENTS
from modelsync.catalog.model_info import ModelInfo, TokenPrices
from modelsync.cli.command_list import COMMANDS
from modelsync.cli.exit_codes import ExitCode
from modelsync.pipeline.overrides import FILES
from modelsync.pipeline.ranking.score import WEIGHTS
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.world import World

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY / "shared"
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def fields_of(kind: type[ModelInfo] | type[TokenPrices]) -> list[str]:
    return [str(field.alias) for field in kind.model_fields.values()]


@pytest.mark.parametrize("field", [*fields_of(ModelInfo), *fields_of(TokenPrices)])
def test_every_field_of_a_model_is_in_the_reference(field: str) -> None:
    assert f"`{field}`" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_table(command: str) -> None:
    assert f"| `syncmodels {command}" in README


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_in_the_table(code: ExitCode) -> None:
    assert f"| {code.value} | " in README


@pytest.mark.parametrize("name", ["manifest", "status", *SET_DOCUMENTS])
def test_every_document_is_in_the_table(name: str) -> None:
    assert f"| `openrouter/{name}.json` | " in README


@pytest.mark.parametrize("file", FILES)
def test_every_override_file_is_in_the_table(file: str) -> None:
    assert f"| `{file}` | " in README


def test_the_formula_of_a_rank_is_the_one_that_is_used() -> None:
    formula = re.search(r"rank = (\S+) quality \+ (\S+) reliability \+ (\S+) latency \+ (\S+) cost", README)
    assert formula is not None
    assert tuple(map(float, formula.groups())) == WEIGHTS


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_into_the_repository_leads_somewhere(target: str) -> None:
    assert (REPOSITORY / target).exists()


@pytest.mark.parametrize("target", re.findall(r"`make ([a-z]+)", README))
def test_every_make_target_that_is_named_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_lines_of_python_do_what_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    world = World(store=DirectoryStore(tmp_path / "data", sync=lambda _: None))
    world.run()
    monkeypatch.chdir(tmp_path)
    isolated = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(SHARED)!r})\n{example}"]
    done = subprocess.run(isolated, capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert re.fullmatch(r"catalog generation 1, .* from a folder", said[0]), said[0]
    assert said[1] == "anthropic/claude-opus-4.8 alias certain"
