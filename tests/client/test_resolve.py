"""What the vectors cannot say: what the resolver imports, refuses, and shares with other rooms."""

import subprocess
import sys
from pathlib import Path

import pytest

from modelsync.catalog import backends
from modelsync.client.asked import Binding
from modelsync.client.instants import instant
from modelsync.client.resolving import naming
from modelsync.client.resolving.resolve import resolve
from modelsync.errors import UsageError
from tests.client.vectors import CATALOGS, FILE

PACKAGE_ROOT = Path(naming.__file__).parents[3]

HEAVY = ("dataclasses", "datetime", "decimal", "hashlib", "http", "socket", "ssl", "subprocess", "urllib.request")


def modules_after(code: str) -> set[str]:
    """What a bare interpreter has imported when it has run the code."""
    prelude = f"import json, sys; sys.path.insert(0, {str(PACKAGE_ROOT)!r})"
    script = f"{prelude}\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.strip()[1:-1].replace('"', "").split(", "))


def test_an_exact_name_costs_no_calendar_no_decimal_and_no_network() -> None:
    code = (
        "from modelsync.client.resolving.resolve import resolve; from modelsync.client.catalog import Catalog\n"
        f"documents = json.load(open({str(FILE)!r}))['catalogs']['main']\n"
        "assert resolve(Catalog.of(documents), 'tencent/hy3').id == 'tencent/hy3'"
    )
    assert modules_after(code) & set(HEAVY) == set()


def test_the_names_of_backends_with_the_catalogs_own_ids_are_those_of_the_mapping() -> None:
    assert set(naming.SAME_NAMESPACE) == set(backends.SAME_NAMESPACE)


@pytest.mark.parametrize("text", ["", " ", "\n", "/", " / "])
def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected an id, an alias or a word, found an empty text"):
        resolve(CATALOGS["main"], text)


@pytest.mark.parametrize("text", ["2026-08-08", "2026-08-08T18:42:00", "soon", ""])
def test_a_time_without_an_offset_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="time: expected one like 2026-08-08T18:42:00Z"):
        instant(text)


def test_a_saved_choice_without_a_time_is_refused_where_the_time_decides() -> None:
    with pytest.raises(UsageError, match="found 'yesterday'"):
        resolve(CATALOGS["main"], "flash", binding=Binding(desired="flash", bound_at="yesterday"))


def test_the_answer_explains_itself_in_one_sentence() -> None:
    assert resolve(CATALOGS["main"], "zephyr/zed-2").sentence == (
        "zephyr/zed-2 is gone, and zephyr/zed-3 is the nearest of its family"
    )
