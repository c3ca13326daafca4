"""A web page of our own printed as a PDF by this machine's Chromium, in a process without a network.

The page runs no script and fetches nothing by its own policy; what holds beside that, should it be got round:

- Every host name is unknown, and each print has an empty profile that goes with its folder.
- On Linux a filter of system calls refuses every socket that is not between processes of this print, and connecting.
- On Linux landlock lets it write into its own folder and /dev/shm alone, and read the system's own folders (programs,
  fonts, /etc, /proc, /sys), but no home and no data.
- It ends with this process, and with its time.

Chromium's own sandbox is off: it needs to make namespaces, which this fence forbids. So no page of a stranger is ever
printed by it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from core.errors import DataError, JobError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MOST_SECONDS, MOST_AT_ONCE = 120.0, 2
PDF_CAP = 64 << 20
LACKING = "There is no Chromium on this machine to make a PDF with. Open the web page and print this page."
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-zygote",
    "--disable-extensions", "--disable-sync", "--disable-background-networking", "--disable-component-update",
    "--disable-breakpad", "--disable-crash-reporter",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)  # fmt: skip
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


def chromium() -> str | None:
    """Where this machine's Chromium is; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def lacking() -> str:
    """What is lacking here to print, and what to do instead; empty where there is a Chromium."""
    return LACKING if chromium() is None else ""


def printed(page: bytes, most_seconds: float = MOST_SECONDS) -> bytes:
    """An HTML page as PDF. Waits while others are printed.

    Raises DataError where there is no Chromium here, JobError where it fails or takes longer than `most_seconds`.
    """
    from core.jobs.scratch import scratch
    from core.jobs.untrusted import checked_bytes

    program = chromium()
    if program is None:
        raise DataError(LACKING)
    with _turns, scratch() as folder:
        for part in ("in", "out"):
            (folder / part).mkdir()
        (folder / "in" / "page.html").write_bytes(page)
        _run(program, folder, most_seconds)
        return checked_bytes(folder / "out" / "page.pdf", PDF_CAP)


def _run(program: str, folder: Path, most_seconds: float) -> None:
    """Print a folder's in/page.html to its out/page.pdf."""
    out = folder / "out"
    command = [
        *(sys.executable, "-P", "-s", "-m", "core.jobs.print_process", str(folder), str(os.getpid()), program, *_FLAGS),
        *(f"--user-data-dir={out / 'profile'}", f"--print-to-pdf={out / 'page.pdf'}"),
        (folder / "in" / "page.html").as_uri(),
    ]
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": str(out),
        "TMPDIR": str(out),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with open(folder / "log.txt", "wb") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=out,
            env=environment,
            start_new_session=True,
        )
        try:
            code = child.wait(most_seconds)
        except subprocess.TimeoutExpired:
            raise JobError(
                f"The report was not printed within {most_seconds:g} seconds. Print fewer sections, or open the web"
                " page and print it."
            ) from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if code != 0 or not (out / "page.pdf").is_file():
        raise JobError("Chromium could not print the report. Open the web page and print it.")
