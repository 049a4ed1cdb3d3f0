"""The example bot in a process of its own, offline: on its transcript word for word, and as long as a bot runs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from modelsync.client.asked import Binding, Needs
from modelsync.client.own.user_file import UserFile
from modelsync.client.own.user_layer import CustomModel, UserLayer
from tests.bots.chats import golden
from tests.client.published_sets import objects, write_store
from tests.client.records import a_record, a_tombstone

REPOSITORY: Final = Path(__file__).resolve().parents[2]
BOT: Final = REPOSITORY / "examples" / "bot" / "bot.py"
TRANSCRIPT: Final = REPOSITORY / "examples" / "bot" / "transcript.txt"
FEED: Final = REPOSITORY / "examples" / "feed" / "openrouter.json"
SECONDS: Final = 60
"""Longest wait for a program that hangs."""

_AGE: Final = re.compile(r"(?<=Catalog generation 1, )\w+ \([^)]+\)")
GONE: Final = (
    "! acme/gamma is gone, and acme/gamma-2 runs in its place ($1.75 per million, before $1.75).\n[Keep acme/gamma-2]\n"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example list as the pipeline publishes it."""
    folder = tmp_path_factory.mktemp("published")
    command = ["all", "--feed", str(FEED), "--store", "demo", "--now", "2026-08-08T18:42Z"]
    subprocess.run(
        [sys.executable, "-m", "modelsync", *command],
        cwd=folder, env=environment(folder), capture_output=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    return folder / "demo"


def environment(home: Path, **variables: str) -> dict[str, str]:
    """What a process of its own starts with."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY / "shared"),
        "PYTHONIOENCODING": "utf-8",
        "HOME": str(home),
        **variables,
    }


@contextmanager
def bot(folder: Path, store: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The bot with its choices in `folder`, without a network."""
    with subprocess.Popen(
        [sys.executable, str(BOT), str(folder / "choices"), *words],
        env=environment(folder, MODELSYNC_URL=str(store), MODELSYNC_OFFLINE="1"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    ) as running:  # fmt: skip
        try:
            yield running
        finally:
            running.kill()


def desired(folder: Path) -> Mapping[str, str]:
    """What each user chose."""
    bindings = UserFile(folder / "choices" / "user.json").read().state.bindings
    return {scope: each.desired for scope, each in bindings.items()}


def publish(store: Path, *models: Mapping[str, Any], generation: int, gone: Mapping[str, str] | None = None) -> None:
    """Publish a list of these models just now, and which others are gone and where they lead."""
    redirects = [
        {"from": old, "to": new, "kind": "override", "since": "2026-08-02T00:00:00Z", "confidence": "high",
         "priceSafe": True, "note": None}
        for old, new in (gone or {}).items()
    ]  # fmt: skip
    documents: dict[str, dict[str, Any]] = {
        "current": {"models": list(models)},
        "curated": {"models": [], "buckets": {}, "autoTargets": {}},
        "deprecations": {
            "redirects": redirects, "tombstones": [a_tombstone(a_record(old)) for old in gone or {}], "aliasHistory": []
        },
    }  # fmt: skip
    write_store(store, objects(documents, generation=generation, at=datetime.now(UTC).replace(microsecond=0)))


def asked(running: subprocess.Popen[str], line: str) -> str:
    """The first message that answers a line."""
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(f"{line}\n")
    running.stdin.flush()
    said = ""
    while (line := running.stdout.readline()) not in {"\n", ""}:  # the latter is the end, of a bot that broke
        said += line
    return said


def test_the_example_answers_its_transcript(tmp_path: Path, store: Path) -> None:
    with bot(tmp_path, store, str(TRANSCRIPT)) as running:
        out, err = running.communicate(timeout=SECONDS)
    assert (running.returncode, err) == (0, "")
    assert _AGE.sub("AGE", out) == golden("transcript.txt")


def test_the_example_keeps_the_choice_of_each_user(tmp_path: Path, store: Path) -> None:
    with bot(tmp_path, store) as running:
        running.communicate("anna: /use gale-3-mini\nben: /use lens-2\nanna: hello\n", timeout=SECONDS)
    assert desired(tmp_path) == {"chat:anna": "northwind/gale-3-mini", "chat:ben": "fabrikam/lens-2"}


def test_the_example_keeps_an_own_model_with_the_backend_it_was_added_for(tmp_path: Path, store: Path) -> None:
    own = UserFile(tmp_path / "choices" / "user.json")
    own.change(lambda state: state._replace(layer=UserLayer(models=(CustomModel("ollama", "acme/private"),))))
    with bot(tmp_path, store) as running:
        running.communicate("anna: /use acme/private\n", timeout=SECONDS)
    assert own.read().state.bindings["chat:anna"].backend == "ollama"


def test_the_example_brings_a_choice_back_as_it_was(tmp_path: Path, store: Path) -> None:
    chosen = Binding(
        "northwind/gale-3", "2026-08-01T00:00:00Z", needs=Needs(frozenset({"tools"})), backend="azure", context=1
    )
    own = UserFile(tmp_path / "choices" / "user.json")
    own.change(lambda state: state._replace(bindings={"chat:bob": chosen}))
    with bot(tmp_path, store) as running:
        asked(running, "bob: /use orbit-coder-free")
        assert own.read().state.bindings["chat:bob"].desired == "contoso/orbit-coder:free"
        running.communicate("bob: [Undo]\n", timeout=SECONDS)
    assert own.read().state.bindings == {"chat:bob": chosen}


def test_the_example_answers_from_what_was_published_while_it_runs(tmp_path: Path) -> None:
    publish(tmp_path / "store", a_record(), generation=7)
    with bot(tmp_path, tmp_path / "store") as running:
        assert "Catalog generation 7, " in asked(running, "anna: /help")
        publish(tmp_path / "store", a_record(), generation=8)
        assert "Catalog generation 8, " in asked(running, "anna: /help")


def test_the_example_tells_what_became_of_a_choice_and_keeps_it_behind_that(tmp_path: Path) -> None:
    publish(tmp_path / "store", a_record(), generation=7)
    with bot(tmp_path, tmp_path / "store") as running:
        asked(running, "anna: /use acme/gamma")
        publish(tmp_path / "store", a_record("acme/gamma-2"), generation=8, gone={"acme/gamma": "acme/gamma-2"})
        out, err = running.communicate("anna: /help\nanna: hello\n", timeout=SECONDS)
    assert err == ""
    assert out.count(GONE) == 1
    assert desired(tmp_path) == {"chat:anna": "acme/gamma-2"}


def test_the_example_is_short() -> None:
    assert len(BOT.read_text(encoding="utf-8").splitlines()) <= 60
