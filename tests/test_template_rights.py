"""Who may do what in a deployment, read off the template's policies: they are evaluated, not searched.

An emulator enforces none of this. The keys are those that the code writes; the tables are the promise, and whoever
widens a policy has to widen them here.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from modelsync.catalog import keys
from modelsync.shell.storage.self_check import LASTING_KEY
from tests.cloudformation import ACCOUNT, REGION, Stack
from tests.deployment import EVERYTHING, FUNCTIONS, JOBS, R2, SECRET, TEMPLATE, a_stack
from tests.iam import allows, listed

BUCKET = "arn:aws:s3:::my-catalog"
AT = datetime(2026, 8, 8, 18, tzinfo=UTC)
DISTRIBUTION = f"arn:aws:cloudfront::{ACCOUNT}:distribution/Distribution"

KEYS = {
    "the manifest": keys.document_key("openrouter", keys.MANIFEST),
    "the heartbeat": keys.document_key("openrouter", keys.STATUS),
    "a document": keys.document_key("openrouter", keys.CURRENT),
    "a set": keys.set_key("openrouter", 7, keys.CURATED),
    "a snapshot": keys.snapshot_key("openrouter", AT),
    "the history": keys.history_key("openrouter", "2026-08"),
    "the self-check": f"openrouter/{LASTING_KEY}",
    "a provider's document": keys.document_key("deepseek", keys.CURRENT),
    "a provider's snapshot": keys.snapshot_key("moonshot", AT),
    "a provider's self-check": f"dashscope/{LASTING_KEY}",
    "a schema": "schemas/v1/current.schema.json",
    "the run asked for": keys.ASKED_RUN,
    "another of the admin's": "admin/other.json",
    "telemetry": keys.telemetry_key(date(2026, 8, 8), "desktop", 7),
    "bindings": keys.bindings_key("desktop", 7),
    "the enrichment": keys.ENRICHMENT_COPY,
    "a stranger's": "openrouter.json",
}
CATALOG = {"the manifest", "the heartbeat", "a document", "a set", "a snapshot", "the history", "the self-check"}
PROVIDERS = {"a provider's document", "a provider's snapshot", "a provider's self-check"}

MAY_WRITE = {
    "FullRefresh": CATALOG | {"the run asked for"},
    "CuratedRefresh": CATALOG | {"the run asked for"},
    "Signals": CATALOG | {"the enrichment"},
    "ProviderRefresh": PROVIDERS | {"the run asked for"},
    "AdminApi": {"the run asked for"},
    "TelemetryIntake": {"telemetry", "bindings"},
}
MAY_READ = {
    "FullRefresh": CATALOG | {"the run asked for", "bindings", "telemetry", "the enrichment"},
    "CuratedRefresh": CATALOG | {"the run asked for", "bindings", "telemetry", "the enrichment"},
    "Signals": CATALOG | {"the enrichment"},
    "ProviderRefresh": PROVIDERS | {"the run asked for", "bindings"},
    "AdminApi": {"the manifest", "the heartbeat", "the run asked for"},
    "TelemetryIntake": {"telemetry", "bindings"},
}
MAY_TAG = {"FullRefresh": {"a snapshot"}, "ProviderRefresh": {"a provider's snapshot"}}
MAY_LIST = {
    "FullRefresh": {"openrouter/sets/", "openrouter/history/", "bindings/", "telemetry/", "enrichment/"},
    "CuratedRefresh": {"openrouter/sets/", "openrouter/history/", "bindings/", "telemetry/", "enrichment/"},
    "Signals": {"openrouter/sets/", "openrouter/history/", "enrichment/"},
    "ProviderRefresh": {"deepseek/sets/", "dashscope/sets/", "moonshot/history/", "bindings/"},
    "AdminApi": set[str](),
    "TelemetryIntake": {"bindings/", "telemetry/"},
}
LISTS = set().union(*MAY_LIST.values()) | {"", "admin/", "schemas/", "openrouter", "d"}


@cache
def statements_of(function: str, **parameters: str) -> list[Mapping[str, Any]]:
    return a_stack(**parameters).statements_of(f"{function}Role")


def keys_allowed(function: str, action: str) -> set[str]:
    statements = statements_of(function)
    return {name for name, key in KEYS.items() if allows(statements, action, f"{BUCKET}/models/{key}")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_writes_its_own_keys_only(function: str) -> None:
    assert keys_allowed(function, "s3:PutObject") == MAY_WRITE[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_reads_what_it_needs_only(function: str) -> None:
    assert keys_allowed(function, "s3:GetObject") == MAY_READ[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_snapshots_are_tagged(function: str) -> None:
    assert keys_allowed(function, "s3:PutObjectTagging") == MAY_TAG.get(function, set())


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "action", ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl", "s3:GetObjectVersion"]
)
def test_nobody_deletes_opens_or_digs_up_anything(function: str, action: str) -> None:
    assert keys_allowed(function, action) == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_lists_its_own_keys_only(function: str) -> None:
    statements = statements_of(function)
    listable = {lst for lst in LISTS if allows(statements, "s3:ListBucket", BUCKET, s3_prefix=f"models/{lst}")}
    assert listable == MAY_LIST[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_lists_the_whole_bucket(function: str) -> None:
    assert not allows(statements_of(function), "s3:ListBucket", BUCKET)
    assert not allows(statements_of(function), "s3:ListBucket", BUCKET, s3_prefix="")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_a_function_reads_it_may_find_missing(function: str) -> None:
    """S3 answers 403 instead of 404 where a key may not be listed; it takes the key for the prefix of that question."""
    statements = statements_of(function)
    for name in MAY_READ[function]:
        assert allows(statements, "s3:ListBucket", BUCKET, s3_prefix=f"models/{KEYS[name]}"), name


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_reaches_beside_the_prefix(function: str) -> None:
    statements = statements_of(function, Prefix="a/b/")
    assert not any(allows(statements, "s3:PutObject", f"{BUCKET}/models/{key}") for key in KEYS.values())
    assert not any(allows(statements, "s3:GetObject", f"{BUCKET}/{key}") for key in KEYS.values())
    assert any(allows(statements, "s3:PutObject", f"{BUCKET}/a/b/{key}") for key in KEYS.values())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_reaches_another_bucket_or_its_settings(function: str) -> None:
    statements = statements_of(function)
    assert not any(allows(statements, "s3:PutObject", f"{BUCKET}-2/models/{key}") for key in KEYS.values())
    for action in ("s3:PutBucketPolicy", "s3:PutLifecycleConfiguration", "s3:PutBucketPublicAccessBlock"):
        assert not allows(statements, action, BUCKET)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_with_another_store_nobody_has_rights_to_a_bucket_of_aws(function: str) -> None:
    assert not [it for it in statements_of(function, **R2) if "s3:" in str(it["Action"])]


def all_statements(stack: Stack) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every statement of every policy of identities, with the name of the resource it stands in."""
    for kind in ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for name, properties in stack.resources(kind).items():
            assert "ManagedPolicyArns" not in properties
            documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
            for document in [*documents, *([properties["PolicyDocument"]] if "PolicyDocument" in properties else [])]:
                yield from ((name, statement) for statement in document["Statement"])


def every_statement() -> list[tuple[str, Mapping[str, Any]]]:
    secret_instead = {"OpenRouterKeyParameter": "", "OpenRouterKeySecret": SECRET}
    full = a_stack(SecretsKey=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0b5e1c3a", **secret_instead)
    return [*all_statements(a_stack()), *all_statements(full), *all_statements(a_stack(**R2))]


def test_no_policy_has_a_wildcard_among_its_actions() -> None:
    actions = {action for _, it in every_statement() for action in listed(it["Action"])}
    assert {action for action in actions if "*" in action} == set()
    assert actions == {
        "kms:Decrypt",
        "lambda:InvokeFunction",
        "lambda:InvokeFunctionUrl",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "secretsmanager:GetSecretValue",
        "sqs:SendMessage",
        "ssm:GetParameter",
    }


def test_a_wildcard_among_resources_ends_a_folder_of_the_catalog_or_the_streams_of_a_log() -> None:
    wild = {resource for _, it in every_statement() for resource in listed(it["Resource"]) if "*" in resource}
    folders = {resource for resource in wild if resource.startswith(f"{BUCKET}/models/")}
    assert {folder.removeprefix(f"{BUCKET}/models/") for folder in folders} == {
        *(f"{source}/{end}" for source in ("openrouter", *keys.PROVIDERS) for end in ("*", "raw-*")),
        "bindings/*",
        "telemetry/*",
        "enrichment/*",
    }
    assert all(
        resource.endswith(":*") and ":log-group:/aws/lambda/modelsync-" in resource for resource in wild - folders
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_writes_its_own_log(function: str) -> None:
    name = a_stack().properties(function)["FunctionName"]
    groups = {it["FunctionName"] for it in a_stack().resources("AWS::Serverless::Function").values()}
    written = {
        group
        for group in groups
        if allows(
            statements_of(function),
            "logs:PutLogEvents",
            f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{group}:log-stream:x",
        )
    }
    assert written == {name}
    assert not allows(statements_of(function), "logs:CreateLogGroup", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x:*")


def functions_started_by(role: str) -> set[str]:
    stack = a_stack()
    names = {it["FunctionName"] for it in stack.resources("AWS::Serverless::Function").values()}
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}"
    return {name for name in names if allows(stack.statements_of(role), "lambda:InvokeFunction", f"{arn}:{name}")}


def test_the_admin_api_and_the_schedules_start_the_job_functions_and_nobody_starts_anything_else() -> None:
    jobs = {"modelsync-full-refresh", "modelsync-curated-refresh", "modelsync-provider-refresh"}
    assert functions_started_by("AdminApiRole") == jobs
    assert functions_started_by("SchedulesRole") == jobs | {"modelsync-signals"}
    for function in (*JOBS, "TelemetryIntake"):
        assert functions_started_by(f"{function}Role") == set()


PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"
MAY_LEARN = {
    "FullRefresh": {"/modelsync/openrouter"},
    "CuratedRefresh": set[str](),
    "Signals": {"/modelsync/openrouter"},
    "ProviderRefresh": {"/modelsync/deepseek", "/modelsync/dashscope", "/modelsync/moonshot"},
    "AdminApi": set[str](),
    "TelemetryIntake": set[str](),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_key_is_read_by_the_function_that_needs_it(function: str) -> None:
    names = {value for name, value in EVERYTHING.items() if name.endswith("KeyParameter")} | {"/other"}
    statements = statements_of(function)
    assert {name for name in names if allows(statements, "ssm:GetParameter", PARAMETER + name)} == MAY_LEARN[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_list_of_reporters_is_read_by_the_intake(function: str) -> None:
    may = allows(statements_of(function), "secretsmanager:GetSecretValue", SECRET)
    assert may == (function == "TelemetryIntake")


def test_a_key_that_lies_in_a_secret_is_read_by_who_asks_openrouter_alone() -> None:
    place = {
        "OpenRouterKeyParameter": "",
        "OpenRouterKeySecret": SECRET,
        "ReportersSecret": SECRET.replace("one", "two"),
    }
    readers = {
        function
        for function in FUNCTIONS
        if allows(statements_of(function, **place), "secretsmanager:GetSecretValue", SECRET)
    }
    assert readers == {"FullRefresh", "Signals"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_whoever_works_on_another_store_may_read_the_key_to_it(function: str) -> None:
    other = {"StoreCredentialsSecret": SECRET.replace("one", "two")}
    assert allows(statements_of(function, **R2 | other), "secretsmanager:GetSecretValue", SECRET.replace("one", "two"))


def test_who_was_given_no_secret_may_read_none() -> None:
    plain = Stack(TEMPLATE, {"Bucket": "my-catalog"})
    services = {action.partition(":")[0] for _, it in all_statements(plain) for action in listed(it["Action"])}
    assert services & {"ssm", "secretsmanager", "kms"} == set()


def test_a_key_of_kms_opens_secrets_only() -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0b5e1c3a"
    statements = statements_of("FullRefresh", SecretsKey=key)
    assert allows(statements, "kms:Decrypt", key, kms_ViaService=f"ssm.{REGION}.amazonaws.com")
    assert not allows(statements, "kms:Decrypt", key, kms_ViaService=f"s3.{REGION}.amazonaws.com")
    assert not allows(statements, "kms:Decrypt", key)


# Who takes which role


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_of_a_function_is_taken_by_lambda_alone_and_by_one_function(function: str) -> None:
    stack = a_stack()
    trust = stack.properties(f"{function}Role")["AssumeRolePolicyDocument"]["Statement"]
    assert [(it["Principal"], it["Action"]) for it in trust] == [
        ({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")
    ]
    roles = [it["Role"] for it in stack.resources("AWS::Serverless::Function").values()]
    assert roles.count(f"arn:aws:iam:{REGION}:{ACCOUNT}:{function}Role") == 1


def test_the_role_of_the_schedules_is_taken_by_schedules_of_this_account_alone() -> None:
    (trust,) = a_stack().properties("SchedulesRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.parametrize("role", [*(f"{job}Role" for job in JOBS), "SchedulesRole"])
def test_whoever_gives_up_a_run_may_send_it_to_the_dead_letters(role: str) -> None:
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:DeadLetters"
    assert allows(a_stack().statements_of(role), "sqs:SendMessage", queue)
    assert not allows(a_stack().statements_of(role), "sqs:ReceiveMessage", queue)


# Who comes in from outside


def test_the_admin_api_asks_for_a_signature_and_the_intake_for_its_own_credential() -> None:
    urls = {
        name: properties["FunctionUrlConfig"]
        for name, properties in a_stack().resources("AWS::Serverless::Function").items()
        if "FunctionUrlConfig" in properties
    }
    assert urls == {"AdminApi": {"AuthType": "AWS_IAM"}, "TelemetryIntake": {"AuthType": "NONE"}}


def test_who_may_call_the_admin_api_may_do_so_through_its_url_only() -> None:
    statements = a_stack().properties("AdminCallers")["PolicyDocument"]["Statement"]
    admin = f"arn:aws:lambda:{REGION}:{ACCOUNT}:modelsync-admin-api"
    assert allows(statements, "lambda:InvokeFunctionUrl", admin)
    assert allows(statements, "lambda:InvokeFunction", admin, lambda_InvokedViaFunctionUrl="true")
    assert not allows(statements, "lambda:InvokeFunction", admin)
    refresh = admin.replace("admin-api", "full-refresh")
    assert not allows(statements, "lambda:InvokeFunction", refresh, lambda_InvokedViaFunctionUrl="true")


def bucket_policy(**parameters: str) -> list[Mapping[str, Any]]:
    statements: list[Mapping[str, Any]] = a_stack(**parameters).properties("CatalogPolicy")["PolicyDocument"][
        "Statement"
    ]
    return statements


def served_to(statements: list[Mapping[str, Any]], source: str, tls: str = "true") -> set[str]:
    """What CloudFront, for the distribution `source`, gets out of the bucket."""
    theirs = [it for it in statements if it["Principal"] in ("*", {"Service": "cloudfront.amazonaws.com"})]
    return {
        name
        for name, key in KEYS.items()
        if allows(theirs, "s3:GetObject", f"{BUCKET}/models/{key}", AWS_SourceArn=source, aws_SecureTransport=tls)
    }


def test_readers_get_the_public_keys_and_nothing_else() -> None:
    """What a provider lists to the operator's key is the operator's own; what is published of it is not."""
    public = CATALOG | PROVIDERS | {"a schema"}
    assert served_to(bucket_policy(), DISTRIBUTION) == public - {"a provider's snapshot"}


def test_a_foreign_distribution_gets_nothing() -> None:
    assert served_to(bucket_policy(), DISTRIBUTION.replace("/Distribution", "/OTHER")) == set()


def test_nothing_is_served_without_tls() -> None:
    assert served_to(bucket_policy(), DISTRIBUTION, tls="false") == set()


def test_nothing_is_served_when_it_is_switched_off() -> None:
    statements = bucket_policy(PublicReading="none")
    assert served_to(statements, DISTRIBUTION) == set()
    assert [it["Effect"] for it in statements] == ["Deny"]


def test_nobody_but_cloudfront_is_let_in_by_the_bucket() -> None:
    allowed = [it for it in bucket_policy() if it["Effect"] == "Allow"]
    assert [(it["Principal"], it["Action"]) for it in allowed] == [
        ({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject")
    ]
