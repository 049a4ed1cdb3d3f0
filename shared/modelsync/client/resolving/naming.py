"""Whom a text means: its exact reading first, then the user's names, suffixes, prefixes, aliases and slugs.

Only whole names are read here; what merely resembles one is `search`'s. A user's own model wins over every
listed one, and is found only exactly as it was typed. A name may lead to a model that is gone: then the answer says
so, and where to go from there is `substitutes`'.
"""

from collections.abc import Callable, Iterable
from typing import Final, Literal, NamedTuple

from modelsync.client.asked import User
from modelsync.client.catalog import Catalog, Model, OldAlias
from modelsync.client.resolving.resolution import Step
from modelsync.errors import UsageError

LONGEST_NAME: Final = 200
VIRTUAL_SUFFIXES: Final = ("nitro", "floor", "exacto", "online")
"""Ways of routing to a model, not models."""
SAME_NAMESPACE: Final = ("openrouter", "gateway")
"""Backends that speak the catalog's own ids."""

_BLANKS: Final = " \t\r\n"
_CONTROLS: Final = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
"""Unicode's control characters: their number never changes."""


class Meant(NamedTuple):
    """What a text stands for."""

    kind: Literal["custom", "listed", "gone", "unknown", "cycle"]
    id: str
    reason: str
    """How it was read: a key of `resolution.SENTENCES`."""
    steps: tuple[Step, ...]
    route_hint: str | None = None
    notes: tuple[str, ...] = ()
    is_stored: bool = False
    """Whether a stored name led here, so that what merely resembles it is no answer."""


def tidy(text: str) -> str:
    """The text without blanks around it, in one Unicode form; raises UsageError where nothing is left."""
    bare = _composed(text).strip(_BLANKS)
    if not bare.strip("/"):
        raise UsageError("model: expected an id, an alias or a word, found an empty text; name a model")
    return bare


def is_readable(text: str) -> bool:
    """Whether a text can be a name at all: one with an unseen character would look like another's."""
    return len(text) <= LONGEST_NAME and _CONTROLS.isdisjoint(text) and (text.isascii() or _is_seen(text))


def identify(catalog: Catalog, text: str, *, user: User, bound_at: str | None = None) -> Meant:
    """Read a tidy text; `bound_at` is when a stored name was chosen, None for one that was typed just now."""
    return _Reader(catalog, user, bound_at).read(text)


class _Reader:
    """Reads one text in the order of the rules; the first that knows decides."""

    def __init__(self, catalog: Catalog, user: User, bound_at: str | None) -> None:
        self._catalog = catalog
        self._user = user
        self._bound_at = bound_at
        self._own_ids = {_composed(each): each for each in user.custom_ids}
        self._steps: list[Step] = []

    def read(self, text: str) -> Meant:
        """The first reading of all rules."""
        typed = text if text in self._own_ids else text.removeprefix("/")
        rules: tuple[tuple[str, Callable[[str], Meant | None]], ...] = (
            ("exact", self._exact),
            ("user_alias", self._own_alias),
            *self._rules_of_the_catalog(),
        )
        return self._first(rules, typed) or self._meant("unknown", typed, "no_match")

    def _rules_of_the_catalog(self) -> tuple[tuple[str, Callable[[str], Meant | None]], ...]:
        return (
            ("suffix", self._suffix),
            ("gone", self._gone),
            ("backend", self._backend),
            ("alias", self._alias),
            ("alias_history", self._alias_history),
            ("slug", self._slug),
        )

    def _first(self, rules: tuple[tuple[str, Callable[[str], Meant | None]], ...], text: str) -> Meant | None:
        for name, rule in rules:
            found = rule(text)
            if found is not None:
                # A rule that read a part of the text has noted its own steps behind the ones from before.
                return found._replace(steps=(*self._steps, Step(name, "hit")))
            self._steps.append(Step(name, "miss"))
        return None

    def _exact(self, text: str) -> Meant | None:
        if text in self._own_ids:
            notes = ("also_listed",) if self._catalog.model(text) is not None else ()
            return self._meant("custom", self._own_ids[text], "custom_id", notes=notes)
        return self._listed(self._catalog.model(text), "id")

    def _own_alias(self, text: str) -> Meant | None:
        """One hop: a name that leads to another name leads nowhere."""
        own = {name.lower(): target for name, target in self._user.aliases.items()}
        target = own.get(text.lower())
        if target is None:
            return None
        found = self._exact(target)
        if found is None and target.lower() in own:
            return self._meant("cycle", target, "alias_cycle")
        found = found or self._first(self._rules_of_the_catalog(), target) or self._meant("unknown", target, "no_match")
        reason = "user_alias" if found.kind == "listed" else found.reason
        return found._replace(reason=reason, is_stored=True)

    def _suffix(self, text: str) -> Meant | None:
        base, _, suffix = text.rpartition(":")
        if not base or suffix.lower() not in VIRTUAL_SUFFIXES:
            return None
        found = self._whole_name(base)
        if found is None:
            return None
        notes = ("online_is_deprecated",) if suffix.lower() == "online" else ()
        return found._replace(route_hint=suffix.lower(), notes=(*found.notes, *notes))

    def _gone(self, text: str) -> Meant | None:
        stone = self._catalog.tombstone(text)
        if stone is not None:
            return self._meant("gone", stone.id, "id")
        redirect = self._catalog.redirect(text)
        return self._meant("gone", redirect.from_id, "id") if redirect is not None else None

    def _backend(self, text: str) -> Meant | None:
        """The part behind a backend's name, if that is a name by itself; a vendor may be called like a backend."""
        backend, slash, name = text.partition("/")
        if not slash or backend.lower() not in {*SAME_NAMESPACE, *map(str.lower, self._user.backends)}:
            return None
        if "/" in name:
            return self._whole_name(name)
        natives = self._catalog.with_native_id(backend.lower(), name)
        return self._listed(natives[0], "backend_id") if len(natives) == 1 else None

    def _alias(self, text: str) -> Meant | None:
        """Whose alias it is; a name that was stored before the alias went to another model is history."""
        alias = _as_alias(text)
        if self._still_theirs(self._catalog.old_aliases(alias)):
            return None
        return self._listed(self._catalog.with_alias(alias), "catalog_alias")

    def _alias_history(self, text: str) -> Meant | None:
        """Whose alias it was: when a stored name was chosen, or last."""
        moves = self._catalog.old_aliases(_as_alias(text))
        if moves:
            from modelsync.client.instants import instant

            earliest_first = sorted(moves, key=lambda move: instant(move.until))
            owner = next(iter(self._still_theirs(earliest_first)), earliest_first[-1])
            return self._listed_or_gone(owner.model_id, "old_alias")
        gone = self._catalog.gone_with_alias(_as_alias(text))
        return self._meant("gone", gone, "catalog_alias") if gone is not None else None

    def _still_theirs(self, moves: Iterable[OldAlias]) -> list[OldAlias]:
        """Those that took the alias from its model only after the name was stored."""
        if self._bound_at is None or not moves:
            return []
        from modelsync.client.instants import instant

        stored = instant(self._bound_at)
        return [move for move in moves if stored < instant(move.until)]

    def _slug(self, text: str) -> Meant | None:
        slug, _, variant = text.lower().partition(":")
        same = [model for model in self._catalog.of_slug(slug) if model.variant == (variant or None)]
        return self._listed(same[0], "canonical_slug") if len(same) == 1 else None

    def _whole_name(self, text: str) -> Meant | None:
        """The reading of a part of a text: an id, alive or gone, an alias, old or new, or a slug."""
        rules = (self._exact, self._gone, self._alias, self._alias_history, self._slug)
        return next((found for rule in rules if (found := rule(text)) is not None), None)

    def _listed(self, model: Model | None, reason: str) -> Meant | None:
        return self._meant("listed", model.id, reason) if model is not None else None

    def _listed_or_gone(self, model_id: str, reason: str) -> Meant:
        model = self._catalog.model(model_id)
        return self._meant("gone" if model is None else "listed", model_id if model is None else model.id, reason)

    def _meant(
        self,
        kind: Literal["custom", "listed", "gone", "unknown", "cycle"],
        model_id: str,
        reason: str,
        *,
        notes: tuple[str, ...] = (),
    ) -> Meant:
        return Meant(kind=kind, id=model_id, reason=reason, steps=tuple(self._steps), notes=notes)


def _composed(text: str) -> str:
    """The text in one Unicode form; plain ASCII has no other, and needs no table of letters."""
    if text.isascii():
        return text
    import unicodedata

    return unicodedata.normalize("NFC", text)


def _is_seen(text: str) -> bool:
    """Whether no joiner, direction, soft hyphen or other format character is in a text."""
    import unicodedata

    return all(unicodedata.category(character) != "Cf" for character in text)


def _as_alias(text: str) -> str:
    """Chat commands are written with underscores."""
    return text.lower().replace("_", "-")
