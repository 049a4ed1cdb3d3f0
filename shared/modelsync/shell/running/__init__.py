"""A job: what it runs with, what it reads, how it decides and publishes, and what is told of it."""
