"""Which files make a table that somebody names under one folder: nothing that lies elsewhere is looked at or taken."""

from __future__ import annotations

from glob import has_magic
from pathlib import Path

from core.data.table_files.listing import listed
from core.data.table_files.part import TableFiles
from core.errors import DataError


def listed_inside(typed: str, folder: Path) -> TableFiles:
    """The files that `typed` names in `folder`: a file, a folder with all below it, or a pattern of names.

    Links that lead out of the folder are passed over. Raises DataError where nothing of it lies in the folder.
    """
    try:
        root = folder.resolve()
        named = root / Path(typed).expanduser()
        path, is_there = named.resolve(), named.exists()
    except (OSError, ValueError, RuntimeError):  # what no file can be called, links in a circle, nobody's home
        raise DataError(f"{typed} cannot be the path of a file in {folder}. Check its name.") from None
    if not path.is_relative_to(root) or (not is_there and ".." in named.parts):
        raise DataError(f"{typed} does not lie in {folder}. Move it there, or start Plumbline with another folder.")
    if not is_there and "**" in named.parts:
        raise DataError(f"{typed}: ** is not read here. Name the folder instead: all that lies below it is taken.")
    if not is_there and not has_magic(typed):
        raise DataError(f"There is no file {typed} in {folder}. Check its name.")
    return listed([path], within=root)
