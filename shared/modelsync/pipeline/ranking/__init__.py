"""How models are ranked, and who is recommended: scores, choices, reasons."""
