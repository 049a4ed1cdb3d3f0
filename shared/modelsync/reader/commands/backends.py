"""`models backends`: who serves a model, under which id, and whether there is a key for it."""

from modelsync.client.switching.backends import BackendOption
from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.keyring import where_to_put_a_key
from modelsync.reader.meaning import looked_at
from modelsync.reader.serving import options_of
from modelsync.reader.session import Session


def answer(session: Session) -> Answer:
    """Every backend that could be asked for the model."""
    model = looked_at(session, session.words.model)
    options = tuple(_with_its_variable(session, model.id, each) for each in options_of(session, model))
    columns = (
        Column("backend"),
        Column("id there", is_id=True),
        Column("known by", leaves=1),
        Column("runs"),
        Column("why not", is_prose=True),
    )
    table = Table(columns, tuple(map(_row, options)))
    notes = tuple(dict.fromkeys(f"{each.backend}: {each.price_note}" for each in options if each.price_note))
    items = [{**each._asdict(), "mapping": str(each.mapping)} for each in options]
    ids = tuple(f"{each.backend}\t{each.wire_id}" for each in options if each.wire_id is not None)
    return Answer((table, *notes), items=[_published(each) for each in items], ids=ids)


def _with_its_variable(session: Session, model_id: str, option: BackendOption) -> BackendOption:
    """A missing key is named by where it is looked for."""
    place = where_to_put_a_key(session, model_id, backend=option.backend) if option.available is False else None
    return option if place is None else option._replace(why_not=f"{option.backend} has no key: {place}")


def _row(option: BackendOption) -> tuple[str, ...]:
    runs = {True: "yes", False: "no", None: "?"}[option.available]
    return (option.place, option.wire_id or "-", str(option.mapping), runs, option.why_not or "")


def _published(option: dict[str, object]) -> dict[str, object]:
    names = {"wire_id": "wireId", "why_not": "whyNot", "price_note": "priceNote", "base_url": "baseUrl"}
    return {names.get(name, name): value for name, value in option.items()}
