"""`models user`: models of the user's own, and the user's word on listed ones.

    models user                                     all that is the user's own
    models user add acme/private --backend custom --base-url http://10.0.0.5:8000/v1 --key-ref env:ACME_KEY
    models user set qwen/qwen3-coder --field maxContext=131072 --field supportsTools=false
    models user absorb acme/private                 it is listed now: let the list speak for the rest
    models user export > mine.json                  no secret is ever part of it

A value of a field is JSON where it can be read as such, and text otherwise; `null` takes a word back. Tokens may be
written as everywhere (`32K`). An id that is hardly meant so is added all the same, with a word on it.
"""

import json
import shlex
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from modelsync.client.own.user_document import user_document
from modelsync.client.own.user_layer import CustomModel, UserLayer
from modelsync.client.reading.files import read_given
from modelsync.client.resolving.resolve import existence_of
from modelsync.client.safe_text import ascii_json
from modelsync.errors import NotFoundError, UsageError
from modelsync.reader.answer import Answer, Column, Facts, Part, Raw, Table
from modelsync.reader.arguments import size
from modelsync.reader.session import Session

_OWN_BACKEND: Final = "custom"
_TOKENS: Final = frozenset({"maxContext", "maxOutput"})
"""Fields that count tokens."""
_MOST_BYTES: Final = 4 * 1024 * 1024


def answer(session: Session) -> Answer:
    """What was asked for of the user's own things."""
    act = session.words.act
    if act is None:
        return _summed_up(session.layer)
    if act == "export":
        return _exported(session)
    if session.words.model is None:
        raise UsageError(f"user {act}: expected {'a file' if act == 'import' else 'an id'}; name one")
    return _ACTS[act](session)


def _summed_up(layer: UserLayer) -> Answer:
    """All that is the user's own, for people; its items are what `export` gives."""
    columns = (Column("own model", is_id=True), Column("backend"), Column("server"), Column("key"))
    rows = tuple((each.id, each.backend, each.base_url or "-", each.key_ref or "-") for each in layer.models)
    said = {
        "short names": ", ".join(f"{name} = {target}" for name, target in layer.aliases.items()),
        "favourites": ", ".join(layer.favourites),
        "used lately": ", ".join(layer.recents),
        "hidden": ", ".join(layer.hidden),
        "your word on": ", ".join(layer.overrides),
        "promoted": ", ".join(each.id for each in layer.promoted),
    }
    facts = tuple((label, value) for label, value in said.items() if value)
    view: list[Part] = [*((Table(columns, rows),) if rows else ()), *((Facts(facts),) if facts else ())]
    nothing = ("nothing is your own yet; see `models user --help`",)
    ids = tuple(each.id for each in layer.models)
    return Answer(view or nothing, items=(user_document(layer),), ids=ids)


def _exported(session: Session) -> Answer:
    document = user_document(session.layer)
    return Answer((Raw(ascii_json(json.dumps(document, indent=2))),), items=(document,))


def _add(session: Session) -> Answer:
    """Whether a list has it is advice only: any id may be added, exactly as typed."""
    words = session.words
    model = CustomModel(words.backend or _OWN_BACKEND, words.model, words.base_url, words.key_ref, _fields(session))
    session.personal.user.add_model(model)
    existence = existence_of(session.catalog, model.id, session.opened.loaded.freshness)
    said = {
        "listed": "the catalog lists it too; your word on it wins",
        "not listed": "the catalog does not list it",
        "unknown": "this catalog is too old, or not whole, to say whether it is listed",
    }[existence]
    return Answer(
        (f"{model.id} at {model.backend} is yours; {said}",),
        items=({"id": model.id, "backend": model.backend, "existence": existence},),
        ids=(model.id,),
        remarks=tuple(_doubts(session, model.id)),
    )


def _doubts(session: Session, model_id: str) -> Iterator[str]:
    """What speaks for a slip in an id that was added all the same."""
    undo = f"`models user remove {shlex.quote(model_id)}` takes it back"
    other = session.catalog.with_alias(model_id.lower())
    if any(letter.isspace() for letter in model_id):
        yield f"{model_id[:80]!a} has a space in it, as hardly any id has; {undo}"
    if other is not None and other.id != model_id:
        yield f"the catalog calls {other.id} so; for you it is a model of your own now; {undo}"


def _set(session: Session) -> Answer:
    fields = _fields(session)
    if not fields:
        raise UsageError("user set: expected --field NAME=VALUE; name at least one")
    listed = session.catalog.model(session.words.model)
    own = {each.id for each in session.layer.models}
    if listed is None and session.words.model not in own:
        raise NotFoundError(
            f"user set: found neither a listed model nor one of yours called {session.words.model[:80]!a}; "
            "add it with `models user add`"
        )
    model_id = session.words.model if listed is None else listed.id
    session.personal.user.override(model_id, fields)
    return Answer((f"your word on {model_id}: {', '.join(fields)}",), items=({"id": model_id, "fields": fields},))


def _remove(session: Session) -> Answer:
    words = session.words
    session.personal.user.remove_model(words.model, words.backend, base_url=words.base_url)
    return Answer((f"{words.model} is not yours any more",), items=({"id": words.model},), ids=(words.model,))


def _absorb(session: Session) -> Answer:
    session.personal.user.absorb(session.words.model, catalog=session.catalog)
    said = f"{session.words.model} is an ordinary listed model now; what you said of it stays"
    return Answer((said,), items=({"id": session.words.model},), ids=(session.words.model,))


def _import(session: Session) -> Answer:
    path = Path(session.words.model)
    body = read_given("/dev/stdin" if session.words.model == "-" else path, limit=_MOST_BYTES)
    if body is None:
        raise NotFoundError(f"user import: found no file {path}, expected an export; name one")
    try:
        document = json.loads(body.decode())
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise UsageError(f"user import: {path}: found no JSON object, expected an export; name another file")
    layer = session.personal.user.import_from(document)
    return Answer((f"{path} was added to what is yours",), items=(user_document(layer),))


def _fields(session: Session) -> Mapping[str, Any]:
    """The typed fields; a leg of a price is named with its group: `pricing.promptPerMillion=0.3`."""
    found: dict[str, Any] = {}
    for typed in session.words.field or ():
        name, is_given, text = typed.partition("=")
        if not is_given or not name:
            raise UsageError("--field: expected NAME=VALUE, found no '='; mend it")
        group, dot, leg = name.partition(".")
        if dot:
            found.setdefault(group, {})[leg] = None if text == "null" else text
        else:
            found[name] = _tokens(text) if name in _TOKENS else _value(text)
    return found


def _tokens(text: str) -> Any:
    """A count of tokens as every option takes it; anything else is the rule's to refuse."""
    try:
        return size(text)
    except ArgumentTypeError:
        return _value(text)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


_ACTS: Final[Mapping[str, Callable[[Session], Answer]]] = {
    "add": _add,
    "set": _set,
    "remove": _remove,
    "absorb": _absorb,
    "import": _import,
}
