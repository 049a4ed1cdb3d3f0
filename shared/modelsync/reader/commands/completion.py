"""`models completion`: the script that makes a shell complete commands, options and models."""

from modelsync.reader.answer import Answer, Raw
from modelsync.reader.session import Session
from modelsync.reader.shell_scripts import SCRIPTS


def answer(session: Session) -> Answer:
    """The script of a shell, to be read by it."""
    shell = session.words.shell
    script = SCRIPTS[shell]
    return Answer((Raw(script.rstrip("\n")),), items=({"shell": shell, "script": script},))
