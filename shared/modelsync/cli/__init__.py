"""The command line: words in, tables or JSON and an exit code out."""
