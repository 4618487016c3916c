"""File of contacts -> rows with their lines -> parts for one request each -> what became of each line."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from rundruf.core.cells import delimiter, safe
from rundruf_cli.failures import Refused

PART_ROWS = 1_000
PART_BYTES = 1024 * 1024
"""Far below what the suite takes (20,000 rows, 5 MB), so that a part is done within 30 seconds."""
REASONS = ("error_line", "error_field", "error_detail")
"""What the file of refused lines has more than the imported one; left out when that file is imported."""
LINE_END = re.compile(r"\r\n|\r|\n")
# What str.splitlines takes for the end of a line, and JSON does not: sent as escapes.
NO_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029)}


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    """One contact: the line where it begins, how it is sent, and its cells for the file of refused lines."""

    line: int
    text: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Rows for one request; ``rows`` by the line of the file that they end on, which in ``content`` is
    ``offset`` lines less."""

    content: bytes
    rows: Mapping[int, Row]
    offset: int = 0

    @property
    def first_line(self) -> int:
        return next(iter(self.rows.values())).line

    def line_of(self, ended: int) -> int:
        """Where the row begins that ends on this line."""
        return self.rows[ended].line if ended in self.rows else ended


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not taken: which field, what is wrong and what to do."""

    line: int
    field: str
    detail: str


class Source(Protocol):
    """A file that can be read again and again; reading raises Refused."""

    @property
    def kind(self) -> str: ...
    @property
    def header(self) -> str: ...
    def rows(self) -> Iterator[Row]: ...
    def refused(self, rows: Iterable[tuple[Row, Refusal]], heading: bool) -> str: ...


class CsvFile:
    """CSV with a header, in UTF-8 or (with its mark) UTF-16, between commas, semicolons or tabs.

    It is sent with commas; a file of refused lines is made safe for spreadsheets.
    """

    kind = "text/csv"

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as file:
            self._delimiter = _delimiter(file)
            self._names = [name.strip() for name in next(self._reader(file), [])]
        self._kept = [place for place, name in enumerate(self._names) if name not in REASONS]
        self.header = _csv_line([self._names[place] for place in self._kept])
        self._check()

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank."""
        with self._opened() as file:
            reader = self._reader(file)
            next(reader)
            ended = reader.line_num
            for cells in reader:
                line, ended = ended + 1, reader.line_num
                if any(cell.strip() for cell in cells):
                    yield Row(line, _csv_line(self._without_reasons(cells)), tuple(cells))

    def refused(self, rows: Iterable[tuple[Row, Refusal]], heading: bool) -> str:
        """The rows as they were, each with its reason."""
        shown = [_csv_line([*(self._names[place] for place in self._kept), *REASONS])] if heading else []
        for row, refusal in rows:
            cells = self._without_reasons(row.cells)
            cells += [""] * (len(self._kept) - len(cells))
            shown.append(_csv_line([*map(safe, cells), str(refusal.line), refusal.field, refusal.detail]))
        return "".join(shown)

    def _without_reasons(self, cells: Sequence[str]) -> list[str]:
        if len(self._kept) == len(self._names):
            return list(cells)
        return [cell for place, cell in enumerate(cells) if place in self._kept or place >= len(self._names)]

    def _check(self) -> None:
        if "user_id" in self._names:
            return
        raise Refused(
            "The first line must name the columns, among them messenger, account and user_id.",
            [f"It names: {', '.join(self._names) or 'nothing'}"],
        )

    def _opened(self) -> io.TextIOWrapper:
        return self.path.open(encoding=_encoding(self.path), newline="")

    def _reader(self, file: io.TextIOWrapper) -> "_Reader":
        return _Reader(file, self._delimiter)


class _Reader:
    """csv.reader that says where the file is no CSV, or no UTF-8, as Refused."""

    def __init__(self, file: io.TextIOWrapper, delimiter: str) -> None:
        self._reader = csv.reader(file, strict=True, delimiter=delimiter)

    @property
    def line_num(self) -> int:
        return self._reader.line_num

    def __iter__(self) -> "_Reader":
        return self

    def __next__(self) -> list[str]:
        try:
            return next(self._reader)
        except csv.Error as error:
            raise Refused(f"Line {self.line_num} is not CSV: {error}. Is a quote missing?") from None
        except UnicodeDecodeError:
            raise _not_utf8(self.line_num) from None


class JsonlFile:
    """One JSON object a line, in UTF-8."""

    kind = "application/x-ndjson"
    header = ""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self) -> Iterator[Row]:
        number = 0
        with self.path.open(encoding=_encoding(self.path), newline="") as file:
            try:
                for number, line in enumerate(file, 1):
                    text = line.strip()
                    if number == 1 and text.startswith("["):
                        raise Refused("This is a JSON list; JSON lines have one object a line, no brackets.")
                    if text:
                        yield Row(number, _without_reasons(text).translate(NO_LINE_ENDS) + "\n")
            except UnicodeDecodeError:
                raise _not_utf8(number) from None

    def refused(self, rows: Iterable[tuple[Row, Refusal]], heading: bool) -> str:
        """The objects, each with its reason; a line that is no object becomes one, as ``error_text``."""
        return "".join(_with_reasons(row.text, refusal) for row, refusal in rows)


def opened(path: Path, wanted: Format | None) -> Source:
    """The file as ``wanted``, or as its name or first byte tell; raises Refused."""
    return (CsvFile if (wanted or _format(path)) is Format.CSV else JsonlFile)(path)


def _format(path: Path) -> Format:
    match path.suffix.lower():
        case ".csv":
            return Format.CSV
        case ".jsonl" | ".ndjson":
            return Format.JSONL
    with path.open("rb") as file:
        return (
            Format.JSONL if file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in b"{[" else Format.CSV
        )


def count(source: Source, from_line: int) -> int:
    """How many rows begin at ``from_line`` or later; raises Refused for a file that cannot be read."""
    number = 0
    for row in source.rows():
        if len(row.text.encode()) > PART_BYTES:
            raise Refused(f"Line {row.line} is longer than {PART_BYTES} bytes. Is a quote missing?")
        number += row.line >= from_line
    return number


def parts(source: Source, from_line: int, most: int = PART_ROWS, largest: int = PART_BYTES) -> Iterator[Part]:
    """The rows from ``from_line`` on in requests of at most ``most`` rows and about ``largest`` bytes."""
    gathered: list[Row] = []
    size = 0
    for row in source.rows():
        if row.line < from_line:
            continue
        length = len(row.text.encode())
        if gathered and (len(gathered) >= most or size + length > largest):
            yield _part(source.header, gathered)
            gathered, size = [], 0
        gathered.append(row)
        size += length
    if gathered:
        yield _part(source.header, gathered)


def _part(header: str, rows: Sequence[Row]) -> Part:
    """Blank lines keep the rows as far apart as in the file, since the ledger keeps the line as proof."""
    moved = rows[0].line - _lines(header) - 1
    texts, line = [header], _lines(header)
    ends = {}
    for row in rows:
        blank = max(0, row.line - moved - line - 1)
        texts += ["\n" * blank, row.text]
        line += blank + _lines(row.text)
        ends[line + moved] = row
    return Part("".join(texts).encode(), ends, moved)


def _lines(text: str) -> int:
    """How many lines a text has for the suite's CSV reader."""
    return len(LINE_END.findall(text))


def refusals(part: Part, told: Mapping[str, Any]) -> list[tuple[Row, Refusal]]:
    """The refused rows of a part, with the lines of the file in place of the part's."""
    found = []
    for one in told["lines"]:
        row = part.rows.get(one["line"])
        if one["result"] in ("refused", "suppressed") and row is not None:
            found.append((row, Refusal(row.line, one.get("field", ""), one.get("detail", ""))))
    return found


def _csv_line(cells: Sequence[str]) -> str:
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\n").writerow(cells)
    return made.getvalue()


def _without_reasons(text: str) -> str:
    """A JSON line without the reasons of an earlier import."""
    if REASONS[0] not in text:
        return text
    try:
        found = json.loads(text)
    except ValueError:
        return text
    if not isinstance(found, dict):
        return text
    return json.dumps({name: one for name, one in found.items() if name not in REASONS}, ensure_ascii=False)


def _with_reasons(text: str, refusal: Refusal) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        found = {"error_text": text.strip()}
    reasons = dict(zip(REASONS, (refusal.line, refusal.field, refusal.detail), strict=True))
    return json.dumps({**found, **reasons}, ensure_ascii=False).translate(NO_LINE_ENDS) + "\n"


def _delimiter(file: io.TextIOWrapper) -> str:
    try:
        found = delimiter(file.readline())
    except UnicodeDecodeError:
        raise _not_utf8(0) from None
    file.seek(0)
    return found


def _encoding(path: Path) -> str:
    """UTF-8 with or without its mark, or UTF-16 (Excel's "Unicode text"), which always has one."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _not_utf8(line: int) -> Refused:
    return Refused(
        f'The file is not UTF-8 (after line {line}). Save it as UTF-8; in a spreadsheet: "CSV UTF-8".'
    )
