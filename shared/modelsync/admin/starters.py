"""Who starts a run that was asked for: the promise, and the one that hands it to the job functions.

The functions are called asynchronously: the call returns as soon as the event is queued, and the function itself
tells how the run goes (`shell.asking.asked_runs`). Which function does what is the table below.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from modelsync.shell.asking.asked_runs import TARGETS, AskedRun

Json = dict[str, Any]

FULL, CURATED, PROVIDER = "MODELSYNC_FULL_REFRESH", "MODELSYNC_CURATED_REFRESH", "MODELSYNC_PROVIDER_REFRESH"
"""Variables of the environment that name the job functions; one that is not set is not deployed."""

_CALLS: Final[Mapping[str, tuple[str, Json]]] = {
    "all": (FULL, {"job": "all"}),
    "openrouter": (FULL, {"job": "refresh"}),
    "curated": (CURATED, {}),
    "deepseek": (PROVIDER, {"provider": "deepseek"}),
    "dashscope": (PROVIDER, {"provider": "dashscope"}),
    "moonshot": (PROVIDER, {"provider": "moonshot"}),
}


class Starter(Protocol):
    """Starts runs and does not wait for them."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What it can start."""

    def start(self, run: AskedRun) -> None:
        """Start a run; raises RemoteError where that cannot be done."""


class FunctionStarter:
    """Starts runs in the job functions that the environment names.

    `send` calls a function asynchronously, by its name and with an event; it raises RemoteError.
    """

    def __init__(self, environment: Mapping[str, str], send: Callable[[str, Json], None]) -> None:
        self._functions = {name: environment[name] for name in (FULL, CURATED, PROVIDER) if environment.get(name)}
        self._send = send

    @property
    def targets(self) -> tuple[str, ...]:
        """What the deployed functions can do."""
        return tuple(target for target in TARGETS if _CALLS[target][0] in self._functions)

    def start(self, run: AskedRun) -> None:
        """Queue the run's event for its function."""
        variable, event = _CALLS[run.target]
        self._send(self._functions[variable], {**event, "dryRun": run.dry_run, "run": run.run})
