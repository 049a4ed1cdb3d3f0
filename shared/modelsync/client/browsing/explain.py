"""Why a model is as the catalog, or the user, has it: a flag, its price, state, short name, place in the shortlist.

`explain` answers for everything in `ABOUT`, for every model: where a set does not publish the reason, it says so with
None instead of a guess. Who said a value above the published layers is told by `said_by`, as `user_fields.merged`
gives it together with the record that the user sees.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from modelsync.catalog.aliases import derive_alias
from modelsync.catalog.model_ids import is_model_id, parse_model_id
from modelsync.client.browsing.explain_flags import FLAGS, Ratings, explain_flag, in_words
from modelsync.client.browsing.explanation import (
    Explanation,
    Said,
    Since,
    first_listed,
    last_change,
    noted,
    since_of,
)
from modelsync.client.catalog import Catalog, Model, Record
from modelsync.errors import UsageError

NOBODY_ELSE: Final[Mapping[str, str]] = {}

_STATE_KINDS: Final = frozenset({"added", "stale", "deprecated", "removed", "reappeared"})
_LIMITS: Final = {"context": "maxContext", "maxOutput": "maxOutput"}


class _Question(NamedTuple):
    """One model as the user sees it, and who said what of it."""

    catalog: Catalog
    model: Model
    said_by: Mapping[str, str]

    @property
    def listed(self) -> Model | None:
        """The published record; None where there is none."""
        return self.catalog.model(self.model.id)


def explain(
    catalog: Catalog,
    model: Model,
    about: str,
    *,
    said_by: Mapping[str, str] = NOBODY_ELSE,
    ratings: Ratings | None = None,
) -> Explanation:
    """Why something about a model is as it is; `about` is a word of `ABOUT`, or the published name of a flag.

    `ratings` are what clients' reports came to, by id and by flag, as `signals` has them; without them, and without
    `signals` in the catalog, an explanation says that nobody looked at reports. Raises UsageError for any other word.
    """
    words = {flag: word for word, flag in (*FLAGS.items(), *_LIMITS.items())}
    word = words.get(about, about)
    if word in FLAGS:
        return _with_their_own_word(explain_flag(catalog, model, word, said_by=said_by, ratings=ratings))
    if word not in _OTHERS:
        raise UsageError(f"why: found {about[:40]!a}, expected one of {', '.join(ABOUT)}; ask for one of them")
    return _with_their_own_word(_OTHERS[word](_Question(catalog, model, said_by)))


def _with_their_own_word(found: Explanation) -> Explanation:
    """The same with what the user, or the organisation, says, where that decided: the strongest layer, so the last."""
    decided = found.source
    if decided not in {"user", "organisation"} or decided in {each.layer for each in found.evidence}:
        return found
    words = f"{found.value:,} tokens" if found.about in _LIMITS and found.value is not None else in_words(found.value)
    return found._replace(evidence=(*found.evidence, Said(decided, words)))


def _price(asked: _Question) -> Explanation:
    record = asked.model.record
    layers = {layer for name, layer in asked.said_by.items() if name.startswith("pricing.")}
    own = next((layer for layer in ("user", "organisation") if layer in layers), None)
    known = record["pricingStatus"] != "unknown"
    change = last_change(asked.catalog, asked.model.id, frozenset({"price"}))
    listed = asked.listed
    return Explanation(
        about="price",
        value=record["cost"] if known else None,
        source=own or ("api" if known else None),
        confidence="high" if own is not None or known else None,
        since=None if own is not None or not known else since_of(change) or first_listed(asked.catalog, asked.model.id),
        evidence=tuple(_prices_said(listed.record if listed is not None else record)),
        overridden=(Said("api", str(listed.record["cost"])),) if own is not None and listed is not None else (),
    )


def _prices_said(record: Record) -> Iterator[Said]:
    pricing, status = record["pricing"], record["pricingStatus"]
    told = {"dynamic": "its price is that of the model which it hands a request to", "unknown": "names no price"}
    raw = ", ".join(f"{name} {price}" for name, price in pricing["raw"].items())
    yield Said("api", told.get(status) or (f"USD for one unit: {raw}" if raw else f"it is {status}"))
    if pricing["overrides"]:
        yield Said("api", f"conditional prices: {len(pricing['overrides'])}")
    pending = record["pendingPricing"]
    if pending is not None:
        yield Said(
            "pipeline", f"another price was seen on {pending['since'][:10]}, not believed yet: {pending['reason']}"
        )


def _state(asked: _Question) -> Explanation:
    catalog, model = asked.catalog, asked.model
    stone = catalog.tombstone(model.id)
    if stone is not None:
        return _gone(asked)
    if asked.listed is None:
        return Explanation("state", model.record["state"], "user", "high", None, (Said("user", "you added it"),))
    record = asked.listed.record
    change = last_change(catalog, model.id, _STATE_KINDS)
    missing = record["missingSince"]
    evidence = [Said("pipeline", f"first seen on {record['firstSeen'][:10]}")]
    evidence += [Said("api", f"missing from the list since {missing[:10]}")] if missing is not None else []
    evidence += [Said("api", f"its end is announced for {record['expiresAt'][:10]}")] if record["expiresAt"] else []
    since = since_of(change) or (Since(missing) if missing is not None else None)
    return Explanation("state", record["state"], "api", "high", since, (*evidence, *noted(change)))


def _gone(asked: _Question) -> Explanation:
    """The state of a model that left the list, from its tombstone."""
    stones = asked.catalog.document("deprecations")["tombstones"]
    stone = next(each for each in stones if each["id"] == asked.model.id)
    days = {"deprecated": stone["deprecatedAt"], "removed": stone["removedAt"]}
    since = days.get(stone["state"])
    evidence = [
        Said("pipeline", f"first seen on {stone['firstSeen'][:10]}"),
        Said("api", f"missing from the list since {stone['missingSince'][:10]}"),
        Said("pipeline", str(stone["cause"])),
    ]
    redirect = asked.catalog.redirect(asked.model.id)
    if redirect is not None:
        evidence.append(Said("pipeline", f"its users are sent to {redirect.model_id or 'what is recommended then'}"))
    return Explanation(
        "state", stone["state"], "pipeline", "high", Since(since) if since is not None else None, tuple(evidence)
    )


def _alias(asked: _Question) -> Explanation:
    record, own = asked.model.record, asked.said_by.get("alias")
    listed = asked.listed
    if own is not None:
        kept = (Said("pipeline", listed.alias),) if listed is not None else ()
        return Explanation("alias", record["alias"], own, "high", None, (), kept)
    change = last_change(asked.catalog, asked.model.id, frozenset({"alias"}))
    since = since_of(change) or first_listed(asked.catalog, asked.model.id)
    source, words = _alias_came_from(asked)
    was = (Said("log", f"before, it was {change.before}"),) if change is not None else ()
    return Explanation(
        "alias", record["alias"], source, "high" if source else None, since, (Said("pipeline", words), *was)
    )


def _alias_came_from(asked: _Question) -> tuple[str | None, str]:
    """The rule that an alias follows: people's word moves one, else it is made of the id, and kept for ever."""
    model = asked.model
    moved = asked.catalog.document("deprecations").get("aliasHistory", ())
    if any(each["modelId"] == model.id and each["newAlias"] == model.alias for each in moved):
        return "override", "people replaced the one it had"
    made = derive_alias(parse_model_id(model.id)) if is_model_id(model.id) else None
    if made == model.alias:
        return "pipeline", "made of its id; it stays with the model for ever"
    if made is not None and model.alias.startswith(f"{made}-"):
        return "pipeline", f"made of its id, with a few characters more because others claim {made}"
    return None, "it is not made of its id: who gave it is not published"


def _shortlist(asked: _Question) -> Explanation:
    """The buckets that a model stands in, with its place in each, from 1; and what speaks for and against it."""
    catalog, model_id = asked.catalog, asked.model.id
    buckets: Mapping[str, Any] = catalog.document("curated").get("buckets", {})
    places = {name: catalog.bucket(name).index(model_id) + 1 for name in buckets if model_id in catalog.bucket(name)}
    came = [last_change(catalog, model_id, frozenset({"curated-in"}), field=name) for name in places]
    newest = max((each for each in came if each is not None), key=lambda each: each.generation, default=None)
    return Explanation(
        about="shortlist",
        value=places or None,
        source="pipeline" if buckets else None,
        confidence=None,
        since=since_of(newest),
        evidence=tuple(said for name in sorted(buckets) for said in _ranked(buckets[name], name, asked.model)),
    )


def _ranked(bucket: Mapping[str, Any], name: str, model: Model) -> Iterator[Said]:
    """What the shortlist says of a model's place in a bucket."""
    entry = next((each for each in bucket.get("models", ()) if each["id"] == model.id), None)
    near = next((each for each in bucket.get("nextUp", ()) if each["id"] == model.id), None)
    if entry is not None:
        yield Said("pipeline", f"{name}: rank {entry['rank']:.3f}; {entry['reason']}")
        for part, figure in entry["components"].items():
            yield Said("pipeline", f"{name}: {part} {figure['value']:.2f} ({figure['evidence']}: {figure['source']})")
    elif near is not None:
        yield Said("pipeline", f"{name}: just missed it, rank {near['rank']:.3f}; {near['reason']}")
    elif name in model.record["buckets"]:
        yield Said("pipeline", f"{name}: it may stand in it, and does not")
    else:
        yield Said("pipeline", f"{name}: it is not of this kind")


def _limit(word: str) -> Callable[[_Question], Explanation]:
    """Why a limit is what it is; where the list is silent a reference may know more, but decides nothing."""
    field = _LIMITS[word]

    def limit(asked: _Question) -> Explanation:
        value, own, listed = asked.model.record[field], asked.said_by.get(field), asked.listed
        change = last_change(asked.catalog, asked.model.id, frozenset({"context"}), field=field)
        published = listed.record if listed is not None else asked.model.record
        since = since_of(change) or first_listed(asked.catalog, asked.model.id)
        stated = published[field]
        return Explanation(
            about=word,
            value=value,
            source=own or ("api" if value is not None else None),
            confidence="high" if value is not None else None,
            since=None if own is not None or value is None else since,
            evidence=tuple(_limits_said(published, field)),
            overridden=(Said("api", f"{stated:,} tokens"),) if own is not None and stated is not None else (),
        )

    return limit


def _limits_said(record: Record, field: str) -> Iterator[Said]:
    stated = record[field]
    yield Said("api", "does not say" if stated is None else f"{stated:,} tokens")
    enrichment = record.get("enrichment") or {}
    if enrichment.get(field) is not None:
        origin = enrichment["origins"][field]
        yield Said(
            "pipeline", f"{origin['source']} has {enrichment[field]:,} tokens ({origin['record']}), for reference"
        )


_OTHERS: Final[Mapping[str, Callable[[_Question], Explanation]]] = {
    "price": _price,
    "context": _limit("context"),
    "maxOutput": _limit("maxOutput"),
    "state": _state,
    "alias": _alias,
    "shortlist": _shortlist,
}

ABOUT: Final = (*FLAGS, *_OTHERS)
"""Everything that can be asked about."""
