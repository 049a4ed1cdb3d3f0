"""Models in pages: those of a scope that a text matches, sieved, in a total order, and nothing left out unsaid.

- What is shown on all pages and what is hidden adds up to the total; each hidden model has one reason.
- Batch variants, routers, moving pointers, models that are not active and those that the user hid are hidden unless
  they are asked for: by a filter, by their own word (`batch`, `router`, `latest`), or in the user's own scopes.
- A text matches the same letters, all words, or a run of letters of a name; only where it matches no name at all, what
  it means if it is misspelt is shown, and behind that what resembles it, variants that it names (`free`) first, and
  the page says so.
- Every order ends with the id. Prices are compared blended; one that is unknown, varies, or is charged by other units
  than tokens comes last, as do windows and days that nobody knows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, get_args

from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.origins import refuse_unknown_origins
from modelsync.client.browsing.pages import Page, Place
from modelsync.client.browsing.seen import NOBODYS, Seen, seen_models
from modelsync.client.browsing.sieve import Sieve, price_doubt
from modelsync.client.catalog import Catalog, Model
from modelsync.client.misspelling import Vocabulary
from modelsync.client.own.user_layer import UserLayer
from modelsync.client.resolving.naming import LONGEST_NAME, is_readable
from modelsync.client.resolving.objections import price_of
from modelsync.client.resolving.search import KINDS, MOST_ALIKE, SUGGESTED_FROM, Typed, typed
from modelsync.client.spelling import SharedPairs
from modelsync.errors import UsageError

Scope = Literal["curated", "all", "discovered", "custom", "mine"]
Sort = Literal["best", "price", "context", "newest", "name"]

USUAL_LIMIT: Final = 15
_USUAL: Final = Filter()
_OWN_SCOPES: Final = frozenset({"custom", "mine"})
_EXACT_FIRST: Final = {kind: place for place, kind in enumerate(KINDS)}


class _Row(NamedTuple):
    """A model that matches, and how well: the smaller the nearer."""

    seen: Seen
    nearness: int

    def nearer_by(self, steps: int) -> "_Row":
        """The same, nearer than any row of fewer steps, whatever else they are like."""
        return self._replace(nearness=self.nearness - steps * (len(KINDS) + MOST_ALIKE))


def browse(
    catalog: Catalog,
    text: str = "",
    *,
    scope: Scope = "curated",
    filters: Filter = _USUAL,
    sort: Sort = "best",
    limit: int = USUAL_LIMIT,
    cursor: str | None = None,
    layer: UserLayer = NOBODYS,
) -> Page:
    """One page of the models that match.

    `curated` is the shortlist with what the user promoted, `discovered` every other listed model, `custom` what the
    user added, and `mine` whatever the user added, promoted, marked or used.
    Raises UsageError for a scope, sort, limit, filter or cursor that is none, a vendor, family or backend that no model
    has, and a text that can be no name.
    """
    _refuse_nonsense(text, scope=scope, sort=sort, limit=limit)
    asked = typed(text)
    sieve = Sieve(filters, generated_at=catalog.generated_at)
    everyone = tuple(seen_models(catalog, layer))
    refuse_unknown_origins(filters, everyone)
    within = [seen for seen in everyone if _is_within(scope, seen, catalog)]
    rows, is_resemblance = (
        _matching(within, text, asked) if text.strip() else ([_Row(seen, 0) for seen in within], False)
    )
    hidden, shown = Counter[str](), list[_Row]()
    for row in rows:
        is_named = scope in _OWN_SCOPES or bool(row.seen.spelling.named_by & asked.words)
        reason = sieve.reason(row.seen, is_named=is_named)
        if reason is None:
            shown.append(row)
        else:
            hidden[reason] += 1
    in_order = [row.seen for row in _ordered(shown, sort=sort, catalog=catalog)]
    place = Place(catalog.generation, _question(text, scope=scope, filters=filters, sort=sort))
    start = place.start(cursor, in_order)
    items = tuple(in_order[start : start + limit])
    following = place.after(items[-1]) if start + limit < len(in_order) else None
    return Page(items, len(rows), dict(sorted(hidden.items())), following, is_resemblance)


def _refuse_nonsense(text: str, *, scope: str, sort: str, limit: int) -> None:
    for name, word, known in (("scope", scope, get_args(Scope)), ("sort", sort, get_args(Sort))):
        if word not in known:
            raise UsageError(f"{name}: found {str(word)[:40]!a}, expected one of {', '.join(known)}; choose one")
    if limit < 1:
        raise UsageError(f"limit: found {str(limit)[:40]!a}, expected a number above zero; mend it")
    if not is_readable(text):
        raise UsageError(
            f"search: found a text that can be no name, expected at most {LONGEST_NAME} characters, none of them a "
            "control or an unseen character; mend it"
        )


def _is_within(scope: Scope, seen: Seen, catalog: Catalog) -> bool:
    if scope == "all":
        return True
    if scope in _OWN_SCOPES:
        return seen.own is not None or (scope == "mine" and seen.is_mine)
    is_recommended = seen.is_promoted or catalog.is_recommended(seen.id)
    return is_recommended if scope == "curated" else not is_recommended and seen.own is None


def _matching(models: Sequence[Seen], text: str, asked: Typed) -> tuple[list[_Row], bool]:
    """Those that have the text in a name; else whom it means if misspelt, or resembles, and that this is so."""
    if not asked.letters:
        return [], False
    found = _fitting(models, asked)
    if found:
        return found, False
    corrected = Vocabulary(seen.spelling for seen in models).corrected(text)
    meant = [] if corrected is None else _fitting(models, typed(corrected))
    alike = (row.nearer_by(bool(row.seen.spelling.named_by & asked.words)) for row in _resembling(models, asked))
    near = {row.seen.key: row for row in (*alike, *(row.nearer_by(2) for row in meant))}
    return list(near.values()), bool(near)


def _fitting(models: Iterable[Seen], asked: Typed) -> list[_Row]:
    kinds = ((seen, asked.kind_of_match(seen.spelling)) for seen in models)
    return [_Row(seen, _EXACT_FIRST[kind]) for seen, kind in kinds if kind is not None]


def _resembling(models: Sequence[Seen], asked: Typed) -> list[_Row]:
    shared, fewest = SharedPairs(seen.spelling for seen in models).counted(asked.pairs), asked.fewest_shared
    worth_counting = (models[place] for place, count in shared.items() if count >= fewest)
    likeness = ((seen, asked.resemblance(seen.spelling)) for seen in worth_counting)
    return [_Row(seen, -score) for seen, score in likeness if score >= SUGGESTED_FROM]


def _ordered(rows: list[_Row], *, sort: Sort, catalog: Catalog) -> list[_Row]:
    """By one figure after the other, the last of which decides between equals; two orders are largest first."""
    ordered = sorted(rows, key=lambda row: row.seen.key)
    if sort in {"best", "newest"}:
        ordered.sort(key=lambda row: row.seen.model.record["createdAt"] or "", reverse=True)
    if sort == "context":
        ordered.sort(key=lambda row: row.seen.model.context or 0, reverse=True)
    figures: dict[Sort, Callable[[_Row], Any]] = {
        "best": lambda row: (row.nearness, catalog.place(row.seen.id)),
        "price": lambda row: _price(row.seen.model),
        "name": lambda row: str(row.seen.model.record["name"]).casefold(),
    }
    if sort in figures:
        ordered.sort(key=figures[sort])
    return ordered


def _price(model: Model) -> tuple[bool, Decimal]:
    price = price_of(model) if price_doubt(model) is None else None
    return price is None, price or Decimal(0)


def _question(text: str, *, scope: str, filters: Filter, sort: str) -> str:
    """Equal for equal questions; of keys only whether they were asked for, for they may be told by a function."""
    said = {
        name: sorted(value) if isinstance(value, AbstractSet) else value for name, value in filters._asdict().items()
    }
    return repr((text, scope, sort, {**said, "usable": filters.usable is not None}))
