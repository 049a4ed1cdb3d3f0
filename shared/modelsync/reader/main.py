"""The door of `models`: words in, an exit code out.

`models __complete WORDS...` is a shell that asks what may stand where the last word does. It is answered before
anything else is loaded, and never with an error: nobody wants one in a half-typed command.
"""

import os
import sys
from collections.abc import Sequence
from typing import Final

COMPLETE: Final = "__complete"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return the exit code; None means that of this process."""
    words = tuple(sys.argv[1:] if argv is None else argv)
    if words[:1] == (COMPLETE,):
        return _complete(words[1:])
    from datetime import UTC, datetime

    from modelsync.reader.running import run

    return run(words, os.environ, now=datetime.now(UTC))


def _complete(words: Sequence[str]) -> int:
    """Print what may stand there; whatever goes wrong, nothing."""
    try:
        from modelsync.reader.completing import completions

        text = "".join(f"{line}\n" for line in completions(words, os.environ))
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.flush()
    except (KeyboardInterrupt, Exception):  # noqa: BLE001  whoever types is not told what broke
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nor does Python tell at its end
    return 0
