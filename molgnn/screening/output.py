"""Whether an output file may be written, checked before any work is done."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from molgnn.errors import FileProblem
from molgnn.files import explain_os_errors


def check_output(output: Path, sources: Iterable[Path], *, overwrite: bool) -> None:
    """Make sure, before any work is done, that *output* may be written.

    Raises
    ------
    FileProblem
        If it is one of *sources*, the input, by whatever name; if it exists and *overwrite* is not
        set; if it is no ordinary file, or lies in no folder.
    """
    with explain_os_errors(output):
        if not output.exists():
            if not output.resolve().parent.is_dir():
                raise FileProblem(
                    f"expected an output in an existing folder but got {output}; fix: create "
                    f"{output.parent} first"
                )
        elif not output.is_file():
            raise FileProblem(f"expected a file to write to but {output} is none")
        elif any(source.exists() and output.samefile(source) for source in sources):
            raise FileProblem(
                f"the output {output} is the input itself, which is never written over; fix: "
                "name another output"
            )
        elif not overwrite:
            raise FileProblem(
                f"{output} exists already; fix: name another output, or allow it to be replaced "
                "(--overwrite)"
            )
