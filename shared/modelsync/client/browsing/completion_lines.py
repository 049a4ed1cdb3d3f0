"""The flat file that completion reads, made from a catalog as one user sees it.

Every active model that the user did not hide has a line for its id and one for each short name, best first, with its
price, window and what it stands for as the hint; a batch variant has none for the short name that the catalog gives it,
which no colon would keep from being offered. Every bucket has one. Prices are the catalog's own words, so that an
unknown one reads `?`. A name with a control or an unseen character has no line: it could not be typed either.
"""

from collections.abc import Iterator
from typing import Final

from modelsync.client.browsing.completion import BATCH, LAYOUT, Kind
from modelsync.client.browsing.recommended import shortlist
from modelsync.client.browsing.seen import NOBODYS, Seen, seen_models
from modelsync.client.catalog import Catalog
from modelsync.client.own.user_layer import UserLayer, as_user
from modelsync.client.resolving.naming import is_readable

_K: Final = 1000
_M: Final = 1_000_000


def sidecar(catalog: Catalog, layer: UserLayer = NOBODYS) -> bytes:
    """The file for a catalog and what a user added to it; equal bytes for equal ones."""
    lines = (f"{kind}\t{text}\t{hint}\n" for kind, text, hint in _entries(catalog, layer) if is_readable(text + hint))
    return f"{LAYOUT}\n{''.join(dict.fromkeys(lines))}".encode("utf-8", "replace")


def tokens_text(count: int | None) -> str:
    """A number of tokens as vendors print it, rounded down: 262144 is `262K`.

    >>> tokens_text(262144), tokens_text(1050000), tokens_text(1000000), tokens_text(None)
    ('262K', '1.05M', '1M', '?')
    """
    if count is None:
        return "?"
    if count < _K:
        return str(count)
    if count < _M:
        return f"{count // _K}K"
    whole, rest = divmod(count * 100 // _M, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + "M"


def _entries(catalog: Catalog, layer: UserLayer) -> Iterator[tuple[Kind, str, str]]:
    wanted = [seen for seen in seen_models(catalog, layer) if not seen.is_hidden and seen.model.is_active]
    wanted.sort(key=lambda seen: (catalog.place(seen.id), seen.key))
    for seen in wanted:
        yield "model", seen.id, _hint(seen, also=seen.model.alias)
        if not seen.id.endswith(BATCH):
            yield "alias", seen.model.alias, _hint(seen, also=seen.id)
    ids = {seen.id: seen for seen in wanted}
    for alias, target in sorted(as_user(layer).aliases.items()):
        if target in ids:
            yield "alias", alias, _hint(ids[target], also=target)
    for bucket in shortlist(catalog, layer=layer):
        yield "bucket", bucket.name, bucket.label


def _hint(seen: Seen, *, also: str) -> str:
    return f"{also} \u00b7 {seen.model.record['cost']} \u00b7 {tokens_text(seen.model.context)}"
