"""Saved choices and terms as the JSON of the user's file: read with every value checked, written so that it reads back.

- What is absent is not known (a choice), or as careful as by default (a term).
- A term that nobody knows is refused, since a term that is not understood would be broken; of a choice such members
  are left to who keeps the file.
- A refusal is one sentence that names the member and not its value.

Nothing here opens a file.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, get_args

from modelsync.catalog.pricing import ZERO, amount
from modelsync.client.asked import ANYTHING, CAREFUL, Binding, Consent, Needs, Policy, Stated
from modelsync.client.catalog import ABILITIES
from modelsync.client.instants import is_instant
from modelsync.client.own.user_fields import is_alias, is_price
from modelsync.client.resolving.naming import is_readable
from modelsync.errors import UsageError

Document = Mapping[str, Any]

MOST_HOPS: Final = 8
LONGEST_SCOPE: Final = 120
_BACKEND: Final = "a name in lower-case letters and digits, like openrouter"
_SCOPE: Final = re.compile(r"[a-z][a-z0-9_-]*(?::[A-Za-z0-9@._+-]+)*", re.ASCII)


class _Member(NamedTuple):
    """One member of an object: the field it fills, what it must be, and that in words."""

    field: str
    is_right: Callable[[object], bool]
    expected: str


def checked_scope(scope: str) -> str:
    """The name of who or what chooses: `default`, `chat:42`; raises UsageError for any other text.

    >>> checked_scope("chat:-10042")
    'chat:-10042'
    """
    if len(scope) > LONGEST_SCOPE or not _SCOPE.fullmatch(scope):
        raise UsageError(f"scope: found {scope[:40]!a}, expected a name like default or chat:42; choose such a one")
    return scope


def checked_backend(backend: str) -> str:
    """The name of who runs a model; raises UsageError for any other text."""
    if not is_alias(backend):
        raise UsageError(f"backend: found {backend[:40]!a}, expected {_BACKEND}; choose such a one")
    return backend


def read_policy(document: object) -> Policy:
    """The terms that a JSON object states, the others being as careful as by default; raises UsageError."""
    members = _checked("policy", document, _POLICY)
    unknown = sorted(members.keys() - _POLICY.keys())
    if unknown:
        raise UsageError(
            f"policy: found the term {unknown[0][:40]!a}, expected one of {', '.join(_POLICY)}; mend it, or upgrade"
        )
    return CAREFUL._replace(**{_POLICY[name].field: value for name, value in members.items()})


def policy_document(policy: Policy) -> dict[str, Any]:
    """The terms that are not the careful ones, as JSON."""
    said = {name: getattr(policy, member.field) for name, member in _POLICY.items()}
    return {name: value for name, value in said.items() if value != getattr(CAREFUL, _POLICY[name].field)}


def read_binding(scope: str, document: object) -> Binding:
    """The saved choice of a scope; raises UsageError with the first thing that is wrong. Unknown members are let be."""
    members = _checked(f"bindings: {checked_scope(scope)}", document, _BINDING)
    missing = [name for name in ("desired", "boundAt") if name not in members]
    if missing:
        raise UsageError(f"bindings: {scope}: found no {missing[0]}, expected {_BINDING[missing[0]].expected}; mend it")
    fields = {member.field: members[name] for name, member in _BINDING.items() if name in members}
    if "abilities" in fields:
        fields["abilities"] = frozenset(fields["abilities"])
    if "needs" in fields:
        fields["needs"] = _read_needs(scope, fields["needs"])
    if "terms" in fields:
        fields["terms"] = _read_terms(scope, fields["terms"])
    return Binding(**fields)


def binding_document(binding: Binding) -> dict[str, Any]:
    """The choice as JSON, without what is not known."""
    written: dict[str, Any] = {}
    for name, member in _BINDING.items():
        value = getattr(binding, member.field)
        if isinstance(value, frozenset):
            value = sorted(value)
        if isinstance(value, Needs):
            value = None if value == ANYTHING else _needs_document(value)
        if name == "terms":
            value = {word: value[term.field] for word, term in _TERMS.items() if term.field in value} or None
        if value is not None:
            written[name] = value
    return written


def known_of_a_binding() -> frozenset[str]:
    """The members of a choice that this version knows."""
    return frozenset(_BINDING)


def _read_needs(scope: str, document: object) -> Needs:
    members = _checked(f"bindings: {scope}: needs", document, _NEEDS)
    able = members.get("abilities")
    return Needs(abilities=None if able is None else frozenset(able), context=members.get("context", 0))


def _needs_document(needs: Needs) -> dict[str, Any]:
    able = {} if needs.abilities is None else {"abilities": sorted(needs.abilities)}
    return {**able, "context": needs.context}


def _read_terms(scope: str, document: object) -> Stated:
    """A term that is not understood would be broken, so that it is refused here, too."""
    where = f"bindings: {scope}: terms"
    members = _checked(where, document, _TERMS)
    unknown = sorted(members.keys() - _TERMS.keys())
    if unknown:
        expected = f"expected one of {', '.join(_TERMS)}; mend it, or upgrade"
        raise UsageError(f"{where}: found the term {unknown[0][:40]!a}, {expected}")
    return {_TERMS[name].field: value for name, value in members.items()}


def _checked(where: str, document: object, members: Mapping[str, _Member]) -> Mapping[str, Any]:
    """The members of an object, each that is known being right; raises UsageError."""
    if not isinstance(document, dict):
        raise UsageError(f"{where}: found {type(document).__name__}, expected an object; mend it")
    for name, member in members.items():
        if name in document and not member.is_right(document[name]):
            raise UsageError(f"{where}: {name}: expected {member.expected}; mend it")
    return document


def _one_of(*words: str | None) -> Callable[[object], bool]:
    return lambda value: (value is None or isinstance(value, str)) and value in words


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and is_readable(value)


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and str(date.fromisoformat(value)) == value
    except ValueError:
        return False


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_few(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_HOPS


def _is_factor(value: object) -> bool:
    return is_price(value) and isinstance(value, str) and amount(value) > ZERO


def _are_abilities(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each in ABILITIES for each in value)


_CONSENT: Final = get_args(Consent)
_TIME: Final = "a time like 2026-08-08T18:42:00Z"
_PRICE: Final = "USD per million tokens as decimal text"
_WORDS: Final = f"a list of words of {', '.join(ABILITIES)}"
_POLICY: Final[Mapping[str, _Member]] = {
    "mode": _Member("mode", _one_of("interactive", "headless"), "interactive or headless"),
    "priceFactor": _Member("price_factor", _is_factor, "decimal text above zero"),
    "priceCap": _Member("price_cap", lambda value: value is None or is_price(value), f"{_PRICE}, or null"),
    "freeToPaid": _Member("free_to_paid", _one_of("ask", "never", "allow"), "ask, never or allow"),
    "variantChange": _Member("variant_change", _one_of(*_CONSENT), "auto, ask or never"),
    "family": _Member("family", _one_of(*_CONSENT), "auto, ask or never"),
    "auto": _Member("auto", _one_of("tiered", "router", "never", None), "tiered, router, never or null"),
    "unknownPrice": _Member("unknown_price", _one_of("block", "warn"), "block or warn"),
    "maxHops": _Member("max_hops", _is_few, f"a whole number from 0 to {MOST_HOPS}"),
}
_TERMS: Final = {name: _POLICY[name] for name in ("priceFactor", "priceCap", "freeToPaid", "auto")}
"""Terms that may be stated with a choice, and hold for it alone."""
_BINDING: Final[Mapping[str, _Member]] = {
    "desired": _Member("desired", _is_text, "the id that was chosen"),
    "boundAt": _Member("bound_at", is_instant, _TIME),
    "aliasUsed": _Member("alias_used", _is_text, "a name"),
    "slug": _Member("slug", _is_text, "a permanent slug"),
    "variant": _Member("variant", _is_text, "a variant"),
    "blendedPrice": _Member("blended_price", is_price, _PRICE),
    "isFree": _Member("is_free", lambda value: isinstance(value, bool), "true or false"),
    "abilities": _Member("abilities", _are_abilities, _WORDS),
    "context": _Member("context", _is_count, "a number of tokens"),
    "needs": _Member("needs", lambda value: isinstance(value, dict), "an object with abilities and context"),
    "effective": _Member("effective", _is_text, "the id of a substitute"),
    "substitutedAt": _Member("substituted_at", is_instant, _TIME),
    "backend": _Member("backend", is_alias, _BACKEND),
    "terms": _Member("terms", lambda value: isinstance(value, dict), "an object of terms"),
    "usedOn": _Member("used_on", _is_day, "a day like 2026-08-08"),
}
_NEEDS: Final[Mapping[str, _Member]] = {
    "abilities": _Member("abilities", _are_abilities, _WORDS),
    "context": _Member("context", _is_count, "a number of tokens"),
}
"""What each member must be: of terms, of a choice, and of what its user needs."""
