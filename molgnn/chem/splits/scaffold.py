"""The deterministic scaffold split of the published benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

from molgnn.chem.scaffolds import group_by_scaffold
from molgnn.chem.splits.split import Fractions, Molecules, Split, collect, fill


def split_by_scaffold(
    smiles: Sequence[str],
    fractions: Fractions,
    seed: int,
    molecules: Molecules | None = None,
) -> Split:
    """Train on the commonest scaffolds, test on those that occur once; the seed is not used.

    Notes
    -----
    Groups of equal size are ordered by their first row, the later one first, and scaffolds
    have no chirality: the rule of dgllife and DeepChem, row for row. As each group goes whole to
    the first part with room for it, the test part is mostly made of molecules whose scaffold no
    other has: a hard test, and one without repetition. Report means over several seeds of the
    balanced split, or cross-validation, beside it. So that published splits come out as they were
    published, salts of one molecule that differ in their scaffold are not brought together.
    """
    groups = group_by_scaffold(smiles)
    largest_first = sorted(groups.rows, key=lambda rows: (len(rows), rows[0]), reverse=True)
    parts = fill(largest_first, fractions)
    advice = "fix: a random split, since too few scaffolds are shared out"
    return collect(parts, groups.is_molecule, advice)
