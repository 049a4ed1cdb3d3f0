"""A real server on the loopback interface that gives the answers a test scripts."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """One answer; `pieces` are sent one by one, `pause_seconds` apart, in place of `body` and without a length."""

    status: int = 200
    body: bytes = b'{"data": []}'
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: tuple[bytes, ...] = ()
    pause_seconds: float = 0.0


@dataclass(frozen=True)
class Asked:
    """One request: the path with its query, and the key that came with it."""

    target: str
    authorization: str | None


class FeedServer:
    """Addresses with scripts; every request is answered in a thread of its own, and remembered in `asked`."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._scripts: dict[str, list[Answer]] = {}
        self._stopped = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def script(self, *answers: Answer) -> str:
        """A new address that will give `answers` in turn, the last one for good."""
        path = f"/{len(self._scripts)}/models"
        self._scripts[path] = list(answers)
        return f"http://127.0.0.1:{self._http.server_address[1]}{path}"

    def stop(self) -> None:
        """Answer no more."""
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _next_answer(self, path: str) -> Answer:
        answers = self._scripts[path.partition("?")[0]]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(Asked(self.path, self.headers["Authorization"]))
                answer = server._next_answer(self.path)
                try:
                    self._send(answer)
                except ConnectionError:
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                length = {} if answer.pieces else {"Content-Length": str(len(answer.body))}
                for name, value in (length | dict(answer.headers)).items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in answer.pieces or (answer.body,):
                    self.wfile.write(piece)
                    if answer.pause_seconds and server._stopped.wait(answer.pause_seconds):
                        return

            def log_message(self, *_: object) -> None:
                pass

        return Handler
