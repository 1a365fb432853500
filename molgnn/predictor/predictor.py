"""A trained model that predicts: SMILES in, calibrated probabilities and further columns out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Float32

from molgnn.chem.records import Rejected, Stage
from molgnn.chem.standardize import Standardizer
from molgnn.graph.dgl_graphs import is_dgl
from molgnn.graph.dgl_runtime import DGLGraph
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.predictor.annotators import (
    Annotation,
    ModelFacts,
    Scored,
    added_columns,
    as_annotations,
    make_annotators,
)
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.card import Card
from molgnn.predictor.columns import annotate, spread_over_rows
from molgnn.predictor.description import find_bundle
from molgnn.predictor.inputs import as_texts
from molgnn.predictor.members import run_members
from molgnn.predictor.networks import BATCH_MOLS, find_device
from molgnn.predictor.precision import choose_precision, multiplying_in
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.prepare import Prepared, prepare_graphs, prepare_molecules
from molgnn.predictor.schema import OutputColumn, OutputColumns
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    import pandas as pd
    from rdkit.Chem import Mol

CHUNK_MOLS = 4096
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
    add
        Columns to add to every prediction, besides those that the model itself declares: names of
        `molgnn.predictor.annotators.ANNOTATORS`.

    Raises
    ------
    ConfigError
        If torch has no such device, or a column says nothing of such a model.
    UnknownName
        If there is no such precision or column.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        device: str = "auto",
        batch_size: int = BATCH_MOLS,
        precision: str = "fp32",
        add: Iterable[str | Annotation] = (),
    ) -> None:
        self.device = find_device(device)
        self.batch_size = batch_size
        self._bundle = bundle
        for network in bundle.networks:
            network.to(self.device).eval()
        self._featurizer = bundle.make_featurizer()
        self._asked = (*bundle.annotators, *as_annotations(add))
        self._annotators = make_annotators(self._asked, self._facts)
        gains = any(network.gains_by_bf16 for network in bundle.networks)
        self.precision = choose_precision(precision, self.tasks, self._predict_in, gains=gains)

    @classmethod
    def load(
        cls,
        folder: str | Path,
        *,
        device: str = "auto",
        batch_size: int = BATCH_MOLS,
        precision: str = "fp32",
        add: Iterable[str | Annotation] = (),
    ) -> Predictor:
        """Load a bundle's or a run's folder; raise `BundleError` if it is incomplete or altered."""
        bundle = Bundle.load(find_bundle(Path(folder)))
        return cls(bundle, device=device, batch_size=batch_size, precision=precision, add=add)

    def with_added(self, add: Iterable[str | Annotation]) -> Predictor:
        """Return a predictor of the same networks, in the same memory, that adds further columns.

        Raises
        ------
        UnknownName
            If there is no such column.
        ConfigError
            If it says nothing of such a model.
        """
        other = copy(self)
        other._asked = (*self._asked, *as_annotations(add))
        other._annotators = make_annotators(other._asked, self._facts)
        return other

    @property
    def tasks(self) -> Tasks:
        """What is predicted."""
        return self._bundle.tasks

    @property
    def bundle(self) -> Bundle:
        """The parts that the model was loaded from."""
        return self._bundle

    @property
    def _facts(self) -> ModelFacts:
        return ModelFacts(self.tasks, len(self._bundle.members))

    @property
    def card(self) -> Card:
        """Where the model comes from, how good it is, and its limits."""
        return self._bundle.card.with_outputs(make_annotators(self._bundle.annotators, self._facts))

    @property
    def columns(self) -> OutputColumns:
        """The columns of every prediction: one per task, then those that annotators add."""
        return OutputColumns(
            [*map(OutputColumn.of_task, self.tasks), *added_columns(self._annotators)]
        )

    @property
    def preset(self) -> Preset:
        """What atoms and bonds are described by: for `molgnn.to_dgl`."""
        return self._bundle.preset

    @property
    def standardizer(self) -> Standardizer:
        """What cleans structures up first: for `molgnn.to_dgl`."""
        return self._bundle.standardizer

    def __getstate__(self) -> dict[str, Any]:
        """Leave the featurizer out, which holds functions of RDKit that do not pickle."""
        return {name: part for name, part in vars(self).items() if name != "_featurizer"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._featurizer = self._bundle.make_featurizer()

    def __repr__(self) -> str:
        kinds = Counter(member.kind for member in self._bundle.members)
        members = ", ".join(f"{n} {kind}" + "s" * (n > 1) for kind, n in kinds.items())
        shown = f"{len(self.columns)} columns, {members} on {self.device}"
        return f"Predictor({self._bundle.card.name}: {shown})"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.card._repr_html_()}{self.columns._repr_html_()}"

    def predict(
        self,
        molecules: str | Mol | DGLGraph | Iterable[str | Mol | DGLGraph | None] | pd.Series,
        *,
        add: Iterable[str | Annotation] = (),
    ) -> Predictions:
        """Predict every task for every molecule.

        Parameters
        ----------
        molecules
            SMILES, RDKit molecules, or a pandas Series of either; a single one will do. What is
            no molecule (None, NaN, an unreadable SMILES) becomes a rejected row. Or graphs of DGL
            (one, a batched one, or a list), made by `molgnn.to_dgl` with the model's own
            `preset` and `standardizer`; they are taken as they are, and have no SMILES.
        add
            Further columns, this once, as in `Predictor`.

        Returns
        -------
        Predictions
            One row per molecule given, in order.

        Raises
        ------
        ConfigError
            If a whole table is given, graphs of another preset, or a column says nothing of such
            a model.
        UnknownName
            If there is no such column to add.
        """
        if add:
            return self.with_added(add).predict(molecules)
        if is_dgl(molecules):
            prepared = prepare_graphs(molecules, self.preset)
            return self.predict_prepared(prepared, [""] * prepared.n_rows)
        texts = as_texts(molecules)
        pieces = [
            self.predict_prepared(
                prepare_molecules(piece, self._bundle.standardizer, self._featurizer), piece
            )
            for start in range(0, max(len(texts), 1), CHUNK_MOLS)
            for piece in [texts[start : start + CHUNK_MOLS]]
        ]
        index = None if isinstance(molecules, Sequence) else getattr(molecules, "index", None)
        return replace(Predictions.concatenate(pieces), index=index)

    def _predict_in(self, precision: str, smiles: list[str]) -> Float[np.ndarray, "mols tasks"]:
        self.precision = precision
        return self.predict(smiles).values

    def predict_prepared(self, prepared: Prepared, texts: Sequence[str]) -> Predictions:
        """Predict rows that were prepared already, perhaps in another process.

        Parameters
        ----------
        prepared
            The molecules, and the rows of *texts* that show them.
        texts
            The rows' SMILES as they were given, all of them.
        """
        outputs, values = self._run(prepared.molecules)
        is_sound = np.isfinite(values).all(axis=1)
        rejected = prepared.rejected | {
            row: Rejected(row, texts[row], Stage.PREDICT, NO_NUMBER)
            for row, mol in zip(prepared.rows, prepared.mols, strict=True)
            if not is_sound[mol]
        }
        scored = Scored(prepared.smiles, prepared.molecules, outputs, values, self._calibrate)
        added = annotate(self._annotators, scored, is_sound)
        values = np.where(is_sound[:, None], values, np.nan)
        return Predictions(
            smiles=tuple(texts),
            tasks=self.tasks,
            values=spread_over_rows(values, prepared.mols, prepared.rows, len(texts)),
            rejected=dict(sorted(rejected.items())),
            added={
                column: spread_over_rows(cells, prepared.mols, prepared.rows, len(texts))
                for column, cells in added.items()
            },
        )

    def predict_store(self, molecules: MoleculeStore) -> Float[np.ndarray, "mols tasks"]:
        """Predict molecules that were standardized and featurized already.

        Returns
        -------
        array
            Probabilities of classifications and values of regressions: those of the mean output
            where there are several networks.
        """
        return self._run(molecules)[1]

    def calibrated_outputs(self, molecules: MoleculeStore) -> Float[np.ndarray, "mols tasks"]:
        """Return what `predict_store` does, of classifications the logits of the probabilities."""
        outputs = run_members(self._bundle.members, molecules, self.device, self.batch_size)
        return self._bundle.calibration.scores(self.tasks, self._bundle.mean(outputs))

    def _run(
        self, molecules: MoleculeStore
    ) -> tuple[Float32[np.ndarray, "members mols tasks"], Float[np.ndarray, "mols tasks"]]:
        """Return what each member gives, and what the model predicts from it."""
        with multiplying_in(self.precision):
            outputs = run_members(self._bundle.members, molecules, self.device, self.batch_size)
        return outputs, self._calibrate(self._bundle.mean(outputs))

    def _calibrate(self, outputs: Float[np.ndarray, "mols tasks"]) -> np.ndarray:
        return self._bundle.calibration(self.tasks, outputs)
