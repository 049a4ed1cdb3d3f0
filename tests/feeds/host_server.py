"""OpenRouter's list in an order and its endpoints, on the loopback interface, with hosts that misbehave as scripted.

hosts = HostServer({"openai/gpt-5.2": an_answer("openai/gpt-5.2", an_endpoint())})
watch = Watch(hosts.list_url)
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.feeds.feed_server import Answer

LIST_PATH: Final = "/api/v1/models"
NOT_FOUND: Final = Answer(404, b'{"error": {"code": 404, "message": "no such model"}}')


def an_endpoint(**fields: Any) -> dict[str, Any]:
    """A healthy endpoint, with `fields` instead of or besides its own."""
    return {
        "name": "Host | model",
        "context_length": 128_000,
        "pricing": {"prompt": "0.000001", "completion": "0.000002", "discount": 0},
        "provider_name": "Host",
        "tag": "host",
        "supported_parameters": ["max_tokens", "tools", "structured_outputs"],
        "status": 0,
        "uptime_last_30m": 99.5,
        "uptime_last_1d": 99.0,
        "latency_last_30m": {"p50": 800.0, "p75": 900, "p90": 1000, "p99": 2000},
        "throughput_last_30m": {"p50": 60.0, "p75": 70, "p90": 80, "p99": 90},
        **fields,
    }


def a_served_body(model_id: str, *endpoints: Mapping[str, Any]) -> bytes:
    """What the route answers for a model."""
    return json.dumps({"data": {"id": model_id, "name": model_id, "endpoints": list(endpoints)}}).encode()


def served(model_id: str, *endpoints: Mapping[str, Any]) -> Answer:
    """The same as an answer."""
    return Answer(body=a_served_body(model_id, *(endpoints or (an_endpoint(),))))


class HostServer:
    """Answers by model, in turn and the last one for good; `times` are those of all requests, by `clock`."""

    def __init__(
        self,
        answers: Mapping[str, Answer | Sequence[Answer]],
        *,
        orders: Mapping[str, Sequence[str]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.asked: list[str] = []
        self.times: list[float] = []
        self.keys: list[str | None] = []
        self._answers = {i: [each] if isinstance(each, Answer) else list(each) for i, each in answers.items()}
        self._orders = orders or {}
        self._clock, self._lock, self._stopped = clock, threading.Lock(), threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.list_url = f"http://127.0.0.1:{self._http.server_address[1]}{LIST_PATH}?output_modalities=all"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def endpoints_asked(self) -> list[str]:
        """The ids whose endpoints were asked for, in the order of the requests."""
        return [each for each in self.asked if not each.startswith("sort=")]

    def _answer_to(self, target: str, key: str | None) -> Answer:
        parts = urlsplit(target)
        with self._lock:
            self.times.append(self._clock())
            self.keys.append(key)
            if parts.path == LIST_PATH:
                order = parse_qs(parts.query)["sort"][0]
                self.asked.append(f"sort={order}")
                return Answer(body=_a_list(self._orders[order])) if order in self._orders else NOT_FOUND
            model_id = unquote(parts.path.removeprefix(f"{LIST_PATH}/").removesuffix("/endpoints"))
            self.asked.append(model_id)
            answers = self._answers.get(model_id, [NOT_FOUND])
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = server._answer_to(self.path, self.headers["Authorization"])
                self.send_response(answer.status)
                length = {} if answer.pieces else {"Content-Length": str(len(answer.body))}
                for name, value in (length | dict(answer.headers)).items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in answer.pieces or (answer.body,):
                        self.wfile.write(piece)
                        if answer.pause_seconds and server._stopped.wait(answer.pause_seconds):
                            return
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _a_list(ids: Iterable[str]) -> bytes:
    return json.dumps({"data": [{"id": each} for each in ids]}).encode()
