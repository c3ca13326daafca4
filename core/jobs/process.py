"""A job's process: started with a clean environment, known by its number and start time, killed with all it started."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.jobs.machine import DEVICE
from core.jobs.sandbox import Limits

KILLED_SECONDS = 5.0
PASSED_ON = ("LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "LOKY_MAX_CPU_COUNT")


@dataclass(frozen=True)
class Process:
    """One process: its number alone may come to mean another process, number and start time do not."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Process":
        """The process that has this number now."""
        return cls(pid, _start_time(pid) or "ended")

    def alive(self) -> bool:
        """Whether this very process still runs (one that ended and waits to be collected does not)."""
        return _start_time(self.pid) == self.started

    def kill(self) -> None:
        """End the process and its group at once, unless it has ended."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def resident_bytes(self) -> int:
        """Memory in use; 0 once the process has ended."""
        try:
            if sys.platform == "linux":
                pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
                return pages * os.sysconf("SC_PAGE_SIZE")
            return int(_ps(self.pid, "rss=") or 0) * 1024
        except (OSError, ValueError, IndexError):
            return 0


@dataclass(frozen=True)
class Child:
    """The process of a job: started here, or taken over from an app that is gone (then its end tells no code)."""

    process: Process
    popen: subprocess.Popen[bytes] | None = None

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return not self.process.alive() if self.popen is None else self.popen.returncode is not None

    def wake(self) -> None:
        """Let the process look for its work: it sleeps until its input ends."""
        if self.popen is not None and self.popen.stdin is not None:
            self.popen.stdin.close()

    def stop(self) -> None:
        """End the process and wait until it is gone, so that nothing writes into its folder any more."""
        self.process.kill()
        deadline = time.monotonic() + KILLED_SECONDS
        while not self.ended and time.monotonic() < deadline:
            time.sleep(0.005)

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None where it cannot be known."""
        return None if self.popen is None else self.popen.returncode


@dataclass(frozen=True)
class Launch:
    """How job processes are started: the module they run, their limits and threads, and whether they reach GPUs.

    Where they are `bound`, they die with this process; else those that have work outlive it. `device` is where their
    models run; None where the setting of this process says it for them too, with the first that it names.
    """

    program: str
    limits: Limits
    threads: int
    cuda: bool
    bound: bool = False
    device: str | None = None

    def start(self, folder: Path, warm: str | None, ended: Callable[[], None]) -> "Child":
        """Start a process in a session of its own that works in `folder` once it is woken.

        Its input is a pipe that nobody writes to: it ends when the process is woken, or when this one is gone. The
        parent-death signal of `bound` comes when the thread ends that calls this: it must live as long as the jobs do.
        `warm` names the kind of job whose imports it does ahead (None: only when it needs them). `ended` is called
        from a thread of its own once the process is gone.
        """
        with open(folder / "log.txt", "ab") as log:
            child = subprocess.Popen(
                self._command(folder, warm),
                stdin=subprocess.PIPE,
                bufsize=0,
                stdout=log,
                stderr=log,
                cwd=folder / "out",
                env=self._environment(folder),
                start_new_session=True,
            )
        process = Process.of(child.pid)
        threading.Thread(target=_collect, args=(child, ended), name=f"job-{child.pid}", daemon=True).start()
        return Child(process, child)

    def _command(self, folder: Path, warm: str | None) -> list[str]:
        # -P: the folder that the job may write must never be a place to import from.
        limits = self.limits
        command = [sys.executable, "-P", "-s", "-m", self.program, str(folder), "--memory", str(limits.memory_bytes)]
        command += ["--cpu", str(limits.cpu_seconds), "--file", str(limits.file_bytes)]
        command += ["--bound", str(os.getpid())] * self.bound + ["--cuda"] * self.cuda
        return command + (["--warm", warm] if warm else [])

    def _environment(self, folder: Path) -> dict[str, str]:
        """What a job may know; nothing is inherited but which device, and where its libraries are."""
        scratch = str(folder / "out" / "tmp")
        fixed = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "HOME": scratch,
            "TMPDIR": scratch,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HF_HUB_OFFLINE": "1",
            # onnxruntime would begin to keep what it means to send to its makers as soon as it is imported.
            "ORT_DISABLE_TELEMETRY": "1",
            # joblib would try to make a semaphore and complain that it may not.
            "JOBLIB_MULTIPROCESSING": "0",
            "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
            # Each arena of the C library's memory costs 64 MB of the address space that RLIMIT_AS counts.
            "MALLOC_ARENA_MAX": "4",
            # Memory of one batch is kept for the next: to give it back and ask again costs a fifth of a count's time.
            "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
            "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
            # Threads that wait for each other sleep: beside other work, spinning made an image model 3 times slower.
            "OMP_WAIT_POLICY": "passive",
        }
        inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        device = self.device or os.environ.get(DEVICE, "").partition(",")[0]
        own = {DEVICE: device} if device else {}
        return fixed | inherited | own | dict.fromkeys(THREADS, str(self.threads))


def _collect(child: subprocess.Popen[bytes], ended: Callable[[], None]) -> None:
    child.wait()
    if child.stdin is not None:
        child.stdin.close()
    ended()


def _start_time(pid: int) -> str | None:
    """When the process started, in the system's own words; None once it has ended."""
    if sys.platform != "linux":
        state = _ps(pid, "state=")
        return _ps(pid, "lstart=") if state and not state.startswith("Z") else None
    try:
        # The name of the program comes before, in brackets, and may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]


def _ps(pid: int, field: str) -> str:
    return subprocess.run(["ps", "-o", field, "-p", str(pid)], capture_output=True, text=True).stdout.strip()
