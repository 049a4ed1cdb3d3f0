"""`models status`: which catalog this is, how old, where from, and how the last refresh ended."""

from modelsync.client.reading.ages import in_words, time_text
from modelsync.client.reading.loaded import Loaded
from modelsync.reader.answer import Answer, Facts, Heading
from modelsync.reader.session import Session


def answer(session: Session) -> Answer:
    """The catalog as it was opened."""
    loaded = session.opened.loaded
    models = list(session.catalog.models())
    counts = {
        "listed": len(models),
        "active": sum(1 for model in models if model.is_active),
        "recommended": len(loaded.documents["curated"]["models"]) if "curated" in loaded.documents else 0,
        "gone": len(loaded.documents["deprecations"]["tombstones"]) if "deprecations" in loaded.documents else 0,
    }
    counted = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    facts = (*_facts(loaded), ("models", counted))
    return Answer(
        (Heading(loaded.words()), Facts(facts)),
        items=({**loaded.summary(), "counts": counts},),
        tsv=Facts((*_head(loaded), *facts)),
    )


def _head(loaded: Loaded) -> list[tuple[str, str]]:
    """What the first line says, as facts."""
    return [
        ("generation", str(loaded.generation)),
        ("freshness", str(loaded.freshness)),
        ("read from", str(loaded.origin)),
    ]


def _facts(loaded: Loaded) -> list[tuple[str, str]]:
    """What is known of it; an age of less than a minute is `just now`, and none ago."""
    age = in_words(loaded.age)
    rows = [("generated", f"{time_text(loaded.generated_at)}, {age}{'' if age == 'just now' else ' ago'}")]
    rows += [("source", loaded.source)] if loaded.source is not None else []
    rows += [("confirmed", time_text(loaded.checked_at))] if loaded.checked_at is not None else []
    rows += [("refresh", str(loaded.status).replace("_", " "))] if loaded.status is not None else []
    rows += [("error", loaded.error)] if loaded.error is not None else []
    return rows
