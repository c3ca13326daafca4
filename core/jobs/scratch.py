"""The temporary folder of a command: gone when the command ends, or swept by the next one where it was killed."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import DataError

_PREFIX = "plumbline-command-"


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder that this user alone may read. Raises DataError where there is no place for it."""
    from core.jobs.untrusted import erase

    sweep()
    try:
        folder, lock = _claimed()
    except OSError as error:
        raise DataError(
            f"There is no place for temporary files in {tempfile.gettempdir()} ({error.strerror}). Free some space, or"
            " name another folder in TMPDIR."
        ) from None
    try:
        yield folder
    finally:
        with suppress(FileNotFoundError):
            erase(folder)
        os.close(lock)


def _claimed() -> tuple[Path, int]:
    """A new folder, and the lock on it that the system drops when this process ends, however it ends."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = _lock(folder)
        if lock is not None:
            if folder.exists():
                return folder, lock
            os.close(lock)  # a command that started just now took it for a dead one's, before it was locked


def sweep() -> None:
    """Erase the folders of commands that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        lock = _lock(folder)
        if lock is None:
            continue
        from core.jobs.untrusted import erase  # whoever starts need not wait for it where there is nothing to erase

        with suppress(OSError):  # what cannot be erased today is tried by the next command
            erase(folder)
        os.close(lock)


def _lock(folder: Path) -> int | None:
    """A lock on a folder of this user's; None where another process holds it, or it is none."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if os.fstat(opened).st_uid == os.getuid():
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return opened
    except OSError:
        pass
    os.close(opened)
    return None
