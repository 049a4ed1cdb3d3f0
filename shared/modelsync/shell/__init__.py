"""Who runs it: stores, the repository in them, the jobs and the runtime that composes them."""
