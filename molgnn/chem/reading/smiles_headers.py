"""Headers that say SMILES, and which of several is read: isomeric before canonical ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

VAGUE_HEADERS = ("structure", "mol", "romol", "molecule", "compound", "drug")
"""Headers that may mean SMILES: believed if the cells below agree."""

_KINDS = (
    ({"isomeric", "iso", "stereo", "chiral", "absolute"}, "isomeric"),
    ({"canonical", "can"}, "canonical"),
    (
        {"flat", "connectivity", "achiral", "nonisomeric", "nostereo", "unique", "scaffold",
         "murcko", "core", "fragment", "rgroup", "generic", "framework", "product", "reactant"},
        "incomplete",
    ),
)  # fmt: skip
"""What kind of SMILES a word of the header says; canonical ones may lack the stereochemistry."""

_RANKS = {"isomeric": 0, "plain": 1, "other": 2, "canonical": 3, "incomplete": 4}
_PLAIN = ("smiles", "smi")
_NO_STRUCTURE = {"length", "len", "valid", "count", "n", "num", "hash", "source", "error"}


def is_smiles_header(cell: str) -> bool:
    """Say whether a header cell names SMILES without doubt."""
    words = split_words(cell)
    if not _NO_STRUCTURE.isdisjoint(words):
        return False
    return any(
        word == "smi" or (word.isalnum() and word.startswith("smiles") | word.endswith("smiles"))
        for word in words
    )


def split_words(header: str) -> list[str]:
    """Return the words of a header, in lower case: ``IsomericSMILES``, ``isomeric_smiles``."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return [word for word in re.split(r"[\s._\-()\[\]/:#]+", parted.lower()) if word]


def kind_of_smiles(header: str) -> str:
    """Return isomeric, plain, other, canonical or incomplete."""
    words = split_words(header)
    if len(words) == 1 and words[0] in _PLAIN:
        return "plain"
    said = {*words, *(word.removesuffix("smiles") for word in words)}
    kinds = [kind for names, kind in _KINDS if not names.isdisjoint(said)]
    return kinds[0] if kinds else "other"


def rank_smiles_headers(header: Sequence[str]) -> list[int]:
    """Return the columns that name SMILES without doubt, the one to read first.

    Those that keep stereochemistry come first, then plain ones, and those last that show only a
    part of the molecule. Among equals the first column comes first.
    """
    places = [index for index, name in enumerate(header) if is_smiles_header(name)]
    return sorted(places, key=lambda index: _RANKS[kind_of_smiles(header[index])])
