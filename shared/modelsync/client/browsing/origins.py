"""Where models come from, as the words of a filter: vendors, families and backends that some model has.

Case has no meaning in them. A word that no model has is a slip more often than a wish, and would hide every model: it
is refused, with the known one that is a single slip away. What the words mean for one model is `sieve`'s.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.seen import Seen
from modelsync.client.browsing.sieve import backends_of, families_of
from modelsync.client.misspelling import nearest
from modelsync.errors import UsageError

_MOST_EXAMPLES: Final = 3
_NAMES_OF: Final[Mapping[str, Callable[[Seen], AbstractSet[str]]]] = {
    "vendor": lambda seen: frozenset({str(seen.model.record["vendor"])}),
    "family": lambda seen: families_of(seen.model.record),
    "backend": backends_of,
}
"""What a model is of, by the field of a filter that asks for it."""


def refuse_unknown_origins(wanted: Filter, models: Iterable[Seen]) -> None:
    """Raise UsageError for the first vendor, family or backend that is asked for and that none of the models has."""
    asked = {field: words for field in _NAMES_OF if (words := getattr(wanted, field))}
    everyone = tuple(models) if asked else ()
    for field, words in asked.items():
        models_with = Counter(name for seen in everyone for name in _NAMES_OF[field](seen) if name)
        known = {name.lower() for name in models_with}
        unknown = next((word for word in sorted(words) if word.lower() not in known), None)
        if unknown is not None:
            found = f"found {unknown[:40]!a}, which no model has"
            raise UsageError(f"filter: {field}: {found}, expected {_expected(unknown, models_with)}")


def _expected(word: str, models_with: Counter[str]) -> str:
    """The name that is meant, or some that many models have."""
    near = nearest(word, models_with)
    if near is not None:
        return f"one that some model has; did you mean {near}?"
    common = sorted(models_with, key=lambda name: (-models_with[name], name))[:_MOST_EXAMPLES]
    return f"one such as {', '.join(common)}; mend it" if common else "none of a catalog without models; leave it out"
