"""What a user may report: how calls ended, and which models are chosen; off until they agree."""
