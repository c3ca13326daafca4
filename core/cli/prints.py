"""What a report's PDF carries for whoever checks it: its receipt and its numbers."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import DataError
from core.jobs.run_one import job_done
from core.record.evidence.carried import CARRIED
from core.record.evidence.receipt import RECEIPT_FILE

_MAGIC = b"%PDF-"
_TIME_LIMIT = 60.0
_MOST_BYTES = 64 * 1024 * 1024


def is_print(content: bytes) -> bool:
    """Whether a file is a PDF."""
    return content.startswith(_MAGIC)


def carried(path: Path) -> dict[Path, bytes]:
    """The files that a PDF carries, as if they lay in a folder of its name; none where it has no receipt in it.

    The PDF is opened in a job, as every file of somebody else is. Raises DataError where what it carries is too large
    to be ours, JobError where it cannot be opened.
    """
    with job_done("carried", {}, {"print": path}, _TIME_LIMIT) as done:
        found = {name: _read(done.out / name, path) for name in CARRIED if (done.out / name).is_file()}
    return {path / name: held for name, held in found.items()} if RECEIPT_FILE in found else {}


def _read(left: Path, print_: Path) -> bytes:
    """What the job left, which may be anything: a link is not followed."""
    with os.fdopen(os.open(left, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise DataError(f"{print_} carries a {left.name} of over {_MOST_BYTES:,} bytes: no report of ours does.")
    return content
