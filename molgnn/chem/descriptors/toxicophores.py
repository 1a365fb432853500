"""Toxicophores: counts of structural alerts, of RDKit's catalogues and of the literature."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from jaxtyping import Float32
from rdkit import Chem
from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogEntry, FilterCatalogParams

from molgnn.chem.descriptors.base import FeatureSet, Kind
from molgnn.chem.descriptors.smarts import SmartsCounts
from molgnn.chem.descriptors.toxicophore_patterns import TOXICOPHORES

CATALOGUES = ("PAINS_A", "BRENK", "CHEMBL_Glaxo", "CHEMBL_LINT")
"""Those of RDKit's catalogues that take a fraction of a millisecond per molecule.

NIH (CHEMBL_BMS is the same) and PAINS_C take several times as long as all of these, and hardly ever
find anything; ZINC and the others of ChEMBL mostly repeat what these have.
"""


class Toxicophores(FeatureSet):
    """How often each of `TOXICOPHORES` occurs, and how many alerts of a name `CATALOGUES` raise.

    RDKit says of an alert whether a molecule raises it, not how often; two alerts of a catalogue
    that have one name share a column.

    References
    ----------
    R. Brenk et al., Lessons learnt from assembling screening libraries for drug discovery for
    neglected diseases, ChemMedChem 3, 435 (2008). J. B. Baell, G. A. Holloway, New substructure
    filters for removal of pan assay interference compounds (PAINS), J. Med. Chem. 53, 2719 (2010).
    M. Hann et al., Strategic pooling of compounds for high-throughput screening, J. Chem. Inf.
    Comput. Sci. 39, 897 (1999).
    """

    def __init__(self) -> None:
        self._counts = SmartsCounts(each.smarts for each in TOXICOPHORES)
        self._catalogue = FilterCatalog(_parameters(CATALOGUES))
        entries = map(self._catalogue.GetEntryWithIdx, range(self._catalogue.GetNumEntries()))
        first = len(TOXICOPHORES)
        self._column_of = {
            name: column for column, name in enumerate(dict.fromkeys(map(_name, entries)), first)
        }

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the toxicophores, then those of the alerts after their catalogue's."""
        return (*(each.name for each in TOXICOPHORES), *self._column_of)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Counts, all of them."""
        return (Kind.COUNT,) * len(self.columns)

    def compute(self, mol: Chem.Mol) -> Float32[np.ndarray, " columns"]:
        """Return the counts."""
        features = np.zeros(len(self.columns), dtype=np.float32)
        features[: len(TOXICOPHORES)] = self._counts.count(mol)
        for entry in self._catalogue.GetMatches(mol):
            features[self._column_of[_name(entry)]] += 1
        return features


def _parameters(catalogues: tuple[str, ...]) -> FilterCatalogParams:
    parameters = FilterCatalogParams()
    for name in catalogues:
        parameters.AddCatalog(getattr(FilterCatalogParams.FilterCatalogs, name))
    return parameters


def _name(entry: FilterCatalogEntry) -> str:
    return f"{entry.GetProp('FilterSet')}: {entry.GetDescription()}"
