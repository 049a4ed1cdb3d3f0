"""Promises of `paging`: the whole list or an error."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import httpx
import pytest

from modelsync.errors import FeedFormatError, FeedTooLargeError, FeedUnavailableError
from modelsync.fetch.http import Fetched
from modelsync.fetch.limits import DEFAULT_LIMITS, FetchLimits
from modelsync.fetch.paging import fetch_all

URL = "https://openrouter.ai/api/v1/models?output_modalities=all"


def next_page(body: bytes) -> str | None:
    link = json.loads(body)["next"]
    assert link is None or isinstance(link, str)
    return link


def join_pages(bodies: Sequence[bytes]) -> bytes:
    return b"+".join(bodies)


def page(link: str | None) -> bytes:
    return json.dumps({"next": link}).encode()


def serving(
    pages: Mapping[str, str | None],
    requests: list[httpx.Request],
    *,
    redirects: Mapping[str, str] | None = None,
) -> Callable[[], httpx.MockTransport]:
    """A transport for a site whose page at each address has the given next link."""

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        url = str(request.url)
        if redirects and url in redirects:
            return httpx.Response(302, headers={"Location": redirects[url]})
        if url not in pages:
            return httpx.Response(404)
        return httpx.Response(200, stream=httpx.ByteStream(page(pages[url])))

    return partial(httpx.MockTransport, answer)


def read(
    pages: Mapping[str, str | None],
    *,
    requests: list[httpx.Request] | None = None,
    redirects: Mapping[str, str] | None = None,
    url: str = URL,
    max_pages: int = 100,
    limits: FetchLimits = DEFAULT_LIMITS,
    headers: Mapping[str, str] | None = None,
) -> Fetched:
    transport = serving(pages, [] if requests is None else requests, redirects=redirects)()
    return fetch_all(
        url,
        next_page=next_page,
        join_pages=join_pages,
        max_pages=max_pages,
        limits=limits,
        headers=headers,
        transport=transport,
    )


def test_a_list_of_one_page_is_returned_as_it_came() -> None:
    fetched = read({URL: None})
    assert (fetched.body, fetched.url, fetched.tries) == (page(None), URL, 1)


def test_pages_are_followed_to_the_last_and_joined_in_order() -> None:
    second, third = "/api/v1/models?offset=500&limit=500", "/api/v1/models?offset=1000&limit=500"
    fetched = read({URL: second, f"https://openrouter.ai{second}": third, f"https://openrouter.ai{third}": None})
    assert fetched.body == join_pages([page(second), page(third), page(None)])
    assert (fetched.url, fetched.tries) == (URL, 3)


def test_every_page_gets_the_callers_headers() -> None:
    requests: list[httpx.Request] = []
    read({URL: "/2", "https://openrouter.ai/2": None}, requests=requests, headers={"Authorization": "Bearer k"})
    assert [request.headers.get("authorization") for request in requests] == ["Bearer k", "Bearer k"]


def test_a_user_in_the_address_is_asked_with_on_every_page_and_never_shown() -> None:
    requests: list[httpx.Request] = []
    pages = {"https://me:secret@h/1": "/2#top", "https://me:secret@h/2": None}
    fetched = read(pages, requests=requests, url="https://me:secret@h/1")
    assert [request.headers["authorization"][:5] for request in requests] == ["Basic", "Basic"]
    assert fetched.url == "https://h/1"


def test_pages_of_a_list_that_moved_to_another_host_are_asked_without_the_callers_headers() -> None:
    requests: list[httpx.Request] = []
    fetched = read(
        {"https://moved.example/1": "/2", "https://moved.example/2": None},
        requests=requests,
        redirects={URL: "https://moved.example/1"},
        headers={"Authorization": "Bearer k"},
    )
    assert fetched.body == join_pages([page("/2"), page(None)])
    assert ["authorization" in request.headers for request in requests] == [True, False, False]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/models",
        "//evil.example/models",
        "http://openrouter.ai/2",
        "https://openrouter.ai:8443/2",
    ],
)
def test_a_next_link_to_another_origin_is_refused(link: str) -> None:
    with pytest.raises(FeedFormatError, match=r"the next link leads to .*, expected a path on the same origin"):
        read({URL: link})


@pytest.mark.parametrize("link", ["https://openrouter.ai:port/", "/\x1b[31m", "http://xn--/"])
def test_a_next_link_that_is_no_address_is_refused(link: str) -> None:
    with pytest.raises(FeedFormatError, match="the next link is not an address"):
        read({URL: link})


@pytest.mark.parametrize("link", [URL, "/api/v1/models?output_modalities=all", "", "/2"])
def test_next_links_in_a_circle_are_refused(link: str) -> None:
    with pytest.raises(FeedFormatError, match="the next link leads back to a page already read"):
        read({URL: link, "https://openrouter.ai/2": "/2"}, url=URL)


def test_more_pages_than_allowed_are_refused() -> None:
    pages: dict[str, str | None] = {f"https://h/{n}": f"/{n + 1}" for n in range(10)}
    with pytest.raises(FeedFormatError, match="more than 3 pages"):
        read(pages, url="https://h/0", max_pages=3)


def test_pages_that_exceed_the_limit_together_are_refused() -> None:
    limits = FetchLimits(max_bytes=25)
    with pytest.raises(FeedTooLargeError, match=r"2 pages exceed 2\.5e-05 MB together"):
        read({URL: "/2", "https://openrouter.ai/2": None}, limits=limits)


def test_a_page_that_fails_fails_the_list() -> None:
    with pytest.raises(FeedUnavailableError, match="found status 404"):
        read({URL: "/2"})
