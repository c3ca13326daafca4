"""How a text table is written: encoding, separator, quote, decimal sign, lines above the table, header."""

from __future__ import annotations

import codecs
import csv
import io
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from core.errors import DataError
from core.plan.values import DEFAULT_MISSING, is_number

SAMPLE_BYTES = 1 << 18
SAMPLE_ROWS = 500
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE_BOMS = tuple(bom for bom, name in _BOMS if name != "utf-8-sig")


# Encodings that Excel writes, the likelier first where the bytes do not tell.
_LEGACY = ("cp1252", "cp1250", "cp1251", "cp932", "gb18030", "big5", "euc_kr")
# What only Central European text looks like when read as Western: letters of Slavic languages, signs within words.
_CENTRAL = re.compile(
    "[\u0160\u0161\u017d\u017e]|[^\\W\\d_][\u00b9\u00b3\u00bf\u00a5][^\\W\\d_]|[\u00a3\u00af][^\\W\\d_]"
)

_POINTED_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


@dataclass(frozen=True)
class Dialect:
    """One text table's way of writing.

    `lines_above` lines stand above the table, `titles_above` of them with text; `header` is None where the first
    row is data already; `width` is the number of columns. `decimal_told` says whether a cell shows the decimal sign.
    """

    encoding: str
    separator: str
    quote: str
    decimal: str
    lines_above: int
    titles_above: int
    header: tuple[str, ...] | None
    width: int
    nul_bytes: int = 0
    decimal_told: bool = True

    @property
    def words(self) -> str:
        """The separator and encoding as a person calls them."""
        return f"{_SEPARATORS[self.separator]}, {self.encoding.upper().replace('-SIG', ' with BOM')}"


def detect(path: Path) -> Dialect:
    """The dialect of a text file. Raises DataError where it is no table of text."""
    with open(path, "rb") as file:
        encoding, nul_bytes = _encoding(file)
        file.seek(0)
        sample = _decoded_sample(file, encoding)
    if not sample.strip():
        raise DataError("The file is empty. Export the table again, with a header row and at least one row of data.")
    separator, quote, rows = _separator(sample)
    width = statistics.mode(len(row) for row in rows if row)
    lines_above = next(i for i, row in enumerate(rows) if len(row) == width)
    body = [row for row in rows[lines_above:] if len(row) == width]
    decimal, is_told = _decimal(body, separator)
    if lines_above and _names(rows[lines_above - 1], body, decimal):
        lines_above -= 1
        body.insert(0, rows[lines_above] + [""] * (width - len(rows[lines_above])))
    titles_above = sum(map(bool, rows[:lines_above]))
    header = tuple(cell.strip() for cell in body[0]) if _has_header(body, decimal) else None
    return Dialect(encoding, separator, quote, decimal, lines_above, titles_above, header, width, nul_bytes, is_told)


def _encoding(file: BinaryIO) -> tuple[str, int]:
    """The file's encoding, checked over all its bytes, and its number of NUL bytes."""
    head = file.read(SAMPLE_BYTES)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, 0
    if head.count(0) > len(head) // 5:  # UTF-16 without a mark: every second byte of plain text is NUL
        return ("utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"), 0
    file.seek(0)
    decoder, nul_bytes = codecs.getincrementaldecoder("utf-8")(), 0
    for chunk in _chunks(file):
        nul_bytes += chunk.count(0)
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return _legacy_encoding(chunk[max(0, error.start - SAMPLE_BYTES // 2) :][:SAMPLE_BYTES]), nul_bytes
    cut_off = decoder.getstate()[0]  # the file ends within a character: then it was none of UTF-8
    return (_legacy_encoding(head + cut_off) if cut_off else "utf-8"), nul_bytes


def _legacy_encoding(sample: bytes) -> str:
    """The likeliest single-byte or East Asian encoding of bytes that are not UTF-8."""
    from charset_normalizer import from_bytes

    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        best = from_bytes(sample).best()
        return best.encoding.replace("_", "-") if best else "latin-1"
    matches = list(from_bytes(sample, cp_isolation=list(_LEGACY)))
    best = min(
        matches,
        key=lambda match: (match.chaos, -round(match.coherence, 1), _LEGACY.index(match.encoding)),
        default=None,
    )
    if best is None or (best.encoding in ("cp1252", "cp1250") and not _CENTRAL.search(sample.decode("cp1252"))):
        return "cp1252"
    return "cp1250" if best.encoding == "cp1252" else best.encoding.replace("_", "-")


def _chunks(file: BinaryIO, size: int = 1 << 22) -> Iterator[bytes]:
    while chunk := file.read(size):
        yield chunk


def _decoded_sample(file: BinaryIO, encoding: str) -> str:
    """The first lines as text, without NULs and without a last line that the sample cuts in two."""
    raw = file.read(SAMPLE_BYTES)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(raw).replace("\0", "")
    cut = text.rfind("\n")
    return text[: cut + 1] if len(raw) == SAMPLE_BYTES and cut >= 0 else text


def _separator(sample: str) -> tuple[str, str, list[list[str]]]:
    """The separator and quote under which most rows have the same number of cells, and the rows under them.

    Only a separator that gives at least two cells can win; a file of one column takes the comma.
    """
    best = (0.0, 0, ",", '"')
    for separator in _SEPARATORS:
        for quote in ('"', "'"):
            widths = Counter(len(row) for row in _rows(sample, separator, quote) if row)
            width, rows = max(widths.items(), key=lambda item: (item[0] > 1, item[1]))
            agreement = rows / sum(widths.values()) if width > 1 else 0.0
            if agreement > best[0] + (0.02 if quote == "'" else 0) or (
                agreement == best[0] and width > best[1] and quote == '"'
            ):
                best = (agreement, width, separator, quote)
    _, _, separator, quote = best
    return separator, quote, _rows(sample, separator, quote)


def _rows(sample: str, separator: str, quote: str) -> list[list[str]]:
    csv.field_size_limit(SAMPLE_BYTES)  # a long text is a cell like any other, and none of a sample is longer
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, quotechar=quote)
    return list(islice(reader, SAMPLE_ROWS))


def _decimal(body: list[list[str]], separator: str) -> tuple[str, bool]:
    """The decimal sign, and whether any cell shows it: a comma where cells like 1,5 stand and cells like 1.5 do not."""
    cells = [cell.strip() for row in body[1:] for cell in row]
    thousands: list[str] = []
    if separator == ",":  # then quoted, as is 1,234 where the comma parts thousands
        thousands = [cell for cell in cells if _THOUSANDS.fullmatch(cell)]
        cells = [cell for cell in cells if not _THOUSANDS.fullmatch(cell)]
    commas = sum("," in cell and is_number(cell, ",") for cell in cells)
    pointed = [cell for cell in cells if "." in cell and is_number(cell, ".")]
    points = len(pointed)
    if separator != "," and all(_POINTED_THOUSANDS.fullmatch(cell) for cell in pointed):
        points = 0  # beside 1,5 a point before three digits parts thousands
    decimal = "," if commas > points + len(thousands) else "."
    return decimal, commas + points + len(thousands) > 0


def _names(above: list[str], body: list[list[str]], decimal: str) -> bool:
    """Whether the row above the first whole one names the columns: each row below it ends in separators without cells.

    A header among the whole rows, where their cells tell, makes the row above it a title.
    """
    cells = [cell.strip() for cell in above]
    if len(cells) < 2 or not all(cells) or any(cell.strip() for row in body for cell in row[len(cells) :]):
        return False
    padded = [*above, *[""] * (len(body[0]) - len(cells))]
    return _header_votes(body, decimal) <= 0 and _has_header([padded, *body], decimal)


def _has_header(body: list[list[str]], decimal: str) -> bool:
    """Whether the first row names columns: cell by cell, it looks like a name rather than like the cells below it."""
    first, rest = body[0], body[1:]
    if not rest:
        return not any(is_number(cell, decimal) for cell in first)
    return _header_votes(body, decimal) >= 0


def _header_votes(body: list[list[str]], decimal: str) -> int:
    """How many columns' first cells look like names, less those that look like the cells below them."""
    first, rest = body[0], body[1:]
    columns = [[text for row in rest if (text := row[i].strip()) not in DEFAULT_MISSING] for i in range(len(first))]
    return sum(_header_vote(cell.strip(), below, decimal) for cell, below in zip(first, columns, strict=True))


def _header_vote(cell: str, below: list[str], decimal: str) -> int:
    numeric = sum(is_number(text, decimal) for text in below) > 0.8 * len(below)
    if is_number(cell, decimal):
        is_year = cell.isdigit() and 1900 <= int(cell) <= 2100
        return 0 if is_year or not numeric else -1
    if numeric:
        return 1
    return -1 if cell and below.count(cell) > 0.02 * len(below) else 0
