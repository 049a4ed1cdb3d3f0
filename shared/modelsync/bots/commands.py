"""What somebody typed in a chat as a verb and its argument.

`/use qwen3-coder`, `/use@TheBot qwen3-coder` for the bot of that name alone, and `/use_qwen3_coder`, the command of
one model: Telegram's commands are 1 to 32 lower-case letters, digits and underscores (Bot API, BotCommand). A model
whose alias does not fit has the command of its key.
"""

import re
from typing import Final, NamedTuple

from modelsync.bots.pressed import KEY_LENGTH, key_of
from modelsync.bots.texts import typed
from modelsync.client.catalog import Model

VERBS: Final = ("models", "use", "model", "pick", "find", "help", "syncmodels")
LONGEST_COMMAND: Final = 32

_LETTERS: Final = re.ASCII | re.DOTALL | re.IGNORECASE
_COMMAND: Final = re.compile(r"/([a-z]+)(?:_([a-z0-9_]+))?(?:@([a-z0-9_]+))?(?:\s+(.*))?", _LETTERS)
_ALIAS: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


class Command(NamedTuple):
    """One order to the bot."""

    verb: str
    argument: str = ""


def read_command(text: str, *, me: str | None = None) -> Command | None:
    """The order in a message; None where it is none, or is for another bot than `me`.

    >>> read_command("/use_qwen3_coder@TheBot", me="thebot")
    Command(verb='use', argument='qwen3_coder')
    """
    found = _COMMAND.fullmatch(typed(text))
    if found is None:
        return None
    verb, name, bot, argument = found.groups()
    if verb.lower() not in VERBS or (bot is not None and me is not None and bot.lower() != me.lower()):
        return None
    if name is not None and verb.lower() != "use":
        return None
    return Command(verb.lower(), name.lower() if name is not None else (argument or "").strip())


def command_of(model: Model) -> str:
    """The command that chooses a model.

    >>> command_of(Model("qwen/qwen3-coder", {"alias": "qwen3-coder"}))
    'use_qwen3_coder'
    """
    alias = str(model.record["alias"])
    command = f"use_{alias.replace('-', '_')}"
    is_short = len(command) <= LONGEST_COMMAND and _ALIAS.fullmatch(alias) is not None
    return command if is_short else f"use_k_{key_of(model.id)}"


def key_in(name: str) -> str | None:
    """The key in the name of a command; None where an alias is in it."""
    is_key = name.startswith("k_") and len(name) == len("k_") + KEY_LENGTH
    return name[len("k_") :] if is_key else None
