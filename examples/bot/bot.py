"""A chat bot that runs offline: reads `user: text` lines, answers on standard output, and keeps one choice per user.

    MODELSYNC_URL=./data/models python examples/bot/bot.py ./choices examples/bot/transcript.txt

The catalog is where MODELSYNC_URL says, the choices are kept in the folder, and without a transcript the lines come
from standard input. A line whose text is `[label]` presses the button of that label below the bot's last answer. A bot
of a real platform reads its updates instead of lines, and sends what `telegram.payloads` makes of a message, or those
of `slack` and `discord`.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from modelsync.bots.answering import answer, pressed
from modelsync.bots.chat import Chat
from modelsync.bots.messages import Accept, Bind, Effect, Message, Unbind
from modelsync.client import open_catalog
from modelsync.client.own.personal import Personal
from modelsync.client.own.view import View
from modelsync.errors import ModelsyncError


def carried_out(own: Personal, view: View, effect: Effect | None) -> str:
    """What went wrong; nothing where all went well."""
    try:
        match effect:
            case Bind(scope, found):
                own.bindings.set(scope, found, catalog=view.catalog)
            case Unbind(scope):
                own.bindings.unset(scope)
            case Accept(_, key):
                own.notices.ack(key, view)
    except ModelsyncError as error:
        return str(error)
    return ""


def main(folder: str, transcript: str | None = None) -> None:
    """Answer every line."""
    own, opened = Personal(Path(folder), lambda: datetime.now(UTC)), open_catalog()
    view, below = View(opened.catalog, opened.loaded.freshness), dict[str, dict[str, str]]()
    for line in sys.stdin if transcript is None else Path(transcript).read_text(encoding="utf-8").splitlines():
        user, _, text = line.strip().partition(": ")
        scope = f"chat:{user}"
        chat = Chat(view, own.state, scope, datetime.now(UTC), notices=own.notices.take(view, scope))
        data = below.get(user, {}).get(text)
        reply = answer(chat, text) if data is None else pressed(chat, data)
        problem = carried_out(own, view, reply.effect)
        messages = (Message(problem),) if problem else reply.messages
        below[user] = {f"[{each.label}]": each.data for message in messages for each in message.buttons}
        for message in messages:
            sys.stdout.write("\n".join((line.strip(), message.text, *below[user], "", "")))
            sys.stdout.flush()
        own.notices.shown(reply.told)


if __name__ == "__main__":
    main(*sys.argv[1:])
