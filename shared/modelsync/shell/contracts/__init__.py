"""The published contract in JSON Schema, for whoever reads documents or writes reports in any language."""
