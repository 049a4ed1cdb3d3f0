"""`--source`: the direct providers' own documents, at the same command line."""

import pytest

from modelsync.catalog.keys import PROVIDERS
from tests.cli.command_line import NOON, CommandLine
from tests.providers import HABITS, KEY, a_list
from tests.world import MODELS

PINNED = "2026-10-01T12:00Z"
"""A day on which the manifests that ship were reviewed not long ago."""

TWO = ("deepseek-flash", "deepseek-v4-pro")


@pytest.fixture(autouse=True)
def nobodys_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for habits in HABITS.values():
        monkeypatch.delenv(habits.key_variable, raising=False)


@pytest.fixture
def deepseek(sync: CommandLine) -> CommandLine:
    """DeepSeek's list was published from a file."""
    feed = sync.file("deepseek.json", a_list("deepseek", *TWO))
    assert sync("refresh", "--source", "deepseek", "--feed", feed, "--now", PINNED).code == 0
    return sync


@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_a_key_a_refresh_publishes_what_is_pinned_and_says_why(sync: CommandLine, provider: str) -> None:
    ran = sync("refresh", "--source", provider, "--now", PINNED)
    assert ran.code == 0
    assert "published generation 1" in ran.out
    assert f"there is no key in {HABITS[provider].key_variable}" in " ".join(ran.out.split())
    assert {name.split("/")[1] for name in sync.written() if name != ".lock"} == {provider}


def test_a_dry_run_of_a_provider_writes_nothing(sync: CommandLine) -> None:
    ran = sync("refresh", "--source", "moonshot", "--dry-run", "--now", PINNED)
    assert (ran.code, sync.written()) == (0, {})


def test_the_dashboard_of_a_provider_has_no_shortlist_and_says_that_it_is_pinned(sync: CommandLine) -> None:
    sync("refresh", "--source", "deepseek", "--now", PINNED)
    ran = sync("status", "--source", "deepseek", "--now", PINNED)
    assert ran.out.startswith("deepseek in ")
    assert "what people pinned stands in for the provider's list" in ran.out
    assert "pinned:deepseek.json" in ran.out
    assert "curate" not in ran.out
    assert "shortlist" not in ran.out


def test_the_dashboard_of_a_list_that_was_read_does_not_say_so(deepseek: CommandLine) -> None:
    ran = deepseek("status", "--source", "deepseek", "--now", PINNED)
    assert "file:deepseek.json" in ran.out
    assert "pinned" not in ran.out


def test_a_model_of_a_provider_is_shown_and_explained(deepseek: CommandLine) -> None:
    shown = deepseek("show", TWO[0], "--source", "deepseek", "--now", PINNED)
    assert (shown.code, shown.err) == (0, "")
    assert "deepseek" in shown.out
    for topic, row in (
        ("price", "from pinned/deepseek.json; its line names the page"),
        ("tools", "override pinned/deepseek.json says yes; its line names the source"),
    ):
        ran = deepseek("why", TWO[0], topic, "--source", "deepseek", "--now", PINNED)
        assert row in " ".join(ran.out.split())


def test_a_model_of_openrouter_is_explained_without_a_word_of_what_is_pinned(sync: CommandLine) -> None:
    sync.publish()
    for topic in ("price", "tools"):
        assert "pinned/" not in sync("why", MODELS[0], topic).out


def test_the_documents_of_a_provider_are_not_openrouters(deepseek: CommandLine) -> None:
    assert deepseek("show", TWO[0]).code == 3
    assert deepseek("verify", "--source", "deepseek", "--now", PINNED).code == 0
    deepseek.publish(at=NOON)
    assert deepseek("show", TWO[0]).code == 3


def test_a_generation_of_a_provider_can_be_compared_and_restored(deepseek: CommandLine) -> None:
    feed = deepseek.file("deepseek.json", a_list("deepseek", *TWO, "deepseek-new"))
    deepseek("refresh", "--source", "deepseek", "--feed", feed, "--now", "2026-10-02T12:00Z")
    assert "deepseek-new" in deepseek("diff", "1", "2", "--source", "deepseek").out
    ran = deepseek("rollback", "1", "--source", "deepseek", "--now", "2026-10-03T12:00Z")
    assert ran.code == 0
    assert deepseek("verify", "--source", "deepseek", "--now", "2026-10-03T12:00Z").code == 0


@pytest.mark.parametrize("command", ["all", "curate"])
def test_a_provider_has_no_shortlist_to_recompute(sync: CommandLine, command: str) -> None:
    ran = sync(command, "--source", "moonshot")
    assert (ran.code, ran.out, sync.written()) == (2, "", {})
    assert "moonshot has no shortlist" in ran.err
    assert "run `syncmodels refresh --source moonshot`" in ran.err


def test_a_source_that_there_is_not_is_told_with_those_that_there_are(sync: CommandLine) -> None:
    ran = sync("refresh", "--source", "acme")
    assert (ran.code, ran.out) == (2, "")
    assert "invalid choice: 'acme'" in ran.err
    assert "deepseek" in ran.err


def test_nothing_published_says_what_to_run_for_this_source(sync: CommandLine) -> None:
    assert "syncmodels refresh --source moonshot" in sync("status", "--source", "moonshot").out
    ran = sync("show", "kimi-k3", "--source", "moonshot")
    assert ran.code == 3
    assert "run `syncmodels refresh --source moonshot` first" in ran.err


def test_a_region_that_there_is_not_is_2(sync: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOONSHOT_REGION", "mars")
    ran = sync("refresh", "--source", "moonshot")
    assert (ran.code, ran.out) == (2, "")
    assert "expected the region" in ran.err


def test_an_error_in_place_of_a_list_is_4_and_repeats_nothing_of_it(
    deepseek: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPSEEK_API_KEY", KEY)
    body = b'{"error": {"message": "Incorrect API key provided: %s", "type": "authentication_error"}}' % KEY.encode()
    feed = deepseek.file("bad.json", body)
    ran = deepseek("refresh", "--source", "deepseek", "--feed", feed, "--now", "2026-10-02T12:00Z", "--json")
    assert ran.code == 4
    assert "'authentication_error'; check the key" in ran.err + ran.out
    assert KEY[3:12] not in f"{ran.err}{ran.out}{deepseek.written()}"
