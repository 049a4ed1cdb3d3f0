"""What is published: the values, their vocabulary and their laws."""
