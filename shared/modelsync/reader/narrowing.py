"""From the options of a command to the filter that they mean."""

from collections.abc import Callable

from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.seen import Seen
from modelsync.client.reading.ages import duration
from modelsync.client.switching.credentials import effective_credentials
from modelsync.client.switching.environment_keys import situation_of, situation_of_own
from modelsync.reader.keyring import key_of_own, keys_of
from modelsync.reader.session import DEFAULT_BACKEND, Session


def filter_of(session: Session) -> Filter:
    """What a model must be to be shown."""
    words = session.words
    return Filter(
        free=True if words.free else None,
        max_price_in=words.max_price_in,
        max_price_out=words.max_price_out,
        tier=frozenset(words.tier or ()),
        min_context=words.min_context,
        min_output=words.min_output,
        tools=True if words.tools else None,
        vision=True if words.vision else None,
        structured=True if words.schema else None,
        reasoning=words.reasoning,
        image_gen=True if words.images else None,
        vendor=frozenset(words.vendor or ()),
        family=frozenset(words.family or ()),
        state=frozenset(words.state or {"active"}),
        backend=frozenset(words.backend or ()),
        usable=usable_by(session) if words.usable else None,
        new_within=None if words.new_within is None else duration(words.new_within),
        min_confidence="high" if words.sure else "low",
        include_routers=words.routers,
        include_variants=words.variants,
    )


def usable_by(session: Session) -> Callable[[Seen], bool]:
    """Whether some key of the environment serves a model, at whichever backend."""
    keys = keys_of(session)

    def usable(seen: Seen) -> bool:
        own = seen.own
        if own is not None:
            situation = situation_of_own(own, keys=keys, own_key=key_of_own(session, own))
        else:
            situation = situation_of(seen.id, catalog=session.catalog, bound=DEFAULT_BACKEND, keys=keys)
        found = effective_credentials(situation)
        return found.runs is not None or found.suggested is not None

    return usable
