"""What may stand where a shell's cursor is: commands, options, choices and models, one a line, a tab before the hint.

The options and choices are those of the parser that reads the command line, and models are read from the file that
`sidecar` keeps: neither the network nor the catalog is asked. A shell puts what is given here on a command line as it
is, so that only words that no shell reads anything into are given: who wants an id with a quote or a `$` types it.
"""

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from modelsync.reader.command_list import ALL_COMMANDS, COMMANDS
from modelsync.reader.options import OPTIONS_OF
from modelsync.reader.words import Parser, common_options

MODEL: Final = "MODEL"
"""What the parser calls a word that means a model."""
_QUOTES: Final = "\"'"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_~][A-Za-z0-9._~:/+@-]*", re.ASCII)
_MOST_BYTES: Final = 16 * 1024 * 1024
_LONGEST_HINT: Final = 120
_ANY_NUMBER: Final = ("+", "*")

Candidate = tuple[str, str]
"""A word, and what it is."""


class _Place(NamedTuple):
    """Where the cursor is."""

    parser: Parser
    command: str | None
    awaited: argparse.Action | None
    """The option whose value may stand here."""
    taken: int
    """How many words of the command stand before."""
    is_behind_dashes: bool


def completions(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
    """Lines for the last of the words that stand behind `models`, which may be empty or have an opening quote."""
    *before, typed = words or ("",)
    current = typed.lstrip(_QUOTES)
    place = _place_behind(before)
    if place is None:
        return
    told: set[str] = set()
    for text, hint in _candidates(place, current, before=before, environment=environment):
        if text.lower().startswith(current.lower()) and text not in told:
            told.add(text)
            yield f"{text}\t{_one_line(hint)}"


def _place_behind(before: Iterable[str]) -> _Place | None:
    """Where a word stands that comes behind others; None where they make no command."""
    place = _Place(_parser_of(None), None, None, 0, is_behind_dashes=False)
    for word in before:
        is_option = word.startswith("-") and not place.is_behind_dashes
        if place.awaited is not None and not is_option:
            place = place._replace(awaited=None)
        elif is_option and word == "--":
            place = place._replace(awaited=None, is_behind_dashes=True)
        elif is_option:
            place = place._replace(awaited=_awaiting(place.parser, word))
        elif place.command is not None:
            place = place._replace(taken=place.taken + 1)
        elif word in COMMANDS:
            place = place._replace(parser=_parser_of(word), command=word)
        else:
            return None
    return place


def _candidates(
    place: _Place, current: str, *, before: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Candidate]:
    awaited = place.awaited
    if awaited is not None and not current.startswith("-"):
        yield from _values(awaited, current, before=before, environment=environment)
        if awaited.nargs != "?":
            return
    name, is_assigned, value = current.partition("=")
    if current.startswith("-") and not place.is_behind_dashes:
        action = _options(place.parser).get(name)
        if not is_assigned:
            yield from ((text, each.help or "") for text, each in _options(place.parser).items())
        elif action is not None:
            for text, hint in _values(action, value, before=before, environment=environment):
                yield f"{name}={text}", hint
    elif place.command is None:
        yield from ((command.name, command.help) for command in ALL_COMMANDS)
    elif (positional := _positional(place)) is not None:
        yield from _values(positional, current, before=before, environment=environment)


def _values(
    action: argparse.Action, current: str, *, before: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Candidate]:
    if action.choices is not None:
        yield from ((str(choice), "") for choice in action.choices)
    elif action.metavar == MODEL:
        yield from _models(current, before=before, environment=environment)


def _models(current: str, *, before: Sequence[str], environment: Mapping[str, str]) -> Iterator[Candidate]:
    """Short names and ids, the user's own among them; none where no command has written them down."""
    from modelsync.client.browsing.completion import complete, lines_of
    from modelsync.client.reading.files import read_file
    from modelsync.client.reading.settings import read_settings
    from modelsync.reader.sidecar import place_of

    settings = read_settings(environment, source=_said(before, "--source"), cache_dir=_said(before, "--cache-dir"))
    place = place_of(settings)
    body = None if place is None else read_file(place, limit=_MOST_BYTES)
    lines = () if body is None else lines_of(body)
    found = (*complete(lines, current, kind="alias"), *complete(lines, current, kind="model"))
    yield from ((each.text, each.hint) for each in found if _PLAIN.fullmatch(each.text))


def _said(before: Sequence[str], option: str) -> str | None:
    """The value of a common option that stands before the cursor."""
    found = None
    for word, follower in zip(before, (*before[1:], None), strict=True):
        name, is_assigned, value = word.partition("=")
        if name == option:
            found = value if is_assigned else follower
    return found


def _parser_of(command: str | None) -> Parser:
    parser = Parser(parents=[common_options()], add_help=False, allow_abbrev=False)
    if command is not None:
        OPTIONS_OF[command](parser)
    return parser


def _options(parser: Parser) -> Mapping[str, argparse.Action]:
    """By every spelling; argparse has no public way to ask."""
    return {text: action for action in parser._actions for text in action.option_strings}


def _positional(place: _Place) -> argparse.Action | None:
    actions = [action for action in place.parser._actions if not action.option_strings]
    if place.taken < len(actions):
        return actions[place.taken]
    return actions[-1] if actions and actions[-1].nargs in _ANY_NUMBER else None


def _awaiting(parser: Parser, word: str) -> argparse.Action | None:
    """The option of a word, where its value is the next one."""
    action = _options(parser).get(word)
    return None if action is None or action.nargs == 0 else action


def _one_line(hint: str) -> str:
    seen = "".join(letter if letter.isprintable() else " " for letter in hint)
    return seen if len(seen) <= _LONGEST_HINT else f"{seen[: _LONGEST_HINT - 1]}…"
