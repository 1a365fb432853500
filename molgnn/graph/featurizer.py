"""From SMILES to codes, in bulk; one that gives no molecule is named, with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from molgnn.chem.notation import plain_smiles
from molgnn.errors import ConfigError, MissingDependency, unknown_name
from molgnn.graph.backends.cpp import CppBackend
from molgnn.graph.backends.rdkit import RDKitBackend
from molgnn.graph.presets import PRESETS
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import Featurized, MoleculeStore

# Bounds the memory for raw values, which is far above that of the codes made from them.
MOLS_PER_PIECE = 4096


class Featurizer:
    """Turn SMILES into the codes of a preset, with the fastest backend that gives them exactly.

    The codes are those of the molecule, however it is written: explicit hydrogens, atom maps,
    needless brackets and Kekulé form change none of them. Atoms and bonds stand in the order in
    which they are written, less explicit hydrogens.

    Parameters
    ----------
    preset
        A name in `PRESETS`, or a table of one's own.
    backend
        ``"cpp"`` parses and reads in C++ (the extra ``molgnn-dgl[fast]``), ``"rdkit"`` in Python;
        both give the same codes. ``"auto"`` takes C++ where it is installed and serves the preset.
    features
        Feature sets to compute of every molecule besides, names in
        `molgnn.chem.descriptors.FEATURE_SETS`.

    Attributes
    ----------
    preset
        The table in use.
    backend
        The backend in use.
    features
        The feature sets.

    Raises
    ------
    UnknownName
        If there is no such preset, backend, feature set or, in a table of one's own, property.
    MissingDependency
        If C++ is asked for but not installed.
    ConfigError
        If C++ is asked for but cannot serve the preset.
    """

    def __init__(
        self,
        preset: str | Preset = "canonical",
        backend: str = "auto",
        features: Sequence[str] = (),
    ) -> None:
        self.features = _checked(features)
        self.preset = _named(preset) if isinstance(preset, str) else preset
        self._backend = _choose(self.preset, backend)
        self.backend: Literal["cpp", "rdkit"] = self._backend.name

    def __call__(self, smiles: Iterable[str | float | None]) -> Featurized:
        """Return the molecules of *smiles*, and for each of the others its position and reason.

        Parameters
        ----------
        smiles
            The texts; a gap of a pandas column, which is no text, is an empty SMILES.

        Raises
        ------
        ConfigError
            If *smiles* is a single text, whose letters would pass for molecules.
        """
        if isinstance(smiles, str):
            raise ConfigError(
                f"expected many SMILES but got the one text {smiles!r}; fix: put it in []"
            )
        texts = [plain_smiles(text) if isinstance(text, str) else "" for text in smiles]
        stores: list[MoleculeStore] = []
        rejected: dict[int, str] = {}
        for start in range(0, max(len(texts), 1), MOLS_PER_PIECE):
            piece = self._backend(texts[start : start + MOLS_PER_PIECE])
            stores.append(piece.molecules)
            rejected |= {start + position: reason for position, reason in piece.rejected.items()}
        molecules = MoleculeStore.concatenate(stores)
        if self.features:
            from molgnn.chem.descriptors import compute_features

            readable = [text for i, text in enumerate(texts) if i not in rejected]
            features = compute_features(readable, self.features, cached=False)
            molecules = molecules.with_features(features)
        return Featurized(molecules, rejected)


def _named(preset: str) -> Preset:
    if preset not in PRESETS:
        raise unknown_name("preset", preset, PRESETS)
    return PRESETS[preset]


def _checked(features: Sequence[str]) -> tuple[str, ...]:
    if not features:
        return ()
    from molgnn.chem.descriptors.registry import check_sets  # for most models, not worth loading

    return check_sets(features)


def _choose(preset: Preset, backend: str) -> CppBackend | RDKitBackend:
    match backend:
        case "rdkit":
            return RDKitBackend(preset)
        case "cpp":
            return CppBackend(preset)
        case "auto":
            try:
                return CppBackend(preset)
            except (MissingDependency, ConfigError):
                return RDKitBackend(preset)
    raise unknown_name("backend", backend, ["auto", "cpp", "rdkit"])
