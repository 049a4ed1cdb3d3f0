"""How OpenRouter serves its models, asked for politely: three orders of the list, and endpoints one model at a time.

    GET {list}?sort=latency-low-to-high, throughput-high-to-low, most-popular
    GET {list without query}/{author}/{slug}/endpoints

At most two requests a second, retries included, within a budget of time. With a key the endpoints tell latency and
throughput, without one uptime and status. Who is asked about is decided in `pipeline.observe`; a model that does not
answer is told of, and costs nobody else anything.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from modelsync.errors import FeedError, FeedUnavailableError, UsageError
from modelsync.fetch.http import same_origin
from modelsync.fetch.limits import FetchLimits
from modelsync.fetch.rounds import ROUND_LIMITS, Round, fetch_round
from modelsync.pipeline.observe import Choose, Seen
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.secrets import ReadSecret, no_key
from modelsync.sources import openrouter
from modelsync.sources.openrouter_endpoints import (
    ORDERS,
    ServedModel,
    endpoints_url,
    ids_in_order,
    ordered_url,
    parse_endpoints,
)

LISTS: Final = Round(at_once=1, budget_seconds=120)
LIST_LIMITS: Final = replace(ROUND_LIMITS, max_bytes=16_000_000, attempt_seconds=40)
"""One list at a time, and none that would not fit into the memory of a function; the largest recorded has 1 MB."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Where to look, as whom, and how fast."""

    list_url: str = openrouter.URL
    api_key: ReadSecret = no_key
    endpoints: Round = field(default_factory=Round)
    lists: Round = LISTS
    limits: FetchLimits = ROUND_LIMITS
    """Of the endpoints of one model."""

    def look(self, choose: Choose) -> Seen:
        """Ask for the orders, then for the endpoints of whom `choose` names.

        Raises FeedUnavailableError where nothing came that can be read.
        """
        headers = self._headers()
        lists = {order: ordered_url(self.list_url, order) for order in ORDERS}
        orders = fetch_round(
            lists.items(),
            read=lambda _, body: ids_in_order(body),
            headers=headers,
            round_=self.lists,
            limits=LIST_LIMITS,
        )
        wanted = [(i, endpoints_url(self.list_url, i)) for i in choose(orders.read.get("popularity", ()))]
        served = fetch_round(
            wanted,
            read=lambda model_id, body: parse_endpoints(body, model_id=model_id),
            headers=headers,
            round_=self.endpoints,
            limits=self.limits,
        )
        if not orders.read and not served.read:
            why = _first(orders.failures, served.failures)
            raise FeedUnavailableError(f"signals: no list and no endpoints could be read: {why}")
        findings = (
            *_told("orders of the list", orders.failures, of=len(lists), unasked=len(orders.unasked)),
            *_told("models' endpoints", served.failures, of=len(wanted), unasked=len(served.unasked)),
            *_unread(served.read.values()),
        )
        return Seen(orders.read, served.read, findings)

    def _headers(self) -> Callable[[str], Mapping[str, str]]:
        """The key is OpenRouter's own: no other address ever gets it."""
        key = self.api_key() if same_origin(self.list_url, openrouter.URL) else None
        return lambda _: {"Authorization": f"Bearer {key}"} if key is not None else {}


def watch_of(settings: Settings) -> Watch:
    """Where the settings say that the list is; raises UsageError where that is a file: beside it there is nothing."""
    feed = settings.feed
    if feed is not None and not feed.startswith(("http://", "https://")):
        raise UsageError(f"signals: --feed: expected the address of the list, found {feed[:80]!a}; leave it out")
    return Watch(feed or openrouter.URL, settings.api_key)


def _told(what: str, failures: Mapping[str, FeedError], *, of: int, unasked: int) -> tuple[str, ...]:
    lines = []
    if failures:
        name, error = next(iter(failures.items()))
        lines.append(f"signals: {len(failures)} of {of} {what} could not be read, the first {name}: {error}")
    if unasked:
        lines.append(f"signals: {unasked} of {of} {what} were left for the next run, for the time was over")
    return tuple(lines)


def _first(*failures: Mapping[str, FeedError]) -> str:
    return next((str(error) for each in failures for error in each.values()), "the time was over before anything came")


def _unread(served: Iterable[ServedModel]) -> tuple[str, ...]:
    problems = [f"{each.id}: {problem}" for each in served for problem in each.problems]
    return (f"signals: {len(problems)} endpoints could not be read, the first of {problems[0]}",) if problems else ()
