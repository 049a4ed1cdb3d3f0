"""SECURITY.md names a test for each of its claims: those tests exist."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
NAMED = sorted(set(re.findall(r"`(test_\w+)`", (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8"))))
WRITTEN = {
    name
    for file in (REPOSITORY / "tests").rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("name", NAMED)
def test_a_claim_has_its_test(name: str) -> None:
    assert name in WRITTEN


def test_there_are_claims() -> None:
    assert len(NAMED) > 30
