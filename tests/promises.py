"""What must hold of a store at any moment, and what must hold of it when no job is running.

Both read keys and bytes on their own: digests are computed here, the laws are asked of the decoded documents.
"""

import hashlib
import json
from collections import Counter

from modelsync.catalog.documents import DOCUMENTS, Document, Manifest, decode
from modelsync.catalog.events import fold_states
from modelsync.catalog.published_set import PublishedSet
from modelsync.shell.publishing.history import read_history, whole_log
from modelsync.shell.storage.object_store import ObjectStore

ROOT = "models/openrouter"


def body_of(store: ObjectStore, key: str) -> bytes:
    """The bytes of an object that must be there."""
    stored = store.get(key)
    assert stored is not None, f"{key} is not there"
    return stored.body


def generation_seen(store: ObjectStore) -> int:
    """Read as a client does, by the manifest alone; the generation, 0 where nothing was ever published.

    Fails unless every document of it is there, whole, with the digest and size that the manifest states.
    """
    if store.get(f"{ROOT}/manifest.json") is None:
        return 0
    manifest, _ = whole_set(store)
    return manifest.generation


def whole_set(store: ObjectStore) -> tuple[Manifest, PublishedSet]:
    """The set that the manifest names, checked as in `generation_seen`."""
    manifest = decode(Manifest, body_of(store, f"{ROOT}/manifest.json"), key="manifest")
    documents: dict[str, Document] = {}
    for name, entry in manifest.documents.items():
        body = body_of(store, f"models/{entry.key}")
        assert hashlib.sha256(body).hexdigest() == entry.sha256, f"{entry.key}: not the bytes of the manifest"
        assert len(body) == entry.bytes
        document = decode(DOCUMENTS[name], body, key=entry.key)
        assert isinstance(document, Document)
        assert document.generation == entry.generation <= manifest.generation
        documents[name] = document
    assert manifest.generation == max(entry.generation for entry in manifest.documents.values())
    return manifest, PublishedSet().replacing(documents)


def assert_in_order(store: ObjectStore) -> None:
    """Fail unless everything that lies in the store agrees: what `verify` would ask of it, and the laws."""
    manifest, published = whole_set(store)
    assert_fixed_names_are_the_set(store, manifest)
    assert_the_set_keeps_its_manifest(store, manifest)
    assert_log_tells_the_states(store, published)
    assert_models_and_pointers_agree(published)


def assert_the_set_keeps_its_manifest(store: ObjectStore, manifest: Manifest) -> None:
    """Fail where the copy is another one, or is missing though an older set is pointed to."""
    copy = store.get(f"{ROOT}/sets/{manifest.generation}/manifest.json")
    is_whole = {entry.generation for entry in manifest.documents.values()} == {manifest.generation}
    assert copy is not None or is_whole
    assert copy is None or copy.body == body_of(store, f"{ROOT}/manifest.json")


def assert_fixed_names_are_the_set(store: ObjectStore, manifest: Manifest) -> None:
    """Fail where a fixed name holds other bytes than the manifest says."""
    for name, entry in manifest.documents.items():
        fixed = body_of(store, f"{ROOT}/{name}.json")
        assert hashlib.sha256(fixed).hexdigest() == entry.sha256, f"{name}.json is not generation {entry.generation}"


def assert_log_tells_the_states(store: ObjectStore, published: PublishedSet) -> None:
    """Fail unless the log, folded from empty, gives every id and its state, and tells nothing twice."""
    archived = read_history(store, source="openrouter", prefix="models/")
    log = whole_log(archived, published.changes.events if published.changes else ())
    assert fold_states(log) == published.states()
    repeated = [told for told, times in Counter(map(repr, log)).items() if times > 1]
    assert repeated == []
    generations = [event.generation for event in log]
    assert generations == sorted(generations)


def assert_models_and_pointers_agree(published: PublishedSet) -> None:
    """Fail for an alias given twice, a redirect to nobody, or a recommended model that is not there."""
    listed = published.models()
    aliases = [model.alias for model in listed.values()]
    assert len(aliases) == len(set(aliases))
    redirects = published.deprecations.redirects if published.deprecations else ()
    assert [each for each in redirects if each.to != "auto" and each.to not in listed] == []
    recommended = published.curated.models if published.curated else ()
    assert [each.id for each in recommended if each.id not in listed or listed[each.id].state != "active"] == []


def lines_of_history(store: ObjectStore) -> list[dict[str, object]]:
    """Every event ever told, parsed: the lines of the month files, and what only the log of the set has."""
    keys = store.list(f"{ROOT}/history/")
    lines = [json.loads(line) for key in keys for line in body_of(store, key).splitlines()]
    archived = {line["generation"] for line in lines}
    recent = json.loads(body_of(store, f"{ROOT}/changes.json"))["events"]
    return lines + [event for event in recent if event["generation"] not in archived]
