"""Scoring a whole library, from file to file."""

from molgnn.screening.run import ScreeningSummary, screen

__all__ = ["ScreeningSummary", "screen"]
