from __future__ import annotations

import numpy as np
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import GetMACCSKeysFingerprint

from molgnn.chem.descriptors import feature_set


def test_keys_are_rdkits_from_key_1(drugs: list[str]) -> None:
    for mol in map(Chem.MolFromSmiles, drugs[:10]):
        expected = np.array(GetMACCSKeysFingerprint(mol))[1:]
        np.testing.assert_array_equal(feature_set("maccs").compute(mol), expected)


def test_a_column_is_called_by_its_key() -> None:
    keys = feature_set("maccs")
    ring = keys.compute(Chem.MolFromSmiles("C1CCCCC1"))[keys.columns.index("maccs_165")]
    assert (keys.columns[0], keys.columns[-1], ring) == ("maccs_1", "maccs_166", 1)
