"""`serve-admin`: the admin API of this store, for this machine, until somebody ends it."""

import signal
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseServer
from types import FrameType
from typing import NoReturn

from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.tables import text
from modelsync.errors import UsageError
from modelsync.shell.asking.asked_jobs import LocalRuns
from modelsync.shell.asking.asked_runs import STATUS_PATH


def serve_admin(door: Door) -> Answer:
    """Serve until Ctrl-C or SIGTERM, then wait for a run that is at work; a second Ctrl-C does not wait."""
    from modelsync.admin.local_server import LocalServer  # late: other commands serve nothing
    from modelsync.admin.router import AdminApi, Desk

    runtime, say, options = door.runtime, door.terminal.say, door.options
    runs = LocalRuns(door.runtime_of, say)

    def report_defect(error: Exception) -> None:
        say(f"serve-admin: a defect, {type(error).__name__}: {error}; run it with --debug and report it")
        if options.debug:
            traceback.print_exception(error)

    desk = Desk(
        open_store=lambda: runtime.store,
        prefix=runtime.prefix,
        source=runtime.source.name,
        starter=runs,
        now=runtime.now,
        new_id=lambda: uuid.uuid4().hex,
        report_defect=report_defect,
    )
    try:
        server = LocalServer(options.host, options.port, api=AdminApi(desk), token=door.admin_token, say=say)
    except OSError as error:
        problem = f"serve-admin: {options.host[:80]!a}, port {options.port}: cannot listen there"
        raise UsageError(f"{problem}, {error.strerror}; choose another --port or --host") from error
    with server, _terminated_like_interrupted():
        _serve(server, runs, say=say, begin=f"serve-admin: {server.url}{STATUS_PATH}, Ctrl-C ends it")
    ended = f"serve-admin: ended after {server.answered} requests"
    return Answer(data={"address": server.url, "answered": server.answered}, view=(text(ended),))


def _serve(server: BaseServer, runs: LocalRuns, *, say: Callable[[str], None], begin: str) -> None:
    with suppress(KeyboardInterrupt):
        say(begin)
        server.serve_forever()
    server.server_close()
    try:
        if runs.is_under_way():
            say("serve-admin: waiting for the run that is at work; another Ctrl-C leaves it undone")
        runs.wait()
    except KeyboardInterrupt:
        runs.give_up()
        raise


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM, by which a service manager ends a program, is Ctrl-C within."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
