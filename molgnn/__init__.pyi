from molgnn.assess.metrics import Evaluation
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable, read_table
from molgnn.distillation.distill import distill
from molgnn.errors import MolgnnError
from molgnn.experiments.evaluate import evaluate
from molgnn.experiments.run import Run
from molgnn.experiments.train import train
from molgnn.fitting.config import TrainingConfig
from molgnn.graph.dgl_graphs import to_dgl
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.encoders.registry import register_encoder
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.predictor import Predictor
from molgnn.pretraining.pretrain import pretrain
from molgnn.screening import screen
from molgnn.tuning.tune import tune
from molgnn.zoo import list_models, load, model_card, predict

__all__ = [
    "Evaluation",
    "Featurizer",
    "LabelledTable",
    "MolgnnError",
    "Predictions",
    "Predictor",
    "Run",
    "Standardizer",
    "TrainingConfig",
    "__version__",
    "distill",
    "evaluate",
    "list_models",
    "load",
    "model_card",
    "predict",
    "pretrain",
    "read_table",
    "register_encoder",
    "screen",
    "to_dgl",
    "train",
    "tune",
]

__version__: str
