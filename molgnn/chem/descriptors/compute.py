"""Compute the features of many molecules: in processes, piece by piece, once for each content."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import rdkit
from jaxtyping import Float32
from rdkit import Chem, rdBase
from scipy.sparse import csr_matrix

from molgnn.cache import cache_folder, content_key, delete_oldest, mark_as_used, new_entry
from molgnn.chem.descriptors.base import FeatureSet
from molgnn.chem.descriptors.registry import check_sets, feature_set
from molgnn.chem.descriptors.table import BlockWriter, FeatureTable, open_block
from molgnn.chem.parsing import parse
from molgnn.errors import ConfigError, InvalidSmiles
from molgnn.processes.failures import Failure
from molgnn.processes.pool import Pool, map_in_order
from molgnn.processes.worker import WorkerProcess

FORMAT = 1
MIN_ROWS = 500
"""Fewer molecules are not cached."""
MOLS_PER_PIECE = 256
SECONDS_PER_PIECE = 60.0
SECONDS_PER_MOLECULE = 1.0

Task = tuple[tuple[str, ...], Sequence[str]]


def compute_features(
    smiles: Sequence[str], sets: Sequence[str], *, n_processes: int = 1, cached: bool = True
) -> FeatureTable:
    """Compute named sets of features of molecules.

    Parameters
    ----------
    smiles
        Molecules, standardized as the model's are. A text that gives no molecule has a row of NaN;
        one that is repeated is computed once.
    sets
        Names in `FEATURE_SETS`, each once.
    n_processes
        How many processes compute. With 2 and more, a molecule that crashes its process, or takes
        longer than a minute, costs itself alone: it has NaN in the set that is to blame.
    cached
        Whether a set is kept in the cache, and taken from there if it was computed before for the
        same SMILES. Fewer than `MIN_ROWS` molecules are never kept.

    Returns
    -------
    FeatureTable
        One row for each SMILES, in order.

    Raises
    ------
    UnknownName
        If there is no such set.
    ConfigError
        If no set is named, one is twice, or there are fewer processes than one.
    """
    names = check_sets(sets)
    if n_processes < 1:
        raise ConfigError(
            f"expected n_processes=… of 1 or more but got {n_processes}; fix: take 1, or as many "
            "as there are cores"
        )
    places = {text: i for i, text in enumerate(dict.fromkeys(smiles))}
    if len(places) < len(smiles):
        once = compute_features(list(places), names, n_processes=n_processes, cached=cached)
        return once.select([places[text] for text in smiles])
    blocks: dict[str, csr_matrix] = {}
    if cached and len(smiles) >= MIN_ROWS:
        blocks = _from_cache(smiles, names, n_processes)
    missing = tuple(name for name in names if name not in blocks)
    if missing:
        pieces = list(_compute_pieces(smiles, missing, n_processes))
        blocks |= FeatureTable.concatenate(pieces).blocks
    return FeatureTable({name: blocks[name] for name in names})


def _from_cache(
    smiles: Sequence[str], names: tuple[str, ...], n_processes: int
) -> dict[str, csr_matrix]:
    """Return the sets that are in the cache, or could be written there now."""
    keys = {name: _key(smiles, name) for name in names}
    places = {name: cache_folder() / key for name, key in keys.items()}
    blocks = _open_blocks(places, len(smiles))
    missing = tuple(name for name in names if name not in blocks)
    if not missing:
        return blocks
    # A disk may be full, a folder foreign: that costs the cache alone.
    with suppress(OSError), ExitStack() as entries:
        writers = {
            name: BlockWriter(entries.enter_context(new_entry(keys[name]))) for name in missing
        }
        for piece in _compute_pieces(smiles, missing, n_processes):
            for name, writer in writers.items():
                writer.append(piece.blocks[name])
        for writer in writers.values():
            writer.finish()
    with suppress(OSError):
        delete_oldest(keep=list(places.values()))
    return blocks | _open_blocks({name: places[name] for name in missing}, len(smiles))


def _open_blocks(places: dict[str, Path], n_rows: int) -> dict[str, csr_matrix]:
    blocks = {}
    for name, place in places.items():
        with suppress(OSError, ValueError, KeyError):
            block = open_block(place)
            if block.shape == (n_rows, len(feature_set(name).columns)):
                mark_as_used(place)
                blocks[name] = block
    return blocks


def _key(smiles: Sequence[str], name: str) -> str:
    settings = {
        "format": FORMAT,
        "features": name,
        "version": feature_set(name).version,
        "rdkit": rdkit.__version__,
    }
    return content_key(settings, smiles)


def _compute_pieces(
    smiles: Sequence[str], names: tuple[str, ...], n_processes: int
) -> Generator[FeatureTable]:
    """Yield the features of a few hundred molecules at a time, in order."""
    pieces = [
        smiles[start : start + MOLS_PER_PIECE]
        for start in range(0, max(len(smiles), 1), MOLS_PER_PIECE)
    ]
    n_processes = min(n_processes, len(pieces))
    if n_processes == 1:
        yield from map(compute_piece, ((names, piece) for piece in pieces))
        return
    workers = [WorkerProcess(load_computing, imports_main=False) for _ in range(n_processes)]
    with ThreadPoolExecutor(n_processes) as executor, Pool(workers) as pool:
        work = partial(_compute_what_can_be, pool.ask, names)
        for _, table in map_in_order(executor, n_processes, work, pieces):
            yield table


def load_computing() -> Callable[[Task], FeatureTable]:
    """Return what a worker process does with a task."""
    return compute_piece


def _compute_what_can_be(
    ask: Callable[[Task, float], FeatureTable], names: tuple[str, ...], smiles: Sequence[str]
) -> FeatureTable:
    """Halve a piece that fails until the molecule and the set are left that are to blame."""
    try:
        return ask((names, smiles), SECONDS_PER_PIECE + SECONDS_PER_MOLECULE * len(smiles))
    except Failure:
        middle = len(smiles) // 2
        if middle:
            halves = smiles[:middle], smiles[middle:]
            return FeatureTable.concatenate(
                [_compute_what_can_be(ask, names, half) for half in halves]
            )
        if len(names) > 1:
            blocks: dict[str, csr_matrix] = {}
            for name in names:
                blocks |= _compute_what_can_be(ask, (name,), smiles).blocks
            return FeatureTable(blocks)
        return FeatureTable({names[0]: csr_matrix(_unknown(feature_set(names[0]), len(smiles)))})


def compute_piece(task: Task) -> FeatureTable:
    """Compute sets of features of molecules in this process, all at once in memory.

    Parameters
    ----------
    task
        The names of the sets, and SMILES.
    """
    names, smiles = task
    sets = [feature_set(name) for name in names]
    rows = [_unknown(each, len(smiles)) for each in sets]
    with rdBase.BlockLogs(), np.errstate(all="ignore"):
        for position, text in enumerate(smiles):
            with suppress(InvalidSmiles):
                mol = read_molecule(text)
                for each, values in zip(sets, rows, strict=True):
                    with suppress(Exception):  # whatever RDKit may throw: the row stays NaN
                        values[position] = each.compute(mol)
    return FeatureTable(dict(zip(names, map(csr_matrix, rows), strict=True)))


def read_molecule(smiles: str) -> Chem.Mol:
    """Parse a SMILES; hydrogens are no atoms, not even those that tell the two sides of a bond.

    Raises
    ------
    InvalidSmiles
        If it gives no molecule.
    """
    mol = parse(smiles)
    if mol.GetNumHeavyAtoms() in (0, mol.GetNumAtoms()):
        return mol
    parameters: Any = Chem.RemoveHsParameters()
    parameters.removeDefiningBondStereo = True
    return Chem.RemoveHs(mol, parameters)


def _unknown(features: FeatureSet, n_rows: int) -> Float32[np.ndarray, "mols columns"]:
    return np.full((n_rows, len(features.columns)), np.nan, dtype=np.float32)
