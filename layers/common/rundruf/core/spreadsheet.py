"""CSV that spreadsheets open as it was meant: nothing in it is run, and Excel reads its letters.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection").
"""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell = str | int | float | None


def table(rows: Iterable[Sequence[Cell]], separator: str = ",", excel: bool = False) -> str:
    """Rows as CSV with CRLF line ends (RFC 4180); ``excel`` begins it with the mark that tells UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows([safe(one) for one in row] for row in rows)
    return (BOM if excel else "") + out.getvalue()


def safe(cell: Cell) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
