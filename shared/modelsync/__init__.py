"""A published catalog of language models, kept true to what OpenRouter lists.

`catalog` says what is published, `sources` what is read, `pipeline` how the one becomes the other,
`shell` who runs it. This threshold imports none of them, so that each door pays only for its own rooms.
"""

__version__ = "0.1.0"
