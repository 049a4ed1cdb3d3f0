"""What each word of `models` does: a session in, an answer out."""
