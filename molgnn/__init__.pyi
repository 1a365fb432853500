from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import read_table
from molgnn.errors import MolgnnError
from molgnn.experiments.evaluate import evaluate
from molgnn.experiments.train import train
from molgnn.graph.featurizer import Featurizer
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.predictor import Predictor
from molgnn.screening import screen
from molgnn.zoo import list_models, load, model_card, predict

__all__ = [
    "Featurizer",
    "MolgnnError",
    "Predictions",
    "Predictor",
    "Standardizer",
    "__version__",
    "evaluate",
    "list_models",
    "load",
    "model_card",
    "predict",
    "read_table",
    "screen",
    "train",
]

__version__: str
