"""Uploads on disk, each under the SHA-256 of its bytes: put, find, delete, and retention."""

import errno
import hashlib
import os
import re
import secrets
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import DataError
from core.store.disk.crash_points import point
from core.store.disk.last_used import Ages

CHUNK = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")
GIGABYTE = 10**9
_PART = "part-"


@dataclass(frozen=True)
class Upload:
    """One stored file: the hex SHA-256 of its bytes, the name it came with (words for people), its size in bytes."""

    digest: str
    name: str
    size: int


class Store:
    """Uploads in one folder, named by digest alone: what a file is called never becomes a path."""

    def __init__(self, root: Path, cap_bytes: int = 10 * GIGABYTE, ages: Ages | None = None) -> None:
        """Keep the files in `root`, made if missing and readable by this user alone; `cap_bytes` bounds one upload.

        `ages` notes their use; where it is not given, a ledger beside `root` does.
        """
        self._root = root
        self._ages = Ages(root.with_name("ages.json")) if ages is None else ages
        self._cap_bytes = cap_bytes
        self._lock = threading.Lock()
        self._claimed: Counter[str] = Counter()
        self._parts: set[Path] = set()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def putting(self, source: BinaryIO | Path, name: str) -> Iterator[Upload]:
        """Keep the bytes of `source`; the same bytes are kept once.

        Until the block ends nobody deletes them: by then it must be written down who wants them. Raises DataError when
        they are more than the cap, or the disk is full.
        """
        with _readable(source, name) if isinstance(source, Path) else nullcontext(source) as opened:
            upload = self._keep(opened, name)
        try:
            yield upload
        finally:
            with self._lock:
                self._claimed -= Counter([upload.digest])  # which forgets what is claimed no more

    @property
    def free_bytes(self) -> int:
        """How many bytes there is room for on its disk."""
        return shutil.disk_usage(self._root).free

    def path(self, digest: str) -> Path:
        """Where the bytes stand. Raises DataError for what is no digest or is no longer there."""
        path = self._place(digest)
        if not path.is_file():
            raise DataError("This upload is no longer kept here. Upload the file again.")
        return path

    def use(self, digest: str) -> Path:
        """`path`, and a note that the upload is used now."""
        path = self.path(digest)
        self._ages.use(path)
        return path

    def delete(self, digests: Iterable[str], wanted: Callable[[], Collection[str]]) -> None:
        """Remove what neither `wanted` names nor anybody is putting; nothing happens to what is gone already."""
        with self._lock:
            spared = wanted()
            for digest in digests:
                if digest not in spared and not self._claimed[digest]:
                    self._place(digest).unlink(missing_ok=True)

    def sweep(self, older_than_seconds: float) -> int:
        """Remove uploads that nobody used for so long, and what broke off in the middle; returns how many."""
        with self._lock:
            kept = list(self._root.iterdir())
            broken_off = [path for path in kept if path.name.startswith(_PART) and path not in self._parts]
            whole = [path for path in kept if not path.name.startswith(_PART) and not self._claimed[path.name]]
            old = broken_off + self._ages.old(whole, older_than_seconds)
            for path in old:
                path.unlink(missing_ok=True)
        return len(old)

    def keep_only(self, wanted: Collection[str]) -> None:
        """Remove every upload that is not among `wanted`, and that nobody is putting."""
        self.delete([path.name for path in self._root.iterdir() if DIGEST.fullmatch(path.name)], lambda: wanted)

    def _place(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise DataError("This is not the name of an upload: 64 digits from 0 to f were expected.")
        return self._root / digest

    def _keep(self, source: BinaryIO, name: str) -> Upload:
        shown = shown_name(name)
        part = self._root / f"{_PART}{secrets.token_hex(16)}"
        self._parts.add(part)
        try:
            digest, size = self._copy(source, part, shown)
            point("upload: copied")
            with self._lock:
                os.replace(part, self._root / digest)
                self._claimed[digest] += 1
                self._ages.use(self._root / digest)
        except OSError as problem:
            raise _disk_error(problem, shown) from problem
        finally:
            part.unlink(missing_ok=True)
            self._parts.discard(part)
        return Upload(digest, shown, size)

    def _copy(self, source: BinaryIO, part: Path, name: str) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as kept:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > self._cap_bytes:
                    cap = f"{self._cap_bytes / GIGABYTE:.3g} GB"
                    raise DataError(f"{name} is larger than {cap}, the most one upload may be. Use a smaller file.")
                digest.update(chunk)
                kept.write(chunk)
            kept.flush()
            os.fsync(kept.fileno())
        return digest.hexdigest(), size


@contextmanager
def _readable(path: Path, name: str) -> Iterator[BinaryIO]:
    try:
        opened = path.open("rb")
    except OSError as problem:
        raise DataError(
            f"{shown_name(name)} cannot be read ({problem.strerror}). Check the path and try again."
        ) from problem
    with opened:
        yield opened


def shown_name(name: str) -> str:
    """The last part of a name, without characters that hide or turn text around, at most 200 long."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:200] or "upload"


def _disk_error(problem: OSError, name: str) -> DataError:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return DataError(f"There is no space left on the disk to keep {name}. Free some space and upload it again.")
    return DataError(f"{name} could not be kept ({problem.strerror}). Check the folder for uploads and try again.")
