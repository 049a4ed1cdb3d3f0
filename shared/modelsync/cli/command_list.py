"""What commands there are, and what is said of each: the help, and nothing that runs.

Standard library only, as `options`, so that help comes at once.
"""

from dataclasses import dataclass
from typing import Final

from modelsync.cli.arguments import FLAG_WORDS, TOPICS


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, what follows it, what it does, and which options it has of its own."""

    name: str
    words: str
    help: str
    more: str = ""

    @property
    def usage(self) -> str:
        """How it is written."""
        return f"{self.name} {self.words}".strip()


RUNNING: Final = (
    Command("all", "", "read the feed, recompute the shortlist, publish both", "What a schedule runs, in one go."),
    Command("refresh", "", "read the feed and publish what it means"),
    Command(
        "signals",
        "",
        "look how OpenRouter serves its models, and publish the figures",
        "Three orders of the list, then the endpoints of about 160 models, at most two requests a second: of those "
        "recommended, or nearly so, every time, of the others in turn. OPENROUTER_API_KEY adds latency and throughput.",
    ),
    Command("curate", "", "recompute the shortlist from what is published"),
    Command(
        "enrich",
        "",
        "read models.dev, for what OpenRouter does not tell of a model",
        "Keeps a small copy beside the documents: release dates, knowledge cutoffs, native ids, limits. The next "
        "curation fills gaps from it. An answer that is wrong or lost many models leaves the last good copy.",
    ),
    Command(
        "replay",
        "DIR",
        "run the recorded feeds of a folder in the order of time",
        "Every openrouter-<YYYYMMDDTHHMM>Z.json or .json.gz is refreshed with the clock of its name; after the last "
        "of each UTC day the shortlist is recomputed. A snapshot that is refused or held is told and passed over. "
        "The store must not be newer than the first snapshot. This is also how to fill in history.",
    ),
    Command("rollback", "N", "publish the content of generation N again, as a new generation"),
)
READING: Final = (
    Command("status", "", "ages, counts, what is held, what is due next"),
    Command(
        "diff",
        "[A] [B]",
        "what changed from one generation to another",
        "Without A and B: from the previous generation to the newest; with A alone: from A to the newest. "
        "Generation 0 is the empty catalog.",
    ),
    Command(
        "show",
        "ID",
        "one model's record, alive or gone",
        "ID is an id, an alias, an alias of former times, or the id of a model that is gone.",
    ),
    Command(
        "why",
        "ID [TOPIC]",
        "why a model is published as it is",
        f"TOPIC is a flag ({', '.join(FLAG_WORDS)}, or its published name) or one of {', '.join(TOPICS)}; "
        "without it, all of them.",
    ),
    Command(
        "telemetry",
        "",
        "how often tools and schemas failed, as clients reported, and what follows",
        "By model and capability: requests, rate, interval, reporters, days, and what the next sweep will do. A sweep "
        "as of now is judged; nothing is written.",
    ),
    Command(
        "bindings",
        "",
        "whose saved choices keep which missing models",
        "Leases by credential, what they keep, and whom the next sweep will remove; nothing is written.",
    ),
    Command("verify", "", "check the store: digests, schemas, history, laws"),
    Command(
        "bundle",
        "[FILE]",
        "write what stands published in a folder as one file",
        "A client reads it where MODELSYNC_FILE names it. Without FILE it is the copy that ships with this package, "
        "for a machine that has no network at first.",
    ),
    Command("schema", "[NAME]", "list the JSON Schemas, or print one"),
)
ADMINISTERING: Final = (
    Command(
        "invoke",
        "FUNCTION",
        "call a deployed function and say how its run ended",
        "FUNCTION is a name or an ARN; with --stack one of full_refresh, curated_refresh, provider_refresh, signals. "
        "Region and credentials are those of the AWS configuration.",
    ),
    Command(
        "serve-admin",
        "",
        "serve the admin API to this machine",
        "The API of the deployed function, over plain HTTP, for the catalog of --store; a run that is asked for is "
        "done by this process. An address that other machines can reach needs MODELSYNC_ADMIN_TOKEN, which a caller "
        "sends as its bearer token, and belongs behind a proxy that speaks TLS. Ctrl-C ends it when no run is at work.",
    ),
)
ALL_COMMANDS: Final = (*RUNNING, *READING, *ADMINISTERING)
COMMANDS: Final = tuple(command.name for command in ALL_COMMANDS)
