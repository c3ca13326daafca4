"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.data.readers.opened import OpenedTable, distinct_names
from core.errors import DataError

_DAMAGED = "The Parquet file cannot be read{}because it is damaged or incomplete. Write it again, and upload that."
_MANY_ROWS, _MOST_ROWS_A_BYTE = 50_000_000, 1_000


def is_parquet(head: bytes, path: Path) -> bool:
    """Whether a file that starts with `head` is Parquet."""
    return head.startswith(b"PAR1")


def read_parquet(path: Path) -> OpenedTable:
    """Open a Parquet file. Raises DataError where it is damaged, or holds lists or records."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(_DAMAGED.format(" ")) from error
    size = path.stat().st_size
    if rows > _MANY_ROWS and rows > _MOST_ROWS_A_BYTE * size:
        raise DataError(
            f"The Parquet file says that it holds {rows:,} rows in {size:,} bytes, which no table of people does. Write"
            " it again."
        )
    nested = [f.name for f in schema if pa.types.is_nested(f.type)]
    if nested:
        raise DataError(f"Columns {nested} hold lists or records. Leave them out, or write one value a cell.")
    names, warnings = distinct_names(tuple(schema.names))
    return OpenedTable("Parquet", names, ".", _parquet_batches(path, names), warnings)


def _parquet_batches(path: Path, names: tuple[str, ...]) -> Iterator[Any]:
    """The rows; the file is open only while they are read, so that many can wait to be."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            for batch in file.iter_batches(batch_size=1 << 16):
                yield pa.RecordBatch.from_arrays([_as_text(column) for column in batch.columns], names=list(names))
    except (pa.ArrowException, OSError) as error:
        raise DataError(_DAMAGED.format(" to its end ")) from error


def _as_text(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        column = pc.cast(column, pa.binary())
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return pc.fill_null(pc.cast(column, pa.string()), "")
