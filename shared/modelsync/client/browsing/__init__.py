"""Looking around: pages, filters, the shortlist, comparisons, explanations, what changed."""
