"""Libraries of real molecules to measure with: found, cleaned, sampled, repeated."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, cycle, islice
from pathlib import Path

from rdkit import Chem, rdBase

from molgnn.chem.reading import open_library

LIBRARIES = ("libraries/pcs100k.csv.gz", "libraries/chembl_mix.csv.gz")
COLUMNS = ("id", "smiles")

Rows = Iterator[tuple[str, ...]]


def data_folder() -> Path:
    """Return the folder of data sets, splits and libraries, which ``MOLGNN_DATA`` names."""
    return Path(os.environ.get("MOLGNN_DATA", "data"))


def find_libraries() -> list[Path]:
    """Return the large libraries that are in the data folder: of `LIBRARIES`, none to all."""
    return [path for name in LIBRARIES if (path := data_folder() / name).is_file()]


def require_libraries(given: Sequence[Path]) -> list[Path]:
    """Return the files to take molecules from: those given, else the large ones at hand.

    Raises
    ------
    FileNotFoundError
        If there is none: a small library repeated would be no measurement.
    """
    sources = list(given) or find_libraries()
    missing = [str(path) for path in sources if not path.is_file()]
    if missing or not sources:
        raise FileNotFoundError(
            f"expected large libraries but {', '.join(missing or LIBRARIES)} is not there; fix: "
            "give files of 100,000 molecules or more with --library, such as a ChEMBL or PubChem "
            "export (.smi, .csv, .tsv, each also .gz), or set MOLGNN_DATA to a folder of them"
        )
    return sources


def _read_smiles(sources: Sequence[Path]) -> Iterator[str]:
    """Yield the SMILES of every row of some files, unparsable ones included."""
    return (row.smiles for row in chain.from_iterable(map(open_library, sources)))


def take_evenly(sources: Sequence[Path], n_rows: int) -> list[str]:
    """Return *n_rows* SMILES that RDKit parses, evenly spread over the files.

    Parameters
    ----------
    sources
        What `open_library` reads.
    n_rows
        How many molecules; all that parse where there are fewer.
    """
    n_total = sum(1 for _ in _read_smiles(sources))
    with rdBase.BlockLogs():
        return list(_spread(_read_smiles(sources), n_rows, n_total))


def clean_library(sources: Sequence[Path], n_rows: int, folder: Path) -> Path:
    """Write *n_rows* molecules, taken evenly from all the sources, that RDKit parses.

    Unparsable rows are left out since one of them ends chemprop's whole job. The file is kept: the
    same sources and number of rows give it again.

    Parameters
    ----------
    sources
        What `open_library` reads.
    n_rows
        How many molecules; all that parse where there are fewer.
    folder
        Where the file goes.
    """
    path = folder / f"library-{n_rows}-{_fingerprint(sources)}.csv"
    if not path.exists():
        _write(path, enumerate(take_evenly(sources, n_rows)))
    return path


def copy_rows(sources: Sequence[Path], n_rows: int, path: Path) -> Path:
    """Write the first *n_rows* rows of the sources as they are, unparsable ones included."""
    _write(path, islice(enumerate(_read_smiles(sources)), n_rows))
    return path


def repeat_library(sources: Sequence[Path], n_rows: int, folder: Path) -> Path:
    """Write *n_rows* molecules; where the sources have fewer, theirs over and over.

    For what depends on size alone, such as memory.
    """
    library = clean_library(sources, n_rows, folder)
    if count_rows(library) >= n_rows:
        return library
    path = library.with_name(f"{library.stem}-repeated.csv")
    if not path.exists():
        smiles = [row[1] for row in read_rows(library)]
        _write(path, islice(enumerate(cycle(smiles)), n_rows))
    return path


def sample_library(library: Path, n_rows: int) -> Path:
    """Write *n_rows* rows of a library, evenly spread, with their ids."""
    path = library.with_name(f"{library.stem}-every-{n_rows}.csv")
    if not path.exists():
        rows = list(read_rows(library))
        picked = [rows[i * len(rows) // n_rows] for i in range(min(n_rows, len(rows)))]
        _write(path, picked)
    return path


def read_rows(library: Path) -> Rows:
    """Yield the rows of a cleaned library or of a program's output, the header left out."""
    with library.open(encoding="utf-8", newline="") as file:
        yield from map(tuple, islice(csv.reader(file), 1, None))


def count_rows(library: Path) -> int:
    """Return how many rows a cleaned library has."""
    return sum(1 for _ in read_rows(library))


def _spread(smiles: Iterator[str], n_rows: int, n_total: int) -> Iterator[str]:
    """Yield *n_rows* of *n_total* SMILES; in place of one that does not parse, the next."""
    n_taken = 0
    for position, text in enumerate(smiles):
        if n_taken * n_total <= position * n_rows and _is_molecule(text):
            yield text
            n_taken += 1


def _is_molecule(smiles: str) -> bool:
    if not smiles or len(smiles.split()) > 1:
        return False
    mol = Chem.MolFromSmiles(smiles)
    return mol is not None and mol.GetNumAtoms() > 0


def _fingerprint(sources: Sequence[Path]) -> str:
    marks = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime) for path in sources]
    return hashlib.sha256(repr(marks).encode()).hexdigest()[:8]


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write a new file, which is there once it is complete."""
    staged = path.with_suffix(".part")
    with staged.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    staged.replace(path)
