"""What raises an alarm, who is told, and what the dashboard shows."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.cloudformation import ACCOUNT, REGION
from tests.deployment import FUNCTIONS, JOBS, a_stack


def alarms() -> dict[str, Mapping[str, Any]]:
    return a_stack().resources("AWS::CloudWatch::Alarm")


@pytest.mark.parametrize(
    ("name", "service", "seconds", "periods"),
    [("NoRefresh", "modelsync-full-refresh", 900, 28), ("NoCuration", "modelsync-curated-refresh", 3600, 26)],
)
def test_a_run_that_stays_away_raises_an_alarm(name: str, service: str, seconds: int, periods: int) -> None:
    alarm = alarms()[name]
    success, filled = alarm["Metrics"]
    assert success["MetricStat"] == {
        "Metric": {
            "Namespace": "modelsync",
            "MetricName": "Success",
            "Dimensions": [{"Name": "service", "Value": service}, {"Name": "source", "Value": "openrouter"}],
        },
        "Period": seconds,
        "Stat": "Sum",
    }
    assert filled["Expression"] == "FILL(success, 0)"
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (periods, periods)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_seven_hours_without_a_refresh_are_too_many() -> None:
    alarm = alarms()["NoRefresh"]
    assert alarm["Metrics"][0]["MetricStat"]["Period"] * alarm["EvaluationPeriods"] == 7 * 3600


@pytest.mark.parametrize("name", ["HeldFeed", "RefusedFeed"])
def test_a_feed_that_is_held_or_refused_raises_an_alarm(name: str) -> None:
    alarm = alarms()[name]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("modelsync", name)
    assert alarm["Dimensions"] == [
        {"Name": "service", "Value": "modelsync-full-refresh"},
        {"Name": "source", "Value": "openrouter"},
    ]
    assert (alarm["Threshold"], alarm["DatapointsToAlarm"], alarm["TreatMissingData"]) == (1, 1, "notBreaching")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_error_of_any_function_raises_an_alarm(name: str) -> None:
    alarm = alarms()[f"{name}Errors"]
    function = a_stack().properties(name)["FunctionName"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("AWS/Lambda", "Errors", 1)
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": function}]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_takes_four_fifths_of_its_time_raises_an_alarm(name: str) -> None:
    alarm = alarms()[f"{name}Slow"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("Duration", "Maximum")
    assert alarm["Threshold"] == a_stack().properties(name)["Timeout"] * 1000 * 4 // 5


@pytest.mark.parametrize("name", ["AdminApi", "TelemetryIntake"])
def test_callers_that_were_turned_away_raise_an_alarm(name: str) -> None:
    assert alarms()[f"{name}Throttled"]["MetricName"] == "Throttles"


def test_a_dead_letter_raises_an_alarm() -> None:
    alarm = alarms()["DeadLettersArrived"]
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "DeadLetters.QueueName"}]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 1)


def test_every_alarm_goes_to_the_one_topic_and_from_there_to_the_address() -> None:
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms().values()} == {("AlarmMessages",)}
    assert a_stack().properties("AlarmMessagesByEmail")["Endpoint"] == "operator@example.org"
    assert "AlarmMessagesByEmail" not in a_stack(AlarmEmail="")


def test_alarms_can_go_to_a_topic_that_exists() -> None:
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:operators"
    stack = a_stack(AlarmTopic=topic)
    assert {tuple(alarm["AlarmActions"]) for alarm in stack.resources("AWS::CloudWatch::Alarm").values()} == {(topic,)}
    assert "AlarmMessages" not in stack


def test_the_dashboard_is_json_with_the_metrics_that_are_counted() -> None:
    body = json.loads(a_stack().properties("Dashboard")["DashboardBody"])
    assert [widget["properties"]["title"] for widget in body["widgets"]] == [
        "Runs",
        "Catalog",
        "Errors, throttles, dead letters",
        "Duration",
    ]
    counted = {
        word for widget in body["widgets"][:2] for metric in widget["properties"]["metrics"] for word in metric[1:2]
    }
    assert counted == {"Success", "HeldFeed", "RefusedFeed", "Failed", "ActiveModels", "Events", "SetAsideRecords"}
