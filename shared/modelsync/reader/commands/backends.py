"""`models backends`: who serves a model, under which id, and whether there is a key for it."""

from modelsync.client.backends import BackendOption, backend_options, custom_option
from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.keyring import key_of_own, keys_of
from modelsync.reader.meaning import looked_at
from modelsync.reader.session import Session


def answer(session: Session) -> Answer:
    """Every backend that could be asked for the model."""
    model = looked_at(session, session.words.model)
    keys = keys_of(session)
    own = next((each for each in session.layer.models if each.id == model.id), None)
    if own is not None:
        named = {**keys, own.backend: key_of_own(session, own)} if own.key_ref is not None else keys
        options: tuple[BackendOption, ...] = (custom_option(own, credentials=named),)
    else:
        options = backend_options(model, credentials=keys)
    columns = (
        Column("backend"),
        Column("id there"),
        Column("by", leaves=2),
        Column("runs"),
        Column("why not", leaves=1),
    )
    table = Table(columns, tuple(map(_row, options)))
    notes = tuple(dict.fromkeys(f"{each.backend}: {each.price_note}" for each in options if each.price_note))
    items = [{**each._asdict(), "mapping": str(each.mapping)} for each in options]
    ids = tuple(f"{each.backend}\t{each.wire_id}" for each in options if each.wire_id is not None)
    return Answer((table, *notes), items=[_published(each) for each in items], ids=ids)


def _row(option: BackendOption) -> tuple[str, ...]:
    runs = {True: "yes", False: "no", None: "?"}[option.available]
    return (option.backend, option.wire_id or "-", str(option.mapping), runs, option.why_not or "")


def _published(option: dict[str, object]) -> dict[str, object]:
    names = {"wire_id": "wireId", "why_not": "whyNot", "price_note": "priceNote"}
    return {names.get(name, name): value for name, value in option.items()}
