"""Small tables and what is coded of their cells, for the tests of coding."""

from pathlib import Path

from core.data.dataset import Batch, Dataset
from core.data.labels import Coder
from tests.worlds.people import csv_text, dataset_of

MISSING = "(missing)"


def table(folder: Path, *rows: tuple[object, ...], missing: tuple[str, ...] = ("", "NA")) -> Dataset:
    """A table of group, outcome and decision."""
    return dataset_of(csv_text(("g", "y", "p"), list(rows)), folder, missing)


def rows_of(dataset: Dataset) -> Batch:
    """All its rows."""
    (batch,) = dataset.batches(dataset.profile.names)
    return batch


def coded(coder: Coder, dataset: Dataset) -> list[int]:
    """What a coder makes of each row."""
    return coder(rows_of(dataset)).tolist()
