"""From a labelled table to a trained model, and how good it is."""
