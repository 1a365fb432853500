"""Exclude molecules: files of molecules, or of hashed InChIKeys, that no model is to learn from.

A molecule is excluded together with its salts, stereoisomers, isotopes and those tautomers that
InChI takes for one: it has two keys, that of its structure as drawn and that of its parent, and is
excluded if either is among those of an excluded molecule.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

import numpy as np
from jaxtyping import Bool, UInt64

from molgnn.chem.molecule_keys import key_of_digest, molecule_keys
from molgnn.chem.parsing import why_rejected
from molgnn.chem.reading import Library, as_text, open_library
from molgnn.chem.reading.packed import name_inside
from molgnn.chem.reading.sources import Source, find_sources
from molgnn.chem.records import Molecule
from molgnn.chem.standardize import Mode, Standardizer
from molgnn.errors import ConfigError, TableError

_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_NO_SMILES = re.compile("[ade]", re.IGNORECASE)
"""Letters that a digest has, and a SMILES that could pass for one has not."""
_N_SAMPLED = 20
_BINARY = (".parquet", ".xlsx", ".xlsm")


@dataclass(frozen=True)
class Exclusion:
    """The molecules of a file that are not to be learned from.

    Parameters
    ----------
    path, sha256
        The file and its hash.
    n_molecules
        How many different ones it holds; of hashed InChIKeys, how many of these.
    keys
        `drawn_and_parent_keys` of them, or the beginnings of the hashes.
    notes
        What of the file was not used, and how it was read where it could have been otherwise.
    """

    path: Path
    sha256: str
    n_molecules: int
    keys: UInt64[np.ndarray, " keys"]
    notes: tuple[str, ...] = ()

    def excludes(self, keys: UInt64[np.ndarray, "mols forms"]) -> Bool[np.ndarray, " mols"]:
        """Say of each molecule whether it is excluded.

        Parameters
        ----------
        keys
            `drawn_and_parent_keys` of the molecules, or any others that they have.
        """
        return np.asarray(np.isin(keys, self.keys).any(axis=1))


def drawn_and_parent_keys(smiles: Sequence[str]) -> UInt64[np.ndarray, "mols 2"]:
    """Return two keys of each molecule: of the structure as drawn, and of its parent.

    Parameters
    ----------
    smiles
        As they were drawn. A parent is the largest organic fragment, uncharged; what has none is
        its own.
    """
    rows = Standardizer(Mode.PARENT).apply(list(enumerate(smiles)))
    parents = [
        row.smiles if isinstance(row, Molecule) else text
        for row, text in zip(rows, smiles, strict=True)
    ]
    return molecule_keys([*smiles, *parents]).reshape(2, -1).T


def read_exclusions(
    files: Sequence[str | Path], smiles_column: str | None = None
) -> list[Exclusion]:
    """Read files of molecules, or of hashed InChIKeys.

    Parameters
    ----------
    files
        Of any kind that `open_library` reads, patterns included; or a text of sha256 in hex, one a
        line, of the first 14 letters of InChIKeys, which tell nobody which molecules they are.
    smiles_column
        The column that holds the SMILES, where a file has one of that name; else it is found.

    Raises
    ------
    FileProblem
        If a file cannot be read.
    TableError
        If it names no molecule, or a line among hashes is none. The message names the line.
    ConfigError
        If standard input is named, or a file twice.
    """
    sources = find_sources(files) if files else []
    for source in sources:
        if not source.is_file:
            raise ConfigError(
                f"expected files to exclude but got {source}, which exclude=… cannot read; fix: "
                "save it to a file"
            )
    return [_read(source, smiles_column) for source in sources]


def _read(source: Source, smiles_column: str | None) -> Exclusion:
    with source.open() as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if _holds_digests(source):
        digests = _read_digests(source)
        keys = np.array(list(map(key_of_digest, digests)), dtype=np.uint64)
        return Exclusion(source.path, sha256, len(digests), keys)
    library = _open(source.path, smiles_column)
    texts, notes = _read_molecules(library)
    keys = drawn_and_parent_keys(texts)
    n_molecules = len(np.unique(keys[:, 1]))
    return Exclusion(source.path, sha256, n_molecules, np.unique(keys), (*library.notes, *notes))


def _holds_digests(source: Source) -> bool:
    """Say whether one of the first lines is a sha256, so that all should be."""
    if PurePath(name_inside(source.path)).suffix.lower() in _BINARY:
        return False
    lines = map(str.strip, islice(source.preview(), _N_SAMPLED))
    return any(_DIGEST.fullmatch(line) and _NO_SMILES.search(line) for line in lines)


def _read_digests(source: Source) -> set[str]:
    digests = set()
    for number, line in enumerate(map(str.strip, source.lines()), 1):
        if not line:
            continue
        if not _DIGEST.fullmatch(line):
            raise TableError(
                f"{source}: expected the sha256 of an InChIKey's first 14 letters, 64 hexadecimal "
                f"digits, but got {as_text(line)[:80]!r} in line {number}; fix: correct the line, "
                "or name a file of molecules"
            )
        digests.add(line.lower())
    return digests


def _open(path: Path, smiles_column: str | None) -> Library:
    """Open a file, whose column of SMILES need not be called as the training table's is."""
    if smiles_column is not None:
        try:
            return open_library(path, smiles_column)
        except TableError:
            pass
    return open_library(path)


def _read_molecules(library: Library) -> tuple[list[str], list[str]]:
    """Return the SMILES that give a molecule, and a note on the rows that give none."""
    texts: list[str] = []
    n_refused, first = 0, ""
    for row in library:
        reason = why_rejected(row.smiles)
        if reason is None:
            texts.append(row.smiles)
        else:
            n_refused, first = n_refused + 1, first or f"line {row.line} ({reason})"
    if not texts:
        why = f"none of its {n_refused} rows gives one, the first {first}" if first else "no rows"
        raise TableError(
            f"{library.name}: expected molecules to exclude but got {why}; fix: name a file with "
            "a column of SMILES called smiles"
        )
    if not n_refused:
        return texts, []
    which = f"{n_refused} rows give no molecule and exclude nothing, the first of them {first}"
    if n_refused == 1:
        which = f"1 row gives no molecule and excludes nothing, {first}"
    return texts, [f"{library.name}: {which}"]
