"""Messages as Slack's `chat.postMessage` takes them, and what its users type.

Limits (Slack Block Kit reference): 50 blocks in a message, the text of a section 3000 characters, 25 elements in an
actions block, the text of a button 75, its `value` 2000 and its `action_id` 255; five buttons stand in a row here.
Sections are `plain_text`, in which no sign formats, without emoji; `&`, `<` and `>` are escaped as Slack asks for every
text object, so that `<@U…>` and `<!channel>` are words, and neither names nor links are looked for.
"""

import re
from typing import Any, Final

from modelsync.bots.messages import MOST_BUTTONS, Button, Message
from modelsync.bots.texts import cut, pages, unlinked, visible

LONGEST_TEXT: Final = 3000
LONGEST_LABEL: Final = 75
PER_ROW: Final = 5

_MENTION: Final = re.compile(r"\s*<@[A-Z0-9]+(?:\|[^>]*)?>\s*/?(?=\w)")
_LINK: Final = re.compile(r"<[^<>|]+\|([^<>]+)>|<([^<>|]+)>")
_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))

Json = dict[str, Any]


def payloads(message: Message, channel: str) -> tuple[Json, ...]:
    """The bodies of `chat.postMessage`, in order; the buttons are below the last."""
    found = [_payload(text, channel) for text in pages(message.text, LONGEST_TEXT, escaped)]
    found[-1]["blocks"] += _actions(message.buttons[:MOST_BUTTONS])
    return tuple(found)


def escaped(text: str) -> str:
    """A text that Slack shows as it is.

    >>> escaped("<!here> R&D")
    '&lt;!here&gt; R&amp;D'
    """
    for sign, entity in _ENTITIES:
        text = text.replace(sign, entity)
    return unlinked(text)


def plain(text: str) -> str:
    """What somebody typed, as `answering.answer` reads it: `/use x`, also for `@TheBot use x`.

    >>> plain("<@U024BE7LH> use <http://z.ai|z.ai> R&amp;D")
    '/use z.ai R&D'
    """
    text = _LINK.sub(lambda found: found[1] or found[2], _MENTION.sub("/", text, count=1))
    for sign, entity in reversed(_ENTITIES):
        text = text.replace(entity, sign)
    return text


def _payload(text: str, channel: str) -> Json:
    return {
        "channel": channel,
        "text": text,
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [{"type": "section", "text": _plain_text(text)}],
    }


def _actions(buttons: tuple[Button, ...]) -> list[Json]:
    elements = [
        {
            "type": "button",
            "text": _plain_text(cut(visible(each.label), LONGEST_LABEL, escaped)),
            "action_id": each.data,
            "value": each.data,
        }
        for each in buttons
    ]
    rows = (elements[start : start + PER_ROW] for start in range(0, len(elements), PER_ROW))
    return [{"type": "actions", "elements": row} for row in rows]


def _plain_text(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
