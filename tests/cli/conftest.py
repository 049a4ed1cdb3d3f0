"""The command line with a folder of its own."""

from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine


@pytest.fixture
def sync(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """`syncmodels`, run in this process on an empty store; output is as wide as in a pipe, whoever runs the tests."""
    monkeypatch.delenv("COLUMNS", raising=False)
    return CommandLine(tmp_path, capsys)
