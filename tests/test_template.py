"""The SAM template against the code that it deploys: variables, schedules, layers, the store, readers, outputs.

It is read as CloudFormation reads it (`tests.cloudformation`), since an emulator deploys less than it accepts. Who may
do what: `test_template_rights`. Who is told: `test_template_alarms`. How it is built: `test_build_files`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modelsync.admin.starters import CURATED, FULL, PROVIDER
from modelsync.catalog import keys
from modelsync.shell.asking.job_order import JobOrder
from modelsync.shell.reports.reporters import FROM_SECRET
from modelsync.shell.running.providers import DIRECT
from modelsync.shell.running.settings import Settings
from modelsync.sources import dashscope, moonshot
from tests.cloudformation import ACCOUNT, REGION, Stack
from tests.deployment import CERTIFICATE, FUNCTIONS, JOBS, R2, SECRET, TEMPLATE, a_stack


def variables_of(function: str, stack: Stack | None = None) -> dict[str, str]:
    variables: dict[str, str] = (stack or a_stack()).properties(function)["Environment"]["Variables"]
    return variables


class Recording(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables, self.asked_for = variables, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked_for.add(name)
        return self.variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)


# What the functions are told


def test_the_stack_has_the_six_functions() -> None:
    assert set(a_stack().resources("AWS::Serverless::Function")) == set(FUNCTIONS)


def test_settings_read_every_variable_of_a_job() -> None:
    environment = Recording(variables_of("FullRefresh", a_stack(**R2, S3Profile="r2")))
    settings = Settings.from_environment(environment)
    assert environment.variables.keys() - environment.asked_for == {"POWERTOOLS_SERVICE_NAME"}
    assert (settings.store, settings.prefix, settings.overrides) == ("s3://my-catalog", "models/", Path("/opt"))
    assert (settings.endpoint_url, settings.s3_profile) == (R2["S3Endpoint"], "r2")
    assert settings.credentials is not None


def test_nobody_is_told_a_variable_that_it_does_not_read() -> None:
    everybody = {"POWERTOOLS_SERVICE_NAME", "MODELSYNC_STORE", "MODELSYNC_PREFIX"}
    assert variables_of("FullRefresh").keys() - everybody == {"MODELSYNC_OVERRIDES", "OPENROUTER_API_KEY_PARAMETER"}
    assert variables_of("CuratedRefresh").keys() - everybody == {"MODELSYNC_OVERRIDES"}
    assert variables_of("Signals").keys() == variables_of("FullRefresh").keys()
    assert variables_of("ProviderRefresh").keys() - everybody == {
        "MODELSYNC_OVERRIDES",
        *(f"{provider.key_variable}_PARAMETER" for provider in DIRECT.values()),
        *(provider.region_variable for provider in DIRECT.values() if provider.region_variable),
    }
    assert variables_of("AdminApi").keys() - everybody == {FULL, CURATED, PROVIDER}
    assert variables_of("TelemetryIntake").keys() - everybody == {FROM_SECRET}


def test_what_is_not_given_is_not_set() -> None:
    plain = Stack(TEMPLATE, {"Bucket": "my-catalog"})
    assert {name for name, value in variables_of("FullRefresh", plain).items() if not value} == set()
    assert not {name for name in variables_of("ProviderRefresh", plain) if "API_KEY" in name}


def test_no_variable_holds_a_secret() -> None:
    told = {name for function in FUNCTIONS for name in variables_of(function)}
    assert {name for name in told if re.search("KEY|SECRET|CREDENTIAL|TOKEN|REPORTERS", name)} == {
        name for name in told if re.search("_(PARAMETER|SECRET)$", name)
    }


def test_the_admin_api_is_told_the_names_of_the_job_functions() -> None:
    told = variables_of("AdminApi")
    assert told[FULL] == "modelsync-full-refresh"
    assert told[CURATED] == "modelsync-curated-refresh"
    assert told[PROVIDER] == "modelsync-provider-refresh"


def test_the_regions_to_choose_from_are_those_of_the_providers() -> None:
    assert set(TEMPLATE["Parameters"]["DashScopeRegion"]["AllowedValues"]) == set(dashscope.HOSTS)
    assert set(TEMPLATE["Parameters"]["MoonshotRegion"]["AllowedValues"]) == set(moonshot.HOSTS)


def test_a_function_logs_and_counts_under_its_own_name() -> None:
    for function, properties in a_stack().resources("AWS::Serverless::Function").items():
        name = properties["FunctionName"]
        assert variables_of(function)["POWERTOOLS_SERVICE_NAME"] == name
        assert properties["LoggingConfig"] == {"LogGroup": f"/aws/lambda/{name}", "LogFormat": "JSON"}


def test_logs_do_not_stay_for_ever() -> None:
    groups = a_stack(LogDays="14").resources("AWS::Logs::LogGroup")
    assert {group["RetentionInDays"] for group in groups.values()} == {"14"}
    assert len(groups) == 6


# How they run


def test_a_writer_runs_once_at_a_time_and_a_url_a_few_times() -> None:
    reserved = {name: a_stack().properties(name)["ReservedConcurrentExecutions"] for name in FUNCTIONS}
    assert reserved == {
        "FullRefresh": 1,
        "CuratedRefresh": 1,
        "Signals": 1,
        "ProviderRefresh": 1,
        "AdminApi": 2,
        "TelemetryIntake": 5,
    }


def test_a_new_account_reserves_nothing() -> None:
    stack = a_stack(ReservedConcurrency="no")
    assert not any("ReservedConcurrentExecutions" in stack.properties(name) for name in FUNCTIONS)


def test_a_run_that_fails_for_good_goes_to_the_dead_letters() -> None:
    for name in JOBS:
        invoked = a_stack().properties(name)["EventInvokeConfig"]
        assert invoked["DestinationConfig"]["OnFailure"] == {"Type": "SQS", "Destination": DEAD_LETTERS}
        assert (invoked["MaximumRetryAttempts"], invoked["MaximumEventAgeInSeconds"]) == (2, 3600)


DEAD_LETTERS = f"arn:aws:sqs:{REGION}:{ACCOUNT}:DeadLetters"


def test_dead_letters_are_encrypted_and_stay_for_two_weeks() -> None:
    assert a_stack().properties("DeadLetters") == {"MessageRetentionPeriod": 1209600, "SqsManagedSseEnabled": True}


def schedules(stack: Stack) -> dict[str, Mapping[str, Any]]:
    functions = stack.resources("AWS::Serverless::Function").values()
    return {
        f"{properties['FunctionName']} {name}": event["Properties"]
        for properties in functions
        for name, event in properties.get("Events", {}).items()
        if event["Type"] == "ScheduleV2"
    }


ANY_JOB = ("refresh", "curate", "signals", "enrich")


def test_the_schedules_say_what_to_do_and_for_which_slot() -> None:
    meant = "2026-08-08T18:00:00Z"
    orders = {
        name: JobOrder.of(json.loads(event["Input"].replace("<aws.scheduler.scheduled-time>", meant)), jobs=ANY_JOB)
        for name, event in schedules(a_stack()).items()
    }
    at = datetime(2026, 8, 8, 18, tzinfo=UTC)
    assert orders == {
        "modelsync-full-refresh Refresh": JobOrder("refresh", slot=at),
        "modelsync-curated-refresh Curation": JobOrder("curate", slot=at),
        "modelsync-signals Signals": JobOrder("signals", slot=at),
        "modelsync-signals Enrichment": JobOrder("enrich", slot=at),
        "modelsync-provider-refresh DeepSeek": JobOrder("refresh", "deepseek", at),
        "modelsync-provider-refresh DashScope": JobOrder("refresh", "dashscope", at),
        "modelsync-provider-refresh Moonshot": JobOrder("refresh", "moonshot", at),
    }


def test_every_provider_has_its_schedule() -> None:
    named = {json.loads(event["Input"]).get("provider") for event in schedules(a_stack()).values()}
    assert named == {None, *keys.PROVIDERS}


def test_the_schedules_run_every_six_hours_and_daily_in_utc() -> None:
    by_name = schedules(a_stack())
    assert by_name["modelsync-full-refresh Refresh"]["ScheduleExpression"] == "rate(6 hours)"
    assert by_name["modelsync-curated-refresh Curation"]["ScheduleExpression"] == "cron(15 3 * * ? *)"
    assert {event["ScheduleExpressionTimezone"] for event in by_name.values()} == {"UTC"}


def test_every_schedule_retries_gives_up_into_the_dead_letters_and_leaves_aws_a_quarter_of_an_hour() -> None:
    for event in schedules(a_stack()).values():
        assert event["RetryPolicy"] == {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 3600}
        assert event["DeadLetterConfig"] == {"Arn": DEAD_LETTERS}
        assert event["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}


def test_two_stacks_of_an_account_do_not_take_each_others_schedule_names() -> None:
    assert all(event["OmitName"] for event in schedules(a_stack()).values())


def test_schedules_can_be_stopped_and_then_nobody_waits_for_them() -> None:
    stopped = a_stack(Schedules="DISABLED")
    assert {event["State"] for event in schedules(stopped).values()} == {"DISABLED"}
    assert "NoRefresh" not in stopped
    assert "NoCuration" not in stopped


def test_only_what_is_read_is_in_the_layers_of_a_function() -> None:
    layers = {name: a_stack().properties(name)["Layers"] for name in FUNCTIONS}
    assert {name for name in FUNCTIONS if layers[name] == ["SharedLayer", "OverridesLayer"]} == set(JOBS)
    assert layers["AdminApi"] == layers["TelemetryIntake"] == ["SharedLayer"]


def test_only_who_has_a_list_of_reporters_takes_reports() -> None:
    without = a_stack(ReportersSecret="")
    assert not [name for name in without.template["Resources"] if name.startswith("Telemetry") and name in without]
    assert "ReportTelemetry" not in without.outputs


# Where the catalog lies


def test_the_bucket_is_private_encrypted_and_versioned() -> None:
    bucket = a_stack().properties("Catalog")
    assert bucket["BucketName"] == "my-catalog"
    assert bucket["PublicAccessBlockConfiguration"] == dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_the_bucket_outlives_its_stack() -> None:
    described = TEMPLATE["Resources"]["Catalog"]
    assert described["DeletionPolicy"] == "RetainExceptOnCreate"
    assert described["UpdateReplacePolicy"] == "Retain"


def test_old_objects_go() -> None:
    rules = a_stack().properties("Catalog")["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    days = {(rule["Prefix"], *(tag["Value"] for tag in rule.get("TagFilters", []))): rule["ExpirationInDays"]
            for rule in rules if "ExpirationInDays" in rule}  # fmt: skip
    assert days == {
        ("models/", "90d"): 90,
        ("models/openrouter/raw-",): 455,
        ("models/deepseek/raw-",): 455,
        ("models/dashscope/raw-",): 455,
        ("models/moonshot/raw-",): 455,
        ("models/openrouter/sets/",): 90,
        ("models/telemetry/",): 60,
        ("models/bindings/",): 400,
    }


def test_what_was_overwritten_and_what_was_never_finished_goes_too() -> None:
    rules = {rule["Id"]: rule for rule in a_stack().properties("Catalog")["LifecycleConfiguration"]["Rules"]}
    assert rules["overwritten"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 14}
    assert rules["remains"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_a_bucket_that_exists_is_left_as_it_is() -> None:
    stack = a_stack(MakeBucket="no", PublicReading="none")
    assert not [name for name in ("Catalog", "CatalogPolicy", "Distribution") if name in stack]
    assert variables_of("FullRefresh", stack)["MODELSYNC_STORE"] == "s3://my-catalog"


def test_another_store_needs_nothing_of_aws_but_the_functions() -> None:
    stack = a_stack(**R2)
    kinds = {it["Type"] for name, it in stack.template["Resources"].items() if name in stack}
    assert {kind for kind in kinds if kind.startswith(("AWS::S3", "AWS::CloudFront"))} == set()
    assert "ReadCatalog" not in stack.outputs


@pytest.mark.parametrize(
    ("parameters", "rule"),
    [
        ({"S3Endpoint": R2["S3Endpoint"]}, "With the S3Endpoint of another store, StoreCredentialsSecret"),
        ({"DomainName": "catalog.example.org"}, "DomainName and CertificateArn go together"),
        ({"CertificateArn": CERTIFICATE}, "DomainName and CertificateArn go together"),
        ({"OpenRouterKeySecret": SECRET}, "Give OpenRouterKeyParameter or OpenRouterKeySecret, not both"),
    ],
)
def test_parameters_that_do_not_fit_together_are_refused(parameters: dict[str, str], rule: str) -> None:
    assert [broken for broken in a_stack(**parameters).broken_rules if broken.startswith(rule)] != []


@pytest.mark.parametrize(
    "parameters",
    [{}, R2, {"S3Endpoint": "https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com", "S3Profile": "aws"},
     {"DomainName": "catalog.example.org", "CertificateArn": CERTIFICATE}],
)  # fmt: skip
def test_parameters_that_fit_together_are_taken(parameters: dict[str, str]) -> None:
    assert a_stack(**parameters).broken_rules == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("Prefix", "models"), ("Prefix", "*/"), ("Prefix", "/"), ("Bucket", "a*"), ("ReportersSecret", "*"),
     ("OpenRouterKeyParameter", "/a/*"), ("SecretsKey", "*"), ("LogDays", "2")],
)  # fmt: skip
def test_no_parameter_takes_a_wildcard_into_a_policy(name: str, value: str) -> None:
    with pytest.raises(AssertionError, match=name):
        a_stack(**{name: value})


# How it is read


def test_readers_get_https_compression_and_the_documents_own_lifetimes() -> None:
    stack = a_stack()
    distribution = stack.properties("Distribution")["DistributionConfig"]
    behaviour = distribution["DefaultCacheBehavior"]
    assert behaviour["ViewerProtocolPolicy"] == "https-only"
    assert behaviour["Compress"] is True
    assert set(behaviour["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS"}
    assert "DefaultRootObject" not in distribution
    assert distribution["Origins"][0]["OriginAccessControlId"] == "OriginAccess.Id"
    caching = stack.properties("Caching")["CachePolicyConfig"]
    assert (caching["MinTTL"], caching["DefaultTTL"], caching["MaxTTL"]) == (0, 60, 31536000)
    assert caching["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"] == {"QueryStringBehavior": "none"}


def test_any_web_page_may_read() -> None:
    cors = a_stack().properties("ResponseHeaders")["ResponseHeadersPolicyConfig"]["CorsConfig"]
    assert cors["AccessControlAllowOrigins"] == {"Items": ["*"]}
    assert cors["AccessControlAllowMethods"] == {"Items": ["GET", "HEAD"]}
    assert cors["AccessControlAllowCredentials"] is False


def test_a_name_of_ones_own_comes_with_tls_1_2() -> None:
    stack = a_stack(DomainName="catalog.example.org", CertificateArn=CERTIFICATE)
    distribution = stack.properties("Distribution")["DistributionConfig"]
    assert distribution["Aliases"] == ["catalog.example.org"]
    assert distribution["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }


# What the operator is told


def test_outputs_say_what_to_call() -> None:
    assert a_stack().outputs == {
        "Store": "s3://my-catalog",
        "ReadCatalog": "curl --compressed https://Distribution.DomainName/models/openrouter/manifest.json",
        "DistributionName": "Distribution.DomainName",
        "AskForStatus": f"{SIGNED} https://adminapiurl.example/api/admin/models/status",
        "AskForRefresh": f"""{SIGNED} --json '{{"target": "all"}}' https://adminapiurl.example/api/admin/models/refresh""",
        "AdminCallers": "AdminCallers",
        "ReportTelemetry": 'curl --header "Authorization: Bearer $TOKEN" --json @report.json '
        "https://telemetryintakeurl.example/v1/telemetry",
        "SeeDeadLetters": f"aws sqs receive-message --region {REGION} --queue-url DeadLetters "
        "--max-number-of-messages 10",
        "SeeLog": f"aws logs tail --region {REGION} --since 1d /aws/lambda/modelsync-full-refresh",
    }


SIGNED = (
    'curl --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" --header "x-amz-security-token: $AWS_SESSION_TOKEN" '
    f"--aws-sigv4 aws:amz:{REGION}:lambda"
)


def test_a_name_of_ones_own_is_what_is_read() -> None:
    stack = a_stack(DomainName="catalog.example.org", CertificateArn=CERTIFICATE, Prefix="")
    assert stack.outputs["ReadCatalog"] == "curl --compressed https://catalog.example.org/openrouter/manifest.json"
