"""An admin API over real HTTP, on a free port of the loopback interface, as long as a block lasts."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from modelsync.admin.local_server import Answers, LocalServer
from modelsync.admin.router import AdminApi
from modelsync.shell.asking.asked_jobs import LocalRuns
from tests.admin.desk import Answer, Api
from tests.world import World


class Served:
    """A server at work, with the API behind it."""

    def __init__(self, server: LocalServer, api: Api, said: list[str]) -> None:
        self.server, self.api, self.said = server, api, said

    @property
    def url(self) -> str:
        """Its address, for `--remote`."""
        return self.server.url

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_port

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request on a connection of its own."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            return answer_of(connection.getresponse())

    def send_raw(self, request: bytes) -> bytes:
        """Bytes as they are, and everything that comes back until the end."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=10)) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


def answer_of(response: http.client.HTTPResponse) -> Answer:
    """What came back."""
    return Answer(response.status, dict(response.getheaders()), json.loads(response.read()))


@contextmanager
def serving(token: str | None = None, host: str = "127.0.0.1", *, answers: Answers | None = None) -> Iterator[Served]:
    """A server at work; `answers` are given in place of those of an API."""
    api, said = Api(), list[str]()
    with LocalServer(host, 0, api=answers or api.api, token=token, say=said.append) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Served(server, api, said)
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving_runs(world: World) -> Iterator[Served]:
    """A server whose runs are really done, in a world of their own."""
    runs = LocalRuns(lambda _: world.runtime(), lambda _: None)
    api = Api(store=world.store)
    desk = replace(api.desk, starter=runs, now=lambda: world.now)
    with serving(answers=AdminApi(desk)) as served:
        try:
            yield served
        finally:
            runs.wait()
