"""A run that was asked for, carried out: the job itself, and what is told of it.

`carry_out` is what a job function does when its event names a run. `LocalRuns` does the same in this process, one
thread for the run that is under way, for whoever serves the admin API without functions.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from modelsync.catalog import keys
from modelsync.errors import FeedError, ModelsyncError
from modelsync.shell.asking.asked_runs import AskedRun, finish, start
from modelsync.shell.running.jobs import curate, refresh, run_all
from modelsync.shell.running.runs import JobReport
from modelsync.shell.running.runtime import Runtime


class _Job(Protocol):
    def __call__(self, runtime: Runtime, *, dry_run: bool) -> JobReport: ...


_LOOK_SECONDS: Final = 0.5

_JOBS: Final[Mapping[str, tuple[str, _Job]]] = {
    "all": (keys.OPENROUTER, run_all),
    "openrouter": (keys.OPENROUTER, refresh),
    "curated": (keys.OPENROUTER, curate),
    **{provider: (provider, refresh) for provider in keys.PROVIDERS},
}
"""By target: whose documents they are, and the job."""


def carry_out(runtime: Runtime, run: str, job: Callable[[], JobReport]) -> JobReport:
    """Do a job for the run of that id, and tell when it begins and how it ends; errors are told and go on."""
    start(runtime.store, runtime.prefix, run=run, now=runtime.now())
    try:
        report = job()
    except ModelsyncError as error:
        _tell(runtime, run, "refused" if isinstance(error, FeedError) else "failed", message=str(error))
        raise
    except Exception as error:
        _tell(runtime, run, "failed", message=f"a defect: {type(error).__name__}; the log of the run says more")
        raise
    _tell(runtime, run, report.run.outcome, message=report.run.message, generation=report.run.generation)
    return report


def _tell(runtime: Runtime, run: str, outcome: str, *, message: str | None, generation: int | None = None) -> None:
    finish(
        runtime.store,
        runtime.prefix,
        run=run,
        outcome=outcome,
        message=message,
        generation=generation,
        now=runtime.now(),
    )


class LocalRuns:
    """Starts runs in this process, each in a thread and with a runtime of its own; `say` is told how they ended.

    `runtime_of` makes the runtime for a source.
    """

    def __init__(self, runtime_of: Callable[[str], Runtime], say: Callable[[str], None]) -> None:
        self._runtime_of, self._say = runtime_of, say
        # Not the thread itself: of a `join` that was interrupted, Python 3.11 takes the thread for ended.
        self._last: tuple[AskedRun, threading.Event] | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """What can be run here."""
        return tuple(_JOBS)

    def start(self, run: AskedRun) -> None:
        """Start a run and return."""
        over = threading.Event()
        self._last = (run, over)
        threading.Thread(target=self._carry_out, args=(run, over), name=run.run, daemon=True).start()

    def is_under_way(self) -> bool:
        """Whether a run is at work."""
        return self._last is not None and not self._last[1].is_set()

    def wait(self) -> None:
        """Come back when no run is at work."""
        # Not one long wait: a signal that comes just before a lock is taken would not be seen until it is given back.
        while self._last is not None and not self._last[1].wait(_LOOK_SECONDS):
            pass

    def give_up(self) -> None:
        """Tell that the run at work will not come to its end, because this process ends."""
        if self._last is not None and self.is_under_way():
            run = self._last[0]
            source, _ = _JOBS[run.target]
            why = "the server was stopped before the run was over"
            _tell(self._runtime_of(source), run.run, "failed", message=why)

    def _carry_out(self, run: AskedRun, over: threading.Event) -> None:
        """The thread's last door: nobody is above it, so that an error is said here and goes no further."""
        source, job = _JOBS[run.target]
        try:
            runtime = self._runtime_of(source)
            report = carry_out(runtime, run.run, lambda: job(runtime, dry_run=run.dry_run))
        except ModelsyncError as error:
            self._say(f"run {run.run} of {run.target}: {error}")
        except Exception as error:  # noqa: BLE001  a defect of a run must not pass without a word
            self._say(f"run {run.run} of {run.target}: a defect, {type(error).__name__}: {error}")
        else:
            self._say(f"run {run.run} of {run.target}: {report.run.outcome}, generation {report.run.generation}")
        finally:
            over.set()
