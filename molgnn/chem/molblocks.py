"""Mol block to SMILES, or the reason why there is none."""

from __future__ import annotations

import re

from rdkit import Chem, rdBase

from molgnn.chem.parsing import INVALID_MOL_BLOCK
from molgnn.errors import InvalidSmiles

MAX_LINES = 10_000
"""Most lines of a block that is read: one per atom and bond. Like `parsing.MAX_LENGTH`, it keeps
molecules from RDKit whose canonical SMILES would overflow the stack."""

_END_OF_BLOCK = "\nM  END"

_COMPLAINT = re.compile(r"ERROR: (?!moving to the beginning)(.+)")
_MAX_DETAIL = 200


def convert_mol_block(block: str) -> str:
    """Return the isomeric SMILES of a mol block, V2000 or V3000.

    Atoms and bonds that stand for others stay what they are (``*``, ``~``); `parse` refuses them.

    Raises
    ------
    InvalidSmiles
        With ``"invalid mol block: detail"``.
    """
    _refuse_text(block)
    with rdBase.BlockLogs():
        try:
            mol = Chem.MolFromMolBlock(_without_odd_bytes(block))
            smiles = "" if mol is None else Chem.MolToSmiles(mol)
        except (RuntimeError, ValueError) as error:
            raise _invalid(str(error)) from error
        if mol is None:
            raise _invalid(_diagnose(block))
    if not mol.GetNumAtoms():
        raise _invalid("it has no atoms")
    if mol.HasQuery() and not ("*" in smiles or "~" in smiles):
        raise _invalid("its atoms are conditions of a search")
    return smiles


def _refuse_text(block: str) -> None:
    """Raise for what RDKit need not see, or would read the first half of."""
    if not block.strip():
        raise _invalid("nothing stands there")
    if block.count("\n") > MAX_LINES:
        raise _invalid(f"more than {MAX_LINES:,} lines")
    if block.count(_END_OF_BLOCK) > 1:
        raise _invalid("several in one record; is a $$$$ missing between them?")


def _invalid(detail: str) -> InvalidSmiles:
    return InvalidSmiles(INVALID_MOL_BLOCK + " ".join(detail.split())[:_MAX_DETAIL])


def _without_odd_bytes(block: str) -> str:
    """Return the block for RDKit, which takes no bytes in disguise; a title may hold some."""
    return block if block.isascii() else block.encode("ascii", "replace").decode()


def _diagnose(block: str) -> str:
    """Return what RDKit complains of, which it logs only where it reads whole files."""
    supplier = Chem.SDMolSupplier()
    with rdBase.CaptureErrorLog() as log:
        supplier.SetData(_without_odd_bytes(block))
        next(iter(supplier), None)
    complaints = _COMPLAINT.findall(log.messages)
    return complaints[-1] if complaints else "RDKit cannot read it"
