"""A home with a marker in everything that a person puts in, and a search for it in all that is on disk."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

# In every cell of its own; in a file's name; in an image's pixels.
MARK = "Zsombor-Quoz-7741"


def found_in(root: Path) -> list[str]:
    """Where the marker stands: in names of files, in what they hold, compressed or not."""
    hits = []
    for path in sorted(root.rglob("*")):
        where = str(path.relative_to(root))
        if MARK in where:
            hits.append(f"{where} (its name)")
        if path.is_file() and any(holds(content) for content in contents(path.read_bytes())):
            hits.append(where)
    return hits


def holds(content: bytes) -> bool:
    """Whether the marker stands here, in any of the ways that texts are written, in either case."""
    low = content.lower()
    return any(MARK.lower().encode(code) in low for code in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"))


def contents(content: bytes) -> Iterator[bytes]:
    """What a file holds: its bytes, and what is packed in it."""
    yield content
    if content[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(content))
        yield "\n".join([*table.column_names, *(str(c) for t in table.columns for c in t.to_pylist())]).encode()
    elif content[:2] == b"\x1f\x8b":
        yield from contents(gzip.decompress(content))
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from contents(packed.read(name))


def with_marks(csv: bytes, rows: int) -> bytes:
    """The first rows of a table with two columns more: a marker of each row's own, and one text about all."""
    header, *lines = csv.decode().splitlines()[: rows + 1]
    marked = [f"{line},{MARK}-{i},{MARK} lives here" for i, line in enumerate(lines)]
    return "\n".join([f"{header},full name,about", *marked]).encode() + b"\n"
