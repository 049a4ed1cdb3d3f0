"""What stands published: sets, manifests, history and heartbeat, in which order they are written and read."""
