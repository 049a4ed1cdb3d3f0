"""What a model costs, who serves it, whose key counts, and whether a conversation could go on with it."""
