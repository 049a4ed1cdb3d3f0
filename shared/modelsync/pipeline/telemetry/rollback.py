"""What clients reported, over the return to an older generation: nothing of it is forgotten, and nothing told twice.

A rollback restores what the list was; what clients found out since is true of it as well. So the flags are those that
telemetry decided up to now, and with them their ratings and the day since which reports are judged: an old `since`
or none would begin the first month of watching anew. Only where the restored record is of another release, or says
something else of the capability, its own flag counts; so does that of a record that people or the list had settled
in another way since.
"""

from collections.abc import Mapping

from modelsync.catalog.capabilities import Capability, Detected, DetectionSource
from modelsync.catalog.figures import Rating, Telemetry
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.telemetry.flags import FIELD_OF, LISTED, flag_of, listed_source, says_the_same, with_flag


def with_flags_of_now(restored: Mapping[str, ModelInfo], *, now: Mapping[str, ModelInfo]) -> dict[str, ModelInfo]:
    """Restored records, with the flags that clients' reports lowered or confirmed since."""
    return {i: _with_flags(model, now[i]) if i in now else model for i, model in restored.items()}


def _with_flags(model: ModelInfo, stands: ModelInfo) -> ModelInfo:
    for capability in FIELD_OF:
        then, now = flag_of(model, capability), flag_of(stands, capability)
        if not says_the_same(model, stands, capability) or not (_is_judged(then) and _is_judged(now)):
            continue
        if now.source is DetectionSource.TELEMETRY:
            model = with_flag(model, capability, value=now.value, source=now.source)
        elif then.source is DetectionSource.TELEMETRY:
            model = with_flag(model, capability, value=True, source=listed_source(model))
    return model


def _is_judged(flag: Detected[bool | None]) -> bool:
    """Whether clients' reports decided a flag, or could have."""
    return flag.source is DetectionSource.TELEMETRY or (flag.value is True and flag.source in LISTED)


def telemetry_of_now(
    then: Telemetry | None, now: Telemetry | None, *, restored: Mapping[str, ModelInfo]
) -> Telemetry | None:
    """What stands, with the ratings of then of those flags that were taken back from then as well."""
    if then is None or now is None:
        return now or then
    ratings = {i: dict(by_name) for i, by_name in now.ratings.items()}
    for model_id, model in restored.items():
        for capability in FIELD_OF:
            rating = then.ratings.get(model_id, {}).get(capability)
            standing = ratings.get(model_id, {}).get(capability)
            if rating is not None and _fits(rating, model, capability) and not _fits(standing, model, capability):
                ratings.setdefault(model_id, {})[str(capability)] = rating
    return now.model_copy(update={"ratings": dict(sorted(ratings.items()))})


def _fits(rating: Rating | None, model: ModelInfo, capability: Capability) -> bool:
    """Whether a rating is that of a flag which telemetry decided on this record."""
    flag = flag_of(model, capability)
    standing = "unverified" if flag.value is None else "lowered"
    return flag.source is DetectionSource.TELEMETRY and rating is not None and rating.standing == standing
