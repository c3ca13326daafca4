"""How a job ended, in words: from what it left in its folder, its exit code, and what it had used."""

import signal
import time

from core.folder import Folder, Record
from core.job import OUT_OF_MEMORY, memory_words
from core.process import Child
from core.sandbox import Limits

LEAST_FREE_DISK = 2**28
MOST_ENTRIES = 20_000
MOST_OUTPUT_BYTES = 32 * 2**30

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


def over_limit(folder: Folder, record: Record, child: Child, limits: Limits, time_limit: float) -> str | None:
    """The line for the person when a running job must be stopped; None while it keeps within its limits."""
    if time.time() - (record.began or 0.0) > time_limit:
        return time_words(time_limit)
    if child.process.resident_bytes() > limits.memory_bytes:
        return memory_words(limits.memory_bytes)
    size, entries = folder.used(MOST_ENTRIES)
    if entries > MOST_ENTRIES or size > MOST_OUTPUT_BYTES or folder.free_bytes() < LEAST_FREE_DISK:
        return (
            "The run stopped: it was about to fill the disk. Free some space, or use a model you trust, and run again."
        )
    return None


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
