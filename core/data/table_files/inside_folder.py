"""Which files make a table that somebody names under one folder: nothing that lies elsewhere is looked at or taken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from glob import has_magic
from itertools import islice
from pathlib import Path

from core.data.table_files.listing import listed
from core.data.table_files.part import TableFiles
from core.errors import DataError
from core.plan.notation.natural_order import natural

# A page looks at every drawing: at so many entries of a folder, and so many folders in all.
MOST_ENTRIES, MOST_FOLDERS = 2_000, 100


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


def folders_inside(folder: Path) -> tuple[str, ...]:
    """The folders in `folder`, and in those, that may be a table; of many the first that are met, in natural order.

    Left out are links, what listings pass over, parts of a table such as `region=EU`, patterns, and names of which no
    letter could be typed. None where the folder cannot be read.
    """
    found: list[str] = []
    for name in _folders(folder):
        found += [name, *(f"{name}/{inner}" for inner in _folders(folder / name))]
        if len(found) >= MOST_FOLDERS:
            break
    return tuple(sorted(found[:MOST_FOLDERS], key=natural))


def _folders(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            names = [each.name for each in islice(entries, MOST_ENTRIES) if each.is_dir(follow_symlinks=False)]
    except OSError:
        return
    yield from (
        name for name in names if name.isprintable() and not name.startswith((".", "_", "~")) and _is_whole(name)
    )


def _is_whole(name: str) -> bool:
    return "=" not in name and not has_magic(name)
