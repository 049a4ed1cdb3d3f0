"""Recorded history as a reader lives through it: every id is chosen when it is first listed, and asked for ever after.

    seen = lived_through(snapshots)
    assert seen.rewritten_while_missing == []

The feeds run through the real jobs, in memory. `Reader` keeps choices as a client does: a substitute changes what runs,
and what was chosen is rewritten only where the answer says so. What an answer must never be is judged here by the
published records alone, with arithmetic of its own, so that a mistake of the resolver cannot hide itself.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from modelsync.catalog.documents import encode
from modelsync.catalog.published_set import PublishedSet
from modelsync.client.asked import Binding, Needs, Policy
from modelsync.client.catalog import Catalog, Model
from modelsync.client.resolving.objections import price_of, price_text
from modelsync.client.resolving.resolution import SENTENCES, Outcome, Resolution
from modelsync.client.resolving.resolve import resolve
from modelsync.shell.running.replay import Snapshot, recorded_snapshots, replay
from modelsync.shell.running.runtime import build_runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.stores import MemoryStore

Documents = Mapping[str, Mapping[str, Any]]
Record = Mapping[str, Any]

SERIES: Final = (".", "all-modalities", "daily-2026h1", "older")
POLICIES: Final[Mapping[str, Policy]] = {
    "interactive": Policy(),
    "headless": Policy(mode="headless"),
    "unattended": Policy(mode="headless", auto="tiered"),
}
MOST_TIMES_ITS_PRICE: Final = Fraction(5, 4)
SAME_MODEL: Final = {Outcome.EXACT, Outcome.ALIAS, Outcome.ALIAS_MOVED, Outcome.SLUG, Outcome.CUSTOM}
"""Outcomes that replace nothing: a price that rose is told there, not prevented."""


def one_a_day(recorded_feeds: Path, series: str, *, every: int = 1) -> tuple[Snapshot, ...]:
    """The last list of each UTC day of a series, or of every so many days for which there is one."""
    days = groupby(recorded_snapshots(recorded_feeds / series, source="openrouter"), key=lambda each: each.at.date())
    return tuple(list(day)[-1] for _, day in days)[::every]


def generations(snapshots: tuple[Snapshot, ...]) -> Iterator[Documents]:
    """The documents that stand published after each snapshot, oldest first; a generation that stands longer once."""
    runtime = replace(build_runtime(Settings()), store=MemoryStore(), check_store=lambda: None)
    newest = 0
    for step in replay(runtime, snapshots):
        published = [report for report in step.reports if (report.run.generation or 0) > newest]
        if published:
            last = published[-1]
            newest = last.run.generation or newest
            yield _documents(last.after, generation=newest, at=f"{last.run.at:%Y-%m-%dT%H:%M:%SZ}")


def _documents(published: PublishedSet, *, generation: int, at: str) -> Documents:
    wanted = {name: document for name, document in published.by_name().items() if name not in {"signals", "changes"}}
    read = {name: json.loads(encode(document)) for name, document in wanted.items()}
    return {"manifest": {"generation": generation, "generatedAt": at}, **read}


class Choice(NamedTuple):
    """Who asks for what."""

    policy: str
    id: str
    """The id that was chosen first, whatever became of it."""


class Loss(NamedTuple):
    """The answer to a choice at the first generation of which its model is not a part any more."""

    choice: Choice
    answer: Resolution
    has_free_offer: bool
    """Whether what runs, or something that can be chosen, charges nothing."""
    could_be_free: bool
    """Whether the list has any model that charges nothing and gives what the lost one gave."""


@dataclass
class History:
    """What was seen."""

    ids: set[str] = field(default_factory=set)
    generations: int = 0
    flaps: int = 0
    """How often a model was missing for a while and came back, before anybody called it gone."""
    missing_at_end: set[str] = field(default_factory=set)
    losses: list[Loss] = field(default_factory=list)
    calls_that_failed: list[Loss] = field(default_factory=list)
    """What somebody would be told whose call fails as soon as a model is missing."""
    rewritten_while_missing: list[str] = field(default_factory=list)
    substitutes_moved_while_missing: list[str] = field(default_factory=list)
    came_back: int = 0
    """Choices whose own model runs again after a substitute did."""
    dead: list[str] = field(default_factory=list)
    too_dear: list[str] = field(default_factory=list)
    dearer_untold: list[str] = field(default_factory=list)
    """Models that cost more than agreed to and are still the ones that were chosen, without a word on it."""
    paid_without_consent: list[str] = field(default_factory=list)
    wordless: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    """Answers that another order of the list changes."""
    answers: int = 0

    @property
    def lost_ids(self) -> set[str]:
        """Ids that the catalog called gone at least once."""
        return {loss.choice.id for loss in self.losses}

    def outcomes(self, policy: str) -> Counter[str]:
        """How many losses of one policy ended how."""
        return Counter(
            f"{each.answer.outcome}: {each.answer.reason}" for each in self.losses if each.choice.policy == policy
        )

    def free_losses(self, policy: str) -> list[Loss]:
        """What became of lost models of the free variant."""
        return _free_variants(self.losses, policy)

    def failed_free_calls(self, policy: str) -> list[Loss]:
        """The same for calls that fail while a model is only missing."""
        return _free_variants(self.calls_that_failed, policy)


class Reader:
    """A client that keeps one choice of each policy for every id that was ever listed."""

    def __init__(self) -> None:
        self.history = History()
        self._kept: dict[Choice, Binding] = {}
        self._states: dict[str, str] = {}
        self._last_seen: dict[str, Record] = {}
        self._gone: set[Choice] = set()
        self._failed: set[Choice] = set()

    def read(self, documents: Documents) -> None:
        """Ask for every choice once more, keep what the answers say, then choose what is new."""
        records = {record["id"]: record for record in documents["current"]["models"]}
        catalog, turned = Catalog.of(documents), Catalog.of(_turned(documents))
        self.history.generations += 1
        self._note_flaps(records)
        self._last_seen |= records
        for choice, binding in self._kept.items():
            self._kept[choice] = self._ask(choice, binding, catalog=catalog, turned=turned, records=records)
        for model_id in records.keys() - self.history.ids:
            model = Model(model_id, records[model_id])
            self._kept |= {Choice(name, model_id): a_choice_of(model, at=catalog.generated_at) for name in POLICIES}
            self.history.ids.add(model_id)
        self.history.missing_at_end = {i for i, record in records.items() if record["state"] == "stale"}

    def _note_flaps(self, records: Mapping[str, Record]) -> None:
        states = {model_id: str(record["state"]) for model_id, record in records.items()}
        self.history.flaps += sum(
            state == "active" and self._states.get(model_id) == "stale" for model_id, state in states.items()
        )
        self._states = states

    def _ask(
        self, choice: Choice, binding: Binding, *, catalog: Catalog, turned: Catalog, records: Mapping[str, Record]
    ) -> Binding:
        policy, listed = POLICIES[choice.policy], records.get(binding.desired)
        answer = resolve(catalog, binding.desired, binding=binding, policy=policy)
        self._judge(choice, answer, binding=binding, records=records)
        kept = self._keep(choice, answer, binding=binding, catalog=catalog)
        if listed is None and choice not in self._gone:
            self._gone.add(choice)
            if resolve(turned, binding.desired, binding=binding, policy=policy) != answer:
                self.history.undecided.append(_told(choice, answer))
            self.history.losses.append(self._loss(choice, answer, binding=binding, records=records))
        if listed is not None and listed["state"] == "stale":
            if (kept.desired, kept.effective) != (binding.desired, binding.effective):
                self.history.rewritten_while_missing.append(_told(choice, answer))
            self._fail(choice, binding=binding, catalog=catalog, records=records)
        return kept

    def _fail(self, choice: Choice, *, binding: Binding, catalog: Catalog, records: Mapping[str, Record]) -> None:
        """A call to a model that is missing, once for each choice: its answer holds for a session, nothing is kept."""
        if choice in self._failed:
            return
        self._failed.add(choice)
        answer = resolve(catalog, binding.desired, binding=binding, policy=POLICIES[choice.policy], gone=True)
        self._judge(choice, answer, binding=binding, records=records)
        if answer.persist != "no":
            self.history.rewritten_while_missing.append(_told(choice, answer))
        self.history.calls_that_failed.append(self._loss(choice, answer, binding=binding, records=records))

    def _judge(self, choice: Choice, answer: Resolution, *, binding: Binding, records: Mapping[str, Record]) -> None:
        history, told = self.history, _told(choice, answer)
        history.answers += 1
        if (
            answer.reason not in SENTENCES
            or not answer.sentence.strip()
            or (answer.runs is (answer.confidence == "stopped"))
        ):
            history.wordless.append(told)
        if answer.id is None:
            return
        running = records.get(answer.id)
        if running is None or (answer.id != binding.desired and running["state"] != "active"):
            history.dead.append(told)
            return
        if binding.is_free and charges(running):
            history.paid_without_consent.append(told)
        if costs_more_than_agreed(running, binding=binding):
            if answer.outcome not in SAME_MODEL:
                history.too_dear.append(told)
            elif binding.blended_price is not None and has_a_price(running) and answer.notice is None:
                history.dearer_untold.append(told)

    def _loss(self, choice: Choice, answer: Resolution, *, binding: Binding, records: Mapping[str, Record]) -> Loss:
        offered = [*([answer.id] if answer.id is not None else []), *(each.id for each in answer.candidates)]
        outputs = self._last_seen[binding.desired]["outputModalities"]
        free = {i for i, each in records.items() if each["state"] == "active" and not charges(each)} - {binding.desired}
        could_be_free = any(sorted(records[each]["outputModalities"]) == sorted(outputs) for each in free)
        return Loss(choice, answer, has_free_offer=not free.isdisjoint(offered), could_be_free=could_be_free)

    def _keep(self, choice: Choice, answer: Resolution, *, binding: Binding, catalog: Catalog) -> Binding:
        """The choice as a client writes it after an answer."""
        if answer.id == binding.desired or answer.id is None:
            self.history.came_back += answer.id is not None and binding.effective is not None
            return binding._replace(effective=None, substituted_at=None)
        if answer.persist == "yes":
            found = catalog.model(answer.id)
            assert found is not None, answer
            return a_choice_of(found, at=catalog.generated_at)
        if answer.id == binding.effective:
            return binding
        if binding.effective is not None and self._states.get(binding.effective) == "stale":
            self.history.substitutes_moved_while_missing.append(f"{_told(choice, answer)} from {binding.effective}")
        return binding._replace(effective=answer.id, substituted_at=catalog.generated_at)


def lived_through(snapshots: tuple[Snapshot, ...]) -> History:
    """What a reader of every generation sees."""
    reader = Reader()
    for documents in generations(snapshots):
        reader.read(documents)
    return reader.history


def a_choice_of(model: Model, *, at: str) -> Binding:
    """A saved choice that needs all that the model can do."""
    return Binding(
        desired=model.id,
        bound_at=at,
        slug=model.slug,
        variant=model.variant,
        blended_price=price_text(price_of(model)),
        is_free=bool(model.record["isFree"]),
        abilities=model.abilities,
        context=model.context,
        needs=Needs(abilities=model.abilities),
    )


def charges(record: Record) -> bool:
    """Whether a published record states any price above zero, whatever it calls itself."""
    return any(Fraction(price) > 0 for price in _prices_in(record["pricing"])) or record["pricingStatus"] != "free"


def has_a_price(record: Record) -> bool:
    """Whether tokens have a price at all."""
    names = {"promptPerMillion", "completionPerMillion"}
    return bool(record["pricingStatus"] == "priced") and names <= record["pricing"].keys()


def costs_more_than_agreed(record: Record, *, binding: Binding) -> bool:
    """Whether three parts prompt and one part completion cost more than 1.25 times what was agreed to."""
    pricing = record["pricing"]
    if not charges(record):
        return False
    if binding.blended_price is None or "promptPerMillion" not in pricing or "completionPerMillion" not in pricing:
        return True
    blended = (3 * Fraction(pricing["promptPerMillion"]) + Fraction(pricing["completionPerMillion"])) / 4
    return blended > Fraction(binding.blended_price) * MOST_TIMES_ITS_PRICE


def _prices_in(pricing: Mapping[str, Any]) -> Iterator[str]:
    for name, value in pricing.items():
        if name.endswith("PerMillion"):
            yield value
    yield from pricing["perUnit"].values()
    for override in pricing["overrides"]:
        yield from (value for name, value in override.items() if name.endswith("PerMillion"))


def _free_variants(losses: Iterable[Loss], policy: str) -> list[Loss]:
    return [each for each in losses if each.choice.policy == policy and each.choice.id.endswith(":free")]


def _told(choice: Choice, answer: Resolution) -> str:
    return f"{choice.policy} {choice.id}: {answer.outcome} ({answer.reason}) {answer.id}"


def _turned(documents: Documents) -> Documents:
    """The same generation with its list the other way round."""
    current = documents["current"]
    models: Iterable[Record] = reversed(current["models"])
    return {**documents, "current": {**current, "models": list(models)}}
