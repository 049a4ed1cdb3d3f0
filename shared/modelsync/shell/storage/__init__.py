"""Object stores: what they promise, which there are, what each does differently, and how to ask them again."""
