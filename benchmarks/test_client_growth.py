"""Whether what the client builds of a catalog grows with its length, and not with the length's square.

A published document may be as long as the limit of its bytes allows, and its parts may all be of one name. The same
work is done on a short list and on one twenty times as long. Linear work takes about twenty times as long, quadratic
work 400 times; the bound stands between them, far from both.
"""

import timeit
from collections.abc import Callable
from typing import Any

import pytest

from modelsync.client.catalog import Catalog
from modelsync.client.reading.index import index_of
from modelsync.client.reading.sets import DocumentSet
from tests.client.published_sets import models, set_of

SHORT, LONGER = 1_000, 20
MOST_TIMES = 80.0
TRIES = 3
AT = {"generation": 7, "generatedAt": "2026-08-08T18:42:00Z"}


def with_moves(count: int) -> DocumentSet:
    """A set in which so many models had one alias."""
    move = {"oldAlias": "one", "newAlias": "two", "modelId": "acme/two", "since": "2026-07-01T00:00:00Z"}
    return a_set(models(1), aliasHistory=[move] * count)


def with_slug(count: int) -> DocumentSet:
    """A set in which so many models have one permanent slug."""
    return a_set([{**each, "canonicalSlug": "acme/one"} for each in models(count)], aliasHistory=[])


def a_set(listed: list[dict[str, Any]], **parts: Any) -> DocumentSet:
    gone = {**AT, "redirects": [], "tombstones": [], **parts}
    return set_of({"manifest": AT, "current": {**AT, "models": listed}, "deprecations": gone})


def old_aliases(documents: DocumentSet) -> None:
    assert Catalog.of(documents).old_aliases("one")


def table(documents: DocumentSet) -> None:
    assert index_of(documents, documents.bodies)


def seconds_of(work: Callable[[DocumentSet], None], documents: DocumentSet) -> float:
    work(documents)  # parses it
    return min(timeit.repeat(lambda: work(documents), number=1, repeat=TRIES))  # no garbage is collected meanwhile


@pytest.mark.parametrize(
    ("work", "made"),
    [(old_aliases, with_moves), (table, with_moves), (table, with_slug)],
    ids=["old aliases", "the table of old aliases", "the table of slugs"],
)
def test_the_work_grows_with_the_length(
    work: Callable[[DocumentSet], None], made: Callable[[int], DocumentSet]
) -> None:
    short, long = (seconds_of(work, made(count)) for count in (SHORT, SHORT * LONGER))
    print(
        f"\n{work.__name__} {made.__name__}: {1000 * short:.1f} ms, of {LONGER} times as many {long / short:.1f}-fold"
    )
    assert long / short < MOST_TIMES
