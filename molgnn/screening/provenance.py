"""What the bytes of a screening's output depend on: input, model, options, versions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.chem.reading import Library
from molgnn.distribution import NAME
from molgnn.errors import BundleError, FileProblem
from molgnn.predictor.description import read_description
from molgnn.screening.engines import EngineOptions
from molgnn.screening.manifest import ONCE, Provenance, fingerprint
from molgnn.screening.selection import Selection
from molgnn.zoo.store import resolve

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor

_PACKAGES = (
    NAME, "rdkit", "cuik-molmaker-pin", "chembl_structure_pipeline", "torch", "dgl", "numpy",
    "pyarrow",
)  # fmt: skip


def is_resumable(rows: Library, model: str | Path | Predictor) -> bool:
    """Say whether another process can read the same rows and load the same model."""
    return bool(rows.paths) and isinstance(model, str | Path)


def record_provenance(
    rows: Library,
    model: str | Path | Predictor,
    selection: Selection,
    options: EngineOptions,
    output_formats: Sequence[str],
    chunk_size: int,
) -> Provenance:
    """Return what the bytes of the output depend on, the machine aside."""
    return {
        "input": _describe_input(rows),
        "model": _describe_model(model),
        "option": {
            "order of files": [*map(str, rows.paths)],
            "SMILES column": rows.columns[rows.smiles_index],
            "id column": rows.id_index,
            "columns": [*rows.columns],
            "added columns": [each.to_json() for each in options.add],
            "device": options.device,
            "precision": options.precision,
            "row timeout": options.row_timeout,
            "chunk size": chunk_size,
            "output format": [*output_formats],
            **asdict(selection),
        },
        "version of": _describe_versions(),
    }


def check_unchanged(rows: Library, model: str | Path | Predictor, provenance: Provenance) -> None:
    """Make sure that neither the rows nor the model were written to while they were in use.

    Raises
    ------
    FileProblem, BundleError
        If one of them was.
    """
    if rows.paths and _describe_input(rows) != provenance["input"]:
        raise FileProblem(
            f"{rows.name} was changed while it was read; fix: screen it again, which begins anew"
        )
    if isinstance(model, str | Path) and _describe_model(model) != provenance["model"]:
        raise BundleError(
            f"the model {model} was changed while it was in use; fix: screen again, which begins "
            "anew"
        )


def _describe_input(rows: Library) -> dict[str, str]:
    files = {str(path): fingerprint(path) for path in rows.paths}
    return files or {ONCE: secrets.token_hex(8)}


def _describe_model(model: str | Path | Predictor) -> dict[str, str]:
    if isinstance(model, str | Path):
        return {"sha256": read_description(resolve(model))["sha256"]}
    return {ONCE: secrets.token_hex(8)}


def _describe_versions() -> dict[str, str | None]:
    """Return the version of all that has a part in the numbers, None where it is not installed."""
    versions: dict[str, str | None] = dict.fromkeys(_PACKAGES)
    for name in versions:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions
