"""The last step for a text that names nothing: whom it may mean, shown best first.

The same letters with other punctuation, and words that only one model has, are taken for this session where there is
a person who sees it; a script has to name its model, and nothing that was guessed is kept unless the user accepts it.
Several matches are an ambiguity, none are suggestions, and a suggestion is never taken.
"""

from modelsync.client.asked import Policy, User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.resolving.resolution import (
    MOST_CANDIDATES,
    MOST_SUGGESTIONS,
    Candidate,
    Outcome,
    Resolution,
    Step,
)
from modelsync.client.resolving.search import find, suggest

_REASON_OF = {"letters": "same_letters", "words": "unique_words"}


def guess(catalog: Catalog, blank: Resolution, *, text: str, policy: Policy, user: User) -> Resolution:
    """What a text may mean that names nothing."""
    match = find(catalog, text)
    models = tuple(model for model in match.models if user.permits(model.id)) if match is not None else ()
    if match is not None and len(models) > 1:
        return _ambiguous(blank, models)
    if match is not None and len(models) == 1 and match.kind in _REASON_OF and policy.is_interactive:
        return blank._replace(
            outcome=Outcome.MATCHED,
            reason=_REASON_OF[match.kind],
            id=models[0].id,
            desired=models[0].id,
            confidence="likely",
            persist="after_ack",
            existence="listed",
            steps=(*blank.steps, Step(match.kind, "hit")),
        )
    near = [model for model in suggest(catalog, text, at_most=MOST_SUGGESTIONS) if user.permits(model.id)]
    shown = {model.id: model for model in (*models, *near)}
    return blank._replace(
        outcome=Outcome.NOT_FOUND,
        desired=None,
        candidates=tuple(_as_candidate(model, "resembles") for model in tuple(shown.values())[:MOST_SUGGESTIONS]),
        steps=(*blank.steps, Step("search", "miss")),
    )


def _ambiguous(blank: Resolution, models: tuple[Model, ...]) -> Resolution:
    return blank._replace(
        outcome=Outcome.AMBIGUOUS,
        reason="several_match",
        desired=None,
        candidates=tuple(_as_candidate(model, "matches") for model in models[:MOST_CANDIDATES]),
        steps=(*blank.steps, Step("search", "several")),
    )


def _as_candidate(model: Model, why: str) -> Candidate:
    return Candidate(model.id, why, str(model.record["cost"]))
