"""The examples and the command lines of the README against the code: what they say is understood, and works.

What only a machine of its own can show is not here: a timer that fires, an image that is built, a bucket of R2.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, Final

import pytest
import yaml

from modelsync.cli.exit_codes import ExitCode
from modelsync.cli.options import read_options
from modelsync.sources.openrouter_endpoints import ORDERS
from tests.cli.command_line import environment, process
from tests.cloudformation import Stack, read_template
from tests.feeds.host_server import HostServer, served
from tests.ran import Ran
from tests.servers.ceph import Ceph
from tests.servers.fixtures import REQUIRE_SERVERS
from tests.servers.processes import ProgramMissingError, program
from tests.world import MODELS, a_body, a_record

REPOSITORY: Final = Path(__file__).resolve().parents[1]
EXAMPLES: Final = REPOSITORY / "examples"
FILES: Final = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())
README: Final = (REPOSITORY / "README.md").read_text(encoding="utf-8")
SECONDS: Final = 60
"""Longest wait for a program that hangs."""


@pytest.fixture
def feed(tmp_path: Path) -> str:
    """A list with all models of a small world."""
    return written(tmp_path / "feed.json", MODELS)


@pytest.fixture
def halved(tmp_path: Path) -> str:
    """A list with half of them, which is not believed at once."""
    return written(tmp_path / "half.json", MODELS[: len(MODELS) // 2])


def written(path: Path, ids: tuple[str, ...]) -> str:
    path.write_bytes(a_body([a_record(each) for each in ids]))
    return str(path)


# --- the words of command lines, and the names of files and variables ---


def command_lines() -> Iterator[str]:
    """What stands behind `syncmodels` in the examples and in the blocks of the README."""
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    texts += re.findall(r"^ *```\w*\n(.*?)^ *```$", README, re.MULTILINE | re.DOTALL)
    for text in texts:
        joined = text.replace("\\\n", " ")
        yield from re.findall(r"^[^#\n]*?\bsyncmodels +([^|>&\n]+)", joined, re.MULTILINE)


@pytest.mark.parametrize("line", sorted(set(command_lines()) - {'"$@"'}))
def test_every_command_line_is_understood(line: str) -> None:
    words = shlex.split(line.replace("%i", "refresh"), comments=True)
    assert read_options([word.rstrip("\"'") for word in words]).command


def test_the_command_lines_are_found() -> None:
    assert {"refresh", "signals", "curate", "enrich", "status"} <= {line.split()[0] for line in command_lines()}


@pytest.mark.parametrize("path", [REPOSITORY / "README.md", *FILES], ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_example_that_somebody_names_exists(path: Path) -> None:
    named = re.findall(r"\bexamples/[\w./@*-]*[\w/]", path.read_text(encoding="utf-8"))
    assert [each for each in named if not any(REPOSITORY.glob(each))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_every_variable_of_an_example_is_read_by_somebody(path: Path) -> None:
    code = "".join(each.read_text(encoding="utf-8") for each in (REPOSITORY / "shared/modelsync").rglob("*.py"))
    named = set(re.findall(r"\b(?:MODELSYNC|OPENROUTER)_[A-Z0-9_]+", path.read_text(encoding="utf-8")))
    assert {name for name in named if f'"{name}"' not in code} == set()


READ_BY_BOTO3: Final = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
}
"""Not AWS_REGION, which other tools of AWS read."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_every_variable_for_aws_is_one_that_boto3_reads(path: Path) -> None:
    assert set(re.findall(r"\bAWS_[A-Z_]+\b", path.read_text(encoding="utf-8"))) <= READ_BY_BOTO3


# --- systemd ---

UNITS: Final = EXAMPLES / "systemd"
PROGRAM: Final = "opt/modelsync/bin/syncmodels"


def unit(name: str) -> Mapping[str, list[str]]:
    """The settings of a unit, each with all that is said of it."""
    said: dict[str, list[str]] = {}
    for line in (UNITS / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"(\w+)=(.*)", line):
            said.setdefault(match[1], []).append(match[2])
    return said


def codes(setting: str) -> set[ExitCode]:
    return {ExitCode(int(code)) for text in unit("modelsync@.service")[setting] for code in text.split()}


def start(instance: str, *more: str, state: Path) -> Ran:
    """Run what an instance of the unit runs, with the variables that it gives and no others."""
    (command,) = unit("modelsync@.service")["ExecStart"]
    executable, *words = shlex.split(command.replace("%i", instance))
    assert executable == f"/{PROGRAM}"
    (variables,) = unit("modelsync@.service")["Environment"]
    given: dict[str, Any] = dict(each.split("=", 1) for each in shlex.split(variables.replace("%S", str(state))))
    return process(*words, *more, **given)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a machine that has the units and the programs that they start."""
    root = tmp_path_factory.mktemp("machine")
    try:
        program("systemd-analyze", package="Debian's systemd")
    except ProgramMissingError as missing:
        if os.environ.get(REQUIRE_SERVERS) == "1":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    (root / "etc/systemd/system").mkdir(parents=True)
    for path in UNITS.iterdir():
        shutil.copy(path, root / "etc/systemd/system")
    for name in (PROGRAM, "usr/bin/logger"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("#!/bin/sh\n")
        (root / name).chmod(0o755)
    return root


@pytest.mark.parametrize("name", sorted(path.name for path in UNITS.iterdir() if path.suffix in (".service", ".timer")))
def test_systemd_takes_every_unit_without_a_word(root: Path, name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={root}", name.replace("@.", "@refresh.")],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["modelsync@refresh.service", "modelsync-failed@refresh.service"])
def test_systemd_finds_little_that_a_service_could_be_forbidden_besides(root: Path, name: str) -> None:
    judge = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", f"--root={root}", name]
    done = subprocess.run(judge, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_service_does_its_job_with_what_the_unit_gives_it(tmp_path: Path, feed: str) -> None:
    assert start("refresh", "--feed", feed, state=tmp_path).code == 0
    assert start("curate", state=tmp_path).code == 0
    assert (tmp_path / "modelsync/models/openrouter/manifest.json").exists()


def test_a_held_feed_is_no_failure_of_the_service(tmp_path: Path, feed: str, halved: str) -> None:
    start("refresh", "--feed", feed, state=tmp_path)
    assert start("refresh", "--feed", halved, state=tmp_path).code in codes("SuccessExitStatus")


def test_a_feed_that_cannot_be_had_fails_the_service_and_is_tried_again(tmp_path: Path) -> None:
    code = start("refresh", "--feed", str(tmp_path / "bad.json"), state=tmp_path).code
    assert code == 3  # no such file
    (tmp_path / "bad.json").write_bytes(b"<html>")
    code = start("refresh", "--feed", str(tmp_path / "bad.json"), state=tmp_path).code
    assert code == 4
    assert code not in codes("SuccessExitStatus") | codes("RestartPreventExitStatus")


def test_the_unit_tells_exit_codes_apart_as_they_are_meant() -> None:
    assert codes("SuccessExitStatus") == {ExitCode.HELD}
    assert codes("RestartPreventExitStatus") == {
        ExitCode.BUG,
        ExitCode.USAGE,
        ExitCode.NOT_FOUND,
        ExitCode.OVERRIDES,
    }


@pytest.mark.parametrize("timer", [f"modelsync-{job}.timer" for job in ("refresh", "signals", "curate", "enrich")])
def test_a_timer_starts_the_job_of_its_name(timer: str) -> None:
    job = timer.removeprefix("modelsync-").removesuffix(".timer")
    assert unit(timer)["Unit"] == [f"modelsync@{job}.service"]
    assert unit(timer)["Persistent"] == ["yes"]


# --- the container ---

CONTAINER: Final = EXAMPLES / "container"


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile, with lines that go on in one."""
    text = re.sub(r"^#.*\n", "", (CONTAINER / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = (line.strip() for line in text.replace("\\\n", "").splitlines())
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines if line]


def the(name: str) -> str:
    """The last instruction of a name: that of the image."""
    return [value for each, value in instructions() if each == name][-1]


def copied() -> list[str]:
    """What the image is made of, by its path in the repository."""
    words = [value.split() for name, value in instructions() if name == "COPY" and "--from=" not in value]
    return [word for each in words for word in each[:-1] if not word.startswith("--")]


def is_sent(path: str) -> bool:
    """Whether the ignore file lets a path through to the builder: its last line that fits decides."""
    sent = True
    for line in (CONTAINER / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = PurePosixPath(path)
        own = [str(each) for each in (parts, *parts.parents)]
        names = parts.parts if "**/" in line else own
        if line and not line.startswith("#") and any(fnmatchcase(name, pattern) for name in names):
            sent = line.startswith("!")
    return sent


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for a PATH in which `syncmodels` and `python` are those of the tests."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, command in {"syncmodels": "-m modelsync", "python": ""}.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {command} "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def shell(command: list[str], programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{programs}:{os.environ['PATH']}"
    env = environment(**variables) | {"PATH": path}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)


def test_all_that_the_image_is_made_of_is_there_and_sent_to_the_builder() -> None:
    assert {path for path in copied() if not (REPOSITORY / path).exists() or not is_sent(path)} == set()


@pytest.mark.parametrize("path", [".git/config", ".venv/bin/python", "data/models", "shared/x/__pycache__/y.pyc"])
def test_nothing_else_is_sent_to_the_builder(path: str) -> None:
    assert not is_sent(path)


def test_what_is_copied_is_enough_to_build_the_package(tmp_path: Path) -> None:
    for path in copied():
        target = tmp_path / "src" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (REPOSITORY / path).is_dir() else shutil.copy
        copy(REPOSITORY / path, target)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    done = subprocess.run([*build, str(tmp_path / "src")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as names:
        assert {"modelsync/overrides/family-rules.json", "modelsync/schemas/v1/current.schema.json"} <= {
            *names.namelist()
        }


def test_packages_are_installed_by_their_hashes() -> None:
    installs = [value for name, value in instructions() if name == "RUN" and "pip install" in value]
    assert ["--require-hashes" in each or "--no-deps" in each for each in installs] == [True, True]


def test_the_image_runs_as_nobody_in_particular_and_does_everything() -> None:
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", the("USER"))
    (program_name, *words) = json.loads(the("ENTRYPOINT")) + json.loads(the("CMD"))
    assert (program_name, read_options(words).command) == ("syncmodels", "all")


def healthy(programs: Path, store: Path) -> bool:
    check = the("HEALTHCHECK").partition(" CMD ")[2]
    return shell(["sh", "-c", check], programs, MODELSYNC_STORE=str(store)).returncode == 0


def test_the_health_check_sees_a_fetch_that_is_overdue(programs: Path, tmp_path: Path, feed: str) -> None:
    store = tmp_path / "store"
    assert not healthy(programs, store)
    process("refresh", "--store", str(store), "--feed", feed, "--now", "2026-06-01T12:00Z")
    assert not healthy(programs, store)
    process("refresh", "--store", str(store), "--feed", feed)
    assert healthy(programs, store)


def test_the_loop_runs_what_it_is_given_again_and_again_until_it_is_ended(programs: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    (programs / "syncmodels").write_text(
        f'#!/bin/sh\necho "$@" >>{told}\n[ "$(wc -l <{told})" -lt 3 ] || kill -TERM $PPID\nexit 4\n'
    )
    done = shell([str(CONTAINER / "every-six-hours"), "all", "--debug"], programs, EVERY_SECONDS="0")
    assert (done.returncode, told.read_text().splitlines()) == (0, ["all --debug"] * 3)


def test_the_loop_ends_with_the_run_that_is_under_way(programs: Path) -> None:
    (programs / "syncmodels").write_text("#!/bin/sh\nkill -TERM $PPID\nexec sleep 3600\n")
    done = shell([str(CONTAINER / "every-six-hours"), "all"], programs)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_loop_does_not_repeat_words_that_make_no_sense(programs: Path) -> None:
    done = shell([str(CONTAINER / "every-six-hours"), "all", "--nonsense"], programs)
    assert done.returncode == 2
    assert done.stderr == "syncmodels: unrecognized arguments: --nonsense; run `syncmodels --help`\n"


def test_the_composed_service_is_the_image_with_its_loop_and_no_rights() -> None:
    compose = yaml.safe_load((CONTAINER / "compose.yaml").read_text(encoding="utf-8"))
    service = compose["services"]["modelsync"]
    context = (CONTAINER / service["build"]["context"]).resolve()
    assert (context, (context / service["build"]["dockerfile"]).exists()) == (REPOSITORY, True)
    loop = next(value.split()[-1] for name, value in instructions() if name == "COPY" and "every-six-hours" in value)
    assert service["entrypoint"] == [PurePosixPath(loop).name]
    assert read_options(service["command"]).command == "all"
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert re.search(r"MODELSYNC_STORE=(\S+)", the("ENV"))[1] in service["volumes"][0]  # type: ignore[index]


# --- cron ---

CRON: Final = (EXAMPLES / "cron/modelsync.cron").read_text(encoding="utf-8")
LAST: Final = (59, 23, 31, 12, 7)


def crontab() -> list[tuple[list[str], str]]:
    """Times and command of each line."""
    lines = [line.split(maxsplit=5) for line in CRON.splitlines() if re.match(r"[\d*]", line)]
    return [(line[:5], line[5]) for line in lines]


def test_every_line_of_the_crontab_has_times_that_exist() -> None:
    assert len(crontab()) == 4
    for times, _ in crontab():
        for text, last in zip(times, LAST, strict=True):
            assert re.fullmatch(r"\*(/\d+)?|\d+", text)
            assert all(int(number) <= last for number in re.findall(r"\d+", text))


def test_no_command_of_the_crontab_has_what_cron_takes_for_a_line_break() -> None:
    assert [command for _, command in crontab() if "%" in command] == []


def test_cron_has_nothing_to_mail_of_a_run_that_went_well(tmp_path: Path) -> None:
    store = re.search(r"^MODELSYNC_STORE=(\S+)$", CRON, re.MULTILINE)
    assert store is not None
    reference = tmp_path / "models-dev.json"
    reference.write_text('{"openai": {"id": "openai", "models": {"gpt-5.2": {"id": "gpt-5.2", "name": "GPT-5.2"}}}}')
    few = MODELS[:3]  # two requests a second
    with HostServer({i: served(i) for i in few}, orders=dict.fromkeys(ORDERS.values(), few)) as hosts:
        told = {"refresh": written(tmp_path / "few.json", few), "signals": hosts.list_url, "enrich": str(reference)}
        for _, command in crontab():
            executable, *words = shlex.split(command.removesuffix(">/dev/null"))
            more = ["--feed", told[words[0]]] if words[0] in told else []
            ran = process(*words, *more, MODELSYNC_STORE=str(tmp_path / store[1].strip("/")))
            assert (executable, ran.code, ran.err) == (f"/{PROGRAM}", 0, "")


# --- buckets that the template does not make ---


@pytest.fixture(scope="module")
def template() -> Mapping[str, Any]:
    return read_template(REPOSITORY / "template.yaml")


def expiring(template: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules by which documents expire in the bucket that the template makes."""
    bucket = Stack(template, {"Bucket": "my-catalog"}).properties("Catalog")
    return [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule]


def in_words_of_s3(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """A rule of CloudFormation as S3's own API has it."""
    prefix = {"Prefix": rule["Prefix"]}
    filtered = {"And": prefix | {"Tags": rule["TagFilters"]}} if "TagFilters" in rule else prefix
    days = {"Days": rule["ExpirationInDays"]}
    return {"ID": rule["Id"], "Status": rule["Status"], "Filter": filtered, "Expiration": days}


def test_a_bucket_of_ones_own_can_forget_what_the_stack_s_bucket_forgets(template: Mapping[str, Any]) -> None:
    rules = json.loads((EXAMPLES / "s3/lifecycle.json").read_text(encoding="utf-8"))["Rules"]
    assert rules == [in_words_of_s3(rule) for rule in expiring(template)]


def test_a_real_store_takes_the_rules(ceph: Ceph) -> None:
    client, bucket = ceph.over_tls.client(), ceph.over_tls.new_bucket()
    rules = json.loads((EXAMPLES / "s3/lifecycle.json").read_text(encoding="utf-8"))
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rules)
    kept = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    client.close()
    assert sorted(rule["ID"] for rule in kept) == sorted(rule["ID"] for rule in rules["Rules"])


def test_r2_forgets_the_same_but_for_tags_which_it_does_not_know(template: Mapping[str, Any]) -> None:
    rules = json.loads((EXAMPLES / "aws-r2/lifecycle.json").read_text(encoding="utf-8"))["rules"]
    days = {
        rule["conditions"]["prefix"]: rule["deleteObjectsTransition"]["condition"]["maxAge"] / 86_400 for rule in rules
    }
    on_aws = {rule["Prefix"]: rule["ExpirationInDays"] for rule in expiring(template) if "TagFilters" not in rule}
    assert days == {prefix: 400 if prefix.endswith("/raw-") else days for prefix, days in on_aws.items()}
    assert all(rule["enabled"] for rule in rules)


def test_the_parameters_for_r2_make_a_stack_that_leaves_the_store_to_it(template: Mapping[str, Any]) -> None:
    config = tomllib.loads((EXAMPLES / "aws-r2/samconfig.toml").read_text(encoding="utf-8"))
    given = dict(each.split("=", 1) for each in config["default"]["deploy"]["parameters"]["parameter_overrides"])
    stack = Stack(template, given)
    assert stack.broken_rules == []
    assert [*stack.resources("AWS::S3::Bucket"), *stack.resources("AWS::CloudFront::Distribution")] == []
    variables = stack.properties("FullRefresh")["Environment"]["Variables"]
    assert variables["MODELSYNC_STORE_CREDENTIALS_SECRET"] == given["StoreCredentialsSecret"]


def test_on_a_domain_of_r2_the_keys_are_public_that_are_public_on_aws(template: Mapping[str, Any]) -> None:
    rule = (EXAMPLES / "aws-r2/private-keys.rule").read_text(encoding="utf-8")
    assert re.fullmatch(
        r'http\.host eq "[a-z.]+"(\nand not starts_with\(http\.request\.uri\.path, "/[a-z/]+/"\))+\n', rule
    )
    policy = Stack(template, {"Bucket": "my-catalog"}).properties("CatalogPolicy")["PolicyDocument"]
    (read,) = (each for each in policy["Statement"] if each["Effect"] == "Allow")
    public = [arn.removeprefix("arn:aws:s3:::my-catalog").removesuffix("*") for arn in read["Resource"]]
    assert re.findall(r'"(/[^"]+)"', rule) == public
