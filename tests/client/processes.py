"""Readers in processes of their own: many at once, killed at a write, or without the right to write."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent

READ = """
import json, sys
from pathlib import Path
from modelsync.client.reading.loading import World, open_loader
url, cache, mode = sys.argv[1:4]
sys.stdin.readline()
loader = open_loader(url, cache_dir=cache, mode=mode, timeout=30.0, environment={}, world=World(bundled=Path("/none")))
found = loader.load()
loader.wait(30)
print(json.dumps([found.generation, found.origin, len(found.documents["current"]["models"]), len(found.advice)]))
"""

KILLED_AT = """
import os, resource, signal, sys, threading
left = int(sys.argv.pop())
WRITES = {"open", "mkdir", "fsync", "replace", "unlink", "flock", "close"}

def hook(frame, event, called):
    global left
    if event != "c_call":
        return
    is_write = called.__name__ == "write" and type(called.__self__).__module__ == "_io"
    if is_write or (called.__module__ in {"posix", "fcntl"} and called.__name__ in WRITES):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

threading.setprofile(hook)
"""
"""`hook` kills the process at that call which writes; threads that start later have it already."""
KILLED = KILLED_AT + READ

WITHOUT_SPACE = (
    """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
"""
    + READ
)


WITHOUT_RIGHTS = (
    """
import encodings.idna, fcntl, hashlib, json, os, pathlib, random, threading, urllib.parse
import modelsync.client.reading.loading, modelsync.client.reading.refresh
if os.geteuid() == 0:  # whom no mode of a file keeps out
    os.setuid(65534)
"""
    + READ
)


def start(url: str, cache: Path, *more: str, mode: str = "auto", script: str = READ) -> "subprocess.Popen[str]":
    """A reader that begins once it is given a line."""
    return subprocess.Popen(
        [sys.executable, "-c", script, url, str(cache), mode, *more],
        env={"PYTHONPATH": str(REPOSITORY / "shared"), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: "subprocess.Popen[str]") -> Any:
    """What the reader found: generation, origin, count of models, count of advices."""
    output, errors = process.communicate("go\n", timeout=60)
    assert (process.returncode, errors) == (0, "")
    return json.loads(output)


def answers_at_once(readers: list["subprocess.Popen[str]"]) -> list[Any]:
    for each in readers:
        assert each.stdin is not None
        os.write(each.stdin.fileno(), b"go\n")
    return [answer(each) for each in readers]
