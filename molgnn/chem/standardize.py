"""The clean-up of structures; rows whose text shows no need of it stay unparsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize

from molgnn.chem.notation import plain_smiles
from molgnn.chem.parsing import MAX_LENGTH, parse, why_rejected
from molgnn.chem.records import Molecule, Rejected, Stage
from molgnn.distribution import install_extra
from molgnn.errors import BundleError, InvalidSmiles, MissingDependency, unknown_name

VERSION = 2
"""Raised whenever a mode's results change; the rules of earlier ones are kept for their models."""


class Mode(StrEnum):
    """How far a structure is changed before a network sees it."""

    OFF = "off"
    PARENT = "parent"
    CHEMBL = "chembl"


@dataclass(frozen=True)
class _Procedure:
    """What a mode does to a molecule, and the signs in a SMILES that show the need of it.

    A text without `signs` must be one that `change` leaves as it is, and what `shorten` returns one
    that it would turn into the same molecule. Before all else, `rewrite` takes out of a text
    what is no part of the molecule.
    """

    signs: re.Pattern[str]
    change: Callable[[Chem.Mol], Chem.Mol]
    shorten: Callable[[str], str] = str
    rewrite: Callable[[str], str] = str

    def is_needed_by(self, smiles: str) -> bool:
        """Say whether the row has to go through RDKit; a nitro group alone is no reason to."""
        if not self.signs.search(smiles):
            return False
        for nitro in ("[N+](=O)[O-]", "O=[N+]([O-])"):
            smiles = smiles.replace(nitro, "N")
        return self.signs.search(smiles) is not None

    def run(self, row: int, smiles: str) -> Molecule | Rejected:
        """Standardize one row, or say why it cannot be."""
        text = self.rewrite(smiles)
        if len(text) <= MAX_LENGTH:
            if not self.is_needed_by(text):
                return Molecule(row, text)
            shorter = self.shorten(text)
            if shorter != text and not self.is_needed_by(shorter):
                return Molecule(row, shorter)
        try:
            mol = parse(text)
        except InvalidSmiles as error:
            reason = why_rejected(smiles) or str(error)  # which may name a character of the text
            return Rejected(row, smiles, Stage.PARSE, reason)
        try:
            return Molecule(row, Chem.MolToSmiles(self.change(mol)))
        except Exception as error:  # whatever RDKit may throw: one molecule must not end a batch
            detail = " ".join(str(error).split())
            return Rejected(row, smiles, Stage.STANDARDIZE, f"cannot standardize: {detail}")


class Standardizer:
    """Callable from SMILES to the SMILES that the model is shown; part of every model bundle.

    Parameters
    ----------
    mode
        ``"parent"`` keeps the largest organic fragment, takes away charges that a proton can
        balance, and isotope labels; bonds to metals of the first two groups count as ionic.
        ``"chembl"`` is ChEMBL's own pipeline [1]_, which also disconnects other metals, removes
        solvents and normalizes functional groups; it parses every row. ``"off"`` leaves salts,
        charges and isotopes as they were drawn.
    version
        Of the rules: a model keeps those that it was trained with. Version 1, of molgnn 0.1.0,
        left atom maps and bonds to alkali metals as they were.

    Raises
    ------
    UnknownName
        If there is no such mode.
    MissingDependency
        If ``"chembl"`` is asked for and chembl_structure_pipeline is not installed.

    Notes
    -----
    In every mode atom maps are left out, and a text that RDKit would misread, or whose atoms are
    placeholders, is refused. A row without need keeps its text, unparsed: whether it is a SMILES at
    all is found out by the featurizer, which has to parse it anyway.

    References
    ----------
    .. [1] A. P. Bento et al., An open source chemical structure curation pipeline using RDKit,
       J. Cheminform. 12, 51 (2020).
    """

    def __init__(self, mode: Mode | str = Mode.PARENT, *, version: int = VERSION) -> None:
        if mode not in list(Mode):
            raise unknown_name("standardizer mode", mode, list(Mode))
        self.mode, self.version = Mode(mode), version
        if self.mode is Mode.CHEMBL and find_spec("chembl_structure_pipeline") is None:
            raise MissingDependency(
                "expected the package chembl_structure_pipeline for the mode 'chembl' but it is "
                f"not installed; fix: {install_extra('chembl')}"
            )

    def __call__(self, smiles: str | None) -> str:
        """Return the SMILES that the model is shown.

        Raises
        ------
        InvalidSmiles
            If the row needs a change and gives no molecule.
        """
        [outcome] = self.apply([(0, smiles)])
        if isinstance(outcome, Rejected):
            raise InvalidSmiles(outcome.reason)
        return outcome.smiles

    def apply(self, rows: Iterable[tuple[int, str | None]]) -> list[Molecule | Rejected]:
        """Standardize many rows; one comes out for each that goes in, in order.

        Parameters
        ----------
        rows
            Each row's number and its SMILES; a gap (None, NaN) is an empty SMILES.
        """
        procedure = _PROCEDURES[self.version][self.mode]
        with rdBase.BlockLogs():
            return [
                procedure.run(row, smiles if isinstance(smiles, str) else "")
                for row, smiles in rows
            ]

    def to_json(self) -> dict[str, Any]:
        """Return what a model bundle stores."""
        return {"mode": self.mode.value, "version": self.version}

    @property
    def limits(self) -> tuple[str, ...]:
        """What the users of a model with this clean-up should know, a sentence each."""
        if self.mode is not Mode.OFF:
            return ()
        return (
            "Structures are read as they were drawn: a salt and its parent, a charged and a "
            "neutral form, or a covalent and an ionic drawing of one substance get different "
            "predictions.",
        )

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Standardizer:
        """Rebuild what `to_json` gave.

        Raises
        ------
        BundleError
            If the record was made by a newer version, whose results this one does not know.
        """
        version, mode = record.get("version", 0), record.get("mode")
        if version not in _PROCEDURES or mode not in list(Mode):
            raise BundleError(
                f"expected a standardizer of version {' or '.join(map(str, _PROCEDURES))} but got "
                f"{record}; fix: use the molgnn that made the model, or train the model again"
            )
        return cls(Mode(mode), version=version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Standardizer) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.mode, self.version))

    def __repr__(self) -> str:
        older = "" if self.version == VERSION else f", version={self.version}"
        return f"Standardizer({self.mode.value!r}{older})"


def _keep(mol: Chem.Mol) -> Chem.Mol:
    return mol


def _take_ionic_parent(mol: Chem.Mol) -> Chem.Mol:
    """Return the parent of a molecule in which alkali and alkaline-earth metals are ions."""
    return _take_parent(_disconnect_metals(mol))


def _disconnect_metals(mol: Chem.Mol) -> Chem.Mol:
    """Break every bond to a metal of the first two groups; the electrons stay with its partner."""
    matches = mol.GetSubstructMatches(_METAL_BOND)
    if not matches:
        return mol
    ionic = Chem.RWMol(mol)
    for metal, partner in matches:
        bond = ionic.GetBondBetweenAtoms(metal, partner)
        order = 0 if bond.GetBondType() in _GIVEN_BONDS else int(bond.GetBondTypeAsDouble())
        ionic.RemoveBond(metal, partner)
        for atom, charge in ((metal, order), (partner, -order)):
            ion = ionic.GetAtomWithIdx(atom)
            ion.SetFormalCharge(ion.GetFormalCharge() + charge)
            ion.SetNumExplicitHs(ion.GetTotalNumHs())
            ion.SetNoImplicit(True)
    Chem.SanitizeMol(ionic)
    return ionic.GetMol()


def _take_parent(mol: Chem.Mol) -> Chem.Mol:
    """Return the largest organic fragment, uncharged where protons can do it, without isotopes."""
    chooser, uncharger = _parent_tools()
    if len(Chem.GetMolFrags(mol)) > 1:
        mol = chooser.choose(mol)
    neutral = uncharger.uncharge(mol)
    try:
        Chem.SanitizeMol(neutral)
    except Chem.KekulizeException:  # ferrocene's [cH-] ring: its proton ends the aromaticity
        Chem.Kekulize(mol, clearAromaticFlags=True)
        neutral = uncharger.uncharge(mol)
        Chem.SanitizeMol(neutral)
    return _forget_isotopes(neutral)


def _leave_out_counter_ions(smiles: str) -> str:
    """Return a salt's SMILES without what is never its parent, as long as there is carbon left."""
    shorter = _COUNTER_IONS.sub("", smiles)
    return shorter if _CARBON.search(shorter) else smiles


@cache
def _parent_tools() -> tuple[rdMolStandardize.LargestFragmentChooser, rdMolStandardize.Uncharger]:
    """Build once, on first use; a Standardizer that travels to a worker carries none of it."""
    return rdMolStandardize.LargestFragmentChooser(preferOrganic=True), rdMolStandardize.Uncharger()


def _forget_isotopes(mol: Chem.Mol) -> Chem.Mol:
    if not mol.HasSubstructMatch(_ISOTOPE):
        return mol
    for atom in mol.GetAtoms():
        atom.SetIsotope(0)
    mol = Chem.RemoveHs(mol)  # deuterium was an atom of its own, protium is not
    Chem.AssignStereochemistry(mol, cleanIt=True, force=True)  # C[C@H]([2H])O is a centre no more
    return mol


def _take_chembl_parent(mol: Chem.Mol) -> Chem.Mol:
    from chembl_structure_pipeline import get_parent_mol, standardize_mol

    parent: Chem.Mol = get_parent_mol(standardize_mol(mol))[0]
    return parent


_MISREAD = r"^$|[^!-)+-}]|#0"
_METALS = ("Li", "Na", "K", "Rb", "Cs", "Fr", "Be", "Mg", "Ca", "Sr", "Ba", "Ra")
_METAL_BOND = Chem.MolFromSmarts(f"[{','.join(_METALS)}]~[!#1]")
_GIVEN_BONDS = (Chem.BondType.DATIVE, Chem.BondType.ZERO)
_ION = r"(?:Cl|Br|[FINO]|\[(?:Na\+|K\+|Li\+|NH4\+|Ca\+2|Mg\+2|Zn\+2|Cl-|Br-|F-|I-|OH-)\])"
_COUNTER_IONS = re.compile(rf"^(?:{_ION}\.)+|(?:\.{_ION})+(?=\.|$)")
_ISOTOPE = Chem.MolFromSmarts("[!0*]")
_CARBON = re.compile(r"C(?![a-z])|(?<![A-Z])c")
# one class of characters for all single ones: half as long as one after the other
_PARENT_SIGNS = r"^$|[^!-),\-/-}]|#0|\[\d|-\d*(?::\d+)?\]"

_VERSION_1 = {
    Mode.OFF: _Procedure(re.compile(_MISREAD), _keep),
    Mode.PARENT: _Procedure(re.compile(_PARENT_SIGNS), _take_parent, _leave_out_counter_ions),
    Mode.CHEMBL: _Procedure(re.compile(""), _take_chembl_parent),
}
_VERSION_2 = {
    Mode.PARENT: _Procedure(
        re.compile(rf"{_PARENT_SIGNS}|\[(?:{'|'.join(_METALS)})"),
        _take_ionic_parent,
        _leave_out_counter_ions,
        plain_smiles,
    ),
    **{mode: replace(_VERSION_1[mode], rewrite=plain_smiles) for mode in (Mode.OFF, Mode.CHEMBL)},
}
_PROCEDURES: Mapping[int, Mapping[Mode, _Procedure]] = {1: _VERSION_1, VERSION: _VERSION_2}
