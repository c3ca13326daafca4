"""What a job holds of the machine, counted where it is held: memory, threads, disk, and files without a name."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.jobs.folder import Folder
from core.jobs.process import Process


@dataclass(frozen=True)
class OnDisk:
    """Bytes and entries that a job has made: in its folder, its log, and in files that were removed but are open."""

    size: int = 0
    entries: int = 0


def on_disk(process: Process, folder: Folder, most_entries: int) -> OnDisk:
    """What the job holds on the disk; counting stops once there are more than `most_entries`."""
    size, entries = folder.used(most_entries)
    return OnDisk(size + sum(_nameless(process.pid).values()), entries)


def threads(process: Process) -> int:
    """Threads of the process; 0 once it has ended or where the system does not say."""
    try:
        return os.stat(f"/proc/{process.pid}/task").st_nlink - 2
    except OSError:
        return 0


def _nameless(pid: int) -> dict[tuple[int, int], int]:
    """Bytes of each file that has no name any more and lives while this process keeps it open or mapped."""
    if sys.platform != "linux":
        return {}
    found: dict[tuple[int, int], int] = {}
    for place in (f"/proc/{pid}/fd", f"/proc/{pid}/map_files"):
        with suppress(OSError):
            for entry in os.scandir(place):
                with suppress(OSError):  # it was closed in between, or only the system's administrator may look
                    file = os.stat(entry.path)
                    if stat.S_ISREG(file.st_mode) and file.st_nlink == 0:
                        found[file.st_dev, file.st_ino] = file.st_blocks * 512
    return _mapped(pid, {inode for _, inode in found}) | found


def _mapped(pid: int, known: set[int]) -> dict[tuple[int, int], int]:
    """Of files that are mapped alone, at least what is mapped of them: all that an ordinary user can see."""
    found: dict[tuple[int, int], int] = {}
    try:
        lines = Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines()
    except OSError:
        return found
    for line in lines:
        if line.endswith(" (deleted)"):
            ends, _, _, _, inode = line.split(maxsplit=5)[:5]
            if int(inode) and int(inode) not in known:
                low, high = (int(end, 16) for end in ends.split("-"))
                found[0, int(inode)] = found.get((0, int(inode)), 0) + high - low
    return found
