"""What a user should know of a training: the model's card, and notes on the table."""

from __future__ import annotations

from collections.abc import Sequence

from rdkit.Chem import MolFromSmiles, MolToSmiles

from molgnn.assess.metrics import Evaluation
from molgnn.chem.splits import Split, one_class_parts
from molgnn.chem.tables import LabelledTable
from molgnn.predictor.card import Card, Figure
from molgnn.training.config import TrainingConfig
from molgnn.training.data import TrainingData

NOTED_ROWS = 10
CARD_METRICS = {"roc_auc": "ROC-AUC", "rmse": "RMSE"}


def note_table(table: LabelledTable, data: TrainingData, splits: Sequence[Split]) -> list[str]:
    """Say which columns and lines were not used, and where the parts of the split fall short."""
    columns = [f"column {name!r} is no task: {why}" for name, why in table.ignored_columns.items()]
    lines = [
        f"line {table.lines[row.row]} is not used: {row.reason} ({row.text[:40]})"
        for row in data.rejected[:NOTED_ROWS]
    ]
    if len(data.rejected) > NOTED_ROWS:
        lines.append(f"{len(data.rejected) - NOTED_ROWS} more lines are not used: see split.csv")
    return [
        *columns,
        *lines,
        *(note for split in splits for note in _repeats(data, split)),
        *_one_class_parts(data, splits),
    ]


def _one_class_parts(data: TrainingData, splits: Sequence[Split]) -> list[str]:
    sentences = [one_class_parts(split, data.labels, data.tasks) for split in splits]
    if len(splits) == 1:
        return sentences[0]
    return [f"fold {i}: {text}" for i, texts in enumerate(sentences) for text in texts]


def _repeats(data: TrainingData, split: Split) -> list[str]:
    """Say how many test molecules the network was trained on, under another salt or spelling."""
    trained = {_canonical(data.smiles[mol]) for mol in split.train}
    n_repeated = sum(_canonical(data.smiles[mol]) in trained for mol in split.test)
    if not n_repeated:
        return []
    return [
        f"{n_repeated} of {len(split.test)} test molecules are in the training part, too, after "
        "the clean-up: the test figures flatter a little"
    ]


def _canonical(smiles: str) -> str:
    return MolToSmiles(MolFromSmiles(smiles))


def write_card(
    table: LabelledTable, data: TrainingData, config: TrainingConfig, test: Evaluation
) -> Card:
    """Return the card of a model that a user has trained."""
    name = config.name or (table.path.name.partition(".")[0] if table.path else "table")
    means = {metric: test.mean(metric) for metric in CARD_METRICS}
    names = data.tasks.names
    return Card(
        name=f"{config.network.encoder}.{name}",
        summary=", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else ""),
        data=f"{len(data.rows):,} molecules of {table.path.name if table.path else name}",
        training=f"{config.split} split, seed {config.seed}, stopped by the validation score",
        figures=tuple(
            Figure(
                data="the test part of that table",
                split=f"{config.split} split",
                metric=CARD_METRICS[metric],
                n_tasks=n_tasks,
                seeds=(config.seed,),
                value=value,
            )
            for metric, (value, n_tasks) in means.items()
            if n_tasks
        ),
        limits=("Molecules unlike those of that table are beyond what was tested.",),
    )
