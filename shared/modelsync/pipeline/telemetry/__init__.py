"""What clients reported of how calls ended: when it is evidence, and which flags it decides."""
