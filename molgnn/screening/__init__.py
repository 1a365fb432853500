"""Scoring a whole library, from file to file."""

from molgnn.screening.run import screen
from molgnn.screening.summary import ScreeningSummary

__all__ = ["ScreeningSummary", "screen"]
