"""The one line on a terminal that says how old the catalog is, where it is not fresh and the answer does not say so.

Who reads an answer through a pipe, or as JSON, is told nothing here: a script asks with `--require-fresh`, or reads
`catalog.freshness`. What the package brought along is told of by the catalog's own advice.
"""

from typing import Final

from modelsync.client.freshness import Freshness
from modelsync.client.reading.sources import Web
from modelsync.reader.answer import Answer, Heading
from modelsync.reader.session import Session

_SAY_IT_THEMSELVES: Final = frozenset({"check", "doctor", "refresh", "status"})
_NOT_FRESH: Final = frozenset({Freshness.STALE, Freshness.OLD})


def age_line(session: Session, answer: Answer) -> tuple[str, ...]:
    """The line, or nothing."""
    if not session.is_watched or session.words.command in _SAY_IT_THEMSELVES or not session.has_opened:
        return ()
    loaded = session.opened.loaded
    heads = [part.text for part in answer.view if isinstance(part, Heading)]
    if loaded.freshness not in _NOT_FRESH or any(loaded.words() in head for head in heads):
        return ()
    todo = "run `models refresh`" if isinstance(session.settings.source, Web) else "see `models status`"
    return (f"the catalog is {loaded.freshness}, as of {session.now - loaded.age:%Y-%m-%d}; {todo}",)
