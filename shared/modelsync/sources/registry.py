"""What clients report about saved choices: which ids must not be forgotten.

A client writes one document, `{"schema", "client", "day", "leases": [{"id", "lastUsedDay"}]}`, at most daily. A
lease keeps its id from being removed for 35 days after the document's day (five missed weekly writes), and only
if the choice was used within 90 days. Who the client is has no meaning here; ids are not checked against the list.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from modelsync.catalog.reports import CLOCKS_DIFFER, LEASE_LASTS, MOST_LEASES, Lease
from modelsync.errors import FeedFormatError

USED_WITHIN: Final = timedelta(days=90)


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


class _Lease(_Wire):
    id: Annotated[str, Field(min_length=1, max_length=200)]
    last_used_day: date


class _Bindings(_Wire):
    day: date
    leases: Annotated[tuple[_Lease, ...], Field(max_length=MOST_LEASES)]


def bound_ids(body: bytes, *, where: str, today: date) -> Iterator[str]:
    """Ids that one client's document keeps; raises FeedFormatError where it cannot be read."""
    return (lease.id for lease in leases_in_force(body, where=where, today=today))


def leases_in_force(body: bytes, *, where: str, today: date) -> Iterator[Lease]:
    """The leases of one client's document that still hold; raises FeedFormatError where it cannot be read."""
    try:
        bindings = _Bindings.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "document"
        raise FeedFormatError("bindings", f"{where}: {place}", first["msg"]) from error
    if -CLOCKS_DIFFER <= today - bindings.day <= LEASE_LASTS:
        used = (lease for lease in bindings.leases if today - lease.last_used_day <= USED_WITHIN)
        yield from (Lease(lease.id, lease.last_used_day) for lease in used)
