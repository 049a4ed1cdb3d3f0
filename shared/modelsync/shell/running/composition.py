"""Which runtime the name of a source means: OpenRouter's, or that of a direct provider."""

from collections.abc import Mapping

from modelsync.catalog.keys import OPENROUTER
from modelsync.shell.running.runtime import Runtime, build_runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.object_store import ObjectStore


def runtime_of(
    source: str, settings: Settings, environment: Mapping[str, str], store: ObjectStore | None = None
) -> Runtime:
    """What a job on one source runs with; touches neither the network nor the store.

    `environment` holds the providers' keys and regions, `store` the opened one where there is one. Raises UsageError
    for a source that there is not.
    """
    if source == OPENROUTER:
        return build_runtime(settings, store)
    from modelsync.shell.running.providers import provider_runtime  # late: most runs read no provider

    return provider_runtime(settings, source, environment, store)
