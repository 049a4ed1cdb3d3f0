"""What is read: one room for each wire format, which parses and translates and does nothing else."""
