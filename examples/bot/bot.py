"""A chat bot that runs offline: reads `user: text` lines, answers on standard output, and keeps one choice per user.

    MODELSYNC_URL=demo python examples/bot/bot.py demo/chats examples/bot/transcript.txt

The catalog is where MODELSYNC_URL says, and is looked at anew before each line; without a transcript the lines come
from standard input. `[label]` presses that button of the bot's last answer. A bot of a real platform reads updates
instead of lines, and sends what `payloads` of `telegram`, `slack` or `discord` makes of a message.
"""

import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from modelsync.bots.answering import answer, pressed
from modelsync.bots.chat import Chat
from modelsync.bots.messages import Accept, Bind, Message, Reply, Restore
from modelsync.client import open_catalog
from modelsync.client.own.personal import Personal
from modelsync.client.own.view import View
from modelsync.errors import ModelsyncError, StoreError


def carried_out(own: Personal, view: View, reply: Reply) -> tuple[Message, ...]:
    """What the reply says, or what went wrong."""
    try:
        match reply.effect:
            case Bind(scope, found, needs, backend):
                own.bindings.set(scope, found, catalog=view.catalog, needs=needs, backend=backend)
            case Restore(scope, before):
                own.bindings.restore(scope, before)
            case Accept(_, key):
                own.notices.ack(key, view)
    except ModelsyncError as error:
        return (Message(str(error)),)
    return reply.messages


def main(folder: str, transcript: str | None = None) -> None:
    """Answer every line."""
    own, opened, below = Personal(Path(folder), lambda: datetime.now(UTC)), open_catalog(), dict[str, dict[str, str]]()
    for line in sys.stdin if transcript is None else Path(transcript).read_text(encoding="utf-8").splitlines():
        user, _, text = line.strip().partition(": ")
        opened, scope = opened.again(), f"chat:{user}"
        view = View(opened.catalog, opened.loaded.freshness)
        chat = Chat(view, own.state, scope, datetime.now(UTC), notices=own.notices.take(view, scope))
        data = below.get(user, {}).get(text)
        reply = answer(chat, text) if data is None else pressed(chat, data)
        messages = carried_out(own, view, reply)
        below[user] = {f"[{each.label}]": each.data for message in messages for each in message.buttons}
        for message in messages:
            sys.stdout.write("\n".join((line.strip(), message.text, *below[user], "", "")))
            sys.stdout.flush()
        own.notices.shown(reply.told)
        with suppress(StoreError):  # only now, since of what a choice says no more nobody could be told
            own.bindings.keep(view)


if __name__ == "__main__":
    main(*sys.argv[1:])
