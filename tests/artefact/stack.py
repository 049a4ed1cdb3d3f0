"""The built template, deployed by `sam deploy` onto the emulator ministack, where its functions really run.

Their feed is a file that a test writes. What the emulator does not do, or does otherwise than AWS:

- It refuses alarms on metric math; it gets the plain alarm on the same metric in their place.
- It reads no metrics out of logs; `count_what_was_logged` does what CloudWatch does.
- It evaluates an alarm only where there are values, whatever is to count for missing ones, and ignores dimensions.
- It replaces no placeholder in a schedule's input, knows no time zones, and looks at its schedules every ten seconds.
- It unpacks layers elsewhere than below /opt, and tells nobody where.
- It enforces no permission and no limit of memory, counts no messages of queues, and serves no distribution.

Those parts are asserted on the template instead.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
import yaml
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.artefact.artefact import STACK, Artefact
from tests.artefact.logs import Metric, metrics
from tests.servers.endpoint import ACCESS_KEY, SECRET_KEY
from tests.servers.ministack import REGION, Ministack
from tests.servers.processes import ServerFailedError

BUCKET: Final = "catalog-of-the-tests"
LONGEST_DEPLOYMENT_SECONDS: Final = 300.0
LONGEST_WAIT_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Reply:
    """What a function URL answered."""

    status: int
    body: Any


class Stack:
    """A deployment; `feed` is the file that its functions read as OpenRouter's list."""

    def __init__(self, ministack: Ministack, *, feed: Path) -> None:
        self._ministack, self.feed = ministack, feed
        self._clients: dict[str, Any] = {}
        described = self.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        self._ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in described}

    def client(self, service: str) -> Any:
        """boto3's client of one of the emulator's services."""
        if service not in self._clients:
            self._clients[service] = client_of(self._ministack, service)
        return self._clients[service]

    def resource(self, name: str) -> str:
        """The physical id of a resource of the template."""
        found: str = self._ids[name]
        return found

    def invoke(self, function: str, event: object) -> tuple[Any, str | None]:
        """Call a function and wait: its answer, and the kind of error where it ended with one."""
        answer = self.client("lambda").invoke(FunctionName=self.resource(function), Payload=json.dumps(event))
        return json.loads(answer["Payload"].read()), answer.get("FunctionError")

    def hand_over(self, function: str, event: object) -> None:
        """Queue an event for a function, as a schedule does."""
        name = self.resource(function)
        self.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event))

    def document(self, key: str) -> Any:
        """A JSON object of the bucket."""
        return json.loads(self.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def keys(self, prefix: str) -> list[str]:
        """The keys of the bucket that begin with a prefix."""
        listed = self.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"] for each in listed.get("Contents", ())]

    def alarm(self, name: str) -> Any:
        """An alarm of the template as it stands now."""
        return self.alarm_called(self.resource(name))

    def alarm_called(self, name: str) -> Any:
        """An alarm as it stands now, by its own name."""
        (alarm,) = self.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return alarm

    def messages(self, queue: str) -> list[Any]:
        """The bodies of what lies in a queue, by its URL; they are taken out of it."""
        received = self.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [json.loads(each["Body"]) for each in received.get("Messages", ())]

    def log(self, function: str) -> str:
        """All that a function has logged."""
        found = self.client("logs").filter_log_events(logGroupName=self.resource(f"{function}Logs"))["events"]
        return "\n".join(event["message"].rstrip("\n") for event in found)

    def count_what_was_logged(self, function: str) -> None:
        """Publish the metrics in a function's log, all of them anew, as CloudWatch does with those it finds there."""
        for namespace, found in groupby(metrics(self.log(function)), key=lambda each: each.namespace):
            self.count(namespace, *map(_as_published, found))

    def count(self, namespace: str, *values: dict[str, Any]) -> None:
        """Publish values of metrics."""
        self.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=list(values))

    def call(
        self, url: str, method: str, path: str, *, body: object = None, signed: bool = False, **headers: str
    ) -> Reply:
        """Send a request to a function's URL, signed as curl's --aws-sigv4 does or not at all."""
        address = f"{self._function_url(url)}{path}"
        data = b"" if body is None else json.dumps(body).encode()
        host = {"Host": str(urlsplit(address).hostname), "Content-Type": "application/json"}
        sent = AWSRequest(method, address, headers=host | headers, data=data)
        if signed:
            SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "lambda", REGION).add_auth(sent)
        connection = HTTPConnection(str(urlsplit(self._ministack.url).netloc), timeout=LONGEST_WAIT_SECONDS)
        try:
            connection.request(method, f"/{path}", body=data, headers=dict(sent.headers.items()))
            answer = connection.getresponse()
            return Reply(answer.status, json.loads(answer.read()))
        finally:
            connection.close()

    def _function_url(self, function: str) -> str:
        config = self.client("lambda").get_function_url_config(FunctionName=self.resource(function))
        found: str = config["FunctionUrl"]
        return found


def _as_published(metric: Metric) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {"MetricName": metric.name, "Dimensions": dimensions, "Value": metric.value}


def client_of(ministack: Ministack, service: str) -> Any:
    """boto3's client of a service of the emulator."""
    session: Any = boto3.session.Session()
    return session.client(
        service,
        endpoint_url=ministack.url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )


def deploy(artefact: Artefact, ministack: Ministack, *, folder: Path, parameters: dict[str, str]) -> None:
    """Deploy the built template as `make deploy` does, without its questions; raises ServerFailedError."""
    template = artefact.template.with_name("for-ministack.yaml")
    template.write_text(as_the_emulator_takes_it(artefact), encoding="utf-8")
    given = {"Bucket": BUCKET, "PublicReading": "none", "CurationSchedule": "rate(1 day)"} | parameters
    command: list[str | Path] = [artefact.tools.sam, "deploy", "--template-file", template, "--stack-name", STACK]
    command += ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset"]
    command += ["--parameter-overrides", *(f"{name}={value}" for name, value in given.items())]
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run(
        command,
        env=own | {"SAM_CLI_POLL_DELAY": "0.5"} | dict(ministack.environment),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONGEST_DEPLOYMENT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        log = ministack.log.read_text(encoding="utf-8", errors="replace")
        raise ServerFailedError(f"sam deploy ended with {done.returncode}:\n{done.stdout}{done.stderr}\n{log}")


def as_the_emulator_takes_it(artefact: Artefact) -> str:
    """The built template with plain alarms for those on metric math, and layers where they really are unpacked."""
    document = yaml.safe_load(artefact.template.read_text(encoding="utf-8"))
    for resource in document["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in properties:
            (measured,) = (each["MetricStat"] for each in properties.pop("Metrics") if "MetricStat" in each)
            properties |= measured["Metric"] | {"Period": measured["Period"], "Statistic": measured["Stat"]}
        variables = properties.get("Environment", {}).get("Variables", {})
        variables |= {name: str(artefact.opt) for name, value in variables.items() if value == "/opt"}
    return str(yaml.safe_dump(document, sort_keys=False))


def wait_until(ready: Callable[[], bool], *, what: str) -> None:
    """Come back when something has happened; raises AssertionError where it takes too long."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not ready():
        assert time.monotonic() < deadline, f"waited {LONGEST_WAIT_SECONDS:g} s in vain for {what}"
        time.sleep(0.1)
