"""Make the bundled Tox21 models: honest test figures first, then the models that ship.

For every model: several seeds on each of two published scaffold splits, whose test parts are read
once, at the end; beside them a random forest on molecule features, on the same rows. Then one model
is trained on all of Tox21 (a tenth of it, whole scaffolds, only stops and calibrates the training).

The labels are those of MoleculeNet's table and of the challenge's training table together: rows of
one molecule are merged, and labels that contradict each other are dropped, which is counted.

DATA is a folder with ``datasets/tox21.csv``, ``datasets/tox21_challenge_train.csv.gz`` and
``splits/{kpgt,murcko}_tox21.csv.gz``. Every training excludes the molecules of its ``keep_out.txt``
(sha256 of the first block of an InChIKey, one a line), one on a published split also those of its
test part, which stays as published. Runs that are finished in the work folder are not repeated, so
the script can be stopped and started again.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from shipping import ship

from molgnn.assess.baselines import BASELINE_FEATURES
from molgnn.assess.baselines.tuned import fit_baseline
from molgnn.assess.metrics import assess
from molgnn.chem.descriptors import compute_features
from molgnn.chem.exclusion import drawn_and_parent_keys, read_exclusions
from molgnn.chem.splits import PARTS, Split
from molgnn.chem.tables import LabelledTable, read_table
from molgnn.experiments.run_folder import RunFolder, table_hash
from molgnn.experiments.train import train
from molgnn.fitting.config import TrainingConfig
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.card import Card, Figure
from molgnn.predictor.leakage import Leakage
from molgnn.processes.cores import usable_cores
from molgnn.zoo.tox21 import TOX21

SEEDS = (0, 1, 2)
SPLITS = {
    "KPGT scaffold split 0": ("kpgt_tox21.csv.gz", "scaffold0"),
    "Murcko scaffold split": ("murcko_tox21.csv.gz", "split_achiral"),
}
ALIASES = {"dmpnn.tox21": ["tox21"], "mixed.tox21": ["tox21-best"]}
SETTINGS: dict[str, dict[str, Any]] = {
    "gcn": {"encoder": "gcn", "readout": "mean"},
    "mpnn": {"encoder": "mpnn"},
    "dmpnn": {"recipe": "fast"},
    "mixed": {"recipe": "best"},
}
"""GCN's readout was chosen by the validation parts (mean ROC-AUC of 3 seeds, MoleculeNet's rows):
0.834 and 0.787; 0.809 and 0.775 with the default's."""
METRICS = {"roc_auc": "ROC-AUC", "pr_auc": "PR-AUC"}


class Workshop:
    """Where the data lies and the runs go."""

    def __init__(self, data: Path, work: Path, smoke: bool) -> None:
        self.data, self.work = data, work / "smoke" if smoke else work
        self.overrides: dict[str, Any] = {"epochs": 1} if smoke else {}

    def table(self, split: str | None) -> LabelledTable:
        """Return all labels of Tox21, with the parts of a published split if one is named."""
        datasets, parts = self.data / "datasets", "split" if split else None
        published = pd.read_csv(datasets / "tox21.csv", dtype=str)
        challenge = pd.read_csv(datasets / "tox21_challenge_train.csv.gz", dtype=str)
        columns = ["smiles", *TOX21.names]
        both = pd.concat([published[columns], challenge[columns]], ignore_index=True)
        if split:  # excluded() keeps test molecules out of the challenge's rows
            parts_of = self._parts(split)
            validated = published["smiles"][parts_of == "valid"]
            both["split"] = [*parts_of, *_train_or_valid(challenge["smiles"], validated)]
        path = self._write(both, f"tox21_{SPLITS[split][1] if split else 'all'}.csv")
        return replace(read_table(path, tasks=TOX21.names, split_column=parts), tasks=TOX21)

    def excluded(self, split: str | None) -> list[Path]:
        """Return the files of molecules that are not to be learned from."""
        kept_out = self.data / "keep_out.txt"
        if split is None:
            return [kept_out]
        smiles = pd.read_csv(self.data / "datasets" / "tox21.csv", usecols=["smiles"])
        tested = smiles[self._parts(split) == "test"]
        return [kept_out, self._write(tested, f"tox21_{SPLITS[split][1]}_test.csv")]

    def _parts(self, split: str) -> pd.Series[str]:
        file, column = SPLITS[split]
        return pd.read_csv(self.data / "splits" / file)[column]

    def _write(self, frame: pd.DataFrame, name: str) -> Path:
        self.work.mkdir(parents=True, exist_ok=True)
        frame.to_csv(self.work / name, index=False)
        return self.work / name

    def config(self, encoder: str, split: str | None, **settings: Any) -> TrainingConfig:
        """Return the settings of a model."""
        common = {"name": "tox21", "exclude": self.excluded(split), "duplicates": "drop"}
        return TrainingConfig.given(None, common | SETTINGS[encoder] | settings | self.overrides)

    def run(self, name: str, table: LabelledTable, config: TrainingConfig) -> RunFolder:
        """Train, unless just this was done before; go on with what was interrupted."""
        folder = RunFolder(self.work / name)
        if folder.model.exists():
            exclusions = [each.sha256 for each in read_exclusions(config.exclude)]
            folder.check_same(config, table_hash(table, exclusions))
        else:
            resume = folder.config.exists()
            if train(
                table, folder.root, config, resume=resume, report=False, progress=True
            ).interrupted:
                shutil.rmtree(folder.model)
                raise typer.Exit(130)
        return folder

    def scores(self, encoder: str, split: str) -> dict[str, list[float]]:
        """Return metric to the mean over the tasks, one per seed, on the split's test part."""
        scores: dict[str, list[float]] = {metric: [] for metric in METRICS}
        for seed in SEEDS:
            folder = self.published(encoder, split, seed)
            means = json.loads((folder.root / "metrics.json").read_text())["test"]["mean"]
            for metric, values in scores.items():
                values.append(means[metric]["value"])
        return scores

    def published(self, encoder: str, split: str, seed: int) -> RunFolder:
        """Return the training on a published split."""
        config = self.config(encoder, split).changed(split="column:split", seed=seed)
        return self.run(f"{encoder}-{SPLITS[split][1]}-{seed}", self.table(split), config)

    def leakage(self, encoder: str, final: Bundle) -> Leakage:
        """Return what the final model left out, and what the test figures' models had seen."""
        splits = [
            each.model_copy(update={"split": split})
            for split in SPLITS
            for each in leakage_of(
                Bundle.load(self.published(encoder, split, SEEDS[0]).model)
            ).splits
        ]
        return leakage_of(final).model_copy(update={"splits": tuple(splits)})

    def forest(self, encoder: str, split: str) -> dict[str, float]:
        """Return metric to the random forest's mean over the tasks, on the same rows."""
        path = self.work / f"tuned-forest-{SPLITS[split][1]}.json"
        if not path.exists():
            assignment = pd.read_csv(self.work / f"{encoder}-{SPLITS[split][1]}-0" / "split.csv")
            path.write_text(json.dumps(self._fit_forest(self.table(split), assignment)))
        return dict(json.loads(path.read_text()))

    def _fit_forest(self, table: LabelledTable, assignment: pd.DataFrame) -> dict[str, float]:
        used = assignment[assignment["part"] != "rejected"]
        split = Split(*(np.flatnonzero(used["part"] == part) for part in PARTS))
        smiles, labels = list(used["smiles"]), table.labels[used["row"]].astype(float)
        features = compute_features(smiles, BASELINE_FEATURES, n_processes=usable_cores()).to_csr()
        values = fit_baseline("forest", TOX21, features, labels, split).values
        evaluation = assess(TOX21, labels[split.test], values[split.test])
        return {metric: evaluation.mean(metric)[0] for metric in METRICS}

    def figures(self, encoder: str) -> list[Figure]:
        """Return the test figures of an encoder."""
        scores = {split: self.scores(encoder, split) for split in SPLITS}
        return [
            Figure(
                data="Tox21",
                split=split,
                metric=title,
                n_tasks=len(TOX21),
                seeds=SEEDS,
                value=round(float(np.mean(values)), 4),
                deviation=round(float(np.std(values, ddof=1)), 4),
                random_forest=round(self.forest(encoder, split)[metric], 4),
            )
            for split in SPLITS
            for metric, title in METRICS.items()
            for values in [scores[split][metric]]
        ]


def _train_or_valid(smiles: pd.Series[str], validated: pd.Series[str]) -> list[str]:
    """Return the part of further rows: that of the molecule, in whatever form, or else train."""
    keys, valid = (drawn_and_parent_keys(list(each)) for each in (smiles, validated))
    return np.where(np.isin(keys, valid).any(axis=1), "valid", "train").tolist()


def leakage_of(bundle: Bundle) -> Leakage:
    """Return the leakage statement of a model that was trained just now."""
    assert bundle.card.leakage is not None
    return bundle.card.leakage


def make_card(encoder: str, figures: list[Figure], leakage: Leakage, n_mols: int) -> Card:
    """Return what the users of a bundled model should know."""
    return Card(
        name=f"{encoder}.tox21",
        summary="probability of activity in each of the 12 assays of Tox21",
        data=(
            f"Tox21: {n_mols:,} molecules, 12 tasks, all labels of MoleculeNet's table and of the "
            "challenge's training table; those that contradict each other are left out"
        ),
        training=(
            "test figures: trained, stopped and calibrated without the test rows, beside a random "
            "forest (fingerprints and descriptors) on the same rows; this model: trained on nine "
            "tenths of all rows (split by scaffold), stopped and calibrated on the other tenth; "
            "none has learned from molecules that are kept back for evaluations"
        ),
        figures=tuple(figures),
        leakage=leakage,
        limits=(
            "In-vitro assays of environmental chemicals and drugs: activity there is no proof of "
            "toxicity in people, and inactivity none of safety.",
            "Expect the test figures on new scaffolds, and less on chemistry unlike Tox21's "
            "(peptides, metal complexes, macrocycles).",
            "Salts are reduced to their largest organic fragment; stereochemistry counts little.",
        ),
        licence="Apache-2.0 (weights); Tox21 data: NIH/NCATS, public",
        citation=(
            "Huang et al., Tox21Challenge to Build Predictive Models of Nuclear Receptor and "
            "Stress Response Pathways, Front. Environ. Sci. 2016, 3, 85; Wu et al., MoleculeNet, "
            "Chem. Sci. 2018, 9, 513"
        ),
    )


def make(workshop: Workshop, encoder: str) -> Bundle:
    """Take an encoder's figures and train it on everything."""
    figures = workshop.figures(encoder)
    for figure in figures:
        typer.echo(f"{encoder}: {figure}")
    table = workshop.table(None)
    config = workshop.config(encoder, None, split="balanced", fractions=(0.9, 0.1, 0.0))
    bundle = Bundle.load(workshop.run(f"{encoder}-all", table, config).model)
    n_mols = len(pd.read_csv(workshop.work / f"{encoder}-all" / "predictions.csv"))
    leakage = workshop.leakage(encoder, bundle)
    return replace(bundle, card=make_card(encoder, figures, leakage, n_mols))


def main(
    data: Annotated[Path, typer.Argument(help="folder with datasets/ and splits/")],
    work: Annotated[Path, typer.Option(help="where the runs go")] = Path("runs/zoo"),
    encoder: Annotated[list[str], typer.Option(help="which to make")] = ["gcn", "mpnn", "dmpnn"],  # noqa: B006
    smoke: Annotated[
        bool, typer.Option(help="one epoch each, to try the script; ships none")
    ] = False,
) -> None:
    """Make the bundled models."""
    workshop = Workshop(data, work, smoke)
    for name in encoder:
        bundle = make(workshop, name)
        if not smoke:
            ship(bundle, ALIASES.get(name, []))


if __name__ == "__main__":
    typer.run(main)
