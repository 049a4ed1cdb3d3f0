"""A run that somebody asks for: by an event, by hand, of another machine, of a deployed function."""
