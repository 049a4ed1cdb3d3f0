"""Our template, and stacks of it: what tests of a deployment start from."""

from functools import cache
from pathlib import Path
from typing import Final

from tests.cloudformation import ACCOUNT, REGION, Stack, read_template

REPOSITORY: Final = Path(__file__).resolve().parents[1]
TEMPLATE: Final = read_template(REPOSITORY / "template.yaml")
SECRET: Final = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:one-AbCdEf"
CERTIFICATE: Final = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0b5e1c3a"
R2: Final = {"S3Endpoint": "https://0123abcd.r2.cloudflarestorage.com", "StoreCredentialsSecret": SECRET}
EVERYTHING: Final = {
    "OpenRouterKeyParameter": "/modelsync/openrouter",
    "DeepSeekKeyParameter": "/modelsync/deepseek",
    "DashScopeKeyParameter": "/modelsync/dashscope",
    "MoonshotKeyParameter": "/modelsync/moonshot",
    "ReportersSecret": SECRET,
    "AlarmEmail": "operator@example.org",
}
JOBS: Final = ("FullRefresh", "CuratedRefresh", "Signals", "ProviderRefresh")
FUNCTIONS: Final = (*JOBS, "AdminApi", "TelemetryIntake")


@cache
def a_stack(**parameters: str) -> Stack:
    """A stack with everything that is optional, and with these parameters."""
    return Stack(TEMPLATE, {"Bucket": "my-catalog", **EVERYTHING, **parameters})
