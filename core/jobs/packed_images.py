"""A folder of images as one zip, since a job takes files: a zip stays as it is."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from core.errors import DataError


def packed(path: Path, scratch: Path) -> Path:
    """The zip itself, or the folder's files in a zip in `scratch`: the same files, the same bytes.

    Links are not followed. Raises DataError where a file cannot be read.
    """
    if path.is_file():
        return path
    archive = scratch / "images.zip"
    try:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
            for file in _files(path):
                entry = zipfile.ZipInfo(file.relative_to(path).as_posix())  # without its date
                with file.open("rb") as source, target.open(entry, "w", force_zip64=True) as sink:
                    while chunk := source.read(1 << 20):
                        sink.write(chunk)
    except OSError as error:
        raise DataError(f"{path}: the images cannot be read ({error.strerror}). Check the folder.") from None
    return archive


def _files(folder: Path) -> Iterator[Path]:
    """Every plain file below a folder, in the order of their names."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(parent) / name
            if file.is_file() and not file.is_symlink():
                yield file
