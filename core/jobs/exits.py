"""How a job ended, in words: from what it left in its folder, its exit code, and what it had used."""

import os
import signal
from collections.abc import Sequence

from core.jobs.folder import Folder
from core.jobs.job import OUT_OF_MEMORY, memory_words
from core.jobs.process import Child, Process
from core.jobs.sandbox import Limits
from core.jobs.sharing.resource_use import OnDisk, threads

LEAST_FREE_DISK = 2**28
MOST_ENTRIES = 20_000
MOST_OUTPUT_BYTES = 32 * 2**30
MUCH_DISK = 2**26
# Every library has a pool of its own, some with a thread for each core of the machine, whatever they are told.
MOST_THREADS, THREADS_EACH = 64, 16
DISK_WORDS = "The run stopped: it was about to fill the disk. Free some space, or use a model you trust, and run again."

Ending = tuple[str, str | None, str | None]


def ending(folder: Folder, child: Child, limits: Limits) -> Ending:
    """State, message and kind of error of a job whose process is gone and whom nobody stopped."""
    if folder.finished():
        return "done", None, None
    if words := folder.failure():
        return "failed", words[1], words[0]
    if child.code is None:
        return "interrupted", "The run was interrupted: run again.", "JobError"
    return "failed", _words(folder, child.code, limits), "JobError"


def over_limit(seconds: float, time_limit: float, process: Process, disk: OnDisk, limits: Limits) -> str | None:
    """The line for the person when a running job must be stopped; None while it keeps within its limits.

    `seconds` is how long it has run, `disk` what it holds there.
    """
    if seconds > time_limit:
        return time_words(time_limit)
    if process.resident_bytes() > limits.memory_bytes:
        return memory_words(limits.memory_bytes)
    if threads(process) > MOST_THREADS + THREADS_EACH * (os.cpu_count() or 1):
        return "The run stopped: it started more threads than one run may. Use a model you trust, and run again."
    if disk.entries > MOST_ENTRIES or disk.size > MOST_OUTPUT_BYTES:
        return DISK_WORDS
    return None


def holds_most(disks: Sequence[OnDisk]) -> int | None:
    """Which job to stop when the disk is nearly full: the one that holds most; None where none holds much.

    Where others than the jobs have filled the disk, stopping one of them would not help.
    """
    most = max(range(len(disks)), key=lambda at: disks[at].size, default=None)
    return most if most is not None and disks[most].size >= MUCH_DISK else None


def time_words(seconds: float) -> str:
    """What a person reads when a job took longer than `seconds`."""
    limit = f"{seconds / 60:.3g} minutes" if seconds >= 120 else f"{seconds:.3g} seconds"
    return (
        f"The run stopped: it took longer than the {limit} that one run may take. Use a smaller file or a faster model."
    )


def _words(folder: Folder, code: int, limits: Limits) -> str:
    if any(sign in folder.log_tail() for sign in OUT_OF_MEMORY):
        return memory_words(limits.memory_bytes)
    if code == -signal.SIGXCPU:
        return time_words(limits.cpu_seconds)
    if code == -signal.SIGALRM:
        return "The run stopped: it took longer than one run may take. Use a smaller file or a faster model."
    if code == -signal.SIGKILL:
        return "The run was ended by the system, most often because memory ran out. Use a smaller file and run again."
    if code < 0:
        return f"The run crashed (signal {-code}). The file or the model may be damaged: check it and run again."
    return (
        f"The run ended without a result (code {code}). Run again; if it happens again, check the file and the model."
    )
