"""How patient a fetch is, and how much it takes: values only, so that whoever names them loads no HTTP client."""

from dataclasses import dataclass

from modelsync.fetch.feed_bytes import MAX_FEED_BYTES


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long, how often, how far and how much one fetch may; times in seconds."""

    max_bytes: int = MAX_FEED_BYTES
    attempts: int = 4
    redirects: int = 5
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    """Longest silence between two pieces of an answer."""
    attempt_seconds: float = 60.0
    """Longest attempt, from the name look-up to the last byte."""
    retry_after_seconds: float = 120.0
    """Longest wait that a server may ask for; one that asks for more is not tried again."""
    backoff_seconds: float = 1.0
    """Upper bound of the first wait; it doubles with every attempt, up to `backoff_ceiling_seconds`."""
    backoff_ceiling_seconds: float = 30.0


DEFAULT_LIMITS = FetchLimits()
