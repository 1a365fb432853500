"""Processes that work for this one, and are replaced when they die or hang."""
