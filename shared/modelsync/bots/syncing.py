"""`/syncmodels`: how the pipeline stands, and reading the list again; for admins only, and asked before it publishes.

Nothing is run here: the reply's effect says what to run, and `report` puts the answer into words, be it what
`syncmodels ... --json` printed or what the admin API said, as a parsed object.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelsync.bots.chat import Chat
from modelsync.bots.messages import Button, Message, Reply, Sync, say
from modelsync.bots.texts import quoted

ADMINS_ONLY: Final = "Only admins may use /syncmodels; nothing was run."
_MOST_FINDINGS: Final = 5
_ASK: Final = "Read the list again and publish what it means?"
_HOW: Final = "Type /syncmodels all, status or dry."


def sync(chat: Chat, order: str) -> Reply:
    """What to run for `status` and `dry`; for `all` the question."""
    if not chat.is_admin:
        return say(ADMINS_ONLY)
    match order.lower():
        case "status":
            return say("Asking how the pipeline stands …", effect=Sync("status"))
        case "dry":
            return say("Reading the list; nothing is published …", effect=Sync("dry"))
        case "" | "all":
            return _ask(chat, _ASK)
    return say(f"{quoted(order, 40)} is no order that I know. {_HOW}")


def confirmed(chat: Chat, order: str, generation: str) -> Reply:
    """What to run after a button; where something was published since the question, it is asked again."""
    if not chat.is_admin:
        return say(ADMINS_ONLY)
    if order == "all" and generation == str(chat.catalog.generation):
        return say("Reading the list and publishing …", effect=Sync("all"))
    if order == "dry":
        return sync(chat, order)
    return _ask(chat, f"Something was published since I asked. {_ASK}")


def report(document: Mapping[str, Any]) -> Message:
    """The answer to an order in words: counts, what changed, generation, and what is wrong."""
    return Message("\n".join(_lines(document)) or "The pipeline answered nothing.")


def _ask(chat: Chat, question: str) -> Reply:
    generation = chat.catalog.generation
    return say(
        f"{question} Generation {generation} stands.",
        buttons=(Button("Publish", f"sync:all:{generation}"), Button("Dry run", f"sync:dry:{generation}")),
    )


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    error = document.get("error")
    if error is not None:
        yield f"Refused: {quoted(_part(document, 'error').get('message', error))}."
        return
    if document.get("outcome") is not None:
        yield from _run(document)
    elif "status" in document and "run" in document:
        yield f"Run {quoted(document['run'], 60)} of {quoted(document.get('target'), 40)} was started."
    else:
        yield from _standing(document)


def _run(document: Mapping[str, Any]) -> Iterator[str]:
    dry = " (dry run, nothing is written)" if document.get("dryRun") else ""
    yield f"Outcome: {quoted(document['outcome'], 40)}{dry}"
    yield from _generation(document)
    yield from _counted("Counts", document.get("counts"))
    yield from _counted("Changed", document.get("events"))
    if document.get("message"):
        yield f"Message: {quoted(document['message'])}"
    yield from _findings(document.get("findings"))


def _standing(document: Mapping[str, Any]) -> Iterator[str]:
    manifest, heartbeat = _part(document, "manifest"), _part(document, "heartbeat")
    yield from _generation(document)
    if manifest.get("generatedAt"):
        yield f"Published: {quoted(manifest['generatedAt'], 40)}, next due {quoted(manifest.get('nextDue'), 40)}"
    yield from _counted("Counts", document.get("counts") or manifest.get("counts"))
    attempt = _part(heartbeat, "lastAttempt")
    if attempt:
        yield f"Last run: {quoted(attempt.get('outcome'), 40)} at {quoted(attempt.get('at'), 40)}"
    if heartbeat.get("consecutiveFailures"):
        yield f"Failures in a row: {quoted(heartbeat['consecutiveFailures'], 20)}"
    if heartbeat.get("heldFeed"):
        yield f"Held feed: {quoted(_part(heartbeat, 'heldFeed').get('reason'))}"
    yield from _findings(document.get("findings") or heartbeat.get("findings"))


def _generation(document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("generation") is not None:
        yield f"Generation: {quoted(document['generation'], 20)}"


def _counted(label: str, counts: object) -> Iterator[str]:
    if isinstance(counts, Mapping):
        said = ", ".join(f"{quoted(count, 20)} {quoted(name, 40)}" for name, count in counts.items() if count)
        yield f"{label}: {quoted(said or 'nothing', 1000)}"


def _findings(findings: object) -> Iterator[str]:
    if not isinstance(findings, list | tuple) or not findings:
        return
    yield f"Findings: {len(findings)}"
    yield from (f"- {quoted(each)}" for each in findings[:_MOST_FINDINGS])


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = document.get(name)
    return part if isinstance(part, Mapping) else {}
