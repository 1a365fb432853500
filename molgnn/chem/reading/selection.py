"""Which columns of a library are kept, in which order, and where each file has them."""

from __future__ import annotations

from collections.abc import Sequence

from molgnn.chem.reading.columns import index_of, no_column
from molgnn.chem.reading.lines import as_text
from molgnn.chem.reading.readers import Reader
from molgnn.errors import TableError
from molgnn.names import count_repeats


def choose_columns(
    reader: Reader, columns: Sequence[str] | None, id_column: str | None
) -> list[int]:
    """Return which columns of the file are kept: first the id that was named, then the others.

    The SMILES column comes before *columns* where it is not among them.

    Raises
    ------
    TableError
        If a column is not there.
    """
    kept = list(range(len(reader.columns)))
    if columns is not None:
        kept = [_find(reader, name) for name in columns]
        if reader.smiles_index not in kept:
            kept.insert(0, reader.smiles_index)
    if id_column is not None:
        kept.insert(0, _find(reader, id_column))
    return list(dict.fromkeys(kept))


def align(reader: Reader, first: Reader, picks: Sequence[int], *, is_whole: bool) -> list[int]:
    """Return where *reader* has the columns that *picks* are of the *first* file of a library.

    Parameters
    ----------
    is_whole
        Whether *picks* are all of them, so that there may be no others.

    Raises
    ------
    TableError
        If there are others, or the SMILES column is called otherwise.
    """
    keys, known = count_repeats(reader.columns), count_repeats(first.columns)
    wanted = [known[pick] for pick in picks]
    missing = [name for name, nth in wanted if (name, nth) not in keys]
    excess = [name for name, nth in keys if is_whole and (name, nth) not in known]
    if missing or excess:
        lacks = f"lacks {_list(missing)}" if missing else ""
        has = f"has {_list(excess)} besides" if excess else ""
        raise TableError(
            f"{reader.source}: expected the columns of {first.source} but it "
            f"{' and '.join(filter(None, (lacks, has)))}; fix: name the columns to keep that all "
            "files have (columns=…), or read the files apart"
        )
    aligned = [keys.index(key) for key in wanted]
    if aligned[picks.index(first.smiles_index)] != reader.smiles_index:
        raise TableError(
            f"{reader.source}: expected its SMILES in {first.columns[first.smiles_index]!r}, as in "
            f"{first.source}, but found them in {reader.columns[reader.smiles_index]!r}; fix: "
            "name the column with --smiles-column (smiles_column=…)"
        )
    return aligned


def _find(reader: Reader, name: str) -> int:
    index = index_of(name, reader.columns)
    if index is None:
        raise no_column(reader.source, name, reader.columns)
    return index


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(repr(as_text(name)) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")
