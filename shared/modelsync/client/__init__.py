"""The thin client: reads a published catalog with the standard library alone.

    from modelsync.client import open_catalog

    catalog = open_catalog("https://models.example.org/models")
    catalog.resolve("sonnet").id

Importing it reads, asks and starts nothing; the door is loaded when it is first named.
"""

from typing import Any

__all__ = ["open_catalog"]


def __getattr__(name: str) -> Any:
    """The door, by its name."""
    if name != "open_catalog":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from modelsync.client.opening import open_catalog

    return open_catalog
