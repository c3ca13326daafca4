"""The files of a table in several, as an installation keeps them: their names, their order, and room for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.data.table_files.listing import folder_columns
from core.data.table_files.part import TableFiles, TablePart
from core.errors import DataError
from core.plan.notation.natural_order import natural
from core.store.blobs import GIGABYTE, Upload, shown_name


@dataclass(frozen=True)
class StoredPart(Upload):
    """One stored file of a table in several: `columns` and `raw_name` are those of `TablePart`."""

    columns: tuple[tuple[str, str], ...] = ()
    raw_name: str = ""

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> StoredPart:
        """The file from its fields as JSON values; of one that lacks the columns its name tells them, as it once did.

        Raises TypeError, KeyError, ValueError where they are not those of one.
        """
        name = str(document["name"])
        pairs = document["columns"] if "columns" in document else folder_columns(name)
        columns = tuple((str(column), str(text)) for column, text in pairs)
        raw_name = str(document.get("raw_name", ""))
        return cls(str(document["digest"]), name, int(document["size"]), columns, raw_name)

    @classmethod
    def of(cls, upload: Upload, part: TablePart) -> StoredPart:
        """The part of a table whose bytes are this upload's."""
        return cls(upload.digest, part.name, upload.size, part.columns, part.raw_name)

    @property
    def digest_name(self) -> str:
        """The name that goes into the table's digest, and by which the files are in order."""
        return self.raw_name or self.name

    def at(self, path: Path) -> TablePart:
        """The part of a table that this is, whose bytes lie there."""
        return TablePart(path, self.name, self.columns, self.raw_name)


def shown_parts(table: TableFiles) -> list[TablePart]:
    """The files of a table, each by a name that can be shown; its columns, and its raw name, stay as they are."""
    return [replace(part, name=shown_path(part.name), raw_name=part.digest_name) for part in table.parts]


def shown_path(name: str) -> str:
    """A file's name with the folders before it, each as `shown_name` shows one."""
    return "/".join(map(shown_name, name.split("/")))


def refuse_lacking_room(files: Iterable[Path], free_bytes: int) -> None:
    """Raise DataError where files take more bytes than there are; one that has gone is said when it is read."""
    needed = sum(path.stat().st_size for path in files if path.is_file())
    if needed > free_bytes:
        sizes = (
            f"The files take {needed / GIGABYTE:,.1f} GB, and {free_bytes / GIGABYTE:,.1f} GB are free to keep them."
        )
        raise DataError(f"{sizes} Free some space, or name fewer files.")


def in_order(parts: Sequence[StoredPart]) -> tuple[StoredPart, ...]:
    """The files of a table as they are read, each by a name of its own. Raises DataError where two hold the same."""
    by_digest: dict[str, StoredPart] = {}
    named: dict[str, StoredPart] = {}
    for part in sorted(parts, key=lambda part: (natural(part.digest_name), part.digest_name)):
        same, copies, name = by_digest.setdefault(part.digest, part), 1, part.name
        if same is not part:
            raise DataError(
                f"{part.name} holds the same as {same.name}, and its people would be counted twice. Take one of the two"
                " out."
            )
        while name in named:
            copies += 1
            name = f"{part.name} ({copies})"
        named[name] = replace(part, name=name)
    return tuple(named.values())
