"""Where a catalog comes from: a folder, a file, the network, what is kept of it, and what may replace that."""
