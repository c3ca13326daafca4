"""Jobs without their imports: forked from one process of a test run that has done them, and shut in as ever.

A job of the app starts an interpreter of its own, which imports for seconds what it then uses for milliseconds. Here
the process that forks them stays alone in its thread, so that a job enters its limits as it always does. What one
job found is kept, and handed to every other of the same kind with the same request and inputs, but in tests of runs
that should agree: they carry the marker `apart`. Tests of the process itself carry the marker `process`: their jobs
start as in the app.

    python -m tests.worlds.jobs.forked SOCKET
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import importlib.metadata
import itertools
import json
import logging
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from core.jobs import job
from core.jobs.folder import Folder
from core.jobs.kinds import KINDS
from core.jobs.machine import DEVICE
from core.jobs.process import Child, Launch, Process, _collect
from tests.worlds.jobs import kept_results

_AS_IN_THE_APP = Launch.start
_NUMBER = struct.Struct("=i")
_MOST_BYTES = 64 * 1024
_EPOCHS: list[int] = []
_SHARED: list[socket.socket] = []
_HOLDING: list[tuple[str | None, list[_Wake]]] = []
# What some kinds of models and ways import besides, when they are met.
_LATER = ("PIL.Image", "aif360.algorithms.postprocessing", "openpyxl", "safetensors.torch", "transformers")


def fork_jobs(wanted: bool, kept: Path | None = None, hold: Path | None = None, line: str | None = None) -> None:
    """Whether jobs that start from now on in this process are forked, where the system can.

    What they find goes to `kept`; while `hold` is there none begins with its work. `line` is what `shared_line` gave to
    the process that has started this one, so that both have their jobs forked by the same one.
    """
    if line:
        _SHARED.append(socket.socket(fileno=int(line)))

    def start(launch: Launch, folder: Path, warm: str | None, ended: Callable[[], None]) -> Child:
        if launch.program != job.__name__:
            return _AS_IN_THE_APP(launch, folder, warm, ended)
        return _start(launch, folder, ended, kept, hold)

    Launch.start = start if wanted and sys.platform == "linux" else _AS_IN_THE_APP  # type: ignore[method-assign]


def shared_line() -> int | None:
    """The open file by which another process has its jobs forked as this one has; None where the system cannot."""
    return _parent().fileno() if sys.platform == "linux" else None


@contextlib.contextmanager
def holding_jobs(kind: str | None = None) -> Iterator[None]:
    """Forked jobs (of this kind) that would begin in the block begin at its end: until then they are seen to run."""
    holding = (kind, list[_Wake]())
    _HOLDING.append(holding)
    try:
        yield
    finally:
        _HOLDING.remove(holding)
        for wake in holding[1]:
            wake.close()


@contextlib.contextmanager
def short_trainings(epochs: int) -> Iterator[None]:
    """Networks that forked jobs begin to train on in the block get so many rounds at most; no training is kept then."""
    _EPOCHS.append(epochs)
    try:
        yield
    finally:
        _EPOCHS.pop()


class _Wake:
    """The end of a pipe that keeps a job asleep until it is closed."""

    def __init__(self, folder: Path, pipe: int) -> None:
        self._folder = folder
        self._pipe = os.fdopen(pipe, "wb", buffering=0)

    def close(self) -> None:
        work = self._folder / job.WORK
        kind = json.loads(work.read_text(encoding="utf-8"))["kind"] if work.exists() else None
        for held, asleep in _HOLDING:
            if kind is not None and held in (None, kind):
                asleep.append(self)
                return
        self._pipe.close()


class _Forked:
    """The process of a job, as much of a `subprocess.Popen` as is asked of it."""

    def __init__(self, pid: int, stdin: _Wake, told: IO[bytes], keep: Callable[[], None]) -> None:
        self.pid = pid
        self.stdin = stdin
        self.returncode: int | None = None
        self._told = told
        self._keep = keep

    def wait(self) -> int:
        with self._told:
            said = self._told.read(_NUMBER.size)
        code = _NUMBER.unpack(said)[0] if said else -9  # what forked it has ended, and it with that
        if code == 0:
            self._keep()
        self.returncode = code
        return code


def _start(launch: Launch, folder: Path, ended: Callable[[], None], kept: Path | None, hold: Path | None) -> Child:
    arguments, environment = launch._command(folder, None), launch._environment(folder)
    if kept is not None and DEVICE in environment:  # what a job found there is handed to those of that device alone
        kept = kept / environment[DEVICE]
        kept.mkdir(exist_ok=True)
    work = {
        "arguments": arguments[arguments.index(launch.program) + 1 :],
        "environment": environment,
        "folder": str(folder),
        "kept": kept and str(kept),
        "hold": hold and str(hold),
        "epochs": _EPOCHS[-1] if _EPOCHS else None,
    }
    woken, wake = os.pipe()
    told, tell = os.pipe()
    with open(folder / "log.txt", "ab") as log:
        socket.send_fds(_parent(), [json.dumps(work).encode()], [woken, log.fileno(), tell])
    os.close(woken)
    os.close(tell)
    reading = os.fdopen(told, "rb")
    pid = _NUMBER.unpack(reading.read(_NUMBER.size))[0]
    keep = functools.partial(_keep, folder, kept, is_short=bool(_EPOCHS)) if kept else lambda: None
    child = _Forked(pid, _Wake(folder, wake), reading, keep)
    process = Process.of(child.pid)
    threading.Thread(target=_collect, args=(child, ended), name=f"job-{child.pid}", daemon=True).start()
    return Child(process, child)  # type: ignore[arg-type]


def _keep(folder: Path, kept: Path, is_short: bool) -> None:
    if not (is_short and kept_results.may_train(Folder(folder))):
        kept_results.keep(Folder(folder), kept)


_ONE_PARENT = threading.Lock()


def _parent() -> socket.socket:
    with _ONE_PARENT:
        return _SHARED[0] if _SHARED else _parent_of(os.getpid())


@functools.cache
def _parent_of(pid: int) -> socket.socket:
    """A line to the process that forks jobs; it ends when the line does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    limits = Launch("", None, threads=1, cuda=False)._environment(Path(tempfile.gettempdir()))  # type: ignore[arg-type]
    command = [sys.executable, "-P", "-s", "-m", __name__, str(theirs.fileno())]
    parent = subprocess.Popen(command, env=limits, pass_fds=[theirs.fileno()])
    theirs.close()
    atexit.register(parent.wait)
    atexit.register(ours.close)
    return ours


# ---------------------------------------------------------------- in the process that forks


def _serve(line: socket.socket) -> None:
    """Fork a job for each message; tell its number, and its exit code once it has ended."""
    _import_all()
    gc.freeze()
    running: dict[int, tuple[int, int]] = {}  # by what becomes readable when the process ends
    while True:
        for ready in select.select([line.fileno(), *running], [], [])[0]:
            if ready in running:
                os.close(ready)
                _tell_the_end(*running.pop(ready))
                continue
            message, files, _, _ = socket.recv_fds(line, _MOST_BYTES, 3)
            if not message:
                return
            woken, log, tell = files
            pid = os.fork()
            if pid == 0:
                for inherited in (line.fileno(), tell, *running, *(other for _, other in running.values())):
                    os.close(inherited)
                _work(json.loads(message), woken, log)
            os.close(woken)
            os.close(log)
            with contextlib.suppress(ProcessLookupError):
                os.setpgid(pid, pid)  # here too: whoever is told of it may kill its group before it has run at all
            os.write(tell, _NUMBER.pack(pid))
            running[os.pidfd_open(pid)] = (pid, tell)


def _import_all() -> None:
    logging.disable(logging.WARNING)  # aif360 warns about every optional library that is missing
    for name in dict.fromkeys([*itertools.chain(*(kind.ahead for kind in KINDS.values())), *_LATER]):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    logging.disable(logging.NOTSET)


def _tell_the_end(pid: int, tell: int) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):
        os.write(tell, _NUMBER.pack(code))
    os.close(tell)


def _work(work: dict[str, Any], woken: int, log: int) -> NoReturn:
    """Become the job's process, as `Launch.start` would have started it, and run the job."""
    code = 1
    try:
        os.setpgid(0, 0)
        for number, file in enumerate((woken, log, log)):
            os.dup2(file, number)
        os.close(woken)
        os.close(log)
        folder = Path(work["folder"])
        os.chdir(folder / "out")
        os.environ.clear()
        os.environ.update(work["environment"])
        tempfile.tempdir = None
        # Folders that were listed before the sandbox hides them: Python 3.11's own invalidate_caches leaves these.
        importlib.metadata.FastPath.__new__.cache_clear()  # type: ignore[attr-defined]
        arguments = work["arguments"]
        if "--bound" in arguments:
            arguments[arguments.index("--bound") + 1] = str(os.getppid())
        parent = os.getppid()  # gone with the test run, which may have been killed while it held a job
        while work["hold"] and job._is_woken(folder) and os.path.exists(work["hold"]) and os.getppid() == parent:
            time.sleep(0.02)
        if work["kept"] and job._is_woken(folder):
            is_short = work["epochs"] and kept_results.may_train(Folder(folder))
            if not is_short and kept_results.hand_over(Folder(folder), Path(work["kept"])):
                job.leave(0)
        if work["epochs"]:
            from core.mitigate.training.fine_tuning import Tunable
            from core.mitigate.training.fine_tuning_text import TunableText

            Tunable.epochs = TunableText.epochs = work["epochs"]
        code = job.main(arguments)
    except BaseException:
        traceback.print_exc()
    job.leave(code)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
