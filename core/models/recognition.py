"""What a file shows of itself before anything is opened: its first bytes, and a zip's entry names."""

import bz2
import lzma
import pickletools
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.models.name_lists import words

HEAD_BYTES = 4096
MOST_ENTRIES = 100_000
MOST_PICKLE_BYTES = 16 * 1024 * 1024

# What torch.save writes for tensors and dictionaries alone; any other global means an object with code behind it.
TENSOR_GLOBALS = words(
    "torch torch._utils torch._tensor torch.storage torch.nn.parameter torch.serialization collections builtins"
)
# Protocols 0 and 1 have no mark: a global, or an empty container put into the memo.
OLD_PICKLE = re.compile(rb"\(?(?:c[\w.]+\n[\w.]+\n|[dl]p\d+\n|i[\w.]+\n|[}\]()]q\x00)")


@dataclass(frozen=True)
class Content:
    """A file seen from outside.

    `entries` holds a zip's entry names, without the folder that all of them may share; it is empty for other files.
    """

    path: Path
    size: int
    head: bytes
    entries: frozenset[str]

    @property
    def is_zip(self) -> bool:
        """Whether the file begins as a zip does; one without entries is damaged."""
        return self.head.startswith(b"PK\x03\x04")

    def starts(self, *prefixes: bytes) -> bool:
        """Whether the file begins with one of these bytes, white space and a byte order mark aside."""
        return self.head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(prefixes)


def look(path: Path) -> Content:
    """What the file at `path` shows of itself. Reads a few kilobytes."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return Content(path, path.stat().st_size, head, _entries(path) if head.startswith(b"PK\x03\x04") else frozenset())


def is_pickle(head: bytes) -> bool:
    """Whether these first bytes begin a pickle of any protocol."""
    return (head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")) or bool(OLD_PICKLE.match(head))


def unpacked_head(content: Content) -> bytes | None:
    """The first bytes inside a zlib, gzip, bz2, xz or lzma file, as joblib packs them; None for other files."""
    head = content.head
    try:
        if head[:2] == b"\x1f\x8b":
            return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
        if head[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
            return zlib.decompressobj().decompress(head, HEAD_BYTES)
        if head[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(head, HEAD_BYTES)
        if head[:6] == b"\xfd7zXZ\x00" or head[:3] == b"\x5d\x00\x00":
            return lzma.LZMADecompressor(memlimit=2**27).decompress(head, HEAD_BYTES)
    except (zlib.error, lzma.LZMAError, OSError, EOFError):
        return None
    return None


def holds_code(content: Content) -> bool:
    """Whether a torch.save archive holds objects of classes, not just tensors. Reads its pickle, never runs it."""
    try:
        with zipfile.ZipFile(content.path) as archive:
            entry = next(e for e in archive.infolist() if e.filename.rpartition("/")[2] == "data.pkl")
            with archive.open(entry) as pickled:
                return not pickled_modules(pickled.read(MOST_PICKLE_BYTES)) <= TENSOR_GLOBALS
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return True  # unreadable: the stricter advice


def pickled_modules(pickled: bytes) -> set[str]:
    """The modules that a pickle would import, as far as it can be followed without running it."""
    modules: set[str] = set()
    texts: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(pickled):
            if opcode.name in ("GLOBAL", "INST"):
                modules.add(str(argument).split(" ")[0])
            elif opcode.name == "STACK_GLOBAL" and len(texts) > 1:
                modules.add(texts[-2])
            elif isinstance(argument, str):
                texts.append(argument)
    except ValueError:
        pass  # cut short: what was seen so far is enough for the advice
    return modules


def _entries(path: Path) -> frozenset[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()[:MOST_ENTRIES]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return frozenset()
    # A zip cut short may still show the directory of a smaller zip that lies inside it.
    if min((info.header_offset for info in infos), default=1) > 0:
        return frozenset()
    return entry_names(infos)


def entry_names(infos: Iterable[zipfile.ZipInfo]) -> frozenset[str]:
    """The names of a zip's files, without the folder that all of them may share."""
    names = [info.filename for info in infos if not info.filename.startswith("__MACOSX/") and not info.is_dir()]
    folders = {name.partition("/")[0] for name in names}
    shared = len(folders) == 1 and all("/" in name for name in names)
    return frozenset(name.partition("/")[2] if shared else name for name in names)
