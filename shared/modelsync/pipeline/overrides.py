"""What people overrode: the schema of each file under `overrides/`, and all of them read at once.

Every entry says why (`reason`), on whose word (`source`), from when (`since`) and, if it is to end, until when
(`until`, inclusive). A bad entry refuses the whole set, and every problem of every file is told, so that a
person mends them in one go. An entry that has expired or matches nothing is a finding, not an error.

Nothing is applied here: each stage asks for what it needs.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fnmatch import translate
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from modelsync.catalog.backends import may_run_directly
from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import ReasoningMode
from modelsync.catalog.lifecycle import AUTO, LifecycleState
from modelsync.catalog.model_ids import parse_model_id
from modelsync.errors import OverridesError


def _model_id(text: str) -> str:
    return parse_model_id(text).id


def _direct_id(text: str) -> str:
    if not may_run_directly(text):
        raise ValueError("expected a model without a variant; no direct backend knows them")
    return _model_id(text)


def _target(text: str) -> str:
    return text if text == AUTO else _model_id(text)


def _glob(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9~*?._:/@+-]{1,200}", text):
        raise ValueError("expected a model id, in which * stands for anything")
    return text


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"expected a regular expression ({error})") from None
    return text


Id = Annotated[str, AfterValidator(_model_id)]
Match = Annotated[str, AfterValidator(_glob)]


class Entry(BaseModel):
    """What every override says of itself."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        use_attribute_docstrings=True,
    )
    reason: Annotated[str, Field(min_length=3)]
    source: Annotated[str, Field(min_length=3)]
    since: date
    until: date | None = None


def _given(value: object) -> object:
    if value is None:
        raise ValueError("expected a value, or no such flag at all")
    return value


Switch = Annotated[bool | None, BeforeValidator(_given)]


class Flags(BaseModel):
    """Flags that a rule or an override sets; those left out are not touched."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)
    supports_vision: Switch = None
    supports_tools: Switch = None
    structured_output: Switch = None
    json_mode: Switch = None
    is_image_gen: Switch = None
    is_free: Switch = None
    reasoning: Annotated[ReasoningMode | None, BeforeValidator(_given)] = None


class CapabilityOverride(Entry):
    """Flags of the models whose id matches, whatever any other layer says."""

    match: Match
    flags: Flags


class FamilyRule(Entry):
    """Flags of a family of names: they fill the feed's silence and never overrule it."""

    pattern: Annotated[str, AfterValidator(_regex)]
    """Searched in the id without `~` and variant, ignoring case."""
    flags: Flags


class AliasOverride(Entry):
    """An alias reserved for a model."""

    id: Id
    alias: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]


class RedirectOverride(Entry):
    """Where people send the users of an id that is gone."""

    from_id: Annotated[str, Field(alias="from"), AfterValidator(_model_id)]
    to: Annotated[str, AfterValidator(_target)]


class TombstoneOverride(Entry):
    """A missing model that is known to be gone for good: it need not wait for its days."""

    id: Id
    state: Literal[LifecycleState.DEPRECATED, LifecycleState.REMOVED]


class PinOverride(Entry):
    """A missing model that is kept as stale, because people know that it comes back."""

    id: Id


class QualityPin(Entry):
    """A score from a board that the feed does not carry: percentile on that board, 0 to 1."""

    id: Match
    bucket: Bucket
    score: Annotated[float, Field(ge=0, le=1)]
    date: date
    citation: Annotated[str | None, Field(min_length=10)] = None
    """What the board asks to be named as, where it asks for it."""
    licence: Annotated[str | None, Field(min_length=3)] = None
    """Under which terms the score may be published again."""


class CuratedRule(Entry):
    """A model that people want in a bucket, or out of one (all of them where no bucket is named)."""

    action: Literal["pin", "ban"]
    id: Id
    bucket: Bucket | None = None


class BackendMapping(Entry):
    """The ids of one model under other backends."""

    id: Annotated[str, AfterValidator(_direct_id)]
    backends: Mapping[str, str]


E = TypeVar("E", bound=Entry)


class _File(BaseModel, Generic[E]):
    model_config = ConfigDict(frozen=True, extra="forbid")
    entries: tuple[E, ...]


class _DeprecationFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    redirects: tuple[RedirectOverride, ...] = ()
    tombstones: tuple[TombstoneOverride, ...] = ()
    pins: tuple[PinOverride, ...] = ()


FILES: Final[Mapping[str, type[BaseModel]]] = {
    "capability-overrides.json": _File[CapabilityOverride],
    "family-rules.json": _File[FamilyRule],
    "alias-overrides.json": _File[AliasOverride],
    "deprecation-overrides.json": _DeprecationFile,
    "quality-overrides.json": _File[QualityPin],
    "curated-overrides.json": _File[CuratedRule],
    "backend-mappings.json": _File[BackendMapping],
}
"""Each file and its shape; one that is absent is empty."""


@dataclass(frozen=True)
class Overrides:
    """All overrides, in the order of their files; later entries of a list win over earlier ones."""

    capabilities: tuple[CapabilityOverride, ...] = ()
    family_rules: tuple[FamilyRule, ...] = ()
    aliases: tuple[AliasOverride, ...] = ()
    redirects: tuple[RedirectOverride, ...] = ()
    tombstones: tuple[TombstoneOverride, ...] = ()
    pins: tuple[PinOverride, ...] = ()
    quality: tuple[QualityPin, ...] = ()
    curated: tuple[CuratedRule, ...] = ()
    backends: tuple[BackendMapping, ...] = ()

    def on(self, day: date) -> "Overrides":
        """Those in force on a day."""
        return Overrides(**{name: tuple(e for e in entries if _in_force(e, day)) for name, entries in self._lists()})

    def findings(self, *, ids: Iterable[str], day: date) -> tuple[str, ...]:
        """One sentence for each entry that has expired, and for each that matches none of `ids`."""
        known = frozenset(ids)
        return tuple(
            f"overrides: {name.replace('_', ' ')}: {subject_of(entry)} {problem}"
            for name, entries in self._lists()
            for entry in entries
            if (problem := _finding(entry, known, day)) is not None
        )

    def _lists(self) -> tuple[tuple[str, tuple[Any, ...]], ...]:
        return tuple((each.name, getattr(self, each.name)) for each in fields(self))


def subject_of(entry: Entry) -> str:
    """The id or pattern that an entry is about."""
    for name in ("id", "match", "from_id", "pattern"):
        if hasattr(entry, name):
            return str(getattr(entry, name))
    raise TypeError(f"{type(entry).__name__} names no subject")


def glob_matcher(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression that matches an id against any of several patterns, in which `*` stands for anything."""
    return re.compile("|".join(translate(pattern) for pattern in patterns) or r"(?!)")


def parse_overrides(files: Mapping[str, bytes]) -> Overrides:
    """Read the override files by name; raises OverridesError with every problem of all of them."""
    problems: list[str] = [
        f"{name}: expected one of {', '.join(FILES)}, found a file of another name; rename or remove it"
        for name in sorted(files.keys() - FILES.keys())
    ]
    read = {
        name: read_strictly(kind, files[name], name=name, problems=problems)
        for name, kind in FILES.items()
        if name in files
    }
    if problems:
        raise OverridesError(problems)
    return _assembled(read)


def read_strictly(kind: type[BaseModel], body: bytes, *, name: str, problems: list[str]) -> Any:
    """What a file that people wrote holds; None where it holds something else, with every `problem` told."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            where = ".".join(str(step) for step in each["loc"]) or "file"
            found = "nothing" if each["type"] == "missing" else f"{each['input']!a:.80}"
            problems.append(f"{name}: {where}: expected {_expected(each['type'], each['msg'])}, found {found}")
        return None


def _expected(kind: str, message: str) -> str:
    """What pydantic wanted, in the words of our sentences."""
    if kind == "missing":
        return "a value"
    if kind == "extra_forbidden":
        return "no such key"
    if kind == "json_invalid":
        return f"JSON ({message.removeprefix('Invalid JSON: ')})"
    return message.removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("expected ")


def _assembled(read: Mapping[str, Any]) -> Overrides:
    deprecations = read.get("deprecation-overrides.json", _DeprecationFile())

    def entries(name: str) -> Any:
        return read[name].entries if name in read else ()

    return Overrides(
        capabilities=entries("capability-overrides.json"),
        family_rules=entries("family-rules.json"),
        aliases=entries("alias-overrides.json"),
        redirects=deprecations.redirects,
        tombstones=deprecations.tombstones,
        pins=deprecations.pins,
        quality=entries("quality-overrides.json"),
        curated=entries("curated-overrides.json"),
        backends=entries("backend-mappings.json"),
    )


def _in_force(entry: Entry, day: date) -> bool:
    return entry.since <= day and (entry.until is None or day <= entry.until)


def _finding(entry: Entry, ids: frozenset[str], day: date) -> str | None:
    if entry.until is not None and entry.until < day:
        return f"expired on {entry.until}; remove it or give it a new date"
    subject = subject_of(entry)
    if isinstance(entry, FamilyRule) or subject in ids:
        return None  # A family rule waits for names to come; most of them speak only for old feeds.
    if {"*", "?"} & set(subject) and any(map(glob_matcher([subject]).match, ids)):
        return None
    return "matches no model; remove it or mend the id"
