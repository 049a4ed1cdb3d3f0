"""The lock files say what pyproject.toml asks for, with hashes, and name no package index."""

import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
EVERYTHING, JOB, AWS = "requirements.lock", "requirements-sync.lock", "requirements-aws.lock"
LAYER = "shared/requirements.txt"
LOCKS = (EVERYTHING, JOB, AWS, LAYER)
IN_THE_RUNTIME = {"boto3"}
"""What the functions' runtime brings along, and so the layer leaves out."""


def pins_of(lock: str) -> dict[str, str]:
    """Version by package name."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (REPOSITORY / lock).read_text(), re.MULTILINE))


def asked_for(*extras: str) -> set[str]:
    """Names of the packages that some extras ask for, those of the extras inside them included."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    names: set[str] = set()
    for wanted in (text for extra in extras for text in project["optional-dependencies"][extra]):
        if inner := re.fullmatch(r"modelsync\[([\w,]+)\]", wanted):
            names |= asked_for(*inner[1].split(","))
        else:
            names |= set(re.findall(r"^[a-z0-9-]+", wanted))
    return names


def test_the_base_install_needs_nothing() -> None:
    assert tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["dependencies"] == []


@pytest.mark.parametrize(
    ("lock", "extra", "left_out"),
    [(EVERYTHING, "dev", set()), (JOB, "sync", set()), (AWS, "aws", set()), (LAYER, "functions", IN_THE_RUNTIME)],
)
def test_a_lock_pins_what_its_extra_asks_for(lock: str, extra: str, left_out: set[str]) -> None:
    assert asked_for(extra) - left_out - pins_of(lock).keys() == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    pins = re.findall(r"^[a-z0-9-]+==.* \\\n    --hash=sha256:[0-9a-f]{64}\b", text, re.MULTILINE)
    assert len(pins) == len(pins_of(lock)) > 10


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_index(lock: str) -> None:
    assert re.findall(r".*(?:://|--index|--find-links).*", (REPOSITORY / lock).read_text()) == []


@pytest.mark.parametrize("lock", [JOB, AWS, LAYER])
def test_all_locks_agree_on_versions(lock: str) -> None:
    assert pins_of(lock).items() - pins_of(EVERYTHING).items() == set()
