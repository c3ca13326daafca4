"""A job's folder on disk: its inputs, its request, its state, and what it left.

in/                the inputs, linked in; the job may only read them
out/               the only place that the job may write; out/tmp is its home
job.json           the work, {"kind", "request", "seconds"}; appears before the job is woken
state.json         what the supervisor knows; the job may not write it
log.txt            whatever the process printed
out/progress.json  out/error.json  out/done
"""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from core.errors import JobError
from core.jobs.replaced_json import replace_json
from core.jobs.untrusted import checked_json, erase, one_line, used

SMALL = 64 * 1024
LOG_TAIL = 8 * 1024
MOST_LOG = 1024 * 1024
MOST_STEPS = 10**12


@dataclass(frozen=True)
class Record:
    """What is known of a job. Times are seconds since 1970; `started` of the process is in the system's own words.

    `clock` is when it began by the machine's clock that nobody sets, in seconds since the machine was started; `owner`
    is the visitor whose turn it takes, None where there are no turns.
    """

    kind: str
    request: dict[str, Any]
    state: str
    queued: float
    began: float | None = None
    ended: float | None = None
    pid: int | None = None
    process_started: str | None = None
    message: str | None = None
    error: str | None = None
    clock: float | None = None
    owner: str | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Record":
        """The record in a state.json, which a newer Plumbline may have written with more in it."""
        return cls(**{field.name: said[field.name] for field in fields(cls) if field.name in said})


@dataclass(frozen=True)
class Folder:
    """The folder of one job, at `path`."""

    path: Path

    @property
    def out(self) -> Path:
        """Where the job writes."""
        return self.path / "out"

    def make(self) -> None:
        """Make the empty folder, readable by this user alone."""
        for path in (self.path, self.path / "in", self.out, self.out / "tmp"):
            path.mkdir(mode=0o700, exist_ok=True)

    def fill(self, inputs: Mapping[str, Path]) -> None:
        """Link each input into in/ under its name. Raises JobError when one is missing or the disk is full."""
        for name, source in inputs.items():
            try:
                _link(source.resolve(), self.path / "in" / name)
            except OSError as problem:
                raise JobError(_input_words(problem, name)) from problem

    def give(self, name: str, content: bytes) -> None:
        """Write one more input, so that the job sees all of it or nothing."""
        part = self.path / f"{name}.coming"
        try:
            part.write_bytes(content)
            os.replace(part, self.path / "in" / name)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def input_bytes(self) -> int:
        """Size of all inputs together."""
        return sum(entry.stat().st_size for entry in os.scandir(self.path / "in"))

    def hand_over(self, kind: str, request: Mapping[str, Any], seconds: float) -> None:
        """Write down the work for the process that waits to be woken, and how long it may take."""
        replace_json(self.path / "job.json", {"kind": kind, "request": request, "seconds": seconds})

    def write(self, record: Record) -> None:
        """Keep what is known of the job."""
        replace_json(self.path / "state.json", asdict(record))

    def record(self) -> Record | None:
        """What is known of the job; None for a folder that never became one."""
        try:
            return Record.of(json.loads((self.path / "state.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def progress(self) -> tuple[int, int, str, float | None] | None:
        """Steps done, steps in all, the stage's name, and the share of the whole job where it says that.

        None where the job has not said or said nonsense.

        Numbers that no job comes to are cut to those that one can: what computes with them must not stumble.
        """
        try:
            said = checked_json(self.out / "progress.json", SMALL)
            total = min(max(int(said["total"]), 0), MOST_STEPS)
            done = min(max(int(said["done"]), 0), total or MOST_STEPS)
            return done, total, one_line(said["what"], 200), _share(said.get("reached"))
        except (JobError, KeyError, TypeError, ValueError, IndexError):
            return None

    def finished(self) -> bool:
        """Whether the job wrote that it is done."""
        return (self.out / "done").is_file()

    def failure(self) -> tuple[str, str] | None:
        """The kind of error and the line for the person; None where the job left no such words."""
        try:
            said = checked_json(self.out / "error.json", SMALL)
            return one_line(said["kind"], 40), one_line(said["message"])
        except (JobError, KeyError, TypeError):
            return None

    def in_plan(self) -> str:
        """What would answer the error in a plan file; nothing where the job left no such words."""
        return self._error_says("in_plan")

    def snippet(self) -> str:
        """Which lines of Python would help, by name, where a model was refused; nothing where the job names none."""
        return self._error_says("snippet")

    def _error_says(self, key: str) -> str:
        try:
            return one_line(checked_json(self.out / "error.json", SMALL)[key])
        except (JobError, KeyError, TypeError):
            return ""

    def log_tail(self) -> str:
        """The end of what the process printed."""
        with open(self.path / "log.txt", "rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - LOG_TAIL))
            return log.read().decode("utf-8", "replace")

    def used(self, most_entries: int) -> tuple[int, int]:
        """Bytes on disk and entries that the job has made, its log included."""
        size, entries = used(self.out, most_entries)
        return size + (self.path / "log.txt").stat().st_size, entries

    def free_bytes(self) -> int:
        """Free space on the disk that holds the folder."""
        return shutil.disk_usage(self.path).free

    def clean(self, keep_results: bool) -> None:
        """Drop the inputs and, unless the results are good, everything in out/ but the error; shorten the log."""
        erase(self.path / "in")
        log = self.path / "log.txt"
        if log.exists() and log.stat().st_size > MOST_LOG:
            os.truncate(log, MOST_LOG)
        for entry in list(os.scandir(self.out)):
            if entry.name == "tmp" or not (keep_results or entry.name == "error.json"):
                erase(Path(entry.path))

    def erase(self) -> None:
        """Remove the folder."""
        with contextlib.suppress(FileNotFoundError):
            erase(self.path)


def _link(source: Path, place: Path) -> None:
    """Give the file a second name; copy it where it stands on another disk or belongs to somebody else."""
    try:
        os.link(source, place)
    except OSError as problem:
        if problem.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP):
            raise
        shutil.copyfile(source, place)


def _input_words(problem: OSError, name: str) -> str:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "There is no space left on the disk for this run. Free some space and run again."
    return f"The run's input {one_line(name, 80)} cannot be read ({problem.strerror}). Add the file again."


def _share(said: object) -> float | None:
    """A share of a whole; None for what is none."""
    return float(said) if isinstance(said, int | float) and 0 <= said <= 1 else None
