"""`bundle` from the command line, and a client that reads what it wrote."""

from pathlib import Path

from modelsync.client.opening import open_catalog
from modelsync.client.resolving.resolve import resolve
from tests.cli.command_line import CommandLine


def test_a_client_opens_what_it_wrote(sync: CommandLine, tmp_path: Path) -> None:
    sync.publish()
    ran = sync("bundle", str(tmp_path / "here/catalog"), "--json")
    assert (ran.code, ran.json["generation"], ran.json["bytes"]) == (0, 1, (tmp_path / "here/catalog").stat().st_size)
    opened = open_catalog(str(tmp_path / "here/catalog"))
    assert resolve(opened.catalog, "gpt-5-2").id == "openai/gpt-5.2"


def test_a_store_in_which_nothing_is_published_is_3_and_writes_nothing(sync: CommandLine, tmp_path: Path) -> None:
    ran = sync("bundle", str(tmp_path / "catalog"))
    assert (ran.code, (tmp_path / "catalog").exists()) == (3, False)
    assert "expected a published catalog" in ran.err


def test_a_bucket_cannot_be_bundled(sync: CommandLine, tmp_path: Path) -> None:
    ran = sync("bundle", str(tmp_path / "catalog"), store="s3://my-catalog")
    assert (ran.code, (tmp_path / "catalog").exists()) == (2, False)
