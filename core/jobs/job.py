"""What a job process runs: limits first, then the imports, then the one task that its folder names.

    python -m core.jobs.job FOLDER --memory BYTES --cpu SECONDS --file BYTES [--cuda] [--warm KIND] [--bound PID]

It looks for its work when its input ends, and gives up where there is none. With --bound it dies with that process.
It writes out/done last when the task went well, else out/error.json with words for the person who waits.
"""

import argparse
import contextlib
import errno
import faulthandler
import importlib
import json
import logging
import os
import select
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from core.errors import JobError, ModelError, PlumblineError
from core.jobs import end_with_parent, sandbox
from core.jobs.kinds import KINDS, Kind, imports_ahead
from core.jobs.progress import ProgressFile
from core.jobs.replaced_json import replace_json

Task = Callable[[Path, dict[str, Any], ProgressFile], None]

WORK = "job.json"

OUT_OF_MEMORY = ("Cannot allocate memory", "bad_alloc", "out of memory", "can't allocate", "Unable to allocate")


def main(argv: Sequence[str] | None = None, kinds: Mapping[str, Kind] = KINDS) -> int:
    """Run the job of one folder; returns the exit code: 0 done, 1 failed with words, 3 never given any work."""
    faulthandler.enable()
    arguments = _arguments(argv)
    limits = sandbox.Limits(arguments.memory, arguments.cpu, arguments.file)
    if arguments.bound is not None and not end_with_parent.die_with(arguments.bound):
        return 3
    print(sandbox.enter(arguments.folder, limits, arguments.cuda), flush=True)
    if arguments.warm:
        _import_ahead(imports_ahead(arguments.warm), arguments.folder)
    work = _wait_for_work(arguments.folder)
    if work is None:
        return 3
    sandbox.limit_cpu(limits.cpu_seconds)
    end_with_parent.limit_time(work["seconds"])
    return _run(arguments.folder, work, kinds, limits)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="core.jobs.job")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory", type=int, required=True)
    parser.add_argument("--cpu", type=int, required=True)
    parser.add_argument("--file", type=int, required=True)
    parser.add_argument("--cuda", action="store_true")
    parser.add_argument("--warm", metavar="KIND")
    parser.add_argument("--bound", type=int, metavar="PID")
    return parser.parse_args(argv)


def _import_ahead(names: Sequence[str], folder: Path) -> None:
    """Import while nobody waits: once it is woken, only what the work needs is imported, when it needs it."""
    threading.Thread(target=_leave_alone, args=(folder,), name="plumbline-alone", daemon=True).start()
    # aif360 warns on the root logger about every optional library that is missing.
    logging.disable(logging.WARNING)
    for name in names:
        if select.select([sys.stdin.fileno()], [], [], 0)[0]:
            break
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    logging.disable(logging.NOTSET)


def _leave_alone(folder: Path) -> None:
    """End this process, in the middle of its imports, when the app has gone that would have given it work."""
    if not _is_woken(folder):
        leave(3)


def _wait_for_work(folder: Path) -> dict[str, Any] | None:
    """The contents of job.json once there is work; None where the app has gone that would write it."""
    if not _is_woken(folder):
        return None
    work: dict[str, Any] = json.loads((folder / WORK).read_text(encoding="utf-8"))
    return work


def _is_woken(folder: Path) -> bool:
    """Sleep until the input ends; whether there is work then."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    return (folder / WORK).exists()


def _run(folder: Path, work: dict[str, Any], kinds: Mapping[str, Kind], limits: sandbox.Limits) -> int:
    out = folder / "out"
    try:
        _task(kinds[work["kind"]])(folder, work["request"], ProgressFile(out / "progress.json"))
    except (Exception, SystemExit) as problem:
        traceback.print_exc()
        kind = type(problem).__name__ if isinstance(problem, PlumblineError) else JobError.__name__
        said = {"kind": kind, "message": _words(problem, limits)}
        if isinstance(problem, PlumblineError):
            said["in_plan"] = problem.in_plan
        if isinstance(problem, ModelError):
            said["snippet"] = problem.snippet
        replace_json(out / "error.json", said)
        return 1
    (out / "done").touch()
    return 0


def _task(kind: Kind) -> Task:
    module, _, name = kind.runs.partition(":")
    task: Task = getattr(importlib.import_module(module), name)
    return task


def _words(problem: BaseException, limits: sandbox.Limits) -> str:
    """One plain line about what ended the task, never a traceback."""
    text = str(problem)
    if isinstance(problem, PlumblineError):
        return " ".join(problem.message.split())
    if isinstance(problem, MemoryError) or any(sign in text for sign in OUT_OF_MEMORY):
        return memory_words(limits.memory_bytes)
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return "The run needed more disk space than there is. Free some space or use a smaller file, then run again."
    return (
        f"The run stopped on a problem that Plumbline did not foresee ({type(problem).__name__}). "
        "Please check the file, or run again; the job's log has the details."
    )


def memory_words(memory_bytes: int) -> str:
    """What a person reads when a job wanted more than `memory_bytes`."""
    return (
        f"The run stopped: it used more than the {memory_bytes / 2**30:.3g} GB of memory that one job may use. "
        "Use a smaller file or model, or start Plumbline on a machine with more memory."
    )


def leave(code: int) -> NoReturn:
    """End this process at once: taking torch apart takes longer than a small audit, and nothing is left to save."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
