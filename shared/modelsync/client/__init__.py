"""The thin client: reads a published catalog with the standard library alone.

    from modelsync.client import open_catalog

    catalog = open_catalog("https://models.example.org/models")
    catalog.resolve("sonnet").id

Beside the door stand the words that its questions take. Importing this reads, asks and starts nothing; each room is
loaded when a name of it is first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelsync.client.asked import Binding, Needs, Policy, User
    from modelsync.client.browsing.filters import Filter
    from modelsync.client.opening import Opened, open_catalog
    from modelsync.client.own.personal import Personal

__all__ = ["Binding", "Filter", "Needs", "Opened", "Personal", "Policy", "User", "open_catalog"]


def __getattr__(name: str) -> Any:
    """The door, and the words for it, by their names."""
    if name in {"Opened", "open_catalog"}:
        from modelsync.client import opening

        return getattr(opening, name)
    if name in {"Binding", "Needs", "Policy", "User"}:
        from modelsync.client import asked

        return getattr(asked, name)
    if name == "Filter":
        from modelsync.client.browsing import filters

        return filters.Filter
    if name == "Personal":
        from modelsync.client.own import personal

        return personal.Personal
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
