"""The command `models`: what people and scripts ask of a published catalog, with the standard library alone."""
