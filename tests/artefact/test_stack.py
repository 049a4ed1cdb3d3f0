"""The deployed template: schedules that fire, URLs that answer, alarms and dead letters that are made to happen."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.artefact.fixtures import TOKEN
from tests.artefact.logs import metrics
from tests.artefact.stack import BUCKET, Stack, wait_until
from tests.world import MODELS, World

SLOT = "2026-08-01T06:00:00Z"
PLACEHOLDER = "<aws.scheduler.scheduled-time>"
STATUS, REFRESH = "api/admin/models/status", "api/admin/models/refresh"


def published(stack: Stack) -> Any:
    """The manifest, after a refresh of a good feed where there was none."""
    if not stack.keys("models/openrouter/manifest.json"):
        stack.feed.write_bytes(World().feed.body)
        told, error = stack.invoke("FullRefresh", {"slot": SLOT, "job": "all"})
        assert error is None, told
        assert told["outcome"] == "published"
    return stack.document("models/openrouter/manifest.json")


def test_a_deployed_refresh_publishes_into_the_bucket_of_the_stack(stack: Stack) -> None:
    assert published(stack)["slots"] == {"all": [SLOT]}
    manifest = stack.client("s3").head_object(Bucket=BUCKET, Key="models/openrouter/manifest.json")
    assert manifest["ContentType"] == "application/json"
    assert manifest["CacheControl"] == "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"


def test_a_schedule_fires_and_its_slot_arrives(stack: Stack) -> None:
    published(stack)
    scheduler = stack.client("scheduler")
    deployed = schedule_of(stack, "FullRefreshRefresh")
    assert json.loads(deployed["Target"]["Input"]) == {"job": "refresh", "slot": PLACEHOLDER}
    now = datetime.now(UTC).replace(microsecond=0)
    slot = now.isoformat().replace("+00:00", "Z")
    target = deployed["Target"] | {"Input": deployed["Target"]["Input"].replace(PLACEHOLDER, slot)}
    once = f"at({now:%Y-%m-%dT%H:%M:%S})"
    scheduler.create_schedule(Name="now", ScheduleExpression=once, FlexibleTimeWindow={"Mode": "OFF"}, Target=target)
    wait_until(lambda: slot in status(stack)["slots"].get("refresh", ()), what="the slot of the schedule")
    assert status(stack)["lastSuccess"]["job"] == "refresh"


def schedule_of(stack: Stack, event: str) -> Any:
    """A schedule as it was deployed, by its name in the template."""
    return stack.client("scheduler").get_schedule(Name=stack.resource(event))


def status(stack: Stack) -> Any:
    return stack.document("models/openrouter/status.json")


def test_the_admin_url_answers_who_signs_and_nobody_else(stack: Stack) -> None:
    published(stack)
    assert stack.call("AdminApi", "GET", STATUS).status == 403
    signed = stack.call("AdminApi", "GET", STATUS, signed=True)
    assert (signed.status, signed.body["generation"] >= 1) == (200, True)


def test_a_run_that_is_asked_for_at_the_admin_url_is_carried_out(stack: Stack) -> None:
    published(stack)
    asked = stack.call("AdminApi", "POST", REFRESH, body={"target": "curated"}, signed=True)
    assert asked.status == 202, asked.body

    def run() -> Any:
        return stack.call("AdminApi", "GET", STATUS, signed=True).body["run"]

    wait_until(lambda: run()["state"] == "finished", what="the run that was asked for")
    assert run()["outcome"] in {"published", "unchanged"}


def test_the_intake_takes_reports_of_who_has_a_token(stack: Stack) -> None:
    today = datetime.now(UTC).date().isoformat()
    lease = {"id": MODELS[0], "lastUsedDay": today}
    report = {"schema": 1, "client": "0" * 32, "day": today, "leases": [lease]}
    stranger = stack.call("TelemetryIntake", "PUT", "v1/bindings", body=report, Authorization=f"Bearer {TOKEN}x")
    known = stack.call("TelemetryIntake", "PUT", "v1/bindings", body=report, Authorization=f"Bearer {TOKEN}")
    assert (stranger.status, known.status) == (401, 202)
    assert len(stack.keys("models/bindings/")) == 1


def test_a_run_that_is_given_up_becomes_a_dead_letter_and_an_alarm(stack: Stack) -> None:
    published(stack)
    stack.feed.write_bytes(b"<html>busy</html>")
    order = {"slot": "2026-08-02T06:00:00Z", "job": "refresh"}
    letters: list[Any] = []
    stack.hand_over("FullRefresh", order)
    queue = stack.resource("DeadLetters")

    def arrived() -> bool:
        letters.extend(stack.messages(queue))
        return letters != []

    wait_until(arrived, what="the dead letter")
    (letter,) = letters
    assert letter["requestPayload"] | order == letter["requestPayload"]
    assert letter["requestContext"]["condition"] == "RetriesExhausted"
    assert status(stack)["lastAttempt"]["outcome"] == "refused"
    assert status(stack)["consecutiveFailures"] == 3
    alarm = stack.alarm("DeadLettersArrived")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue.rpartition("/")[2]}]
    stack.count(alarm["Namespace"], value_of(alarm, 1))
    assert stack.alarm("DeadLettersArrived")["StateValue"] == "ALARM"


def test_a_refused_feed_raises_its_alarm_and_that_of_errors(stack: Stack) -> None:
    published(stack)
    stack.feed.write_bytes(b"<html>busy</html>")
    told, error = stack.invoke("FullRefresh", {"slot": "2026-08-03T06:00:00Z", "job": "refresh"})
    assert (error, "expected JSON" in told["errorMessage"]) == ("Unhandled", True)
    stack.count_what_was_logged("FullRefresh")
    assert stack.alarm("RefusedFeed")["StateValue"] == "ALARM"
    assert stack.alarm("FullRefreshErrors")["StateValue"] == "ALARM"


def test_a_held_feed_raises_its_alarm_and_somebody_is_told(stack: Stack) -> None:
    before = published(stack)["generation"]
    told_somebody = listener(stack)
    stack.feed.write_bytes(World(MODELS[:12]).feed.body)
    told, error = stack.invoke("FullRefresh", {"slot": "2026-08-04T06:00:00Z", "job": "refresh"})
    assert error is None, told
    assert (told["outcome"], published(stack)["generation"]) == ("held", before)
    stack.count_what_was_logged("FullRefresh")
    assert stack.alarm("HeldFeed")["StateValue"] == "ALARM"
    subjects = [message["Subject"] for message in stack.messages(told_somebody)]
    assert [subject for subject in subjects if subject.startswith('ALARM: "modelsync-HeldFeed')] != []


def listener(stack: Stack) -> str:
    """The URL of a queue that gets every message of the alarms."""
    sqs = stack.client("sqs")
    queue: str = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    stack.client("sns").subscribe(TopicArn=stack.resource("AlarmMessages"), Protocol="sqs", Endpoint=arn)
    return queue


def value_of(alarm: Any, value: float, *, age: timedelta = timedelta()) -> dict[str, Any]:
    """A value of an alarm's metric, so long ago."""
    at = datetime.now(UTC) - age
    return {"MetricName": alarm["MetricName"], "Dimensions": alarm["Dimensions"], "Value": value, "Timestamp": at}


def test_the_dead_mans_alarm_goes_off_when_nothing_has_succeeded_for_seven_hours(stack: Stack) -> None:
    """A twin of the deployed alarm, on a metric that no other test writes; a gap counts as a 0, as FILL makes it."""
    deployed = stack.alarm("NoRefresh")
    copied = ("MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator")
    twin = {name: deployed[name] for name in copied} | {"AlarmName": "twin", "Namespace": "twin"}
    stack.client("cloudwatch").put_metric_alarm(**twin)
    stack.count("twin", value_of(twin, 1, age=timedelta(hours=7, minutes=5)), value_of(twin, 0))
    assert stack.alarm_called("twin")["StateValue"] == "ALARM"
    stack.count("twin", value_of(twin, 1, age=timedelta(hours=6, minutes=55)))
    assert stack.alarm_called("twin")["StateValue"] == "OK"


def test_alarms_and_dashboard_look_at_metrics_that_the_functions_count(stack: Stack) -> None:
    published(stack)
    stack.invoke("CuratedRefresh", {"slot": "2026-08-01T03:15:00Z"})
    stack.feed.write_bytes(b"<html>busy</html>")
    stack.invoke("FullRefresh", {"slot": "2026-08-05T06:00:00Z", "job": "refresh"})
    counted = {
        (each.name, each.dimensions)
        for function in ("FullRefresh", "CuratedRefresh")
        for each in metrics(stack.log(function))
    }
    alarms = stack.client("cloudwatch").describe_alarms()["MetricAlarms"]
    looked_at = {
        (alarm["MetricName"], tuple(sorted((each["Name"], each["Value"]) for each in alarm["Dimensions"])))
        for alarm in alarms
        if alarm["Namespace"] == "modelsync"
    }
    assert {name for name, _ in looked_at} == {"Success", "HeldFeed", "RefusedFeed"}
    assert looked_at | {each for each in on_the_dashboard(stack) if "provider" not in str(each)} <= counted


def on_the_dashboard(stack: Stack) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """Names and dimensions of our own metrics that the dashboard draws."""
    found = stack.client("cloudwatch").get_dashboard(DashboardName=stack.resource("Dashboard"))["DashboardBody"]
    drawn = [line for widget in json.loads(found)["widgets"] for line in widget["properties"].get("metrics", ())]
    words = [[word for word in line[1:] if isinstance(word, str)] for line in drawn if line[0] == "modelsync"]
    return {(name, tuple(sorted(zip(rest[::2], rest[1::2], strict=True)))) for name, *rest in words}
