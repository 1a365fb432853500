"""The report of a run: what the model and a random forest say of the test molecules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int64

from molgnn.assess.baseline import random_forest
from molgnn.assess.thresholds import UNDECIDED, choose_threshold
from molgnn.chem.fingerprints import ecfp4_counts
from molgnn.chem.similarity import nearest_similarity
from molgnn.chem.splits import Split, label_counts
from molgnn.chem.tables import LabelledTable
from molgnn.predictor.card import Card
from molgnn.report.content import Judged, ReportContent, most_measured
from molgnn.tasks import Tasks
from molgnn.training.data import TrainingData
from molgnn.training.judge import Judgement

N_TREES = 200
MOST_LEARNED = 20_000
MOST_JUDGED = 5_000
"""Beyond so many rows the forest, the similarities and the pictures take a sample."""


def account_for(
    table: LabelledTable,
    data: TrainingData,
    judgement: Judgement,
    card: Card,
    notes: Sequence[str],
    seed: int,
) -> ReportContent:
    """Gather what the report shows; the forest learns from the training and validation rows."""
    random = np.random.default_rng(seed)
    tested = np.concatenate([split.test for split in judgement.splits])
    detailed = most_measured(data.labels[tested])
    folds = [
        _judge_fold(table, data, split, values, detailed, random, seed)
        for split, values in zip(judgement.splits, judgement.values, strict=True)
    ]
    judged = _join([fold for fold, _ in folds])
    is_sample = any(
        len(split.train) + len(split.valid) > MOST_LEARNED or len(split.test) > MOST_JUDGED
        for split in judgement.splits
    )
    facts = {
        "predicts": card.summary,
        "learned from": card.data,
        "how": card.training,
        "judged on": f"{len(judged.smiles):,} predictions for test molecules",
    }
    if is_sample:
        facts["sample"] = (
            f"the forest learned from {MOST_LEARNED:,} rows and at most {MOST_JUDGED:,} test rows "
            "of a split are shown, drawn at random; metrics.csv is of all rows"
        )
    return ReportContent(
        title=card.name,
        facts=facts,
        notes=list(notes),
        counts=label_counts(judgement.splits[0], data.labels, data.tasks),
        tasks=data.tasks,
        judged=judged,
        detailed=detailed,
        thresholds=_thresholds(data, judgement),
        forest_thresholds=[
            float(np.mean(each)) for each in zip(*(own for _, own in folds), strict=True)
        ],
    )


def _judge_fold(
    table: LabelledTable,
    data: TrainingData,
    split: Split,
    values: Float[np.ndarray, "mols tasks"],
    columns: list[int],
    random: np.random.Generator,
    seed: int,
) -> tuple[Judged, list[float]]:
    """Return the test molecules of a fold, and the forest's thresholds."""
    learned = _sample(np.concatenate([split.train, split.valid]), MOST_LEARNED, random)
    tested = _sample(split.test, MOST_JUDGED, random)
    learned_smiles = [data.smiles[mol] for mol in learned]
    tested_smiles = [data.smiles[mol] for mol in tested]
    forest = np.full((len(tested), len(data.tasks)), np.nan)
    thresholds = [UNDECIDED] * len(data.tasks)
    if len(tested):
        grown = random_forest(
            Tasks([data.tasks[i] for i in columns]),
            ecfp4_counts(learned_smiles),
            data.labels[learned][:, columns],
            ecfp4_counts(tested_smiles),
            seed=seed,
            n_trees=N_TREES,
        )
        forest[:, columns] = grown.unseen
        for place, i in enumerate(columns):
            if data.tasks[i].is_classification:
                own = data.labels[learned, i].astype(float)
                thresholds[i] = choose_threshold(own, grown.out_of_bag[:, place])
    lines = np.array([table.lines[row] for row in data.rows[tested].tolist()], dtype=np.int64)
    judged = Judged(
        lines=lines,
        smiles=tested_smiles,
        labels=data.labels[tested].astype(float),
        model=values[tested].astype(float),
        forest=forest,
        similarity=nearest_similarity(tested_smiles, learned_smiles),
        folds=np.zeros(len(tested), dtype=np.int64),
    )
    return judged, thresholds


def _sample(
    rows: Int64[np.ndarray, " mols"], most: int, random: np.random.Generator
) -> Int64[np.ndarray, " some"]:
    return np.sort(rows if len(rows) <= most else random.choice(rows, most, replace=False))


def _thresholds(data: TrainingData, judgement: Judgement) -> list[float]:
    """Choose each task's threshold on the validation molecules of all folds."""
    pairs = list(zip(judgement.splits, judgement.values, strict=True))
    labels = np.concatenate([data.labels[split.valid] for split, _ in pairs]).astype(float)
    values = np.concatenate([of_fold[split.valid] for split, of_fold in pairs]).astype(float)
    return [
        choose_threshold(labels[:, i], values[:, i]) if task.is_classification else UNDECIDED
        for i, task in enumerate(data.tasks)
    ]


def _join(folds: Sequence[Judged]) -> Judged:
    return Judged(
        lines=np.concatenate([fold.lines for fold in folds]),
        smiles=[text for fold in folds for text in fold.smiles],
        labels=np.concatenate([fold.labels for fold in folds]),
        model=np.concatenate([fold.model for fold in folds]),
        forest=np.concatenate([fold.forest for fold in folds]),
        similarity=np.concatenate([fold.similarity for fold in folds]),
        folds=np.repeat(np.arange(len(folds)), [len(fold.smiles) for fold in folds]),
    )
