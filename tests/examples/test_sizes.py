"""What somebody wants to copy is small enough to be read first."""

from pathlib import Path
from typing import Final

import pytest

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
FILES: Final = sorted(path for folder in ("javascript", "shell") for path in (EXAMPLES / folder).iterdir())
IDS: Final = [path.name for path in FILES]


def test_the_readers_are_found() -> None:
    assert {"modelsync.mjs", "resolve.mjs", "page.html", "modelsync.sh"} <= {*IDS}


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_reader_has_fewer_than_a_hundred_and_fifty_lines_and_a_page_forty(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= (40 if path.suffix == ".html" else 149)
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_reader_says_at_its_top_what_it_is_for(path: Path) -> None:
    opening = path.read_text(encoding="utf-8").splitlines()[1:3]
    assert any(line.startswith(("//", "#", "<!--")) for line in opening)


@pytest.mark.parametrize("path", [each for each in FILES if each.suffix == ".mjs"], ids=lambda path: path.name)
def test_the_javascript_reader_imports_nothing_but_itself_and_what_node_has(path: Path) -> None:
    imported = [line.rpartition(" from ")[2] for line in path.read_text().splitlines() if ' from "' in line]
    assert [each for each in imported if not each.startswith('"./')] == []


def test_the_shell_reader_evaluates_nothing() -> None:
    words = (EXAMPLES / "shell" / "modelsync.sh").read_text(encoding="utf-8").split()
    assert "eval" not in words
