"""On which terms another model may run: the user's own, and what was typed on top of them."""

from typing import Any

from modelsync.client.asked import Policy
from modelsync.reader.words import Words


def policy_of(words: Words, kept: Policy) -> Policy:
    """The user's terms with the typed ones in their place; a command without such options has the user's."""
    said = vars(words)
    typed: dict[str, Any] = {
        "price_factor": said.get("price_factor"),
        "price_cap": said.get("price_cap"),
        "free_to_paid": said.get("free_to_paid"),
        "auto": said.get("auto"),
        "mode": "headless" if said.get("headless") else None,
    }
    return kept._replace(**{name: value for name, value in typed.items() if value is not None})
