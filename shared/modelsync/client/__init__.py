"""The thin client: reads a published catalog with the standard library alone."""
