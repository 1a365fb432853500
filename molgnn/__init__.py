"""Molecular property prediction with graph neural networks: SMILES in, calibrated predictions out.

``import molgnn`` loads nothing but this file; each public name loads its own module when it is
first used, so that a script which only reads a table does not wait for PyTorch.
"""

from __future__ import annotations

from importlib import import_module

_HOMES = {
    "load": "molgnn.zoo",
    "list_models": "molgnn.zoo",
    "model_card": "molgnn.zoo",
    "predict": "molgnn.zoo",
    "train": "molgnn.experiments.train",
    "tune": "molgnn.tuning.tune",
    "pretrain": "molgnn.pretraining.pretrain",
    "distill": "molgnn.distillation.distill",
    "evaluate": "molgnn.experiments.evaluate",
    "screen": "molgnn.screening",
    "read_table": "molgnn.chem.tables",
    "TrainingConfig": "molgnn.fitting.config",
    "LabelledTable": "molgnn.chem.tables",
    "Run": "molgnn.experiments.run",
    "Evaluation": "molgnn.assess.metrics",
    "to_dgl": "molgnn.graph.dgl_graphs",
    "register_encoder": "molgnn.nn.encoders.registry",
    "Predictor": "molgnn.predictor.predictor",
    "Predictions": "molgnn.predictor.predictions",
    "Featurizer": "molgnn.graph.featurizer",
    "Standardizer": "molgnn.chem.standardize",
    "MolgnnError": "molgnn.errors",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> object:
    """Load a public name from its home and keep it here, so that this runs once per name."""
    if name == "__version__":
        value: object = import_module("molgnn.distribution").installed_version()
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'molgnn' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
