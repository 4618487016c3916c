"""Cells of a CSV: what separates them, and text that a spreadsheet would take for a formula."""

import re

# What spreadsheets begin a formula with (OWASP, "CSV Injection", read 2026-11), and its full-width forms.
FORMULA = re.compile(r"'*[\s=+\-@\uff1d\uff0b\uff0d\uff20]")


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it: with a quote before what begins like a formula.

    A quote before blanks keeps those, too. ``unguarded`` gives the text back.
    """
    return f"'{text}" if FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """What ``guarded`` made the cell from; other cells stay as they are."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def safe(cell: str) -> str:
    """A cell of somebody's file as a spreadsheet may open it; read again, it means the same as before."""
    return cell if unguarded(cell) != cell else guarded(cell)


def delimiter(text: str) -> str:
    """What separates the names in a CSV's first line: comma, semicolon or tab."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    return max(",;\t", key=first.count)
