"""The files of one table, and the digest of a table in several."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.data.table_files.address import Place


@dataclass(frozen=True)
class TablePart:
    """One file of a table.

    `name` is what messages call it, relative to the table's folder; `columns` are those that folders such as
    `region=EU` name, each with the text that every row of the file has there. `raw_name` is the name as it lies on the
    disk, where `name` leaves out what cannot be shown.
    """

    path: Path
    name: str
    columns: tuple[tuple[str, str], ...] = ()
    raw_name: str = ""

    @property
    def digest_name(self) -> str:
        """The name that goes into the table's digest."""
        return self.raw_name or self.name


@dataclass(frozen=True)
class TableFiles:
    """The files of one table, in the order in which they are read.

    Attributes
    ----------
    name
        What the table is called: its file, folder or pattern.
    places
        The paths or addresses that name it, as a plan or a command gave them.
    parts
        The files, in the natural order of their names: numbers in them by size.
    passed_over
        Names of files and folders that were not taken, and of which nobody expects it.
    """

    name: str
    places: tuple[Place, ...]
    parts: tuple[TablePart, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def single(self) -> Path | None:
        """The table's file where it is one, all of whose columns stand in it; None for any other table."""
        return self.parts[0].path if len(self.parts) == 1 and not self.parts[0].columns else None


def digest_of(files: Iterable[tuple[str, str]]) -> str:
    """The digest of a table in several files: SHA-256 of the JSON list of each one's [name, SHA-256], in their order.

    The list is written without blanks and in ASCII, as `json.dumps(..., separators=(",", ":"))` does.
    """
    return hashlib.sha256(json.dumps([list(each) for each in files], separators=(",", ":")).encode()).hexdigest()
