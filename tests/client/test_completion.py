"""What completion offers behind a prefix, and the flat file that it reads."""

import json
import sys
from pathlib import Path
from subprocess import run

import pytest
from hypothesis import given
from hypothesis import strategies as st

import modelsync
from modelsync.client.browsing.completion import Kind, complete, lines_of
from modelsync.client.browsing.completion_lines import sidecar, tokens_text
from modelsync.client.own.user_layer import CustomModel, UserLayer
from modelsync.errors import UsageError
from tests.client.records import a_catalog, a_record, free

CATALOG = a_catalog(
    a_record("acme/alpha-1", cost="?", maxContext=None),
    a_record("acme/alpha-1:batch"),
    a_record("acme/alpha-1:free", **free()),
    a_record("acme/beta", state="stale"),
    a_record("acme/gamma", alias="best"),
    buckets={"coding": ("acme/gamma",), "chat": ("acme/gamma",)},
)
LINES = lines_of(sidecar(CATALOG))


def texts(prefix: str, kind: Kind = "model", lines: tuple[str, ...] = LINES) -> list[str]:
    return [each.text for each in complete(lines, prefix, kind=kind)]


def test_every_active_model_is_offered_best_first_but_batch_variants() -> None:
    assert texts("") == ["acme/gamma", "acme/alpha-1", "acme/alpha-1:free"]


def test_a_batch_variant_is_offered_behind_a_colon() -> None:
    assert texts("acme/alpha-1:") == ["acme/alpha-1:batch", "acme/alpha-1:free"]


def test_only_what_begins_with_the_prefix_is_offered_in_any_case() -> None:
    assert texts("ACME/g") == ["acme/gamma"]
    assert texts("gamma") == []


def test_short_names_and_buckets_are_kinds_of_their_own() -> None:
    assert texts("b", "alias") == ["best"]
    assert texts("c", "bucket") == ["coding", "chat"]


def test_hints_say_the_other_name_the_price_and_the_window() -> None:
    (gamma,) = complete(LINES, "acme/gamma")
    (alpha,) = complete(LINES, "alpha-1", kind="alias")[:1]
    assert gamma.hint == "best \u00b7 $1.00 / $4.00 \u00b7 200K"
    assert alpha.hint == "acme/alpha-1 \u00b7 ? \u00b7 ?"


def test_the_users_models_and_names_are_offered_and_hidden_ones_not() -> None:
    layer = UserLayer(
        models=(CustomModel("local", "my-model"),), aliases={"workhorse": "acme/alpha-1"}, hidden=("acme/gamma",)
    )
    lines = lines_of(sidecar(CATALOG, layer))
    assert texts("my", lines=lines) == ["my-model"]
    assert texts("work", "alias", lines) == ["workhorse"]
    assert texts("acme/g", lines=lines) == []


def test_an_unknown_kind_is_refused() -> None:
    nonsense: Kind = json.loads('"vendor"')
    with pytest.raises(
        UsageError, match=r"^complete: found 'vendor', expected one of model, alias, bucket; choose one$"
    ):
        complete(LINES, "", kind=nonsense)


def test_a_file_of_another_layout_has_no_lines() -> None:
    assert lines_of(b"#modelsync-completion-2\nmodel\ta/b\tx\n") == ()
    assert lines_of(b"") == ()


@given(st.binary(max_size=60), st.text(max_size=5))
def test_no_file_makes_completion_fail(rubbish: bytes, prefix: str) -> None:
    lines = lines_of(b"#modelsync-completion-1\nmodel\ta/b\thint\n" + rubbish)
    assert all(each.text.lower().startswith(prefix.lower()) for each in complete(lines, prefix))


def test_equal_catalogs_have_equal_files() -> None:
    assert sidecar(CATALOG) == sidecar(
        a_catalog(
            *(model.record for model in CATALOG.models()), buckets={"coding": ("acme/gamma",), "chat": ("acme/gamma",)}
        )
    )


@pytest.mark.parametrize(
    ("tokens", "text"),
    [(None, "?"), (999, "999"), (1000, "1K"), (262_144, "262K"), (999_999, "999K"), (1_000_000, "1M"),
     (1_048_576, "1.04M"), (1_050_000, "1.05M"), (2_000_000, "2M"), (10_000_000, "10M")],
)  # fmt: skip
def test_windows_are_rounded_down_as_vendors_print_them(tokens: int | None, text: str) -> None:
    assert tokens_text(tokens) == text


def test_completing_loads_neither_json_nor_the_catalog() -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(Path(modelsync.__file__).parent.parent)!r}); before = set(sys.modules)\n"
        "from modelsync.client.browsing.completion import complete, lines_of\n"
        "complete(lines_of(b'#modelsync-completion-1\\nmodel\\ta/b\\thint\\n'), 'a')\n"
        "new = set(sys.modules) - before\n"
        "slow = ('json', 'urllib', 'ssl', 'modelsync.client.catalog')\n"
        "print([name for name in new if name.startswith(slow)])"
    )
    done = run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
