"""The rows, as batches of columns. Memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.cell_reading import as_read
from core.data.cell_reading.advice import why_no_number
from core.data.images import Images
from core.data.profile import Profile
from core.errors import DataError
from core.plan.notation.dates import read_days
from core.plan.plan import Plan
from core.plan.values import Key, key, keys, numbers

BATCH_ROWS, IMAGE_BATCH_ROWS = 1 << 16, 1 << 9

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Batch:
    """Some rows of a table.

    `rows` holds each row's index in the table, int64 of shape (n,); `columns` maps a name to an Arrow array of n
    texts; `images` holds the images that a column names.
    """

    rows: npt.NDArray[np.int64]
    columns: Mapping[str, Any]
    profile: Profile
    missing: frozenset[Key]
    images: Images | None = None

    def __len__(self) -> int:
        """Number of rows, n."""
        return len(self.rows)

    @property
    def start(self) -> int:
        """The index in the table of the first row."""
        return int(self.rows[0]) if len(self.rows) else 0

    def text(self, column: str) -> npt.NDArray[np.object_]:
        """The cells exactly as written: object array of str, shape (n,)."""
        codes, values = self._coded(column)
        return np.asarray(values.to_pylist(), dtype=object)[codes]

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """The cells as numbers, NaN where missing: float64 of shape (n,). Raises DataError at any other cell."""
        codes, values = self._coded(column)
        parsed = self._numbers(column, values)
        stranger = np.isnan(parsed)
        if stranger.any():
            stranger[stranger] = ~self._in(values.filter(stranger), self.missing)
        if stranger[codes].any():
            row = int(np.flatnonzero(stranger[codes])[0])
            text = str(values[int(codes[row])])
            advice = why_no_number(self.profile.column(column), text)
            raise DataError(
                f'{self.profile.name}, {self.where(row)}, column "{column}": "{text}" is not a number. {advice.words}',
                in_plan=advice.in_plan,
            )
        return parsed[codes]

    def floats(self, column: str) -> npt.NDArray[np.float64]:
        """The cells as numbers, NaN for every cell that is none: float64 of shape (n,)."""
        codes, values = self._coded(column)
        return self._numbers(column, values)[codes]

    def codes(self, column: str, code: Callable[[str], int]) -> Codes:
        """`code` of each cell's text, called once for each distinct text of the batch: int32 of shape (n,)."""
        indices, values = self._coded(column)
        return np.fromiter((code(text) for text in values.to_pylist()), dtype=np.int32, count=len(values))[indices]

    def is_missing(self, column: str) -> npt.NDArray[np.bool_]:
        """Which cells the plan counts as missing: bool of shape (n,)."""
        return self.matches(column, self.missing)

    def matches(self, column: str, wanted: frozenset[Key]) -> npt.NDArray[np.bool_]:
        """Which cells equal one of the wanted values: bool of shape (n,)."""
        codes, values = self._coded(column)
        return self._in(values, wanted)[codes]

    def equals(self, column: str, texts: frozenset[str]) -> npt.NDArray[np.bool_]:
        """Which cells are, trimmed, one of these texts: bool of shape (n,)."""
        codes, values = self._coded(column)
        found = (text.strip() in texts for text in values.to_pylist())
        return np.fromiter(found, dtype=np.bool_, count=len(values))[codes]

    def in_month(self, column: str, month: str) -> npt.NDArray[np.bool_]:
        """Which cells name a day of this month, such as "2026-03", as their column writes days: bool of shape (n,)."""
        codes, values = self._coded(column)
        days = self.profile.column(column).days
        numbers = read_days(values).numbers("" if days is None else days.order)
        within = numbers // 100 == int(month.replace("-", ""))
        return np.asarray((within & ~self._in(values, self.missing))[codes])

    def where(self, row: int) -> str:
        """How a person finds the batch's `row`-th row in the file."""
        return self.profile.row_words(int(self.rows[row]))

    def take(self, mask: npt.NDArray[np.bool_]) -> Batch:
        """The rows where `mask` (bool of shape (n,)) holds."""
        if mask.all():
            return self
        import pyarrow as pa

        chosen = pa.array(mask)
        return Batch(
            self.rows[mask],
            {name: column.filter(chosen) for name, column in self.columns.items()},
            self.profile,
            self.missing,
            self.images,
        )

    def pieces(self, size: int | None) -> Iterator[Batch]:
        """The same rows, at most `size` at a time."""
        if size is None or len(self) <= size:
            yield self
            return
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            columns = {name: column.slice(start, size) for name, column in self.columns.items()}
            yield Batch(self.rows[part], columns, self.profile, self.missing, self.images)

    def _coded(self, column: str) -> tuple[Codes, Any]:
        """The column as codes and the texts they stand for."""
        array = self.columns[column]
        return array.indices.to_numpy(zero_copy_only=False), array.dictionary

    def _numbers(self, column: str, values: Any) -> npt.NDArray[np.float64]:
        """Texts as numbers, NaN where they are none or, like -99 in some files, mean that there is none."""
        style = self.profile.column(column).style
        parsed = numbers(values, self.profile.decimal) if style is None else style.numbers(values)
        if any(isinstance(text, Decimal) for text in self.missing):
            parsed[self._in(values, self.missing)] = np.nan
        return parsed

    def _in(self, values: Any, wanted: frozenset[Key]) -> npt.NDArray[np.bool_]:
        decimal = self.profile.decimal
        return np.fromiter(
            (key(text, decimal) in wanted for text in values.to_pylist()), dtype=np.bool_, count=len(values)
        )


@dataclass(frozen=True)
class Dataset:
    """A profiled table, the texts that count as missing in it, and the images that it names.

    `count` is the column that says how many people a row stands for.
    """

    path: Path
    profile: Profile
    missing: tuple[str, ...]
    images: Images | None = None
    count: str | None = None
    trim: bool = False

    @classmethod
    def asked(cls, plan: Plan, path: Path, profile: Profile, images: Images | None = None) -> Dataset:
        """The table as a plan reads it. Raises PlanError where the plan's `numbers` fit no column."""
        return cls(path, as_read(profile, plan.data), plan.data.missing, images, plan.data.count, plan.data.trim)

    def batches(self, columns: tuple[str, ...], size: int | None = None, rows: range | None = None) -> Iterator[Batch]:
        """The rows of these columns, in the file's order, at most `size` at a time; fewer where each has an image.

        `rows` are the places in the table of those that are read, from 0; None for all.
        """
        import pyarrow.parquet as pq

        wanted = [name for name in self.profile.names if name in columns]
        missing = keys(self.missing)
        size = size or (BATCH_ROWS if self.images is None else IMAGE_BATCH_ROWS)
        with pq.ParquetFile(self.path, read_dictionary=wanted, pre_buffer=False) as file:
            if rows is None:
                read = _placed(file.iter_batches(batch_size=size, columns=wanted))
            else:
                read = _within(file, wanted, size, rows)
            for start, batch in read:
                cells = map(_trimmed, batch.columns) if self.trim else batch.columns
                columns_read = dict(zip(batch.schema.names, cells, strict=True))
                places = np.arange(start, start + batch.num_rows, dtype=np.int64)
                yield Batch(places, columns_read, self.profile, missing, self.images)

    def numbers(self, column: str) -> tuple[float, ...]:
        """Every distinct number of a column, rising."""
        found: set[float] = set()
        for batch in self.batches((column,)):
            _, values = batch._coded(column)
            found.update(batch._numbers(column, values).tolist())
        return tuple(sorted(number for number in found if not np.isnan(number)))

    def vocabulary(self, column: str) -> dict[str, int]:
        """Every distinct text of a column with its count, read from the file where the profile cannot say."""
        known = self.profile.column(column)
        if known.distinct is not None and self.count is None:
            return dict(known.values)
        counts: dict[str, int] = {}
        for batch in self.batches((column,) if self.count is None else (column, self.count)):
            codes, values = batch._coded(column)
            times = None if self.count is None else np.nan_to_num(batch.floats(self.count), posinf=0, neginf=0)
            people = np.bincount(codes, times, minlength=len(values)).astype(np.int64)
            for text, count in zip(values.to_pylist(), people.tolist(), strict=True):
                counts[text] = counts.get(text, 0) + count
        return counts


def _placed(batches: Iterable[Any], start: int = 0) -> Iterator[tuple[int, Any]]:
    """Arrow batches, each with the place in the table of its first row."""
    for batch in batches:
        yield start, batch
        start += batch.num_rows


def _within(file: Any, columns: list[str], size: int, rows: range) -> Iterator[tuple[int, Any]]:
    """Some rows of a Parquet file, cut where all its rows would be cut: a model's last bits may hang on that."""
    start = 0
    for group in range(file.metadata.num_row_groups):
        length = file.metadata.row_group(group).num_rows
        if start < rows.stop and rows.start < start + length:
            read = size if start % size == 0 else length
            for first, batch in _placed(file.iter_batches(read, row_groups=[group], columns=columns), start):
                begin, stop = max(first, rows.start), min(first + batch.num_rows, rows.stop)
                for cut in range(begin // size * size, stop, size):
                    at, end = max(cut, begin), min(cut + size, stop)
                    if at < end:
                        yield at, batch.slice(at - first, end - at)
        start += length


def _trimmed(column: Any) -> Any:
    """An Arrow array of codes and texts without the spaces around each text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pa.DictionaryArray.from_arrays(column.indices, pc.utf8_trim_whitespace(column.dictionary))
