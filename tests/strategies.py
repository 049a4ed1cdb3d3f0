"""Small worlds to search for counterexamples in: few ids, few prices, and every odd kind of record among them.

Ids are chosen so that variants, families, renames and colliding aliases meet; prices so that jumps, tiers, zeros and
`-1` do; gaps so that feeds fall before, on and after every threshold.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st

from modelsync.pipeline.overrides import Overrides
from tests.timeline import DAY, HOUR, START, Timeline, overrides
from tests.world import ABSENT, Record, a_record

FEWER: Final = settings(max_examples=40)
"""For laws over whole histories: one example takes as long as a hundred of a single value."""

IDS: Final = (
    "acme/one",
    "acme/one:free",
    "acme/two-1",
    "acme/two-2",
    "acme/two-2-2026-01-31",
    "beta/one",
    "beta/painter",
    "beta/three:batch",
    "openrouter/auto",
    "~acme/two-latest",
)
NEVER_SEEN: Final = "never/seen"

PRICES: Final = (
    "0",
    "0.0000001",
    "0.000001",
    "0.00000104",
    "0.0000011",
    "0.000015",
    "0.00000008333333333333334",
    "1e-6",
    "-1",
    0.000002,
    0,
)
TEXT_TO_TEXT: Final = {"input_modalities": ["text"], "output_modalities": ["text"]}
ARCHITECTURES: Final = (
    TEXT_TO_TEXT,
    {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    {"input_modalities": ["text"], "output_modalities": ["image"]},
    {"modality": "text+image->text"},
)
PARAMETERS: Final[tuple[object, ...]] = (
    ["tools", "structured_outputs", "response_format", "max_tokens"],
    ["reasoning", "include_reasoning", "max_tokens"],
    ["reasoning_effort", "tools"],
    ["response_format"],
    [],
    ABSENT,
)
REASONING: Final = (
    ABSENT,
    {"mandatory": True},
    {"mandatory": False},
    {"mandatory": True, "supported_efforts": ["high", "low"]},
)
ENDS: Final = (None, "2026-06-05", "2026-08-08", "2098-12-31", "9999-01-01")
GAPS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    6 * HOUR,
    DAY,
    2 * DAY,
    13 * DAY,
    14 * DAY,
    16 * DAY,
    30 * DAY,
)

FLAGS: Final = {
    "supportsVision": st.booleans(),
    "supportsTools": st.booleans(),
    "structuredOutput": st.booleans(),
    "jsonMode": st.booleans(),
    "isImageGen": st.booleans(),
    "isFree": st.booleans(),
    "reasoning": st.sampled_from(["none", "fixed", "configurable"]),
}

ids = st.sampled_from(IDS)
gaps = st.sampled_from(GAPS)


# One draw of many values at once is faster than many draws, and most of the time goes into drawing.
PRICINGS: Final = tuple(
    {"prompt": prompt, "completion": completion, **more}
    for prompt, completion in product(PRICES, PRICES)
    for more in (
        {},
        {"image_output": "0.00003"},
        {"image": "-1"},
        {"overrides": [{"min_prompt_tokens": 200000, "prompt": "0.000003", "utc_days": ["sat"]}]},
    )
)
ABILITIES: Final = tuple(
    {"architecture": architecture, "supported_parameters": parameters, "reasoning": reasoning}
    for architecture, parameters, reasoning in product(ARCHITECTURES, PARAMETERS, REASONING)
)
LIVES: Final = tuple(
    {"canonical_slug": slug, "context_length": context, "benchmarks": benchmarks}
    for slug, context, benchmarks in product(
        ("acme/the-same", "beta/the-same", ABSENT),
        (131072, 128000, 0, None),
        (ABSENT, *({"artificial_analysis": {"intelligence_index": index}} for index in (5, 60.5))),
    )
)


@st.composite
def records(draw: st.DrawFn, model_id: str, *, with_ends: bool = True) -> Record:
    """One record of a model."""
    return a_record(
        model_id,
        pricing=draw(st.sampled_from(PRICINGS)),
        expiration_date=draw(st.sampled_from(ENDS)) if with_ends else None,
        **draw(st.sampled_from(ABILITIES)),
        **draw(st.sampled_from(LIVES)),
    )


@st.composite
def feeds(draw: st.DrawFn, *, with_ends: bool = True) -> list[Record]:
    """A list of records with different ids, in any order."""
    listed = draw(st.lists(ids, unique=True, min_size=1))
    return [draw(records(model_id, with_ends=with_ends)) for model_id in listed]


@st.composite
def plain_feeds(draw: st.DrawFn) -> list[Record]:
    """A list of records that differ in nothing but their ids: who is there is all that it says."""
    return [a_record(model_id) for model_id in draw(st.lists(ids, unique=True, min_size=1))]


def flags() -> st.SearchStrategy[dict[str, Any]]:
    """Some flags as an override sets them."""
    return st.fixed_dictionaries({}, optional=FLAGS)


@st.composite
def override_sets(draw: st.DrawFn) -> Overrides:
    """What people may have written, sense or nonsense, as long as each entry is well formed."""
    target = st.sampled_from([*IDS, NEVER_SEEN, "auto"])
    written: Mapping[str, str] = draw(st.dictionaries(st.sampled_from([*IDS, NEVER_SEEN]), target, max_size=5))
    aliases = draw(st.dictionaries(ids, st.sampled_from(["one", "best", "cheap", "two-2"]), max_size=3))
    buried = draw(st.dictionaries(ids, st.sampled_from(["deprecated", "removed"]), max_size=2))
    matches = st.sampled_from([*IDS, "acme/*", "*:free", "*"])
    return overrides(
        alias_overrides=[{"id": i, "alias": alias} for i, alias in aliases.items()],
        capability_overrides=[
            {"match": match, "flags": chosen}
            for match, chosen in draw(st.lists(st.tuples(matches, flags()), max_size=3))
        ],
        family_rules=[{"pattern": "two", "flags": chosen} for chosen in draw(st.lists(flags(), max_size=1))],
        deprecation_overrides={
            "redirects": [{"from": source, "to": to} for source, to in written.items()],
            "tombstones": [{"id": i, "state": state} for i, state in buried.items()],
            "pins": [{"id": i} for i in draw(st.lists(ids, unique=True, max_size=2))],
        },
    )


@st.composite
def steps(draw: st.DrawFn, feed: st.SearchStrategy[list[Record]]) -> "Step":
    """One step of a history."""
    return Step(draw(gaps), draw(feed), accept=draw(st.booleans()), curates=draw(st.booleans()))


class Step:
    """Time passes, then a feed is read, and perhaps a shortlist made."""

    def __init__(self, gap: timedelta, records: list[Record], *, accept: bool, curates: bool) -> None:
        self.gap, self.records, self.accept, self.curates = gap, records, accept, curates

    def __repr__(self) -> str:
        listed = [record["id"] for record in self.records]
        return f"Step({self.gap}, {listed}, accept={self.accept}, curates={self.curates})"

    def take(self, line: Timeline, *, at: datetime) -> None:
        """Let it happen to a timeline."""
        line.read(*self.records, at=at, accept=self.accept)
        if self.curates and line.published.current is not None:
            line.curate(at=at)


def histories(feed: st.SearchStrategy[list[Record]] | None = None) -> st.SearchStrategy[list[Step]]:
    """A few steps, of which the first is believed whatever it says."""
    return st.lists(steps(feeds() if feed is None else feed), min_size=1, max_size=5)


def replay(history: list[Step], line: Timeline, *, begin: datetime = START) -> datetime:
    """Let a history happen to a timeline; gives the time of its last step."""
    at = begin
    for step in history:
        at += step.gap
        step.take(line, at=at)
    return at
