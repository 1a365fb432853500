"""Which columns of a library are kept, in which order, and where each file has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from molgnn.chem.reading.columns import index_of, no_column
from molgnn.chem.reading.lines import as_text
from molgnn.chem.reading.readers import Reader
from molgnn.errors import TableError
from molgnn.names import count_repeats

Key = tuple[str, int]
"""A column's name, and how often the file has it before."""

_MAX_NOTED = 5


class Selection(NamedTuple):
    """The columns of a library of one file or several.

    Parameters
    ----------
    names
        Those that are kept, in order.
    left_out
        The others.
    picks
        Of each file, where it has those that are kept, then those left out; None where it has no
        such column.
    smiles_index
        Which of them holds the SMILES.
    id_index
        Which of them names the row, if one does.
    notes
        In which files a column is blank.
    """

    names: tuple[str, ...]
    left_out: tuple[str, ...]
    picks: tuple[tuple[int | None, ...], ...]
    smiles_index: int
    id_index: int | None
    notes: tuple[str, ...]


def select_columns(
    readers: Sequence[Reader], columns: Sequence[str] | None, id_column: str | None
) -> Selection:
    """Bring the columns of all files together: first the id that was named, then the others.

    The first file's columns come first, then those that another one has besides. A column that a
    file lacks is blank there. The SMILES column comes before *columns* where it is not among them.

    Raises
    ------
    TableError
        If no file has a column that is asked for, or the SMILES of one stand in a column that
        means something else in the first.
    """
    first = readers[0]
    smiles_name = _name_of_smiles(readers)
    keys = [_keys_of(reader, smiles_name) for reader in readers]
    union = list(dict.fromkeys(key for of_file in keys for key in of_file))
    smiles = keys[0][first.smiles_index]
    kept = union
    if columns is not None:
        kept = [_find(first, union, name) for name in columns]
        if smiles not in kept:
            kept.insert(0, smiles)
    if id_column is not None:
        kept = [_find(first, union, id_column), *kept]
    kept = list(dict.fromkeys(kept))
    left_out = [key for key in union if key not in kept]
    id_key = None if first.id_index is None else keys[0][first.id_index]
    if id_column is not None:
        id_key = kept[0]
    return Selection(
        names=tuple(name for name, _ in kept),
        left_out=tuple(name for name, _ in left_out),
        picks=tuple(
            tuple(of_file.index(key) if key in of_file else None for key in (*kept, *left_out))
            for of_file in keys
        ),
        smiles_index=kept.index(smiles),
        id_index=kept.index(id_key) if id_key in kept else None,
        notes=tuple(_describe_blanks(readers, keys, kept)),
    )


def _name_of_smiles(readers: Sequence[Reader]) -> str:
    """Return what the SMILES are called: as in the first file.

    In an SDF and a SMILES file the name is of our making, so that it may be another one where a
    file has a tag of that name.

    Raises
    ------
    TableError
        If a file has another column of that name.
    """
    names = [reader.columns[reader.smiles_index] for reader in readers]
    ours = [
        name for name, reader in zip(names, readers, strict=True) if reader.id_index is not None
    ]
    problem = None
    for name in dict.fromkeys([names[0], *ours]):
        others = (reader for reader in readers if name in _other_columns(reader))
        if (reader := next(others, None)) is None:
            return name
        problem = problem or TableError(
            f"{reader.source}: expected its SMILES in {as_text(name)!r}, as in "
            f"{readers[0].source}, but found them in "
            f"{as_text(reader.columns[reader.smiles_index])!r}; fix: name the column "
            "(smiles_column=…)"
        )
    raise cast(TableError, problem)


def _other_columns(reader: Reader) -> list[str]:
    """Return the columns beside the SMILES that are called otherwise than these."""
    smiles = reader.columns[reader.smiles_index]
    return [name for name in reader.columns if name != smiles]


def _keys_of(reader: Reader, smiles_name: str) -> list[Key]:
    """Return a file's columns, in which the SMILES are called as in all files."""
    names = list(reader.columns)
    names[reader.smiles_index] = smiles_name
    return count_repeats(names)


def _find(first: Reader, union: Sequence[Key], name: str) -> Key:
    names = [known for known, _ in union]
    index = index_of(name, names)
    if index is None:
        raise no_column(first.source, name, names)
    return union[index]


def _describe_blanks(
    readers: Sequence[Reader], keys: Sequence[Sequence[Key]], kept: Sequence[Key]
) -> list[str]:
    """Say which files lack a column."""
    notes = []
    for reader, of_file in zip(readers, keys, strict=True):
        if missing := [name for name, nth in kept if (name, nth) not in of_file]:
            notes.append(f"{reader.source}: it lacks {_list(missing)}, which is blank there")
    if len(notes) > _MAX_NOTED:
        more = f"{len(notes) - _MAX_NOTED} more files lack columns, which are blank there"
        notes = [*notes[:_MAX_NOTED], more]
    return notes


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(repr(as_text(name)) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")
