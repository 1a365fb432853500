"""Feature sets by name: a new one is one new file here and one line in `FEATURE_SETS`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from molgnn.chem.descriptors.atom_pair import AtomPair
from molgnn.chem.descriptors.base import FeatureSet
from molgnn.chem.descriptors.maccs import MACCS
from molgnn.chem.descriptors.morgan import ECFP4, Morgan
from molgnn.chem.descriptors.rdkit2d import RDKit2D
from molgnn.chem.descriptors.torsion import Torsion
from molgnn.chem.descriptors.toxicophores import Toxicophores
from molgnn.errors import ConfigError, unknown_name

FEATURE_SETS: dict[str, type[FeatureSet]] = {
    "ecfp4": ECFP4,
    "morgan": Morgan,
    "atom_pair": AtomPair,
    "torsion": Torsion,
    "maccs": MACCS,
    "rdkit2d": RDKit2D,
    "toxicophores": Toxicophores,
}


@cache
def feature_set(name: str) -> FeatureSet:
    """Return the set of that name, made once in a process.

    Raises
    ------
    UnknownName
        If there is none.
    """
    if name not in FEATURE_SETS:
        raise unknown_name("feature set", name, FEATURE_SETS)
    return FEATURE_SETS[name]()


def check_sets(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of feature sets, each of which must be known and given once.

    Raises
    ------
    UnknownName
        If there is no such set.
    ConfigError
        If there is no name, or one twice.
    """
    wanted = (names,) if isinstance(names, str) else tuple(names)
    if not wanted or len(set(wanted)) < len(wanted):
        raise ConfigError(
            f"expected different feature sets but got {list(wanted)}; fix: name each once, of "
            f"{', '.join(FEATURE_SETS)}"
        )
    for name in wanted:
        feature_set(name)
    return wanted
