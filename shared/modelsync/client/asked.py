"""What a reader brings along when it asks which model is meant: terms, saved choice, own names, needs.

These are values only. Money is text or whole numbers in plain decimal notation, in USD per million tokens, so that a
caller's JSON says the same. Defaults are the careful ones: nothing here lets a substitute cost more than 1.25 times
what was chosen, or a free choice end on a paid model.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Consent = Literal["auto", "ask", "never"]


class Policy(NamedTuple):
    """On which terms another model may run than the one that was chosen."""

    mode: Literal["interactive", "headless"] = "interactive"
    """Whether there is a person to ask."""
    price_factor: str = "1.25"
    """How many times its price at choosing time a substitute may cost, blended."""
    price_cap: str | None = None
    """What a substitute may cost at most, blended; None means that the factor alone decides."""
    free_to_paid: Literal["ask", "never", "allow"] = "ask"
    """Whether a free choice may end on its own paid sibling; `allow` is the consent."""
    variant_change: Consent = "auto"
    family: Consent = "auto"
    auto: Literal["tiered", "router", "never"] | None = None
    """None means `tiered` where a person can be told of it, else `never`."""
    unknown_price: Literal["block", "warn"] = "block"
    max_hops: int = 8

    @property
    def is_interactive(self) -> bool:
        """Whether there is a person to ask."""
        return self.mode == "interactive"

    @property
    def auto_mode(self) -> str:
        """What `auto` comes down to."""
        return self.auto or ("tiered" if self.is_interactive else "never")


class Needs(NamedTuple):
    """What the caller cannot do without."""

    abilities: frozenset[str] | None = None
    """Words of `ABILITIES`; None means that nobody said, so that all a model was known to do counts."""
    context: int = 0
    """Tokens."""


class Binding(NamedTuple):
    """A saved choice, with what was agreed to when it was made."""

    desired: str
    """The id that was chosen."""
    bound_at: str
    """When it was chosen, as `instants` reads it."""
    alias_used: str | None = None
    """The word by which it was chosen."""
    slug: str | None = None
    variant: str | None = None
    blended_price: str | None = None
    """USD per million tokens at that time; None where it was unknown."""
    is_free: bool | None = None
    """None where nobody wrote it down."""
    abilities: frozenset[str] | None = None
    context: int | None = None
    needs: Needs = Needs()
    effective: str | None = None
    """The substitute that runs meanwhile; None where the desired model does."""
    substituted_at: str | None = None
    """Since when."""
    backend: str = "openrouter"
    """Who runs it: nobody else does without the user's word."""
    used_on: str | None = None
    """The last day (UTC) on which it was asked for; None where nobody noted one since it was chosen."""


class User(NamedTuple):
    """What belongs to the user alone."""

    custom_ids: frozenset[str] = frozenset()
    """Ids of models that the user added, exactly as typed."""
    aliases: Mapping[str, str] = {}
    """One hop to an id."""
    backends: frozenset[str] = frozenset()
    """Names of backends that are configured, which may stand before an id."""
    allowed: frozenset[str] = frozenset()
    """Ids, and `vendor/*`; empty allows everything."""
    denied: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    """Ids that run only where the user names them."""

    def permits(self, model_id: str) -> bool:
        """Whether the local lists let a model run; a variant needs a word of its own."""
        names = {model_id, f"{model_id.removeprefix('~').partition('/')[0]}/*"}
        return not names & self.denied and (not self.allowed or bool(names & self.allowed))

    def may_stand_in(self, model_id: str) -> bool:
        """Whether a model that the user did not name may run in the place of another, or be offered for it."""
        return model_id not in self.hidden and self.permits(model_id)


NOBODY = User()
ANYTHING = Needs()
CAREFUL = Policy()
