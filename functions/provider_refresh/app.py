"""Daily, once for each direct provider: read the provider's own list and publish it beside OpenRouter's.

The event names the provider. Runs of different providers share nothing: one that fails touches no documents but its
own, and those only with its heartbeat. What is read and why is `modelsync.shell.running.providers`. Providers have no
shortlist, so that there is no other job.
"""

from modelsync.catalog.keys import provider_named
from modelsync.scheduled import scheduled

handler = scheduled("refresh", source_of=lambda order: provider_named(order.provider))
