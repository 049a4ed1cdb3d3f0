"""Every command of `models`: its words, and what it does, in one line each."""

from typing import Final, NamedTuple

PROGRAM: Final = "models"


class Command(NamedTuple):
    """One command as the help has it."""

    name: str
    usage: str
    help: str


LOOKING: Final = (
    Command("list", "list", "the shortlist; --all for every model"),
    Command("search", "search TEXT...", "models by name and by what they can do"),
    Command("show", "show MODEL", "everything about one model"),
    Command(
        "pick",
        "pick [USE]",
        "what is recommended for coding, reasoning, chat, fast, vision, image or free; without one the best for each",
    ),
    Command("compare", "compare MODEL MODEL...", "two to four models side by side"),
    Command("cost", "cost MODEL", "what calls will cost"),
    Command("changes", "changes", "what happened lately"),
    Command("why", "why MODEL [FLAG]", "who says so: a flag, a price, a state, or which model a name means"),
    Command("backends", "backends MODEL", "who serves it, under which id, with whose key"),
)
"""Commands that look something up."""

CHOOSING: Final = (
    Command("use", "use MODEL", "choose a model"),
    Command("current", "current", "what you chose, and what runs"),
    Command("check", "check MODEL", "whether a conversation could go on with another model"),
    Command("keys", "keys", "which backends have a key"),
    Command("ack", "ack [LETTERS]", "accept a notice"),
)
"""Commands about one's choice."""

OWN: Final = (
    Command("alias", "alias [NAME [MODEL]]", "short names of your own"),
    Command("fav", "fav [MODEL]", "favourites"),
    Command("hide", "hide [MODEL]", "models that you do not want to see"),
    Command("promote", "promote MODEL", "put a listed model among the recommended ones"),
    Command("user", "user [ACT]", "models of your own, and your word on listed ones"),
    Command("telemetry", "telemetry [ACT]", "reports on failing calls and chosen models, off unless switched on"),
)
"""Commands about what is the user's own."""

HOUSE: Final = (
    Command("status", "status", "which catalog this is, and how old"),
    Command("refresh", "refresh", "ask for a newer catalog now"),
    Command("doctor", "doctor", "what could keep this from working"),
    Command("completion", "completion SHELL", "a script for bash, zsh, fish or powershell"),
)
"""Commands about the catalog itself."""

ALL_COMMANDS: Final = (*LOOKING, *CHOOSING, *OWN, *HOUSE)
COMMANDS: Final = tuple(command.name for command in ALL_COMMANDS)
