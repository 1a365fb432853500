"""SMILES to molecule, strictly: what RDKit would guess at is refused with a reason that teaches."""

from __future__ import annotations

import re

from rdkit import Chem, rdBase

from molgnn.errors import InvalidSmiles

MAX_LENGTH = 5_000
"""Longest SMILES that is read, in characters (insulin's has about 1,500): near 20,000 atoms RDKit's
canonical SMILES overflows the stack, which ends the process, and no error can be caught."""

INVALID_MOL_BLOCK = "invalid mol block: "
"""Begins what stands for the SMILES of a mol block that gives none: the reason itself."""

_MISTAKEN_FOR_SMILES = (
    (r"InChI=", "this is an InChI; convert it to SMILES first"),
    (r"[A-Z]{14}-[A-Z]{10}-[A-Z]$", "this is an InChIKey, from which no structure can be read"),
    (r"\d{2,7}-\d\d-\d$", "this is a CAS number, not a structure"),
    (r".*(?<!-)>", "'>' makes it a reaction, not a molecule"),
    (r".*\[[^\]]*[;,&!]", "this is a SMARTS pattern, not a molecule"),
    (r"(?=.*[adeghijkmqtuvwxyz])[A-Za-z]{4,}$", "this looks like a name, not a structure"),
    (r".*[,;]", "it holds ',' or ';'; is the file a CSV under another suffix?"),
)
"""What stands in SMILES columns that is none: a pattern from the first character, and the advice.
Asked only of what RDKit has refused, so a pattern may be generous."""

_PLACEHOLDER = re.compile(r"\[(?:R\d*|R#|X|A|Q|M|Pol)(?::\d+)?\]")
_WILDCARD = re.compile(r"[*~]|#0")
_UNPRINTABLE = re.compile(r"[^!-~]")
_SYNTAX_ERROR = re.compile(r"SMILES Parse Error: (.+?)(?: while parsing: | for input: |$)", re.M)
_POSITION = re.compile(r"check for mistakes around position (\d+)")
_PROBLEM_KINDS = {
    "AtomValenceException": "impossible valence",
    "KekulizeException": "cannot kekulize",
    "AtomKekulizeException": "cannot kekulize",
}


def parse(smiles: str | None) -> Chem.Mol:
    """Return the molecule, sanitized, or refuse with the reason that a rejected row shows.

    Parameters
    ----------
    smiles
        A SMILES, perhaps followed by a blank and a ChemAxon extension (``|…|``), which is obeyed.
        None, or the NaN that pandas has for a gap, is an empty SMILES.

    Returns
    -------
    Chem.Mol
        At least one atom, every atom an element, every bond of a known order.

    Raises
    ------
    InvalidSmiles
        With ``"kind: detail"``, the kind being one of *empty SMILES, too long, invalid SMILES,
        invalid mol block, impossible valence, cannot kekulize, dummy atom, query bond, no atoms*.

    Notes
    -----
    Two things that RDKit lets pass are errors here, as a prediction would silently belong to
    another molecule: characters beyond ASCII (RDKit reads ``CCé`` as ethane) and text after
    a blank that is no extension. Nothing is written to stderr.
    """
    text = smiles.strip() if isinstance(smiles, str) else ""
    _refuse_text(text)
    with rdBase.BlockLogs(), rdBase.CaptureErrorLog() as log:
        mol = _read(text, sanitize=True)
        if mol is None:
            raise InvalidSmiles(_diagnose(text, log.messages))
    _refuse_placeholders(mol, text)
    return mol


def why_rejected(smiles: str | None) -> str | None:
    """Return the reason for which `parse` refuses *smiles*, or None if it does not."""
    try:
        parse(smiles)
    except InvalidSmiles as error:
        return str(error)
    return None


def _refuse_text(text: str) -> None:
    """Raise for what needs no parser to be seen."""
    if not text:
        raise InvalidSmiles("empty SMILES: nothing stands in the SMILES column")
    if len(text) > MAX_LENGTH:
        raise InvalidSmiles(f"too long: {len(text):,} characters, {MAX_LENGTH:,} at most")
    smiles, _, extension = text.partition(" ")
    if foreign := _UNPRINTABLE.search(smiles):
        raise InvalidSmiles(
            f"invalid SMILES: {_name_character(foreign[0])} at character {foreign.start() + 1}"
        )
    if extension and not (extension.startswith("|") and extension.endswith("|")):
        if text.startswith(INVALID_MOL_BLOCK):
            raise InvalidSmiles(text)
        if extension.startswith("|") and "|" not in extension[1:]:
            raise InvalidSmiles(
                "invalid SMILES: its ChemAxon extension |… has no end; if commas in it were taken "
                "for those between cells, put the cell in quotation marks"
            )
        raise InvalidSmiles(f"invalid SMILES: a blank at character {len(smiles) + 1}")


def _name_character(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how surrogateescape keeps a byte that is not UTF-8
        return f"byte 0x{code - 0xDC00:02X}, which is no UTF-8,"
    return f"{character!r} (U+{code:04X})" if character.isprintable() else f"U+{code:04X}"


def _read(text: str, *, sanitize: bool) -> Chem.Mol | None:
    """Parse without RDKit's exceptions, which some broken extensions bring about."""
    try:
        return Chem.MolFromSmiles(text, sanitize=sanitize)
    except (RuntimeError, ValueError):
        return None


def _diagnose(text: str, log: str) -> str:
    """Say why RDKit refused *text*; *log* is what it complained of."""
    if placeholder := _PLACEHOLDER.search(text):
        return f"dummy atom: {placeholder[0]} stands for no element"
    for kind, message in _chemistry_problems(text):
        return f"{kind}: {message}"
    for pattern, advice in _MISTAKEN_FOR_SMILES:
        if re.match(pattern, text):
            return f"invalid SMILES: {advice}"
    return f"invalid SMILES: {_describe_syntax_error(text, log)}"


def _chemistry_problems(text: str) -> list[tuple[str, str]]:
    """List what is wrong with a SMILES whose syntax is right, as (kind, RDKit's message)."""
    mol = _read(text, sanitize=False)
    if mol is None:
        return []
    try:
        problems = Chem.DetectChemistryProblems(mol)
    except RuntimeError:  # [#119]: an element beyond RDKit's periodic table
        return [("invalid SMILES", "an atomic number that no element has")]
    return [
        (
            _PROBLEM_KINDS.get(problem.GetType(), "invalid SMILES"),
            " ".join(problem.Message().removeprefix("Can't kekulize mol.").split()),
        )
        for problem in problems
    ]


def _describe_syntax_error(text: str, log: str) -> str:
    what = match[1] if (match := _SYNTAX_ERROR.search(log)) else "RDKit cannot read it"
    if not (position := _POSITION.search(log)):
        return what
    place = int(position[1])
    return f"{what} near character {place}, {text[place - 1 : place]!r}"


def _refuse_placeholders(mol: Chem.Mol, text: str) -> None:
    """Raise for atoms and bonds that only stand for others: no number for them could be trusted."""
    if not mol.GetNumAtoms():
        raise InvalidSmiles("no atoms: the SMILES describes nothing")
    if not _WILDCARD.search(text):
        return
    if any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms()):
        raise InvalidSmiles("dummy atom: '*' stands for no element")
    if any(bond.HasQuery() for bond in mol.GetBonds()):
        raise InvalidSmiles("query bond: '~' stands for no bond order")
