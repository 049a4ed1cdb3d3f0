"""What clients report: who may, what is taken, and where it is kept."""
