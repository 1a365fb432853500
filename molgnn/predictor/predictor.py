"""The way of a molecule through a trained model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Float, Float32

from molgnn.chem.records import Rejected, Stage
from molgnn.chem.standardize import Standardizer
from molgnn.errors import ConfigError
from molgnn.graph.dgl_graphs import is_dgl
from molgnn.graph.dgl_runtime import DGLGraph
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.nn.network import Network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.card import Card
from molgnn.predictor.precision import choose_precision, multiplying_in
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.prepare import Prepared, prepare_graphs, prepare_molecules
from molgnn.predictor.seal import find_bundle
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    import pandas as pd
    from rdkit.Chem import Mol

CHUNK_MOLS = 4096
BATCH_MOLS = 1024
BATCH_ATOMS = 32_768
NO_NUMBER = "no number: the model's output is not finite"


class Predictor:
    """A trained model, loaded once and ready for any number of molecules.

    Parameters
    ----------
    bundle
        The model's parts.
    device
        Where the networks run: ``"auto"`` is a GPU where torch sees one, else the CPU.
    batch_size
        Molecules per forward pass. The more there are, the more surroundings of their atoms are
        equal and computed once; beyond a thousand, the states outgrow the processor's cache.
    precision
        ``"bf16"`` lets torch multiply matrices in bfloat16 where the processor can, which moves
        probabilities by some thousandths; ``"auto"`` does so where that is faster and, by what it
        does to a hundred drugs, moves none by more than 0.005.

    Raises
    ------
    ConfigError
        If torch has no such device.
    UnknownName
        If there is no such precision.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        device: str = "auto",
        batch_size: int = BATCH_MOLS,
        precision: str = "fp32",
    ) -> None:
        self.device = _find_device(device)
        self.batch_size = batch_size
        self._bundle = bundle
        self._networks = [network.to(self.device).eval() for network in bundle.networks]
        self._featurizer = Featurizer(bundle.preset)
        gains = all(network.encoder.gains_by_bf16 for network in self._networks)
        self.precision = choose_precision(precision, self.tasks, self._predict_in, gains=gains)

    @classmethod
    def load(
        cls,
        folder: str | Path,
        *,
        device: str = "auto",
        batch_size: int = BATCH_MOLS,
        precision: str = "fp32",
    ) -> Predictor:
        """Load a bundle's or a run's folder; raise `BundleError` if it is incomplete or altered."""
        bundle = Bundle.load(find_bundle(Path(folder)))
        return cls(bundle, device=device, batch_size=batch_size, precision=precision)

    @property
    def tasks(self) -> Tasks:
        """What is predicted."""
        return self._bundle.tasks

    @property
    def card(self) -> Card:
        """Where the model comes from, how good it is, and its limits."""
        return self._bundle.card

    @property
    def preset(self) -> Preset:
        """What atoms and bonds are described by: for `molgnn.to_dgl`."""
        return self._bundle.preset

    @property
    def standardizer(self) -> Standardizer:
        """What cleans structures up first: for `molgnn.to_dgl`."""
        return self._bundle.standardizer

    def predict(
        self,
        molecules: str
        | Mol
        | DGLGraph
        | Iterable[str | Mol | None]
        | Sequence[DGLGraph]
        | pd.Series,
    ) -> Predictions:
        """Predict every task for every molecule.

        Parameters
        ----------
        molecules
            SMILES, RDKit molecules, or a pandas Series of either; a single one will do. What is
            no molecule (None, NaN, an unreadable SMILES) becomes a rejected row. Or graphs of DGL
            (one, a batched one, or a list), made by `molgnn.to_dgl` with the model's own
            `preset` and `standardizer`; they are taken as they are, and have no SMILES.

        Returns
        -------
        Predictions
            One row per molecule given, in order.

        Raises
        ------
        ConfigError
            If a whole table is given, or graphs of another preset.
        """
        if is_dgl(molecules):
            return self._predict_graphs(molecules)
        texts = _as_texts(molecules)
        values = np.full((len(texts), len(self.tasks)), np.nan, dtype=np.float32)
        rejected: dict[int, Rejected] = {}
        for start in range(0, len(texts), CHUNK_MOLS):
            prepared = prepare_molecules(
                texts[start : start + CHUNK_MOLS],
                self._bundle.standardizer,
                self._featurizer,
                first_row=start,
            )
            values[prepared.rows], found = self.predict_prepared(prepared, texts)
            rejected |= found
        return Predictions(
            smiles=tuple(texts),
            tasks=self.tasks,
            values=values,
            rejected=dict(sorted(rejected.items())),
            index=None if isinstance(molecules, Sequence) else getattr(molecules, "index", None),
        )

    def _predict_graphs(self, graphs: DGLGraph | Sequence[DGLGraph]) -> Predictions:
        prepared = prepare_graphs(graphs, self.preset)
        texts = [""] * (len(prepared.rows) + len(prepared.rejected))
        values = np.full((len(texts), len(self.tasks)), np.nan, dtype=np.float32)
        values[prepared.rows], rejected = self.predict_prepared(prepared, texts)
        return Predictions(tuple(texts), self.tasks, values, dict(sorted(rejected.items())))

    def _predict_in(self, precision: str, smiles: list[str]) -> Float[np.ndarray, "mols tasks"]:
        self.precision = precision
        return self.predict(smiles).values

    def predict_prepared(
        self, prepared: Prepared, texts: Sequence[str]
    ) -> tuple[Float[np.ndarray, "mols tasks"], dict[int, Rejected]]:
        """Predict rows that were prepared already, perhaps in another process.

        Parameters
        ----------
        prepared
            The molecules, and the rows of *texts* that show them.
        texts
            The rows' SMILES as they were given.

        Returns
        -------
        values
            One per row of a molecule, NaN where the model gives no finite number.
        rejected
            The rows without a molecule or without a number, to the reason.
        """
        outputs = self.predict_store(prepared.molecules)[prepared.mols]
        is_sound = np.isfinite(outputs).all(axis=1)
        without_number = {
            row: Rejected(row, texts[row], Stage.PREDICT, NO_NUMBER)
            for row in compress(prepared.rows, ~is_sound)
        }
        return np.where(is_sound[:, None], outputs, np.nan), prepared.rejected | without_number

    def predict_store(self, molecules: MoleculeStore) -> Float[np.ndarray, "mols tasks"]:
        """Predict molecules that were standardized and featurized already.

        Returns
        -------
        array
            Probabilities of classifications and values of regressions: those of the mean output
            where there are several networks.
        """
        with multiplying_in(self.precision):
            outputs = run_networks(self._networks, molecules, self.device, self.batch_size)
        return self._bundle.calibration(self.tasks, outputs.mean(axis=0))


def run_networks(
    networks: Sequence[Network], molecules: MoleculeStore, device: torch.device, batch_size: int
) -> Float32[np.ndarray, "networks mols tasks"]:
    """Return the raw outputs, logits and values, of networks that all see the same batches."""
    n_tasks = networks[0].head.output.out_features
    outputs = np.empty((len(networks), len(molecules), n_tasks), dtype=np.float32)
    with torch.inference_mode():
        for piece in _batches(molecules, batch_size):
            batch = molecules.batch(piece).to(device)
            for i, network in enumerate(networks):
                outputs[i, piece] = network(batch).float().cpu().numpy()
    return outputs


def _batches(molecules: MoleculeStore, most_mols: int) -> Iterator[slice]:
    """Yield slices of so many molecules, fewer where they are large: memory goes by their atoms."""
    offsets = molecules.atom_offsets
    start = 0
    while start < len(molecules):
        fitting = int(np.searchsorted(offsets, offsets[start] + BATCH_ATOMS, side="right")) - 1
        stop = min(max(fitting, start + 1), start + most_mols, len(molecules))
        yield slice(start, stop)
        start = stop


def _find_device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:  # the latter where torch was built without it
        raise ConfigError(
            f"expected a device that torch has here but got {name!r}; fix: auto, which is "
            f"{_find_device('auto')}"
        ) from error


def _as_texts(molecules: Any) -> list[str]:
    if isinstance(molecules, Mapping) or hasattr(molecules, "columns"):
        raise ConfigError("expected a column but got a table; fix: predict(df['smiles'])")
    if isinstance(molecules, str) or hasattr(molecules, "GetNumAtoms"):
        molecules = [molecules]
    return [_as_text(molecule) for molecule in molecules]


def _as_text(molecule: Any) -> str:
    if isinstance(molecule, str):
        return molecule
    if hasattr(molecule, "GetNumAtoms"):
        from rdkit.Chem import MolToSmiles

        return str(MolToSmiles(molecule))
    from pandas import isna

    return "" if isna(molecule) is True else str(molecule)
