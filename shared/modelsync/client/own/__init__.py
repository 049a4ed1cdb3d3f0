"""What is a user's own: saved choices, notices, models and names, and the files that keep them."""
