"""From inside a real job process: what it may not do, and what it still can."""

import os
import platform
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs import sandbox
from core.jobs.supervisor import Supervisor, checked_json
from tests.worlds.jobs.hostile_tasks import allowed, forbidden
from tests.worlds.jobs.supervised import LONGEST, SOON

NOWHERE = {"secret": "", "other": "", "root": ""}
full_only = pytest.mark.skipif(
    not all(vars(sandbox.available()).values()) or platform.machine() != "x86_64",
    reason="needs Linux on x86_64 with landlock and seccomp",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plumbline")


@pytest.fixture(scope="module")
def refused(root: Path) -> Iterator[dict[str, str | None]]:
    """What one job was refused, with a second job's folder and a secret beside it."""
    secret, upload = root / "record.json", root / "table.csv"
    secret.write_text("secret")
    upload.write_text("a,b\n1,2\n")
    upload.chmod(0o400)
    other = root / "jobs" / "0123" / "in" / "table"
    supervisor = Supervisor(root, warm=False, program="tests.worlds.jobs.hostile_tasks")
    other.parent.mkdir(parents=True)
    other.write_text("theirs")
    request = {"secret": str(secret), "other": str(other), "root": str(root)}
    job = supervisor.submit("attempt", request, {"table": upload})
    try:
        status = supervisor.wait(job, SOON)
        assert status.state == "done", (status, (root / "jobs" / job / "log.txt").read_text())
        yield checked_json(supervisor.output(job) / "refused.json", 100_000)
    finally:
        supervisor.close()


@full_only
@pytest.mark.parametrize("act", forbidden(Path(), NOWHERE))
def test_refused(refused: dict[str, str | None], act: str) -> None:
    assert refused[act] is not None


@full_only
@pytest.mark.parametrize("act", allowed(Path()))
def test_allowed(refused: dict[str, str | None], act: str) -> None:
    assert refused[act] is None


@full_only
def test_the_refusals_are_the_sandbox_and_not_some_other_mistake(refused: dict[str, str | None]) -> None:
    words = ("Operation not permitted", "Permission denied", "not allowed to raise", "Invalid cross-device link")
    assert {act: why for act, why in refused.items() if why and not any(word in why for word in words)} == {}


@full_only
def test_nothing_outside_was_changed(refused: dict[str, str | None], root: Path) -> None:
    assert (root / "record.json").read_text() == "secret"
    assert (root / "table.csv").read_text() == "a,b\n1,2\n"
    assert stat.S_IMODE((root / "table.csv").stat().st_mode) == 0o400
    assert stat.S_IMODE((root / "record.json").stat().st_mode) & 0o077 != 0o077


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path.cwd(), timeout=LONGEST)


ENTER = """
import sys, pathlib
from core.jobs import sandbox
folder = pathlib.Path(sys.argv[1])
limits = sandbox.Limits(2**30, 1, 2**20)
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "out").mkdir()
    return str(tmp_path)


def test_a_process_with_a_second_thread_cannot_enter(folder: str) -> None:
    code = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    ended = python(f"{ENTER}{code}\nsandbox.enter(folder, limits, cuda=False)", folder)
    assert "before any other thread starts" in ended.stderr


def test_address_space_files_and_processor_time_are_limited(folder: str) -> None:
    entered = f"{ENTER}sandbox.enter(folder, limits, cuda=False)\n"
    assert "MemoryError" in python(entered + "bytearray(2**31)", folder).stderr
    assert "File too large" in python(entered + "(folder / 'out/big').write_bytes(bytes(2**20 + 1))", folder).stderr
    assert python(entered + "sandbox.limit_cpu(1)\nwhile True: pass", folder).returncode == -signal.SIGXCPU


OWN_END = """
from core.jobs import end_with_parent
import signal, time
end_with_parent.GRACE_SECONDS = end_with_parent.KILL_SECONDS = 0.1
"""


@full_only
@pytest.mark.parametrize("blocked", [False, True])
def test_a_job_whose_supervisor_has_gone_ends_by_itself(folder: str, blocked: bool) -> None:
    """Also one that has other threads and lets no signal through, and that cannot set the clock back."""
    against = """
import ctypes, threading
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
threading.Thread(target=time.sleep, args=(300,), daemon=True).start()
"""
    undo = "print(ctypes.CDLL(None).timer_delete(None), ctypes.CDLL(None).timer_settime(None, 0, bytes(32), None))\n"
    code = f"{ENTER}{OWN_END}sandbox.enter(folder, limits, cuda=False)\n{against if blocked else ''}"
    ended = python(f"{code}end_with_parent.limit_time(0.1)\n{undo if blocked else ''}time.sleep({LONGEST})", folder)
    assert ended.returncode == (-signal.SIGKILL if blocked else -signal.SIGALRM), ended.stderr
    assert not blocked or ended.stdout in ("", "-1 -1\n")


def test_shared_memory_is_closed_to_jobs_with_a_gpu(folder: str) -> None:
    allowed = [path for path, rights in sandbox._rules(Path(folder), cuda=True) if rights & sandbox.WRITE]
    assert Path("/dev/shm") not in allowed and Path(folder) / "out" in allowed


def test_the_address_space_stays_free_with_cuda(folder: str) -> None:
    code = "sandbox.enter(folder, limits, cuda=True)\nimport mmap\nmmap.mmap(-1, 2**31)"
    assert python(ENTER + code, folder).returncode == 0


def test_entering_needs_nothing_but_the_standard_library_and_pyseccomp() -> None:
    code = "import sys, core.jobs.job; print([m for m in ('numpy', 'torch', 'pandas') if m in sys.modules])"
    assert python(code).stdout == "[]\n"


def test_asking_what_is_available_restricts_nothing() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    sandbox.available()
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert os.listdir(Path.cwd())


@pytest.mark.parametrize(
    ("landlock", "seccomp", "says"),
    [
        (7, True, "cannot reach the network, other files or other programs"),
        (7, False, "cannot keep it from the network: open only files from people you trust"),
        (None, True, "cannot keep it from your other files: open only"),
        (None, False, "cannot keep it from your other files and the network: open only"),
    ],
)
def test_the_page_is_told_what_protects(landlock: int | None, seccomp: bool, says: str) -> None:
    assert says in sandbox.Protection(landlock, seccomp).sentence()


@pytest.mark.parametrize(
    ("abi", "size", "files"), [(1, 8, 13), (2, 8, 14), (3, 8, 15), (4, 16, 15), (5, 16, 16), (6, 24, 16), (9, 24, 16)]
)
def test_older_kernels_are_asked_only_for_what_they_know(abi: int, size: int, files: int) -> None:
    known, attributes = sandbox._handled(abi)
    assert (known, len(attributes)) == ((1 << files) - 1, size)


@full_only
@pytest.mark.parametrize("abi", range(1, 7))
def test_the_rules_of_every_older_abi_are_accepted(folder: str, abi: int) -> None:
    code = (
        f"sandbox._landlock_abi = lambda: {abi}\nprint(sandbox.enter(folder, limits, cuda=False))\nopen('/etc/passwd')"
    )
    ended = python(ENTER + code, folder)
    assert f"landlock={abi}" in ended.stdout
    assert "PermissionError" in ended.stderr
