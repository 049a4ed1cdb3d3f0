"""The built artefact and its deployment, once for all tests that drive them."""

from tests.artefact.fixtures import artefact, stack

__all__ = ["artefact", "stack"]
