"""Cache of featurized tables on disk: the next seed, fold, trial or run opens its files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import rdkit
from jaxtyping import Int64

from molgnn.cache import cache_folder, content_key, delete_oldest, mark_as_used, new_entry
from molgnn.chem.records import Rejected, Stage
from molgnn.chem.standardize import Standardizer
from molgnn.distribution import installed_version
from molgnn.fitting.molecule_ids import assign_molecule_ids
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore, StoreWriter
from molgnn.predictor.prepare import Prepared, prepare_molecules

FORMAT = 2
ROWS_PER_CHUNK = 16_384
MIN_ROWS = 2_000
"""Smaller tables are not cached."""
LAST_WRITTEN = "rejected.json"


@dataclass(frozen=True)
class FeaturizedTable:
    """The rows of a table that show a molecule, featurized.

    Parameters
    ----------
    molecules
        Packed codes, one entry per row that shows one.
    rows
        These rows.
    smiles
        Their SMILES after the standardizer.
    molecule_ids
        A number for each; rows of the same molecule have the same one.
    rejected
        The other rows, with the reason.
    """

    molecules: MoleculeStore
    rows: Int64[np.ndarray, " mols"]
    smiles: list[str]
    molecule_ids: Int64[np.ndarray, " mols"]
    rejected: list[Rejected]


def featurize_once(
    smiles: Sequence[str], standardizer: Standardizer, featurizer: Featurizer
) -> FeaturizedTable:
    """Open what was featurized before, or featurize it now and write it to the cache."""
    if len(smiles) < MIN_ROWS:
        return _featurize(smiles, standardizer, featurizer)
    key = _key(smiles, standardizer, featurizer)
    place = cache_folder() / key
    with suppress(OSError, ValueError, KeyError):
        return _open(place)
    # Another process may be faster, a disk full, a folder foreign: that costs the cache alone.
    with suppress(OSError), new_entry(key) as staged:
        _write(staged, _featurize(smiles, standardizer, featurizer, folder=staged))
    with suppress(OSError, ValueError, KeyError):
        delete_oldest(keep=[place])
        return _open(place)
    return _featurize(smiles, standardizer, featurizer)


def _featurize(
    smiles: Sequence[str],
    standardizer: Standardizer,
    featurizer: Featurizer,
    *,
    folder: Path | None = None,
) -> FeaturizedTable:
    """Featurize chunk by chunk; into files if there is a folder for them."""
    stores: list[MoleculeStore] = []
    writer = None if folder is None else StoreWriter(folder)
    rows: list[int] = []
    standardized: list[str] = []
    rejected: list[Rejected] = []
    for chunk in _chunks(smiles, standardizer, featurizer):
        molecules = chunk.molecules.select(chunk.mols)
        if writer is None:
            stores.append(molecules)
        else:
            writer.append(molecules)
        rows += chunk.rows
        standardized += [chunk.smiles[mol] for mol in chunk.mols]
        rejected += chunk.rejected.values()
    store = MoleculeStore.concatenate(stores) if writer is None else writer.finish()
    molecule_ids = assign_molecule_ids(store, standardized)
    return FeaturizedTable(store, np.array(rows, np.int64), standardized, molecule_ids, rejected)


def _chunks(
    smiles: Sequence[str], standardizer: Standardizer, featurizer: Featurizer
) -> Iterator[Prepared]:
    for start in range(0, max(len(smiles), 1), ROWS_PER_CHUNK):
        chunk = smiles[start : start + ROWS_PER_CHUNK]
        yield prepare_molecules(chunk, standardizer, featurizer, first_row=start)


def _write(folder: Path, table: FeaturizedTable) -> None:
    """Write what the store does not hold; the rejected rows last, as a sign that all is there."""
    np.save(folder / "rows.npy", table.rows)
    np.save(folder / "molecule_ids.npy", table.molecule_ids)
    (folder / "smiles.txt").write_text("\n".join(table.smiles), encoding="utf-8")
    records = [asdict(rejected) for rejected in table.rejected]
    (folder / LAST_WRITTEN).write_text(json.dumps(records), encoding="utf-8")


def _open(folder: Path) -> FeaturizedTable:
    """Open what was written; raise `OSError`, `ValueError` or `KeyError` if that cannot be."""
    records = json.loads((folder / LAST_WRITTEN).read_text(encoding="utf-8"))
    rows = np.load(folder / "rows.npy")
    text = (folder / "smiles.txt").read_text(encoding="utf-8")
    smiles = text.split("\n") if text else []
    molecules = MoleculeStore.open(folder)
    if not len(smiles) == len(rows) == len(molecules):
        raise ValueError(f"{folder} is not whole")
    rejected = [Rejected(**{**record, "stage": Stage(record["stage"])}) for record in records]
    mark_as_used(folder)
    return FeaturizedTable(molecules, rows, smiles, np.load(folder / "molecule_ids.npy"), rejected)


def _key(smiles: Sequence[str], standardizer: Standardizer, featurizer: Featurizer) -> str:
    settings = {
        "format": FORMAT,
        "standardizer": standardizer.to_json(),
        "preset": featurizer.preset.to_json(),
        "versions": [installed_version(), rdkit.__version__],
    }
    return content_key(settings, smiles)
