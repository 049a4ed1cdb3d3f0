"""Short unique names for models: derived from the id, assigned over a whole set, kept for ever.

Rules, strongest first:
1. An alias that was ever published belongs to its model and never moves to another one.
2. An override names its model, unless rule 1 or another override forbids it; then it is a finding.
3. A model keeps the alias it has.
4. A new model gets the text derived from its id if it is the only claimant of that text, or else the only
   claimant whose id says exactly that text. Claimants are all models ever known, here or gone.
5. Every other new model gets its text with `-` and 3 (if taken 4, 5, …) base36 characters of its id's digest.

Rule 4 never picks a winner among equals: where `gpt-4o-2024-05-13` and `gpt-4o-2024-08-06` arrive together
neither becomes `gpt-4o`, so that a word never stands for a model by luck and stays free for the id that
says it. All of it depends on sets, never on the order of a feed. The dates of the history are the caller's.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from modelsync.catalog.model_ids import IdParts, ModelId, parse_model_id, undated

SHORTEST_HASH = 3
"""Base36 characters of a digest that tell colliding aliases apart: 46,656 possibilities."""

_ALIAS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_REVISION_TAG = re.compile(r"-(?:v1|v\d+:\d+|00\d)$")
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class AliasMove(NamedTuple):
    """A model that had an alias has another one now; the old one still belongs to it."""

    model_id: ModelId
    old_alias: str
    new_alias: str


class AliasAssignment(NamedTuple):
    """The alias of every model of a set, and what had to be said about it."""

    aliases: Mapping[ModelId, str]
    """In order of the ids."""
    changes: tuple[AliasMove, ...]
    """Moves of models that had an alias, in order of the ids."""
    findings: tuple[str, ...]
    """Overrides that could not be applied and aliases that hide an id, sorted."""


def derive_alias(parts: IdParts) -> str:
    """The text an id suggests as its alias; it matches `[a-z0-9]+(-[a-z0-9]+)*`.

    Vendor, date tags and vendor revision tags (`-v1`, `-v2:0`, `-001` at the end) go; a later `-v2` is a
    generation and stays, and so does the variant, because a free and a paid model must not share a name.

    >>> derive_alias(parse_model_id("deepseek/deepseek-r1-0528:free"))
    'deepseek-r1-free'
    """
    slug, variant = _slug_and_variant(parts)
    return _canonical(_REVISION_TAG.sub("", undated(slug)) + variant)


def assign_aliases(
    models: Iterable[IdParts],
    *,
    kept: Mapping[ModelId, str],
    reserved: Mapping[str, ModelId],
    overrides: Mapping[ModelId, str],
) -> AliasAssignment:
    """Give every model of a set its alias.

    `kept` holds the alias each known model has (a model that may return is one of them), `reserved` every
    alias ever published with its model, `overrides` what people decided. An override of a model outside the
    set waits, and nobody else takes its word meanwhile.
    """
    by_id = {parts.id: parts for parts in models}
    ledger = _Ledger(by_id, kept, reserved, overrides)
    findings = ledger.take_overrides()
    ledger.keep(kept)
    ledger.name_the_new(known={*kept, *reserved.values()})
    aliases = {each: ledger.aliases[each] for each in sorted(by_id)}
    moved = (each for each, alias in aliases.items() if kept.get(each, alias) != alias)
    return AliasAssignment(
        aliases=aliases,
        changes=tuple(AliasMove(each, kept[each], aliases[each]) for each in moved),
        findings=tuple(sorted([*findings, *ledger.hidden_ids()])),
    )


class _Ledger:
    """Who owns which alias while one set is being named."""

    def __init__(
        self,
        by_id: Mapping[ModelId, IdParts],
        kept: Mapping[ModelId, str],
        reserved: Mapping[str, ModelId],
        overrides: Mapping[ModelId, str],
    ) -> None:
        self.aliases: dict[ModelId, str] = {}
        self._by_id = dict(by_id)
        self._overrides = overrides
        self._wanted = Counter(overrides.values())
        self._owner = dict(reserved)
        for model_id in sorted(kept):
            self._owner.setdefault(kept[model_id], model_id)
        self._ids = {*by_id, *kept, *reserved.values()}

    def take_overrides(self) -> list[str]:
        """Apply every override that takes nothing from another model; the others are findings."""
        findings = []
        for model_id in sorted(self._overrides.keys() & self._by_id.keys()):
            alias = self._overrides[model_id]
            problem = self._objection(alias, model_id)
            if problem is None:
                self._give(alias, model_id)
            else:
                findings.append(f"alias override of {model_id}: {alias!r} {problem}; not applied, choose another alias")
        return findings

    def keep(self, kept: Mapping[ModelId, str]) -> None:
        """Leave every model of the set without an override the alias that it has and owns."""
        for model_id in self._by_id.keys() - self.aliases.keys():
            alias = kept.get(model_id)
            if alias is not None and self._owner[alias] == model_id:
                self.aliases[model_id] = alias

    def name_the_new(self, *, known: set[ModelId]) -> None:
        """Derive an alias for every model that has none yet."""
        new = sorted(self._by_id.keys() - self.aliases.keys())
        if not new:
            return
        claimants = {each: parse_model_id(each) for each in known - self._by_id.keys()} | self._by_id
        texts = {each: derive_alias(parts) for each, parts in claimants.items()}
        claims = Counter(texts.values())
        exact = {each for each, text in texts.items() if claims[text] > 1 and _says(claimants[each], text)}
        exact_claims = Counter(texts[each] for each in exact)
        for each in new:
            best = claims[texts[each]] == 1 or (each in exact and exact_claims[texts[each]] == 1)
            if best and self._objection(texts[each], each) is None:
                self._give(texts[each], each)
        for each in new:
            if each not in self.aliases:
                self._give_hashed(texts[each], each)

    def hidden_ids(self) -> list[str]:
        """Aliases given earlier that are the id of a newer model: whoever types one means the id."""
        return [
            f"alias {alias!r} of {model_id}: another model has it as its id; give it another by an override"
            for model_id, alias in self.aliases.items()
            if alias in self._ids and alias != model_id
        ]

    def _objection(self, alias: str, model_id: ModelId) -> str | None:
        """Why a model may not have an alias; None if it may."""
        owner = self._owner.get(alias, model_id)
        if owner != model_id:
            return f"belongs to {owner}, and an alias never moves"
        if self._wanted[alias] > (self._overrides.get(model_id) == alias):
            return "is what an override gives to another model"
        if alias in self._ids and alias != model_id:
            return "is the id of another model"
        return None if _ALIAS.fullmatch(alias) else "is not made of a-z, 0-9 and single hyphens"

    def _give(self, alias: str, model_id: ModelId) -> None:
        self.aliases[model_id] = alias
        self._owner[alias] = model_id

    def _give_hashed(self, text: str, model_id: ModelId) -> None:
        digest = _base36_digest(model_id)
        candidates = (f"{text}-{digest[:length]}" for length in range(SHORTEST_HASH, len(digest) + 1))
        self._give(next(each for each in candidates if self._objection(each, model_id) is None), model_id)


def _says(parts: IdParts, text: str) -> bool:
    """Whether nothing but the vendor had to go from an id to get the text."""
    return _canonical("".join(_slug_and_variant(parts))) == text


def _slug_and_variant(parts: IdParts) -> tuple[str, str]:
    """Lower-case last segment and `:variant` or ''; a Bedrock revision (`…-v2:0`) is part of the segment."""
    slug, variant = parts.slug.rpartition("/")[2].lower(), f":{(parts.variant or '').lower()}"
    if variant[1:].isdigit():
        return slug + variant, ""
    return slug, variant.rstrip(":")


def _canonical(text: str) -> str:
    return _SEPARATORS.sub("-", text).strip("-")


def _base36_digest(model_id: ModelId) -> str:
    """SHA-256 of the id in base 36, 50 characters, the same in every run.

    The low digits come first: the highest one is never above 6 and would waste a character.
    """
    number = int.from_bytes(hashlib.sha256(model_id.encode("ascii")).digest(), "big")
    digits = []
    for _ in range(50):
        number, digit = divmod(number, 36)
        digits.append(_BASE36[digit])
    return "".join(digits)
