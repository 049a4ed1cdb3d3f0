"""The example bot on its transcript, in a process of its own: offline, and word for word as the golden file."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from modelsync.client.own.user_file import UserFile
from tests.bots.chats import golden, small_documents
from tests.client.published_sets import objects, write_store

REPOSITORY: Final = Path(__file__).resolve().parents[2]
BOT: Final = REPOSITORY / "examples" / "bot" / "bot.py"
TRANSCRIPT: Final = REPOSITORY / "examples" / "bot" / "transcript.txt"
SECONDS: Final = 60
"""Longest wait for a program that hangs."""


def a_published_catalog(folder: Path) -> Path:
    """The small catalog as a store keeps it, published two hours ago."""
    at = datetime.now(UTC) - timedelta(hours=2, minutes=10)
    documents = small_documents()
    del documents["manifest"]
    return write_store(folder, objects(documents, at=at)) / "models"


def run(folder: Path, *, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    source = a_published_catalog(folder / "store")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY / "shared"),
        "PYTHONIOENCODING": "utf-8",
        "HOME": str(folder),
        "MODELSYNC_URL": str(source),
        "MODELSYNC_OFFLINE": "1",
    }
    transcript = [] if typed is not None else [str(TRANSCRIPT)]
    return subprocess.run(
        [sys.executable, str(BOT), str(folder / "choices"), *transcript],
        input=typed, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=SECONDS, check=False,
    )  # fmt: skip


def test_the_example_answers_its_transcript(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == golden("transcript.txt")


def test_the_example_keeps_the_choice_of_each_user(tmp_path: Path) -> None:
    run(tmp_path, typed="anna: /use gamma-mini\nben: /use delta\nanna: hello\n")
    bindings = UserFile(tmp_path / "choices" / "user.json").read().state.bindings
    assert {scope: each.desired for scope, each in bindings.items()} == {
        "chat:anna": "acme/gamma-mini",
        "chat:ben": "bolt/delta",
    }


def test_the_example_is_short() -> None:
    assert len(BOT.read_text(encoding="utf-8").splitlines()) <= 60
