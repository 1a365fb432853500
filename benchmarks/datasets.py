"""MoleculeNet data sets with published splits: what all models are trained and tested on."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.libraries import data_folder
from molgnn import Standardizer, read_table
from molgnn.chem.parsing import why_rejected
from molgnn.chem.records import Molecule
from molgnn.chem.splits import make_split
from molgnn.chem.tables import LabelledTable
from molgnn.errors import unknown_name

SMILES, PART = "smiles", "part"
FILES = {
    "tox21": "tox21.csv",
    "bbbp": "bbbp.csv",
    "bace": "bace.csv",
    "clintox": "clintox.csv",
    "sider": "sider.csv",
    "hiv": "hiv.csv.gz",
    "esol": "delaney.csv",
    "freesolv": "freesolv.csv",
    "lipo": "lipo.csv",
}
SPLITS = {
    "kpgt0": ("kpgt", "scaffold0"),
    "kpgt1": ("kpgt", "scaffold1"),
    "murcko": ("murcko", "split_achiral"),
    "murcko-chiral": ("murcko", "split_chiral"),
    "scaffold": None,  # made by molgnn, by the rule of murcko
}
METRICS = {"classification": "roc_auc", "regression": "rmse"}


@dataclass(frozen=True)
class Case:
    """A data set and a split of it.

    Parameters
    ----------
    dataset, split
        Keys of `FILES` and `SPLITS`.
    path
        A CSV with the columns ``smiles``, the tasks and ``part``, without rows that give no
        molecule: one that does not parse ends chemprop's job, and what molgnn cannot clean up, it
        does not predict.
    """

    dataset: str
    split: str
    path: Path

    def read(self) -> LabelledTable:
        """Return the table with the part of each row."""
        return read_table(self.path, smiles_column=SMILES, split_column=PART)

    @property
    def name(self) -> str:
        """The data set and its split, as the command line has them."""
        return f"{self.dataset}/{self.split}"

    @property
    def kind(self) -> str:
        """Classification or regression: of one kind in all of these data sets."""
        return str(self.read().tasks[0].kind)

    @property
    def metric(self) -> str:
        """The metric that it is compared by."""
        return METRICS[self.kind]


def make_case(name: str, workdir: Path) -> Case:
    """Write the table of a data set and a split, once.

    Parameters
    ----------
    name
        ``DATASET/SPLIT``.
    workdir
        Where tables lie.

    Raises
    ------
    UnknownName
        If there is no such data set or split.
    FileNotFoundError
        If the data are not there, or nobody has published that split of them.
    """
    dataset, _, split = name.partition("/")
    if dataset not in FILES:
        raise unknown_name("data set", dataset, FILES)
    if split not in SPLITS:
        raise unknown_name("split", split, SPLITS)
    path = workdir / "tables" / f"{dataset}-{split}.csv"
    if not path.exists():
        frame = pd.read_csv(_find("datasets", FILES[dataset]), dtype=str)
        frame = frame.rename(columns={frame.columns[0]: SMILES})
        frame[PART] = _parts(dataset, split, list(frame[SMILES]))
        is_used = frame[PART].notna() & _give_molecules(list(frame[SMILES]))
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_suffix(".part")
        frame[is_used].to_csv(staged, index=False, quoting=csv.QUOTE_MINIMAL)
        staged.replace(path)
    return Case(dataset, split, path)


def _give_molecules(smiles: list[str]) -> np.ndarray:
    """Say of each SMILES whether it parses and can be cleaned up."""
    cleaned = Standardizer().apply(enumerate(smiles))
    is_clean = [isinstance(outcome, Molecule) for outcome in cleaned]
    return np.array(is_clean) & [why_rejected(text) is None for text in smiles]


def _parts(dataset: str, split: str, smiles: list[str]) -> list[str | None]:
    published = SPLITS[split]
    if published is None:
        own = make_split("scaffold", smiles, fractions=(0.8, 0.1, 0.1), seed=0).names()
        return [part or None for part in own]
    family, column = published
    return match_parts(pd.read_csv(_find("splits", f"{family}_{dataset}.csv.gz")), column, smiles)


def match_parts(table: pd.DataFrame, column: str, smiles: list[str]) -> list[str | None]:
    """Return the published part of each row; None where it has none.

    Parameters
    ----------
    table
        The splits. Without a column ``smiles``, or with the same SMILES in the same order, its rows
        are the data set's; else they are found by SMILES.
    column
        Which of its splits.
    smiles
        The rows of the data set.

    Raises
    ------
    ValueError
        If there are no SMILES to match by, and not as many rows.
    """
    parts = list(table[column])
    if SMILES in table and list(table[SMILES]) != smiles:
        part_of = dict(zip(table[SMILES], parts, strict=True))
        return [part_of.get(text) for text in smiles]
    if len(parts) != len(smiles):
        raise ValueError(
            f"expected a part for each of {len(smiles)} rows but got {len(parts)}; fix: take the "
            "splits and the data set from the same source"
        )
    return parts


def _find(folder: str, name: str) -> Path:
    path = data_folder() / folder / name
    if not path.is_file():
        raise FileNotFoundError(
            f"expected {path} but there is no such file; fix: set MOLGNN_DATA to the folder that "
            f"holds {folder}/{name}"
        )
    return path
