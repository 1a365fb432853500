"""Molecule features: fingerprints, descriptors and structural alerts, computed, cached, scaled."""

from molgnn.chem.descriptors.base import FeatureSet, Kind
from molgnn.chem.descriptors.compute import compute_features
from molgnn.chem.descriptors.registry import FEATURE_SETS, feature_set
from molgnn.chem.descriptors.scaling import FeatureScaler
from molgnn.chem.descriptors.table import FeatureTable

__all__ = [
    "FEATURE_SETS",
    "FeatureScaler",
    "FeatureSet",
    "FeatureTable",
    "Kind",
    "compute_features",
    "feature_set",
]
