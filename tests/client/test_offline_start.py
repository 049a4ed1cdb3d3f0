"""A reader that starts on a machine without network, cache and settings has what the package brought along."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from modelsync.client.reading.bundle import write_bundle
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.world import World

REPOSITORY = Path(__file__).resolve().parent.parent.parent

FIRST_ANSWER = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") or event in {"os.mkdir", "subprocess.Popen", "os.posix_spawn"}:
        raise AssertionError(event)

sys.addaudithook(refuse)
sys.path.insert(0, sys.argv[1])
import json
from pathlib import Path
from modelsync.client.switching.estimate import estimate
from modelsync.client.reading.loading import World
from modelsync.client.opening import open_catalog
from modelsync.client.resolving.resolve import resolve

opened = open_catalog(sys.argv[3] or None, world=World(bundled=Path(sys.argv[2])))
answer = resolve(opened.catalog, "qwen3-coder", freshness=opened.loaded.freshness)
model = opened.catalog.model(answer.id)
costs = estimate(model, prompt=8000, completion=1000).text
said = [answer.outcome, answer.id, answer.persist, model.record["cost"], costs]
print(json.dumps([*said, len(list(opened.catalog.models())), opened.loaded.origin, opened.loaded.freshness]))
"""


def first_answer(folder: Path, source: str = "") -> Any:
    """What a process says that may open no socket, and whose home is empty and stays so."""
    World(store=DirectoryStore(folder / "store")).run()
    write_bundle(str(folder / "store"), folder / "bundled.catalog")
    home = folder / "home"
    home.mkdir()
    script = [sys.executable, "-I", "-B", "-c", FIRST_ANSWER, str(REPOSITORY / "shared")]
    environment = {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*script, str(folder / "bundled.catalog"), source], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(home.iterdir()) == []
    return json.loads(done.stdout)


def test_without_network_home_and_settings_the_bundled_copy_opens_resolves_and_answers(tmp_path: Path) -> None:
    said = ["alias", "qwen/qwen3-coder", "no", "$1.00 / $2.00", "$0.01"]
    assert first_answer(tmp_path) == [*said, 24, "bundled", "bundled"]
