"""A table that lies elsewhere: which files it has, and copies of them on this machine, for jobs have no network."""

from __future__ import annotations

import glob
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from core.data.progress import Progress
from core.data.table_files.address import Address, Place
from core.data.table_files.far_systems import file_system, in_words
from core.data.table_files.listing import LOGS, MOST_FILES, folder_columns, is_passed, listed
from core.data.table_files.part import TableFiles, TablePart
from core.errors import DataError
from core.plan.notation.natural_order import natural
from core.plan.tables.data import called

_PIECE = 8 << 20
_MB = 1_000_000


@dataclass(frozen=True)
class _FarFile:
    """One file elsewhere, as the listing showed it: `path` is its file system's, `size` is in bytes."""

    address: Address
    system: Any
    path: str
    name: str
    size: int
    changed: int | None

    def refuse_changed(self) -> None:
        """Raise DataError where the file is not as it was listed."""
        with in_words(self.address):
            now = self.system.get_file_info(self.path)
        if (now.size, now.mtime_ns) != (self.size, self.changed):
            raise self.has_changed()

    def has_changed(self) -> DataError:
        return DataError(f"{self.address}: {self.name} changed while it was being copied. Run again when it is whole.")


@dataclass(frozen=True)
class FarTable(TableFiles):
    """A table elsewhere; the paths of its parts are those of copies in a folder that `here` fills."""

    files: tuple[_FarFile, ...] = ()

    def here(self, folder: Path, progress: Progress) -> TableFiles:
        """The table once its files are copied into `folder`.

        Raises DataError where there is no room, or a file cannot be read or changes meanwhile.
        """
        _refuse_lacking_room(self, folder)
        total, done = sum(file.size for file in self.files), 0
        for part, file in zip(self.parts, self.files, strict=True):
            for n in _copied(file, folder / part.path):
                done += n
                progress(done // _MB, total // _MB, "MB copied")
            file.refuse_changed()
        parts = tuple(replace(part, path=folder / part.path) for part in self.parts)
        return TableFiles(self.name, self.places, parts, self.passed_over)


def table_at(places: Sequence[Place]) -> TableFiles:
    """The table that these paths, or these addresses, name. Raises DataError where there is none."""
    paths = [place for place in places if isinstance(place, Path)]
    addresses = [place for place in places if isinstance(place, Address)]
    if paths and addresses:
        raise DataError(f"{addresses[0]} lies elsewhere, and {paths[0]} here. Give only paths or only addresses.")
    return _far(addresses) if addresses else listed(paths)


def _far(addresses: Sequence[Address]) -> FarTable:
    passed: list[str] = []
    found = {(f.address.host, f.path): f for address in addresses for f in _files(address, passed)}
    if len(found) > MOST_FILES:
        raise DataError(f"{addresses[0]} names over {MOST_FILES:,} files. Write the table into fewer, larger ones.")
    name = called([address.text for address in addresses])
    if not found:
        hidden = f": only {', '.join(passed[:3])}, whose names begin with a dot or an underscore" if passed else ""
        raise DataError(f"{name} names no file{hidden}. Correct the address, or name the files of the table.")
    files = list(found.values())
    if max(Counter(file.name for file in files).values()) > 1:
        files = [replace(file, name=f"{file.address.host}/{file.path}") for file in files]
    files.sort(key=lambda file: (natural(file.name), file.name))
    parts = tuple(
        TablePart(Path(f"copy-{place}"), file.name, folder_columns(file.name)) for place, file in enumerate(files)
    )
    return FarTable(name, tuple(addresses), parts, tuple(passed), tuple(files))


def _files(address: Address, passed: list[str]) -> Iterator[_FarFile]:
    """The files that an address names: a file of exactly that name, all below a folder, or those of a pattern."""
    from pyarrow.fs import FileType

    system, root = file_system(address)
    whole = f"{root}/{address.path}".rstrip("/")
    with in_words(address):
        there = system.get_file_info(whole)
    if there.type == FileType.File:
        yield _file(address, system, there, whole.rpartition("/")[2])
        return
    parts = address.path.split("/")
    fixed = next((k for k, part in enumerate(parts) if glob.has_magic(part)), None)
    if there.type == FileType.NotFound and fixed is None:
        raise DataError(f"{address}: there is nothing of that name. Correct the address.")
    is_pattern = there.type == FileType.NotFound
    base = "/".join([root, *parts[:fixed]]).rstrip("/") if is_pattern else whole
    pattern = parts[fixed:] if is_pattern else []
    are_meant = any(part.startswith((".", "_")) for part in pattern)
    infos, logs = _below(address, system, base)
    for info in infos:
        name = info.path.removeprefix(base).lstrip("/")
        if is_pattern and not _fits(name, pattern):
            continue
        kind = next((kind for folder, kind in logs.items() if f"/{info.path}".startswith(folder)), None)
        if kind is not None:
            raise DataError(
                f"{address} is {kind}: its log says which of its files count, and is not read here. Write the table as"
                " plain Parquet files."
            )
        if are_meant or not is_passed(Path(name), passed):
            yield _file(address, system, info, name)


def _below(address: Address, system: Any, folder: str) -> tuple[list[Any], dict[str, str]]:
    """Every file below a folder, and the folders of tables with a log, each with the kind of table that it is."""
    from pyarrow.fs import FileSelector, FileType

    with in_words(address):
        infos = system.get_file_info(FileSelector(folder, recursive=True))
    cut = [(f"/{info.path}/".partition(f"/{log}/"), kind) for info in infos for log, kind in LOGS.items()]
    logs = {f"{above}/": kind for (above, found, _), kind in cut if found}
    return [info for info in infos if info.type == FileType.File], logs


def _fits(name: str, pattern: Sequence[str]) -> bool:
    """Whether a pattern names a file, or without "**" a folder above it; "*" stays within a name."""
    names = name.split("/")
    if "**" not in pattern:
        return len(names) >= len(pattern) and all(map(fnmatchcase, names, pattern))
    return _fits_deep(names, list(pattern))


def _fits_deep(names: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not names
    if pattern[0] == "**":
        return _fits_deep(names, pattern[1:]) or (bool(names) and _fits_deep(names[1:], pattern))
    return bool(names) and fnmatchcase(names[0], pattern[0]) and _fits_deep(names[1:], pattern[1:])


def _file(address: Address, system: Any, info: Any, name: str) -> _FarFile:
    return _FarFile(address, system, info.path, name, info.size, info.mtime_ns)


def _copied(file: _FarFile, target: Path) -> Iterator[int]:
    """Copy one file, and tell the bytes of each piece. Raises DataError where it is longer or shorter than listed."""
    left = file.size
    with in_words(file.address):
        source = file.system.open_input_stream(file.path, compression=None)  # a copy: else ".gz" is opened on the way
    with source, target.open("xb") as copy:
        while True:
            with in_words(file.address):
                piece = source.read(_PIECE)
            left -= len(piece)
            if left < 0 or (not piece and left):
                raise file.has_changed()
            if not piece:
                return
            try:
                copy.write(piece)
            except OSError as error:
                raise DataError(
                    f"{file.address} cannot be copied into {target.parent} ({error.strerror}). Free some space, or name"
                    " another folder in TMPDIR."
                ) from None
            yield len(piece)


def _refuse_lacking_room(table: FarTable, folder: Path) -> None:
    needed, free = sum(file.size for file in table.files), shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"{table.name} holds {needed / _MB:,.1f} MB, and {folder.parent} has room for {free / _MB:,.1f} MB. Free"
            " some space, or name another folder in TMPDIR."
        )
