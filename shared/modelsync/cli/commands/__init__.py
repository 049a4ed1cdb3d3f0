"""What each command does: it asks the rooms below and puts what they say into an answer."""
