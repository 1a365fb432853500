"""Versions of feature sets: a trained model reads just those that it was trained on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from molgnn.chem.descriptors.registry import FEATURE_SETS, check_sets
from molgnn.errors import BundleError


def versions_of(sets: Iterable[str]) -> dict[str, int]:
    """Return the version of each set, in order."""
    return {name: FEATURE_SETS[name].version for name in sets}


def check_versions(versions: Mapping[str, int]) -> tuple[str, ...]:
    """Return the sets, if they are here in the versions that a model was trained on.

    Raises
    ------
    BundleError
        If a set is not known, or in another version.
    """
    known = versions_of(FEATURE_SETS)
    for name, version in versions.items():
        if known.get(name) != version:
            raise BundleError(
                f"expected the feature set {name} in version {known.get(name)} but got "
                f"{version}; fix: use the molgnn that made the model, or train the model again"
            )
    return check_sets(versions)
