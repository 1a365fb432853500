"""Training models and measuring them."""

from molgnn.training.evaluate import evaluate
from molgnn.training.run import train

__all__ = ["evaluate", "train"]
