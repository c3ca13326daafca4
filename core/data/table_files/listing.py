"""Which files make a table: those of a folder, of a pattern, or several by name."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from core.data.table_files.part import TableFiles, TablePart
from core.errors import DataError
from core.plan.notation.natural_order import natural
from core.plan.tables.data import called

MOST_FILES = 10_000
_EMPTY_VALUE = "__HIVE_DEFAULT_PARTITION__"
# What writers of data sets leave beside them. A name that begins so and is none of these may be a table all the same.
_MARKERS = ("_SUCCESS", "_metadata", "_common_metadata", "_committed_", "_started_")
LOGS = {"_delta_log": "a Delta table", ".hoodie": "a Hudi table"}
_NOT_READ = "{} is not there or cannot be read. Correct its path, or let this user read it."


def listed(named: Sequence[Path], within: Path | None = None) -> TableFiles:
    """The files that these paths name: each a file, a folder with all that lies below it, or a pattern.

    A file of exactly that name is meant before a pattern. Names that begin with a dot or an underscore are passed over,
    as writers of data sets mean it, and so are links that lead out of `within`, a folder without links in its path.
    Raises DataError where there is no file, or one cannot be read.
    """
    found: dict[Path, TablePart] = {}
    passed: list[str] = []
    for place in named:
        for base, path in _matched(place, passed, within):
            if _leads_out(path, base, within, passed):
                continue
            part = TablePart(path, _name(path, base), folder_columns(_name(path, base)))
            found.setdefault(_resolved(path), part)
            if len(found) > MOST_FILES:
                raise DataError(f"{place} names over {MOST_FILES:,} files. Write the table into fewer, larger ones.")
    if not found:
        hidden = f" Passed over, as links or for an underscore before their names: {', '.join(passed[:3])}."
        said = f"{called(list(map(str, named)))} holds no table.{hidden if passed else ''}"
        raise DataError(f"{said} Name the files of the table.")
    for path in (part.path for part in found.values()):
        if not can_be_read(path):
            raise DataError(_NOT_READ.format(path))
    parts = sorted(_told_apart(list(found.values())), key=lambda part: (natural(part.name), part.name))
    name = parts[0].name if len(parts) == 1 and not parts[0].columns else called([_last(place) for place in named])
    return TableFiles(name, tuple(named), tuple(parts), tuple(dict.fromkeys(passed)))


def can_be_read(path: Path, or_folder: bool = False) -> bool:
    """Whether this is a file, or with `or_folder` a folder, that this user may read."""
    try:
        return (path.is_file() or (or_folder and path.is_dir())) and os.access(path, os.R_OK)
    except (OSError, ValueError):  # a name that no file can have
        return False


def _matched(place: Path, passed: list[str], within: Path | None) -> Iterator[tuple[Path, Path]]:
    """The files that one path names, each with the folder that its name is relative to."""
    try:
        is_there, is_folder = place.exists(), place.is_dir()
    except (OSError, ValueError):
        raise DataError(_NOT_READ.format(place)) from None
    if is_there:
        yield from _below(place, place, passed) if is_folder else [(place.parent, place)]
        return
    if not glob.has_magic(str(place)):
        raise DataError(_NOT_READ.format(place))
    base = _before_pattern(place)
    _refuse_log(base)
    matched = [Path(name) for name in glob.glob(str(place), recursive=True)]
    are_meant = any(name.startswith((".", "_")) for name in place.relative_to(base).parts)
    taken = [path for path in matched if are_meant or not is_passed(path.relative_to(base), passed)]
    if not taken:
        raise DataError(f"No file is named by {place}. Correct the pattern, or give a file or a folder.")
    for path in taken:
        # What "**" matches as a folder it matches file by file too.
        if _leads_out(path, base, within, passed):
            continue
        if path.is_dir() and "**" not in place.parts:
            yield from _below(path, base, passed)
        elif not path.is_dir():
            yield base, path


def _below(folder: Path, base: Path, passed: list[str]) -> Iterator[tuple[Path, Path]]:
    """Every file below a folder. Links to folders are not followed."""

    def refuse(error: OSError) -> None:
        raise DataError(_NOT_READ.format(error.filename)) from None

    for parent, folders, names in os.walk(folder, onerror=refuse):
        _refuse_log(Path(parent))
        linked = [name for name in folders if (Path(parent) / name).is_symlink()]
        passed += [_name(Path(parent) / name, base) for name in linked]
        folders[:] = [name for name in folders if name not in linked and not is_passed(Path(name), passed)]
        for name in names:
            if not is_passed(Path(name), passed):
                yield base, Path(parent) / name


def _leads_out(path: Path, base: Path, within: Path | None, passed: list[str]) -> bool:
    """Whether a link on the way to a path leads out of `within`: the first that does is noted."""
    if within is None or _resolved(path).is_relative_to(within):
        return False
    way = [path, *path.parents]
    below = reversed(way[: way.index(base)])
    link = next(each for each in below if not _resolved(each).is_relative_to(within))
    passed.append(_name(link, base))
    return True


def _refuse_log(folder: Path) -> None:
    """Raise DataError for a folder of a kind of table whose files do not all count."""
    for log, kind in LOGS.items():
        if (folder / log).is_dir():
            raise DataError(
                f"{folder} is {kind}: its log says which of its files count, and is not read here. Write the table as"
                " plain Parquet files."
            )


def is_passed(path: Path, passed: list[str]) -> bool:
    """Whether a name is none of a table's; noted where it might have been meant."""
    name = next((name for name in path.parts if name.startswith((".", "_"))), None)
    if name is not None and name.startswith("_") and not name.startswith(_MARKERS):
        passed.append(_plain(name))
    return name is not None


def _before_pattern(place: Path) -> Path:
    """The folders of a pattern that hold no sign of one."""
    fixed = list(place.parts)
    while any(map(glob.has_magic, fixed)):
        fixed.pop()
    return Path(*fixed) if fixed else Path()


def _name(path: Path, base: Path) -> str:
    return _plain(path.relative_to(base).as_posix())


def _plain(name: str) -> str:
    """A name as text; bytes of it that are none are replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def _last(place: Path) -> str:
    return _plain(place.name or place.resolve().name)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links in a circle
        raise DataError(_NOT_READ.format(path)) from None


def _told_apart(parts: list[TablePart]) -> list[TablePart]:
    """The files, each by a name of its own: of files in several folders the folder's too."""
    if max(Counter(part.name for part in parts).values()) == 1:
        return parts
    top = os.path.commonpath([part.path.absolute().parent for part in parts])
    return [TablePart(part.path, _plain(os.path.relpath(part.path.absolute(), top)), part.columns) for part in parts]


def folder_columns(name: str) -> tuple[tuple[str, str], ...]:
    """The columns that a file's folders such as `region=EU` name, as Hive and Spark write them."""
    folders = PurePosixPath(name).parts[:-1]
    pairs = [tuple(map(unquote, name.split("=", 1))) for name in folders if "=" in name.strip("=")]
    return tuple((name, "" if value == _EMPTY_VALUE else value) for name, value in pairs if name)
