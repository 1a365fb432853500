"""Parse every SMILES of a library with RDKit and do nothing else: no screening can be faster."""

from __future__ import annotations

import argparse
import csv
import multiprocessing
from itertools import islice

from rdkit import Chem, rdBase


def parse_share(path: str, first: int, step: int) -> int:
    """Parse every *step*-th row from *first* on; return how many are molecules."""
    with rdBase.BlockLogs(), open(path, encoding="utf-8", newline="") as file:
        rows = islice(csv.reader(file), 1 + first, None, step)
        return sum(Chem.MolFromSmiles(smiles) is not None for _, smiles in rows)


def main() -> None:
    """Share the rows of a cleaned library out among processes; each reads the file itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library")
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    library, n = arguments.library, arguments.processes
    if n == 1:
        print(parse_share(library, 0, 1))
    else:
        with multiprocessing.Pool(n) as pool:
            print(sum(pool.starmap(parse_share, [(library, i, n) for i in range(n)])))


if __name__ == "__main__":
    main()
