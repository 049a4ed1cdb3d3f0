"""What a chat bot says of models: pure functions from what was typed to messages, and one form of them per platform."""
