"""How facts become documents: pure stages, no clock, no network, no store, no logger."""
