"""What every test may ask for: recorded feeds, real servers, and one way of searching for counterexamples.

- `MODELSYNC_FEEDS` names the folder of recorded feeds; without it, the one beside the repository is meant.
- `MODELSYNC_REQUIRE_FEEDS=1` turns a missing folder from a skip into a failure.
- `MODELSYNC_REQUIRE_SERVERS=1` does the same for servers, and shells, whose programs are not installed.
- `HYPOTHESIS_PROFILE` is `dev` (new examples at each run) or `ci` (the same examples at each run, and a third as many);
  where it is not set, a machine that says `CI` gets the latter.
"""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.fixtures import ceph, certificate, hurried_r2, ministack, r2

__all__ = ["ceph", "certificate", "hurried_r2", "ministack", "r2", "recorded_feeds"]

REPOSITORY = Path(__file__).resolve().parent.parent
RECORDED_FEEDS = "MODELSYNC_FEEDS"
REQUIRE_FEEDS = "MODELSYNC_REQUIRE_FEEDS"

# A shell without job control starts what runs in its background deaf to Ctrl-C, and so would be every program that a
# test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Deadlines measure the machine, not the code; speed has benchmarks.
settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=33,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def recorded_feeds() -> Path:
    """The folder of recorded feeds, with `openrouter-<UTC>.json.gz` in it."""
    folder = REPOSITORY / os.environ.get(RECORDED_FEEDS, "../shared/feeds")
    if any(folder.glob("openrouter-*.json.gz")):
        return folder.resolve()
    missing = f"no recorded feeds in {folder}: set {RECORDED_FEEDS} to a folder of openrouter-<UTC>.json.gz"
    if os.environ.get(REQUIRE_FEEDS) == "1":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
