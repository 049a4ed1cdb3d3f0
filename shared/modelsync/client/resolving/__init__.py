"""From a word or a saved choice to the model that runs."""
