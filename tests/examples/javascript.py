"""The JavaScript reader as Python drives it: one Node process, questions and answers as lines of JSON."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from modelsync.catalog.model_ids import is_model_id, lineage, parse_model_id, size_class, version_tuple
from modelsync.client.resolving.resolution import Resolution
from modelsync.client.resolving.resolve import resolve
from modelsync.errors import UsageError
from tests.client.vectors import arguments, as_json
from tests.servers.processes import program

FOLDER: Final = Path(__file__).resolve().parents[2] / "examples" / "javascript"
RUNNER: Final = Path(__file__).with_name("reader.mjs")


class JavaScript:
    """A reader that runs until the test is over."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one question of `reader.mjs`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def javascript() -> Iterator[JavaScript]:
    """A Node process; raises ProgramMissingError where there is none."""
    node = program("node", package="Debian's nodejs")
    command = [node, str(RUNNER), str(FOLDER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as node_:
        yield JavaScript(node_)


def python_answer(catalog: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What Python says to the question, in the same words; the steps are Python's own."""
    try:
        return in_words(resolve(catalog, given["text"], **arguments({n: v for n, v in given.items() if n != "text"})))
    except UsageError:
        return {"error": "usage"}


def parts_in_python(model_id: str) -> dict[str, Any] | None:
    """What Python reads in an id."""
    if not is_model_id(model_id):
        return None
    parts = parse_model_id(model_id)
    return {"lineage": list(lineage(parts)), "version": list(version_tuple(parts)), "size": size_class(parts)}


def in_words(answer: Resolution) -> dict[str, Any]:
    words = {name: value for name, value in as_json(answer).items() if name != "steps"}
    return {**words, "candidates": [list(each) for each in answer.candidates]}


def as_given(text: str, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """A question in the words of the vectors, from the arguments of `resolve`."""
    return {"text": text, **{name: _plain(value) for name, value in keywords.items() if value is not None}}


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {_camel(name): _plain(each) for name, each in value._asdict().items() if each is not None}
    return sorted(value) if isinstance(value, frozenset) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
