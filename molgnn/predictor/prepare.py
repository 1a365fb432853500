"""From SMILES to what a network can read: the same way in training and in prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from molgnn.chem.parsing import why_rejected
from molgnn.chem.records import Molecule, Rejected, Stage
from molgnn.chem.standardize import Standardizer
from molgnn.graph.dgl_graphs import from_dgl
from molgnn.graph.dgl_runtime import DGLGraph
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore

NO_NODES = "empty graph: it has no nodes"


@dataclass(frozen=True)
class Prepared:
    """Rows that were standardized and featurized, those of one structure together.

    Parameters
    ----------
    molecules
        Packed codes, one entry per different molecule.
    smiles
        Each molecule's SMILES after the standardizer.
    rows
        The rows that show a molecule, in order.
    mols
        The molecule that each of them shows.
    rejected
        Every other row, in order, to why it gives no molecule.
    """

    molecules: MoleculeStore
    smiles: list[str]
    rows: list[int]
    mols: list[int]
    rejected: dict[int, Rejected]

    @property
    def n_rows(self) -> int:
        """How many rows there were."""
        return len(self.rows) + len(self.rejected)


def prepare_molecules(
    texts: Sequence[str], standardizer: Standardizer, featurizer: Featurizer, *, first_row: int = 0
) -> Prepared:
    """Standardize and featurize rows; each is a molecule or rejected.

    Parameters
    ----------
    texts
        One SMILES per row.
    standardizer, featurizer
        What they pass through.
    first_row
        The number of the first row.
    """
    outcome = standardizer.apply(list(enumerate(texts, first_row)))
    kept = [row for row in outcome if isinstance(row, Molecule)]
    rejected = {row.row: row for row in outcome if isinstance(row, Rejected)}
    candidates = list(dict.fromkeys(molecule.smiles for molecule in kept))
    featurized = featurizer(candidates)
    smiles = [text for i, text in enumerate(candidates) if i not in featurized.rejected]
    reasons = {candidates[i]: reason for i, reason in featurized.rejected.items()}
    place = {text: mol for mol, text in enumerate(smiles)}
    for molecule in kept:
        if molecule.smiles in reasons:
            row, text = molecule.row, texts[molecule.row - first_row]
            # A reason may name a character, which is to be one of the row's own text.
            reason = (text != molecule.smiles and why_rejected(text)) or reasons[molecule.smiles]
            rejected[row] = Rejected(row, text, Stage.FEATURIZE, reason)
    accepted = [molecule for molecule in kept if molecule.smiles in place]
    return Prepared(
        molecules=featurized.molecules,
        smiles=smiles,
        rows=[molecule.row for molecule in accepted],
        mols=[place[molecule.smiles] for molecule in accepted],
        rejected=dict(sorted(rejected.items())),
    )


def prepare_graphs(graphs: DGLGraph | Sequence[DGLGraph], preset: Preset) -> Prepared:
    """Return the molecules of graphs of DGL; one without nodes is a rejected row.

    Parameters
    ----------
    graphs
        A graph, a batched graph, or several of either, from `molgnn.to_dgl`.
    preset
        The one that they were made with.

    Raises
    ------
    ConfigError
        If they were made otherwise.
    """
    molecules = from_dgl(graphs, preset)
    rows = [row for row, n_atoms in enumerate(molecules.n_atoms.tolist()) if n_atoms]
    empty = sorted(set(range(len(molecules))) - set(rows))
    return Prepared(
        molecules=molecules.select(rows),
        smiles=[""] * len(rows),
        rows=rows,
        mols=list(range(len(rows))),
        rejected={row: Rejected(row, "", Stage.FEATURIZE, NO_NODES) for row in empty},
    )
