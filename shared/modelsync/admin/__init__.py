"""The administration of a catalog over HTTP: how things stand, and runs that are asked for by hand."""
