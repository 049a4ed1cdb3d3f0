"""A list that comes in pages, read to its end: the whole list or an error, never a part.

Links are followed on the origin of the page that names them, and only while they lead to pages not read yet.
How a page names the next one, and how pages become one body, the source says; how a page is got, `fetch`.
"""

import random as system_random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import httpx

from modelsync.errors import FeedFormatError, FeedTooLargeError
from modelsync.fetch.addresses import shown_url
from modelsync.fetch.feed_bytes import MEGABYTE
from modelsync.fetch.http import Fetched, fetch, same_origin
from modelsync.fetch.limits import DEFAULT_LIMITS, FetchLimits


def fetch_all(
    url: str,
    *,
    next_page: Callable[[bytes], str | None],
    join_pages: Callable[[tuple[bytes, ...]], bytes],
    max_pages: int = 100,
    headers: Mapping[str, str] | None = None,
    limits: FetchLimits = DEFAULT_LIMITS,
    source: str = "openrouter",
    sleep: Callable[[float], None] = time.sleep,
    random: Callable[[], float] = system_random.random,
    clock: Callable[[], float] = time.monotonic,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Fetched:
    """All pages of the list at `url` as one body, or an error: never a part of the list.

    `next_page` reads a page's link to the next one (None on the last), `join_pages` makes one body of all;
    a single page is returned as it came. Raises what `fetch` raises; FeedFormatError for a link that leaves
    the origin, comes back to a page already read, or makes more than `max_pages`; FeedTooLargeError where the
    pages together exceed `limits.max_bytes`.
    """
    get = partial(fetch, limits=limits, sleep=sleep, random=random, clock=clock, transport=transport)
    started = clock()
    page = first = get(url, headers=headers)
    bodies, seen, tries = [first.body], {url, first.url}, first.tries
    while (link := next_page(page.body)) is not None:
        target = _next_url(page.url, link, asked=url, source=source)
        if target in seen:
            raise FeedFormatError(source, shown_url(page.url), "the next link leads back to a page already read")
        if len(bodies) >= max_pages:
            raise FeedFormatError(source, shown_url(url), f"more than {max_pages} pages, expected at most that")
        seen.add(target)
        page = get(target, headers=headers if same_origin(target, url) else None)
        bodies.append(page.body)
        tries += page.tries
        if sum(map(len, bodies)) > limits.max_bytes:
            raise FeedTooLargeError(
                f"{shown_url(url)}: {len(bodies)} pages exceed {limits.max_bytes / MEGABYTE:g} MB together"
            )
    if len(bodies) == 1:
        return first
    return replace(first, body=join_pages(tuple(bodies)), elapsed_seconds=clock() - started, tries=tries)


def _next_url(page_url: str, link: str, *, asked: str, source: str) -> str:
    try:
        target = httpx.URL(page_url).join(link).copy_with(fragment=None)
        stays = same_origin(str(target), page_url)
    except (httpx.InvalidURL, ValueError) as error:
        raise FeedFormatError(source, shown_url(page_url), "the next link is not an address") from error
    if not stays:
        problem = f"the next link leads to {shown_url(str(target))[:200]}, expected a path on the same origin"
        raise FeedFormatError(source, shown_url(page_url), problem)
    if same_origin(str(target), asked):  # page_url was shown without them
        target = target.copy_with(userinfo=httpx.URL(asked).userinfo)
    return str(target)
