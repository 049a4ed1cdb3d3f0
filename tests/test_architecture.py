"""Who may import whom, and what the core may not touch: the table of the house, held by reading the sources.

Every import counts, wherever it stands, so that neither a function nor `TYPE_CHECKING` can hide one.
A room is a module, named without `modelsync.`; a function's folder is read as `functions.<folder>.<module>`.
"""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = "modelsync"

MAY_IMPORT: Mapping[str, tuple[set[str], set[str]]] = {  # wing -> (wings below it, third parties it may know)
    "errors": (set(), set()),
    "fetch": ({"errors"}, {"httpx"}),
    "catalog": ({"errors"}, {"pydantic", "pydantic_core"}),
    "sources": ({"errors", "catalog"}, {"pydantic", "pydantic_core"}),
    "pipeline": ({"errors", "catalog", "sources"}, {"pydantic", "pydantic_core"}),
    "shell": ({"errors", "fetch", "catalog", "sources", "pipeline"}, {"pydantic", "boto3", "botocore"}),
    "client": ({"errors", "catalog"}, set()),
    "reader": ({"errors", "catalog", "client"}, set()),
    "bots": ({"errors", "catalog", "client"}, set()),
    "admin": ({"errors", "catalog", "shell"}, set()),
    "cli": (
        {"errors", "fetch", "catalog", "sources", "pipeline", "shell", "client", "admin"},
        {"pydantic", "rich"},
    ),
    "__main__": ({"cli"}, set()),
    "scheduled": ({"errors", "catalog", "shell"}, {"aws_lambda_powertools"}),
    "functions": (
        {"errors", "fetch", "catalog", "sources", "pipeline", "shell", "admin", "scheduled"},
        {"aws_lambda_powertools"},
    ),
}

PYDANTIC_ROOMS = {
    "catalog": {"catalog.model_info", "catalog.figures", "catalog.documents"},
    "pipeline": {"pipeline.overrides", "pipeline.pinned"},
}
"""The only rooms of these wings that know a third party; the others are standard library."""

BARE = ("client", "reader", "bots")
"""Wings that a base install runs."""

CLIENT_ROOMS = {
    f"catalog.{room}"
    for room in ("model_ids", "pricing", "lifecycle", "aliases", "backends", "capabilities", "keys", "reports")
}
"""The rooms of the catalog that the thin client may read: they must import without any third party."""

MAY_IMPORT_LATE = {"shell", "client", "reader", "cli", "scheduled", "functions"}
"""Wings that may import inside a function, so that a door does not pay for what it does not use."""

MAY_TOUCH_THE_WORLD = {
    "shell",
    "client.reading.loading",
    "reader.main",
    "reader.terminal",
    "cli",
    "scheduled",
    "functions",
}
"""Wings, and rooms, that may read the clock and the environment, and print."""

READING_CLIENT_ROOMS = {
    f"client.{room}"
    for room in (
        "opening", "own.ledger_file", "own.personal", "own.user_file", "reading.ages", "reading.background",
        "reading.bundle", "reading.cache", "reading.files", "reading.guard", "reading.loaded", "reading.loading",
        "reading.patience", "reading.polling", "reading.refresh", "reading.sets", "reading.settings",
        "reading.sources", "reading.transport", "reports.counting", "reports.delivery", "reports.report_file",
        "reports.reporting", "reports.telemetry",
    )
}  # fmt: skip
"""Where the client reads, keeps and fetches; all its other rooms decide, and are pure."""

INNER_WINGS: Mapping[str, Mapping[str, set[str]]] = {
    "client": {
        "reading": set(),
        "resolving": set(),
        "own": {"reading", "resolving"},
        "switching": {"own", "resolving"},
        "browsing": {"own", "reading", "resolving", "switching"},
        "reports": {"reading", "switching"},
    },
    "pipeline": {"ranking": set(), "telemetry": {"ranking"}},
    "shell": {
        "storage": set(),
        "publishing": {"storage"},
        "contracts": {"storage", "publishing"},
        "reports": {"storage"},
        "running": {"storage", "publishing"},
        "asking": {"storage", "publishing", "running"},
    },
}
"""Wings within a wing, and which of the others each may read; the rooms of its front may read them all."""

WITHOUT_A_FRONT = {"shell"}
"""Wings all of whose rooms are in one of their inner wings."""

DOORS = {("client", "typing")} | {
    ("client", f"{PACKAGE}.client.{room}") for room in ("opening", "asked", "browsing.filters", "own.personal")
}
"""What a threshold may import, as (threshold, module)."""

NAMES_TYPES = {"client", "client.opening", "client.reading.settings", "client.reading.background", "client.catalog"}
"""The rooms that name the types of what they load only when it is asked for; those imports count as any."""

OF_LATER_PYTHONS = {"_sha2"}
"""Modules of the standard library that the Python which runs this need not have."""

CORE = {"errors", "catalog", "sources", "pipeline", "bots"}
UNTOUCHABLE = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "selectors",
    "shutil", "socket", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid",
}  # fmt: skip
"""Modules by which the core could reach the clock, the disk, the network, the environment, chance, a log."""


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a room imports, and where."""

    room: str
    target: str
    line: int
    inside_a_function: bool

    def __str__(self) -> str:
        return f"{self.room}:{self.line} imports {self.target}"

    @property
    def is_ours(self) -> bool:
        return self.target.partition(".")[0] == PACKAGE

    @property
    def third_party(self) -> str | None:
        top = self.target.partition(".")[0]
        return None if top in sys.stdlib_module_names | OF_LATER_PYTHONS or self.is_ours else top


@dataclass(frozen=True, slots=True)
class House:
    """The parsed sources, by room; `""` is the package's own threshold."""

    rooms: Mapping[str, ast.Module]
    thresholds: frozenset[str]

    def imports(self, *wings: str) -> Iterator[Import]:
        for room, tree in self.rooms.items():
            if not wings or wing_of(room) in wings:
                yield from self._imports_of(room, tree)

    def _imports_of(self, room: str, tree: ast.Module) -> Iterator[Import]:
        late = {id(node) for function in functions_in(tree) for node in ast.walk(function)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                targets = [self._room_or_package(f"{'.' * node.level}{node.module or ''}", a.name) for a in node.names]
            else:
                continue
            yield from (Import(room, target, node.lineno, id(node) in late) for target in targets)

    def _room_or_package(self, package: str, name: str) -> str:
        """`from a import b` means the module a.b where there is one, else a name that a defines."""
        return f"{package}.{name}" if f"{package}.{name}".removeprefix(f"{PACKAGE}.") in self.rooms else package

    def arrows(self) -> Mapping[str, set[str]]:
        """The rooms of ours that each room imports."""
        arrows: dict[str, set[str]] = {room: set() for room in self.rooms}
        for found in self.imports():
            if found.is_ours:
                arrows[found.room].add(found.target.removeprefix(PACKAGE).removeprefix("."))
        return arrows


def wing_of(room: str) -> str:
    return room.partition(".")[0]


def functions_in(tree: ast.Module) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def read_house(repository: Path) -> House:
    package, functions = repository / "shared" / PACKAGE, repository / "functions"
    files = {path: path.relative_to(package) for path in package.rglob("*.py")}
    files |= {path: path.relative_to(repository) for path in functions.rglob("*.py")}
    named = {
        ".".join(short.with_suffix("").parts).removesuffix("__init__").rstrip("."): path
        for path, short in files.items()
    }
    return House(
        rooms={room: ast.parse(named[room].read_text(encoding="utf-8")) for room in sorted(named)},
        thresholds=frozenset(room for room, path in named.items() if path.name == "__init__.py"),
    )


HOUSE = read_house(REPOSITORY)


# --- the rules: each returns the sentences it has to complain about ---


def strangers(house: House) -> list[str]:
    return [f"{room} is in no wing of the table" for room in house.rooms if room and wing_of(room) not in MAY_IMPORT]


def upward_imports(house: House) -> list[str]:
    return [
        f"{found}, which is not below it"
        for found in house.imports()
        if found.is_ours and found.target != PACKAGE
        if (wing := wing_of(found.target.removeprefix(f"{PACKAGE}."))) != wing_of(found.room)
        if wing not in MAY_IMPORT.get(wing_of(found.room), (set(), set()))[0]
    ]


def foreign_imports(house: House) -> list[str]:
    return [
        f"{found}, which its wing does not know"
        for found in house.imports()
        if found.third_party and found.third_party not in MAY_IMPORT.get(wing_of(found.room), (set(), set()))[1]
    ]


def foreign_imports_in_stdlib_rooms(house: House) -> list[str]:
    return [
        f"{found}, but only {sorted(rooms)} may"
        for wing, rooms in PYDANTIC_ROOMS.items()
        for found in house.imports(wing)
        if found.third_party and found.room not in rooms
    ]


def imports_the_client_may_not_make(house: House) -> list[str]:
    """Those of the client, its command, and the rooms they read, so that nothing comes in at second hand."""
    readers = {room for room in house.rooms if wing_of(room) in BARE} | CLIENT_ROOMS
    allowed = {f"{PACKAGE}.{room}" for room in readers | {"errors"}} | {PACKAGE}
    return [
        f"{found}, which the bare client cannot"
        for found in house.imports(*BARE, "catalog")
        if found.room in readers and (found.third_party or (found.is_ours and found.target not in allowed))
    ]


def strange_inner_arrows(house: House) -> list[str]:
    return [
        f"{found}, which the order within {wing} does not allow"
        for wing, inner_wings in INNER_WINGS.items()
        for found in house.imports(wing)
        if (inner := inner_wing_of(found.room, wing))
        if (other := inner_wing_of(found.target.removeprefix(f"{PACKAGE}."), wing))
        if other not in {inner, *inner_wings[inner]}
    ]


def rooms_at_no_front(house: House) -> list[str]:
    return [
        f"{room} is in no inner wing of {wing}"
        for room in house.rooms.keys() - house.thresholds
        if (wing := wing_of(room)) in WITHOUT_A_FRONT and inner_wing_of(room, wing) is None
    ]


def inner_wing_of(room: str, wing: str) -> str | None:
    """The wing within a wing in which a room is; None at its front, and elsewhere."""
    return next((inner for inner in INNER_WINGS[wing] if room.startswith(f"{wing}.{inner}.")), None)


def circles(house: House) -> list[str]:
    """Every import that leads back to where it came from, at the point where it closes."""
    arrows, done, found = house.arrows(), set[str](), []

    def visit(room: str, path: tuple[str, ...]) -> None:
        if room in path:
            found.append(" -> ".join((*path[path.index(room) :], room)))
        elif room not in done:
            for target in sorted(arrows.get(room, ())):
                visit(target, (*path, room))
            done.add(room)

    for room in arrows:
        visit(room, ())
    return found


def late_imports(house: House) -> list[str]:
    return [
        f"{found} inside a function"
        for found in house.imports()
        if found.inside_a_function and wing_of(found.room) not in MAY_IMPORT_LATE
    ]


def hidden_imports(house: House) -> list[str]:
    """Imports that a reader of the import block would not see for what they are."""
    relative = [f"{found}, a relative name" for found in house.imports() if found.target.startswith(".")]
    by_name = [
        f"{room}:{line} uses {word}"
        for room, tree in house.rooms.items()
        for line, word in words_used(tree)
        if word != "TYPE_CHECKING" or room not in NAMES_TYPES
        if word in {"TYPE_CHECKING", "typing.TYPE_CHECKING", "__import__", "importlib.import_module", "import_module"}
    ]
    return relative + by_name


def furnished_thresholds(house: House) -> list[str]:
    """The client's alone hands its door on, by name and late: nothing is loaded before somebody names it."""
    return [
        f"{found}, but an __init__ is a threshold"
        for found in house.imports()
        if found.room in house.thresholds and (found.room, found.target) not in DOORS
    ]


def touches_of_the_world(house: House) -> list[str]:
    forbidden = {
        "datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.time_ns",
        "environ", "os.environ", "getenv", "os.getenv", "print", "input",
    }  # fmt: skip
    return [
        f"{room}:{line} uses {word}"
        for room, tree in house.rooms.items()
        if MAY_TOUCH_THE_WORLD.isdisjoint({room, wing_of(room)})
        for line, word in words_used(tree)
        if word in forbidden or word.removeprefix("datetime.") in forbidden
    ]


def is_pure(room: str) -> bool:
    """Whether a room has no business with the clock, the disk, the network."""
    return wing_of(room) in CORE or (wing_of(room) == "client" and room not in READING_CLIENT_ROOMS)


def tools_of_the_core(house: House) -> list[str]:
    tools = [
        str(found)
        for found in house.imports()
        if is_pure(found.room)
        if any(f"{found.target}.".startswith(f"{module}.") for module in UNTOUCHABLE)
    ]
    opened = [
        f"{room}:{line} uses open"
        for room, tree in house.rooms.items()
        if is_pure(room)
        for line, word in words_used(tree)
        if word == "open"
    ]
    return tools + opened


def words_used(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every plain and dotted name that is read, with its line; an imported name counts as read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, alias.name) for alias in node.names)


# --- the house keeps them ---


def test_every_room_is_in_a_wing_of_the_table() -> None:
    assert strangers(HOUSE) == []


def test_the_table_lets_no_wing_import_one_that_may_import_it() -> None:
    placed: set[str] = set()
    while ready := {wing for wing, (below, _) in MAY_IMPORT.items() if below <= placed} - placed:
        placed |= ready
    assert MAY_IMPORT.keys() - placed == set()


def test_nothing_imports_upward() -> None:
    assert upward_imports(HOUSE) == []


def test_a_wing_knows_only_its_third_parties() -> None:
    assert foreign_imports(HOUSE) == []


def test_pydantic_stays_in_the_rooms_that_own_documents() -> None:
    assert foreign_imports_in_stdlib_rooms(HOUSE) == []


def test_the_client_reads_only_rooms_that_need_no_third_party() -> None:
    assert imports_the_client_may_not_make(HOUSE) == []


def test_wings_within_a_wing_keep_their_order() -> None:
    assert strange_inner_arrows(HOUSE) == []


def test_a_wing_without_a_front_has_no_rooms_there() -> None:
    assert rooms_at_no_front(HOUSE) == []


def test_no_import_closes_a_circle() -> None:
    assert circles(HOUSE) == []


def test_only_doors_and_the_shell_import_late() -> None:
    assert late_imports(HOUSE) == []


def test_no_import_is_hidden() -> None:
    assert hidden_imports(HOUSE) == []


def test_thresholds_import_nothing() -> None:
    assert furnished_thresholds(HOUSE) == []


def test_only_the_shell_and_doors_read_clock_and_environment_or_print() -> None:
    assert touches_of_the_world(HOUSE) == []


def test_the_core_has_no_tool_to_touch_the_world() -> None:
    assert tools_of_the_core(HOUSE) == []


@pytest.mark.parametrize("room", sorted({"", "errors"} | (CLIENT_ROOMS & HOUSE.rooms.keys())))
def test_a_room_for_the_client_imports_without_any_third_party(room: str) -> None:
    module = f"{PACKAGE}.{room}".rstrip(".")
    script = f"import sys; sys.path.insert(0, {str(REPOSITORY / 'shared')!r}); import {module}"
    without_site_packages = [sys.executable, "-I", "-S", "-c", script]
    done = subprocess.run(without_site_packages, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# --- and each rule sees what it forbids ---


@pytest.mark.parametrize(
    ("rule", "sources", "complaint"),
    [
        (strangers, {"helpers": ""}, "helpers is in no wing of the table"),
        (
            upward_imports,
            {"catalog.pricing": "from modelsync.pipeline import price", "pipeline.price": ""},
            "catalog.pricing:1 imports modelsync.pipeline.price, which is not below it",
        ),
        (
            upward_imports,
            {"sources.openrouter": "from modelsync.fetch.paging import fetch_all"},
            "sources.openrouter:1 imports modelsync.fetch.paging, which is not below it",
        ),
        (
            foreign_imports,
            {"functions.full_refresh.app": "import httpx"},
            "functions.full_refresh.app:1 imports httpx, which its wing does not know",
        ),
        (
            foreign_imports_in_stdlib_rooms,
            {"pipeline.price": "from pydantic import BaseModel"},
            "pipeline.price:1 imports pydantic, but only ['pipeline.overrides', 'pipeline.pinned'] may",
        ),
        (
            imports_the_client_may_not_make,
            {"client.reader": "from modelsync.catalog.documents import Current"},
            "client.reader:1 imports modelsync.catalog.documents, which the bare client cannot",
        ),
        (
            imports_the_client_may_not_make,
            {"catalog.keys": "import modelsync.catalog.model_info"},
            "catalog.keys:1 imports modelsync.catalog.model_info, which the bare client cannot",
        ),
        (
            strange_inner_arrows,
            {"client.own.a": "from modelsync.client.browsing.b import c", "client.browsing.b": ""},
            "client.own.a:1 imports modelsync.client.browsing.b, which the order within client does not allow",
        ),
        (rooms_at_no_front, {"shell.leftover": ""}, "shell.leftover is in no inner wing of shell"),
        (
            circles,
            {
                "catalog.a": "from modelsync.catalog import b",
                "catalog.b": "def f():\n  import modelsync.catalog.a",
            },
            "catalog.a -> catalog.b -> catalog.a",
        ),
        (
            late_imports,
            {"pipeline.price": "def price():\n  import decimal"},
            "pipeline.price:2 imports decimal inside a function",
        ),
        (hidden_imports, {"errors": "from typing import TYPE_CHECKING"}, "errors:1 uses TYPE_CHECKING"),
        (hidden_imports, {"errors": "from .fetch import fetch"}, "errors:1 imports .fetch, a relative name"),
        (
            furnished_thresholds,
            {"catalog": "import re"},
            "catalog:1 imports re, but an __init__ is a threshold",
        ),
        (
            touches_of_the_world,
            {"fetch": "at = datetime.datetime.now(UTC)"},
            "fetch:1 uses datetime.datetime.now",
        ),
        (touches_of_the_world, {"fetch": "from os import environ"}, "fetch:1 uses environ"),
        (touches_of_the_world, {"fetch": "print(1)"}, "fetch:1 uses print"),
        (tools_of_the_core, {"errors": "from os.path import join"}, "errors:1 imports os.path"),
        (tools_of_the_core, {"errors": "x = open(0)"}, "errors:1 uses open"),
    ],
)
def test_a_rule_sees_what_it_forbids(
    rule: Callable[[House], list[str]], sources: dict[str, str], complaint: str
) -> None:
    rooms = {room: ast.parse(source) for room, source in sources.items()}
    assert complaint in rule(House(rooms, thresholds=frozenset({"catalog"})))
