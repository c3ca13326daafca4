"""A table in memory as a file that is read like an upload: a DataFrame, or columns by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from core.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

# A DataFrame, or columns by name.
Frame: TypeAlias = "pd.DataFrame | Mapping[str, Any]"
NAME = "table"


def write_frame(frame: Frame, path: Path) -> None:
    """Write a table as Parquet: numbers as they are, all else as the text that `str` gives, missing cells as missing.

    Columns of a mapping are arrays, lists or Series of one length; their rows go together by place, not by an index.
    Raises DataError where they are no table.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not isinstance(frame, pd.DataFrame):
        try:
            frame = pd.DataFrame({name: np.asarray(column) for name, column in frame.items()})
        except (ValueError, TypeError, AttributeError) as error:
            raise DataError(
                f"This is no table ({error}). Give a DataFrame, or columns of one length by their names."
            ) from None
    columns = [_cells(frame.iloc[:, place]) for place in range(frame.shape[1])]
    names = [str(name) for name in frame.columns]
    pq.write_table(pa.Table.from_arrays(columns, names=names), path)


def good_cells(frame: Frame, column: str, good: object) -> list[Any]:
    """The values of a column that are good for the person, as its cells are written by `write_frame`.

    `good` is one value or several. Of a column of booleans 1 and True are the same. Raises DataError where the table
    has no such column.
    """
    import numpy as np
    import pandas as pd
    from pandas.api import types

    if column not in frame:
        raise DataError(f'The table has no column "{column}". Its columns are: {", ".join(map(str, frame))}.')
    cells = frame[column] if isinstance(frame, pd.DataFrame) else np.asarray(frame[column])
    is_bool = types.is_bool_dtype(cells)
    listed = [good] if isinstance(good, str | int | float | np.generic) else list(good)  # type: ignore[call-overload]
    plain = [value.item() if isinstance(value, np.generic) else value for value in listed]
    return [str(bool(value)) if is_bool and value in (0, 1) else _plain(value) for value in plain]


def _plain(value: object) -> str | int | float:
    """A value as a plan can say it."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _cells(column: pd.Series) -> Any:
    """An Arrow array of a column."""
    import pandas as pd
    import pyarrow as pa
    from pandas.api import types

    is_number = types.is_numeric_dtype(column) and not types.is_bool_dtype(column)
    if is_number or isinstance(column.dtype, pd.StringDtype):
        return pa.array(column, from_pandas=True)
    missing = column.isna().tolist()
    return pa.array([None if is_na else str(cell) for cell, is_na in zip(column, missing, strict=True)], pa.string())
