"""`models` on a small catalog."""

import os
from pathlib import Path

import pytest

from tests.reader.command_line import Models


@pytest.fixture
def models(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Models:
    """The command, run in this process; nothing of whoever runs the tests reaches it."""
    found = Models(tmp_path, capsys)
    for name in os.environ.keys() - {"PATH"}:
        if name.startswith(("MODELSYNC", "NO_COLOR", "COLUMNS", "XDG")) or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    for name, value in found.environment().items():
        if name != "PYTHONPATH":
            monkeypatch.setenv(name, value)
    return found
