"""One piece of work at a time beside the caller's own, which nobody need wait for.

The thread is a daemon: a process ends without waiting for it, and whatever it writes must bear being killed. A defect
in the work is raised to whoever waits, and never printed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a start that refreshes nothing needs no threads
    import threading


class Background:
    """Work that is under way, or none."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._defect: BaseException | None = None

    def is_under_way(self) -> bool:
        """True until the work that was started last is over."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, work: Callable[[], None]) -> None:
        """Begin, unless something is under way."""
        if self.is_under_way():
            return
        import threading

        self._thread = threading.Thread(target=self._run, args=(work,), name="modelsync-refresh", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; True where nothing is under way any more."""
        if self._thread is not None:
            self._thread.join(seconds)
        if self._defect is not None:
            raise self._defect
        return not self.is_under_way()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as defect:  # noqa: BLE001  whoever waits raises it
            self._defect = defect
