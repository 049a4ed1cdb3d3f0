"""Daily: recompute the shortlist and let missing models age.

The function decides nothing: `modelsync.scheduled` reads the event and `modelsync.shell.running.jobs` does the work.
"""

from modelsync.scheduled import scheduled

handler = scheduled("curate")
