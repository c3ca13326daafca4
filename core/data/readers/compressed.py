"""Compressed uploads: recognised by content, unpacked up to a cap."""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from bz2 import BZ2File
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from core.errors import DataError

UNPACKED_CAP = 8 << 30
# RuntimeError: a zip archive with a password; NotImplementedError: one packed in a way that Python does not know.
_DAMAGES = (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


def is_packed(path: Path) -> bool:
    """Whether a file is an archive, as an Excel workbook is too."""
    with open(path, "rb") as file:
        return file.read(8).startswith(tuple(magic for magic, _, _ in _PACKERS))


def unpacked(path: Path, scratch: Path) -> tuple[Path, str]:
    """The file itself, or its unpacked copy, and the words for how it was packed."""
    with open(path, "rb") as file:
        head = file.read(8)
    packers = [(name, unpack) for magic, name, unpack in _PACKERS if head.startswith(magic)]
    if not packers or is_xlsx(head, path):
        return path, ""
    name, unpack = packers[0]
    target = scratch / "unpacked"
    try:
        with unpack(path) as source, open(target, "wb") as sink:
            _copy_capped(source, sink)
    except _DAMAGES as error:
        raise DataError(
            f"The {name} archive cannot be unpacked ({error}). Pack the table again, or upload it unpacked."
        ) from None
    return target, f", {name}"


def _copy_capped(source: IO[bytes], sink: IO[bytes]) -> None:
    left = UNPACKED_CAP
    while chunk := source.read(1 << 20):
        left -= len(chunk)
        if left < 0:
            raise DataError(
                f"The archive unpacks to more than {UNPACKED_CAP >> 30} GB. Upload the part of the table you want to"
                " audit."
            )
        sink.write(chunk)


@contextmanager
def _open_zip_member(path: Path) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(path) as archive:
        files = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
        if len(files) != 1:
            raise DataError(f"The zip archive holds {len(files)} files. Pack exactly one table, or upload it unpacked.")
        with archive.open(files[0]) as member:
            yield member


def _open_zstandard(path: Path) -> IO[bytes]:
    import pyarrow as pa

    return pa.input_stream(str(path), compression="zstd")  # type: ignore[no-any-return]


_PACKERS: tuple[tuple[bytes, str, Callable[[Path], Any]], ...] = (
    (b"\x1f\x8b", "gzip", gzip.open),
    (b"BZh", "bzip2", BZ2File),
    (b"\xfd7zXZ\x00", "xz", lzma.open),
    (b"\x28\xb5\x2f\xfd", "zstandard", _open_zstandard),
    (b"PK\x03\x04", "zip", _open_zip_member),
)


def is_xlsx(head: bytes, path: Path) -> bool:
    """Whether a file that begins with `head` is an Excel workbook rather than a plain zip archive."""
    if not head.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False
