"""Molecules and tables before any network: reading, clean-up, splits. Knows nothing of torch."""
