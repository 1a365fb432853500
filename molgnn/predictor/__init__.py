"""A trained model: what it is made of, how it is stored, and how it predicts."""
