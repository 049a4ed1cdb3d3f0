"""Texts on their way into a chat: what comes from outside is shown there, and does nothing.

- `quoted` makes a name fit for a line: nothing unseen is in it, and no word of it begins with the `/` of a command.
- `unlinked` keeps a platform from making mentions, tags and links of words and numbers, by an invisible joiner inside.
- Lengths are counted in UTF-16 units, as Telegram counts them; no platform counts more for any text.
- A text that is too long becomes pages, between lines where it can.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final

from modelsync.client.safe_text import one_safe_line

JOINER: Final = "\u2060"
"""WORD JOINER: takes no room, and keeps two signs from being read as one word of markup."""
LONGEST_QUOTE: Final = 300
_NOTHING: Final = "…"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_COMMAND: Final = re.compile(r"(?<!\w)/(?=\w)")
_LINKS: Final = re.compile(
    r"(?<=[@#\uff20\uff03])(?=\w)|(?<=\$)(?=[^\W\d])"  # mentions and tags, also in full width
    r"|(?<=:)(?=//)|(?<=[^\W\d_]\.)(?=[^\W\d_]{2})|(?<=[^\W\d_]:)(?=\d)"  # https://z.ai, localhost:80
    r"|(?<=\d\.)(?=\d{1,3}\.\d{1,3}\.\d)"  # 1.2.3.4
    r"|(?<=\+)(?=\d)|(?<=\d{6})(?=\d{6})|(?<=\d[ -])(?=\d{4}[ -]\d{4})"  # numbers of telephones and of bank cards
)


def quoted(text: object, limit: int = LONGEST_QUOTE) -> str:
    r"""Any text from outside as a part of a line.

    >>> quoted("GPT\x1b[2J\n/start").replace(JOINER, "|")
    'GPT [2J |/start'
    """
    return _COMMAND.sub(f"{JOINER}/", one_safe_line(text, limit))


def unlinked(text: str) -> str:
    """A text of which no platform makes a mention, a tag or a link.

    >>> unlinked("@all #tag https://z.ai 4.5").replace(JOINER, "|")
    '@|all #|tag https:|//z.|ai 4.5'
    """
    return _LINKS.sub(JOINER, text)


def visible(text: str) -> str:
    """A text without anything unseen but line ends and joiners; three dots where nothing is left to see."""
    kept = "".join(
        sign if sign in {"\n", JOINER} or unicodedata.category(sign) not in _UNSEEN else " " for sign in text
    )
    return kept if kept.replace(JOINER, "").strip() else _NOTHING


def typed(text: str) -> str:
    """What a person typed or pasted, without joiners; every other thing unseen is the reader's to refuse."""
    return text.replace(JOINER, "").strip()


def units(text: str) -> int:
    """How long a text is in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def cut(text: str, limit: int, form: Callable[[str], str]) -> str:
    """The text in a platform's form, cut so that the form has at most `limit` units."""
    whole = form(text)
    if units(whole) <= limit:
        return whole
    return form(text[: _fitting(text, limit - 1, form)]) + _NOTHING


def pages(text: str, limit: int, form: Callable[[str], str]) -> tuple[str, ...]:
    """The text in a platform's form, line by line, as pages of at most `limit` units; none of them is blank."""
    found: list[str] = []
    page = ""
    for line in (piece for each in visible(text).split("\n") for piece in _pieces(each, limit, form)):
        longer = f"{page}\n{line}" if page else line
        if units(longer) > limit:
            found.append(page)
            longer = line
        page = longer
    return tuple(each for each in (*found, page) if each.replace(JOINER, "").strip())


def _pieces(line: str, limit: int, form: Callable[[str], str]) -> Iterator[str]:
    """A line in its form, in as few pieces as fit."""
    while units(form(line)) > limit:
        size = max(_fitting(line, limit, form), 1)
        yield form(line[:size])
        line = line[size:]
    yield form(line)


def _fitting(text: str, limit: int, form: Callable[[str], str]) -> int:
    """How many signs of a text have a form of at most `limit` units."""
    return bisect_right(range(1, len(text) + 1), limit, key=lambda size: units(form(text[:size])))
