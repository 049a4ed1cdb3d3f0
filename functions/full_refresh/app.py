"""Every six hours: read OpenRouter's list and publish what it means; asked by hand for `all`, the shortlist, too.

The function decides nothing: `modelsync.scheduled` reads the event and `modelsync.shell.running.jobs` does the work.
"""

from modelsync.scheduled import scheduled

handler = scheduled("refresh", "all")
