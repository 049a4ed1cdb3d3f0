"""`models alias`, `fav`, `hide`, `promote`: what the user calls, likes, does not want to see, and recommends.

Without a model each lists what there is. What is gone stays in the lists, with the reason and where it leads, until the
user removes it.
"""

from collections.abc import Callable, Mapping

from modelsync.client.browsing.uses import bucket_of
from modelsync.client.own.user_layer import Promotion, kept_models
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.meaning import chosen
from modelsync.reader.session import Session


def alias(session: Session) -> Answer:
    """List short names, give one, or take one back."""
    words = session.words
    if words.name is None:
        return _aliases(session.layer.aliases)
    if words.undo:
        session.personal.user.unalias(words.name)
        return Answer((f"{words.name} is no name of yours any more",), ids=())
    if words.model is None:
        raise UsageError("alias: expected a name and a model, or a name and --undo; name both")
    target = _id(session, words.model)
    session.personal.user.alias(words.name, target, catalog=session.catalog)
    other = session.catalog.with_alias(words.name)
    remarks = (f"the catalog calls {other.id} so; for you it is {target} now",) if other and other.id != target else ()
    said = f"{words.name} is your name for {target}"
    return Answer((said,), items=({"alias": words.name, "id": target},), remarks=remarks)


def favourites(session: Session) -> Answer:
    """List favourites, add one, or take one back."""
    own = session.personal.user
    return _own_list(session, session.layer.favourites, add=own.favourite, undo=own.unfavourite, what="a favourite")


def hidden(session: Session) -> Answer:
    """List hidden models, hide one, or take that back."""
    own = session.personal.user
    return _own_list(session, session.layer.hidden, add=own.hide, undo=own.unhide, what="hidden")


def promote(session: Session) -> Answer:
    """Put a listed model among the recommended ones, or take that back."""
    words, own = session.words, session.personal.user
    target = _id(session, words.model)
    if words.undo:
        own.unpromote(target)
        return Answer((f"{target} is not promoted any more",), ids=(target,), items=({"id": target},))
    bucket = None if words.bucket is None else bucket_of(words.bucket)
    own.promote(Promotion(target, words.alias, bucket), catalog=session.catalog)
    named = f" as {words.alias}" if words.alias is not None else ""
    item = {"id": target, "alias": words.alias, "bucket": words.bucket}
    return Answer((f"{target} is among your recommended models{named}",), ids=(target,), items=(item,))


def _own_list(
    session: Session, ids: tuple[str, ...], *, add: Callable[[str], object], undo: Callable[[str], object], what: str
) -> Answer:
    words = session.words
    if words.model is None:
        return _kept(session, ids, nothing=f"nothing is {what}; `models {words.command} MODEL` makes it so")
    if words.undo:
        target = words.model if words.model in ids else _id(session, words.model)
        undo(target)
        return Answer((f"{target} is not {what} any more",), ids=(target,), items=({"id": target},))
    target = _id(session, words.model)
    add(target)
    return Answer((f"{target} is {what}",), ids=(target,), items=({"id": target},))


def _id(session: Session, text: str) -> str:
    return chosen(session, text).id or ""


def _kept(session: Session, ids: tuple[str, ...], *, nothing: str) -> Answer:
    found = kept_models(ids, layer=session.layer, catalog=session.catalog)
    rows = tuple((each.id, each.reason or "", each.replacement or "") for each in found)
    table = Table((Column("model", is_id=True), Column("gone because", leaves=1), Column("leads to", is_id=True)), rows)
    return Answer((table,) if rows else (nothing,), items=[each._asdict() for each in found], ids=ids)


def _aliases(pairs: Mapping[str, str]) -> Answer:
    table = Table((Column("alias"), Column("model", is_id=True)), tuple(pairs.items()))
    items = [{"alias": name, "id": target} for name, target in pairs.items()]
    nothing = "you have no short names of your own; `models alias NAME MODEL` gives one"
    return Answer((table,) if pairs else (nothing,), items=items, ids=tuple(pairs))
