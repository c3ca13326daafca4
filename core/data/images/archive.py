"""A zip of images as somebody else made it: looked at whole before anything in it is opened."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections import Counter
from pathlib import Path

from core.data.images.decoding import BROKEN, Unusable
from core.errors import DataError

MOST_ENTRIES = 200_000
MOST_BYTES, MOST_IMAGE_BYTES = 64 << 30, 64 << 20
# Deflate packs at most about 1,000 to 1; images are packed already.
BOMB_BYTES, BOMB_RATIO = 8 << 20, 200

TOO_LARGE = f"a file of more than {MOST_IMAGE_BYTES >> 20} MB"
_DRIVE = re.compile(r"[A-Za-z]:")
_JUNK = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$)")


class Archive:
    """The entries of a zip by name. Raises DataError, and opens nothing, where the whole is not harmless."""

    def __init__(self, path: Path, name: str) -> None:
        """Look at the zip at `path`, called `name` in messages."""
        self._name = name
        try:
            self._zip = zipfile.ZipFile(path)
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
            raise DataError(f"{name} is no zip archive, or was cut short. Pack the images into a zip again.") from None
        try:
            self._infos = self._harmless(infos, path.stat().st_size)
        except DataError:
            self._zip.close()
            raise
        self._known = _spellings(list(self._infos))

    def find(self, cell: str) -> str | None:
        """The entry that a cell of the table names; None where there is none.

        By its whole path, else without the folder that all entries share, else one may name a folder where the other
        does not.
        """
        wanted = _plain(cell.strip())
        bare = wanted.rpartition("/")[2]
        return self._known.get(wanted) or (bare if bare in self._infos else None)

    def read(self, entry: str) -> bytes:
        """The bytes of an entry. Raises Unusable where they are damaged or too many."""
        info = self._infos[entry]
        if info.file_size > MOST_IMAGE_BYTES:
            raise Unusable(TOO_LARGE)
        try:
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
            raise Unusable(BROKEN) from None

    def _harmless(self, infos: list[zipfile.ZipInfo], size: int) -> dict[str, zipfile.ZipInfo]:
        """The files by path. Raises DataError where there are none, or one is hostile."""
        self._refuse_hostile(infos, size)
        files = [info for info in infos if not info.is_dir() and not _JUNK.search(_plain(info.filename))]
        if not files:
            raise DataError(f"{self._name} holds no files. Pack the images into a zip again.")
        return {_plain(info.filename): info for info in files}

    def _refuse_hostile(self, infos: list[zipfile.ZipInfo], size: int) -> None:
        names = [_plain(info.filename) for info in infos]
        if len(infos) > MOST_ENTRIES:
            raise self._refused(f"it holds more than {MOST_ENTRIES:,} files")
        if len(set(names)) < len(names):
            raise self._refused("it holds two files of one name")
        for info, name in zip(infos, names, strict=True):
            why = _hostile(info, name)
            if why is not None:
                raise self._refused(f'{why} ("{name[:80]}")')
        if sum(info.file_size for info in infos) > MOST_BYTES or sum(info.compress_size for info in infos) > size:
            raise self._refused("it unpacks to more than it can hold")

    def _refused(self, why: str) -> DataError:
        return DataError(
            f"{self._name} was refused: {why}, which no plain zip of images does. Pack the images again, nothing else"
            " beside them."
        )


def _plain(name: str) -> str:
    """A path with forward slashes, without "./" before it."""
    return name.replace("\\", "/").removeprefix("./")


def _hostile(info: zipfile.ZipInfo, name: str) -> str | None:
    """Why an entry makes the whole archive suspect; None for a plain file or folder."""
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return "a file's path leads out of it"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it holds a link or a device"
    if info.flag_bits & 1:
        return "it is locked with a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in an unusual way"
    if info.file_size > BOMB_BYTES and info.file_size > BOMB_RATIO * max(1, info.compress_size):
        return "a file is packed so tightly that it can only be a trap"
    return None


def _spellings(entries: list[str]) -> dict[str, str]:
    """Entries by what a table may call them; a whole path comes before any shorter name."""
    folders = {entry.partition("/")[0] for entry in entries}
    shared = len(folders) == 1 and all("/" in entry for entry in entries)
    bare = [entry.rpartition("/")[2] for entry in entries]
    times = Counter(bare)
    known = {name: entry for name, entry in zip(bare, entries, strict=True) if times[name] == 1}
    if shared:
        known |= {entry.partition("/")[2]: entry for entry in entries}
    return known | {entry: entry for entry in entries}
