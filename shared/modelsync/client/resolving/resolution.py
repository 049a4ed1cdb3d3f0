"""The answer to "which model runs": an outcome, its reason, and what else could be chosen.

Every answer is one value, also where nothing runs: then `id` is None and `candidates` say what could. Codes are the
same in every language; `sentence` puts one into English.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, NamedTuple

Persist = Literal["yes", "no", "after_ack"]
"""Whether the choice may be rewritten: at once, not at all, or when the user accepts."""

Existence = Literal["listed", "not listed", "unknown"]
"""What the catalog says of an id; `unknown` where it is too old, or not whole, to deny one."""

MOST_CANDIDATES: Final = 10
MOST_SUGGESTIONS: Final = 5


class Outcome(StrEnum):
    """How an answer came about."""

    EXACT = "exact"
    CUSTOM = "custom"
    ALIAS = "alias"
    ALIAS_MOVED = "alias_moved"
    SLUG = "slug"
    MATCHED = "matched"
    RENAMED = "renamed"
    REDIRECTED = "redirected"
    KEPT = "kept"
    VARIANT = "variant"
    FAMILY = "family"
    LATEST = "latest"
    AUTO = "auto"
    UNVERIFIED = "unverified"
    NEEDS_CONSENT = "needs_consent"
    STOPPED = "stopped"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"


SENTENCES: Final[Mapping[str, str]] = {
    "id": "{asked} is the id of {id}",
    "custom_id": "{asked} is a model that you added",
    "user_alias": "{asked} is your name for {id}",
    "catalog_alias": "{asked} is the alias of {id}",
    "old_alias": "{asked} was the alias of {id}",
    "canonical_slug": "{asked} is the permanent name of {id}",
    "backend_id": "{asked} is what the backend calls {id}",
    "same_slug": "{asked} is listed as {id} now",
    "override": "people sent {asked} on to {id}",
    "inferred": "{asked} is gone, and the catalog sends its users to {id}",
    "returned_late": "{asked} is listed again after long; {id}, which replaced it, goes on",
    "returned_paid": "{asked} is listed again and charges now; {id}, which replaced it, goes on",
    "still_fits": "{asked} is gone, and {id}, which replaced it, still fits",
    "paid_sibling": "{asked} is gone, and you allowed its paid sibling {id}",
    "reasoning_switch": "{asked} is gone, and {id} reasons on demand",
    "base_model": "{asked} is gone, and its base {id} serves",
    "nearest_of_family": "{asked} is gone, and {id} is the nearest of its family",
    "moving_pointer": "{asked} is gone, and {id} always stands for the newest of its line",
    "auto_target": "{asked} is gone, and {id} is recommended for its price class",
    "free_model": "{asked} is gone, and {id} is free as well",
    "router": "{asked} is gone, and {id} chooses a model for each request",
    "catalog_too_old": "{asked} is not in this catalog, which is too old, or not whole, to deny it",
    "same_letters": "{asked} is {id} but for its punctuation",
    "unique_words": "{asked} can only be {id}",
    "several_match": "{asked} may be several models: name one by its id",
    "no_match": "no model is called {asked}",
    "unreadable": "a model's name has at most 200 characters, none of them a control or an unseen character",
    "alias_cycle": "{asked} is your name for another name, which leads no further: let it name an id",
    "not_permitted": "{asked} is not among the models that your lists permit",
    "free_ended": "{asked} was free and is not any more: choose another, or consent to its price",
    "free_variant_ended": "{asked} is gone: choose another free model, or consent to the paid one",
    "batch_ended": "{asked} is gone: its base answers at once and costs more",
    "offers_only": "{asked} is gone, and what is nearest needs your consent",
    "nothing_fits": "{asked} is gone, and nothing fits the terms",
    "never_listed": "{asked} was never listed by this catalog",
}
"""What each reason means."""


class Step(NamedTuple):
    """One rung of the ladder, and what it came to: `miss`, `hit`, or the first objection to what it found."""

    name: str
    came_to: str


class Candidate(NamedTuple):
    """A model that could be chosen, and why it was not."""

    id: str
    why: str
    cost: str
    """Its price for people."""


class Resolution(NamedTuple):
    """Which model runs, and why."""

    asked: str
    """The text as it was typed."""
    outcome: Outcome
    reason: str
    """A key of `SENTENCES`."""
    id: str | None = None
    """The model that runs; None where none does."""
    desired: str | None = None
    """The model that was meant; what runs instead never changes it by itself."""
    confidence: Literal["certain", "likely", "stopped"] = "certain"
    persist: Persist = "no"
    existence: Existence = "unknown"
    """Of what was meant."""
    hops: int = 0
    """Redirects that were followed."""
    route_hint: str | None = None
    """A virtual suffix (`nitro`) to put behind the id again."""
    notice: str | None = None
    """What the user has to be told once."""
    notes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    price_before: str | None = None
    """Blended USD per million tokens when it was chosen, or when it was last seen; None where unknown."""
    price_after: str | None = None
    lost: tuple[str, ...] = ()
    """Abilities that the model had and its substitute has not."""
    gained: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether there is a model to call."""
        return self.id is not None

    @property
    def sentence(self) -> str:
        """The reason, for people."""
        return SENTENCES[self.reason].format(asked=self.asked, id=self.id)
