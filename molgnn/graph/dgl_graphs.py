"""SMILES to DGLGraph and back: graphs for models of dgl.nn and DGL-LifeSci, and for molgnn's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from molgnn.chem.records import Rejected
from molgnn.chem.standardize import Standardizer
from molgnn.errors import ConfigError, InvalidSmiles
from molgnn.graph.dgl_runtime import DGLGraph
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset, expand
from molgnn.graph.store import MoleculeStore, offsets_of

if TYPE_CHECKING:
    from molgnn.graph.batch import GraphBatch

NAMED_REASONS = 3


@overload
def to_dgl(
    smiles: str | Iterable[str],
    preset: str | Preset = ...,
    *,
    standardizer: Standardizer | None = ...,
    invalid: Literal["raise", "empty"] = ...,
    unbatch: Literal[False] = ...,
) -> DGLGraph: ...


@overload
def to_dgl(
    smiles: str | Iterable[str],
    preset: str | Preset = ...,
    *,
    standardizer: Standardizer | None = ...,
    invalid: Literal["raise", "empty"] = ...,
    unbatch: Literal[True],
) -> list[DGLGraph]: ...


def to_dgl(
    smiles: str | Iterable[str],
    preset: str | Preset = "canonical",
    *,
    standardizer: Standardizer | None = None,
    invalid: Literal["raise", "empty"] = "raise",
    unbatch: bool = False,
) -> DGLGraph | list[DGLGraph]:
    """Return molecules as graphs of DGL, with features for any model of dgl.nn or DGL-LifeSci.

    Parameters
    ----------
    smiles
        One or many; graphs are in the same order.
    preset
        What atoms and bonds are described by. ``"canonical"`` and ``"attentivefp"`` give the
        features of DGL-LifeSci's featurizers of these names; a model's is ``model.preset``.
    standardizer
        What cleans structures up first; by default nothing does. A model's is
        ``model.standardizer``.
    invalid
        What becomes of a SMILES that gives no molecule: an error that names it, or a graph without
        nodes, so that the others keep their positions.
    unbatch
        Return a list with one graph per molecule instead of one batched graph.

    Returns
    -------
    DGLGraph or list of DGLGraph
        Nodes are atoms in the order of the SMILES, as from DGL-LifeSci's ``smiles_to_bigraph``
        with ``canonical_atom_order=False``; edges ``2 * i`` and ``2 * i + 1`` are the two
        directions of bond *i*. ``ndata["h"]`` and ``edata["e"]`` are the feature vectors
        (float32, ``[nodes, preset.atom_dim]`` and ``[edges, preset.bond_dim]``); ``"codes"`` in
        both are the same as uint8, which molgnn's encoders and `Predictor.predict` read.

    Raises
    ------
    InvalidSmiles
        If a SMILES gives no molecule and *invalid* is ``"raise"``.
    UnknownName
        If there is no such preset.
    """
    given = [smiles] if isinstance(smiles, str) else list(smiles)
    featurizer = Featurizer(preset)
    texts, reasons = _standardize(given, standardizer)
    molecules, rejected = featurizer(texts)
    if rejected and invalid == "raise":
        raise InvalidSmiles(_describe(rejected | reasons, given))
    graph = _with_features(_with_gaps(molecules, set(rejected)).batch(), featurizer.preset)
    if not unbatch:
        return graph
    from molgnn.graph.dgl_runtime import dgl

    graphs: list[DGLGraph] = dgl.unbatch(graph)
    return graphs


def is_dgl(molecules: Any) -> bool:
    """Say whether this is a graph of DGL, or a list of them, without importing DGL."""
    first = molecules[0] if isinstance(molecules, list | tuple) and molecules else molecules
    return hasattr(first, "batch_num_nodes") and hasattr(first, "ndata")


def from_dgl(graphs: DGLGraph | Sequence[DGLGraph], preset: Preset) -> MoleculeStore:
    """Return the molecules of graphs that `to_dgl` made with a preset.

    Parameters
    ----------
    graphs
        A graph, a batched graph, or several of either.
    preset
        The model's.

    Raises
    ------
    ConfigError
        If they were made otherwise, or something else stands among them.
    """
    from molgnn.graph.batch import GraphBatch
    from molgnn.graph.dgl_runtime import dgl

    if isinstance(graphs, list | tuple):
        if other := next((graph for graph in graphs if not isinstance(graph, dgl.DGLGraph)), None):
            raise ConfigError(
                f"expected graphs of DGL alone but got {other!r} among them; fix: predict graphs "
                "and SMILES one after the other"
            )
        graph = dgl.batch(list(graphs))
    else:
        graph = graphs
    batch = GraphBatch.from_dgl(graph)
    n_atoms, n_bonds = batch.n_atoms.numpy(force=True), batch.n_bonds.numpy(force=True)
    first_atoms = np.repeat(offsets_of(n_atoms)[:-1], n_bonds)
    ends = np.stack([batch.src[0::2].numpy(force=True), batch.dst[0::2].numpy(force=True)], axis=1)
    molecules = MoleculeStore(
        batch.atom_codes.numpy(force=True),
        batch.bond_codes.numpy(force=True),
        (ends - first_atoms[:, None]).astype(np.int32),
        offsets_of(n_atoms),
        offsets_of(n_bonds),
    )
    _check(graph, molecules, preset)
    return molecules


def _standardize(
    smiles: Sequence[str], standardizer: Standardizer | None
) -> tuple[list[str], dict[int, str]]:
    """Return the texts after clean-up, empty where it gives no molecule, and why it gives none."""
    if standardizer is None:
        return list(smiles), {}
    outcome = standardizer.apply(list(enumerate(smiles)))
    texts = ["" if isinstance(row, Rejected) else row.smiles for row in outcome]
    return texts, {row.row: row.reason for row in outcome if isinstance(row, Rejected)}


def _describe(reasons: dict[int, str], texts: Sequence[str]) -> str:
    named = [f"{texts[i]!r} at position {i} ({why})" for i, why in sorted(reasons.items())]
    more = f" and {len(named) - NAMED_REASONS} more" if len(named) > NAMED_REASONS else ""
    return (
        f"expected SMILES of molecules but got {'; '.join(named[:NAMED_REASONS])}{more}; fix: "
        'leave them out, or give invalid="empty" for graphs without nodes in their places'
    )


def _with_gaps(molecules: MoleculeStore, gaps: set[int]) -> MoleculeStore:
    """Put molecules without atoms at the positions of *gaps*."""
    n_rows = len(molecules) + len(gaps)
    is_made = np.array([row not in gaps for row in range(n_rows)], dtype=bool)
    n_atoms, n_bonds = np.zeros((2, n_rows), dtype=np.int64)
    n_atoms[is_made], n_bonds[is_made] = molecules.n_atoms, molecules.n_bonds
    return MoleculeStore(
        molecules.atom_codes,
        molecules.bond_codes,
        molecules.bond_ends,
        offsets_of(n_atoms),
        offsets_of(n_bonds),
    )


def _with_features(batch: GraphBatch, preset: Preset) -> DGLGraph:
    import torch

    graph = batch.graph
    graph.ndata["h"] = torch.from_numpy(expand(batch.atom_codes.numpy(), preset.atoms))
    bonds = torch.from_numpy(expand(batch.bond_codes.numpy(), preset.bonds))
    graph.edata["e"] = bonds.repeat_interleave(2, dim=0)
    graph.ndata["codes"] = batch.atom_codes
    graph.edata["codes"] = batch.bond_codes.repeat_interleave(2, dim=0)
    return graph


def _check(graph: DGLGraph, molecules: MoleculeStore, preset: Preset) -> None:
    """Refuse codes that do not stand for the features beside them, as those of another preset."""
    for codes, columns, features in (
        (molecules.atom_codes, preset.atoms, graph.ndata.get("h")),
        (np.repeat(molecules.bond_codes, 2, axis=0), preset.bonds, graph.edata.get("e")),
    ):
        fits = features is not None and codes.shape[1] == len(columns)
        fits = fits and bool((codes < [column.n_codes for column in columns]).all())
        if not (fits and np.array_equal(expand(codes, columns), features.numpy(force=True))):
            raise ConfigError(
                f"expected graphs of the preset {preset.name!r} but got others; fix: "
                "molgnn.to_dgl(smiles, model.preset, standardizer=model.standardizer)"
            )
