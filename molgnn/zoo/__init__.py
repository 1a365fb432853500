"""Pretrained models by name."""

from molgnn.zoo.store import list_models, load, model_card, predict

__all__ = ["list_models", "load", "model_card", "predict"]
