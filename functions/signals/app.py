"""Daily, before the curation: look how OpenRouter serves its models; weekly, read what models.dev says of them.

The function decides nothing: `modelsync.scheduled` reads the event and `modelsync.shell.running.jobs` does the work.
"""

from modelsync.scheduled import scheduled

handler = scheduled("signals", "enrich")
