"""What a hostile file would try once it runs code in a job: run with `python -m tests.worlds.jobs.hostile_tasks`."""

import ctypes
import fcntl
import itertools
import mmap
import os
import resource
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from core.data.progress import Progress
from core.jobs import job
from core.jobs.kinds import Kind
from core.jobs.replaced_json import replace_json
from tests.worlds.jobs.job_tasks import LONGEST, turns

LIBC = ctypes.CDLL(None, use_errno=True)
SYSTEM_CALLS = {  # numbers on x86_64
    "ptrace": (101, 16), "process_vm_readv": (310,), "pidfd_open": (434,), "io_uring_setup": (425, 8, 0),
    "bpf": (321, 0, 0, 0), "perf_event_open": (298,), "unshare": (272, 0x10000000), "setns": (308, 0, 0),
    "mount": (165, 0, 0, 0, 0, 0), "chroot": (161, b"/"), "keyctl": (250, 0, -3, 0), "add_key": (248,),
    "shmget": (29, 0, 4096, 0o1600), "msgget": (68, 0, 0o1600), "semget": (64, 0, 1, 0o1600),
    "mq_open": (240, b"m", 0o102, 0o600, 0), "userfaultfd": (323, 1), "name_to_handle_at": (303, -100, b"/", 0, 0, 0),
    "open_by_handle_at": (304,), "memfd_create": (319, b"m", 0), "fork": (57,), "vfork": (58,), "clone": (56, 17, 0),
    "init_module": (175,), "kexec_load": (246,), "reboot": (169, 0, 0, 0), "execveat": (322, -1, b"/bin/true", 0, 0, 0),
}  # fmt: skip


def system_call(number: int, *arguments: object) -> None:
    called(LIBC.syscall(number, *arguments))


def called(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def bound(family: int, kind: int, address: object) -> None:
    with socket.socket(family, kind) as opened:
        opened.bind(address)


def in_a_thread(act: Callable[[], object]) -> None:
    raised: list[BaseException] = []

    def attempt() -> None:
        try:
            act()
        except OSError as problem:
            raised.append(problem)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(LONGEST)
    if raised:
        raise raised[0]


def forbidden(folder: Path, outside: dict[str, str]) -> dict[str, Callable[[], object]]:
    """Every act that must be refused; `outside` holds a secret file, another job's input, and the app's folder."""
    upload, out, parent = folder / "in" / "table", folder / "out", os.getppid()
    secret, other, root = (Path(outside[name]) for name in ("secret", "other", "root"))
    acts: dict[str, Callable[[], object]] = {
        "read a file outside": secret.read_bytes,
        "read a file outside in a thread": lambda: in_a_thread(secret.read_bytes),
        "read another job's upload": other.read_bytes,
        "list the app's folder": lambda: os.listdir(root),
        "read through /proc/self/root": lambda: Path(f"/proc/self/root{secret}").read_bytes(),
        "read /etc/passwd": Path("/etc/passwd").read_bytes,
        "read the parent's environment": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "write the parent's memory": lambda: os.open(f"/proc/{parent}/mem", os.O_RDWR),
        "write the upload": lambda: upload.write_bytes(b"x"),
        "open the upload to empty it": lambda: os.open(upload, os.O_RDONLY | os.O_TRUNC),
        "truncate the upload": lambda: os.truncate(upload, 0),
        "open up the upload's mode": lambda: os.chmod(upload, 0o666),
        "change the mode of an open upload": lambda: os.fchmod(os.open(upload, os.O_RDONLY), 0o666),
        "remove the upload": upload.unlink,
        "move the upload": lambda: upload.rename(out / "moved"),
        "link the upload into out": lambda: os.link(upload, out / "linked"),
        "add an input": lambda: (folder / "in" / "new").write_bytes(b"x"),
        "write the state": lambda: (folder / "state.json").write_text("{}"),
        "replace the state": lambda: os.replace(_made(out / "forged"), folder / "state.json"),
        "write the log anew": lambda: (folder / "log.txt").write_text(""),
        "write beside the job": lambda: (folder.parent / "new").write_text(""),
        "write a file outside": lambda: secret.write_bytes(b"x"),
        "change a file's mode outside": lambda: os.chmod(secret, 0o777),
        "change a file's times outside": lambda: os.utime(secret, (0, 0)),
        "symbolic link in out": lambda: (out / "link").symlink_to(secret),
        "named pipe in out": lambda: os.mkfifo(out / "pipe"),
        "write to this package": lambda: (Path(job.__file__).parents[1] / "new.py").write_text(""),
        "write to /dev/shm": lambda: Path("/dev/shm/plumbline-test").write_text(""),
        "TCP": lambda: bound(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "UDP": lambda: bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        "Unix socket": lambda: bound(socket.AF_UNIX, socket.SOCK_STREAM, str(out / "socket")),
        "abstract Unix socket": lambda: bound(socket.AF_UNIX, socket.SOCK_STREAM, "\0plumbline-test"),
        "socket pair": socket.socketpair,
        "run a program": lambda: subprocess.run(["/bin/true"]),
        "become a program": lambda: os.execv("/bin/true", ["true"]),
        "signal the parent": lambda: os.kill(parent, 0),
        "signal the parent's thread": lambda: system_call(234, parent, parent, 0),
        "signal every process": lambda: os.kill(-1, 0),
        "have the kernel signal the parent": lambda: fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, parent),
        "limit the parent": lambda: resource.prlimit(parent, resource.RLIMIT_CORE),
        "raise the own limit": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2),
        "slow the parent": lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
        "outlive the command": lambda: called(LIBC.prctl(1, 0, 0, 0, 0)),
        "hide from the supervisor": lambda: called(LIBC.prctl(4, 0, 0, 0, 0)),
        "become another user": lambda: os.setuid(12345),
    }
    return acts | {name: _calling(*call) for name, call in SYSTEM_CALLS.items()}


def allowed(folder: Path) -> dict[str, Callable[[], object]]:
    """What a job needs: were these refused too, the list above would prove nothing."""
    return {
        "read the upload": (folder / "in" / "table").read_bytes,
        "write in out": lambda: (folder / "out" / "a").write_bytes(b"x"),
        "move in out": lambda: os.replace(folder / "out" / "a", folder / "out" / "tmp" / "a"),
        "make a temporary file": lambda: tempfile.TemporaryFile().close(),
        "start a thread": lambda: in_a_thread(os.getpid),
        "signal itself": lambda: signal.raise_signal(signal.SIGCONT),
        "read about itself": lambda: Path("/proc/self/status").read_bytes(),
    }


def attempt(folder: Path, request: dict[str, str], progress: Progress) -> None:
    """Try everything; writes which acts were refused."""
    acts = forbidden(folder, request) | allowed(folder)
    replace_json(folder / "out" / "refused.json", {name: _refused(act) for name, act in acts.items()})


def loop(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Never end, and hear no signal that can be refused."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    progress(0, 1, "looping")
    for _ in turns():
        pass


def eat(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Take memory as Python does, until there is none."""
    kept = []
    while True:
        kept.append(bytearray(2**26))


def eat_natively(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Take memory as a library in C++ does, which ends the process where Python would raise."""
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
    os.abort()


def bloat(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Hold more memory than the supervisor allows where no address space is limited."""
    progress(0, 1, "holding")
    held = bytearray(b"x" * 2**28)
    for _ in turns():
        held[0] ^= 1


def litter(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Make files without end."""
    for number in range(10**7):
        os.mkdir(folder / "out" / str(number), 0)


def hoard(folder: Path, request: dict[str, int], progress: Progress) -> None:
    """Fill the disk with files that no listing shows: removed, and open or mapped."""
    held = []
    for kind in ("open", "mapped"):
        path = folder / "out" / kind
        path.write_bytes(b"x" * request["bytes"])
        with path.open("rb") as file:
            held.append(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) if kind == "mapped" else path.open("rb"))
        path.unlink()
    progress(0, 1, "hoarding")
    for _ in turns():
        time.sleep(0.01)


def swarm(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Start more threads than any library does."""
    threading.stack_size(2**16)
    for _ in range(300):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    for _ in turns():
        time.sleep(0.01)


def boast(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Claim progress that no number can hold."""
    for done in turns_of(("-7", "1", "9" * 4000)):
        part = folder / "out" / "part"
        part.write_text(f'{{"done": {done}, "total": {"9" * 4200}, "what": "boasting"}}')
        part.replace(folder / "out" / "progress.json")
        time.sleep(0.01)


def turns_of(values: tuple[str, ...]) -> Iterator[str]:
    return (value for _, value in zip(turns(), itertools.cycle(values), strict=False))


def forge(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Say that all is well and leave what an app should never open."""
    out = folder / "out"
    (out / "n.npy").write_bytes(b"\x80\x04cos\nabort\n)R.")
    (out / "result.json").write_text('{"gap": NaN}')
    (out / "big.json").write_bytes(b" " * 2**20)
    (out / "progress.json").write_text('{"done": "<b>", "total": [], "what": 1e999}')


def shout(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Fail with an error of the job's own making."""
    (folder / "out" / "error.json").write_text('{"kind": "SystemExit", "message": "a\\nb\\u202ec<script>"}')
    os._exit(1)


def _refused(act: Callable[[], object]) -> str | None:
    try:
        act()
    except (OSError, ValueError) as problem:
        return f"{type(problem).__name__}: {problem}"
    return None


def _calling(number: int, *arguments: object) -> Callable[[], object]:
    return lambda: system_call(number, *arguments)


def _made(path: Path) -> Path:
    path.write_text("{}")
    return path


KINDS = {
    name: Kind(name, f"__main__:{name}")
    for name in (
        "attempt", "loop", "eat", "eat_natively", "bloat", "litter", "forge", "shout", "hoard", "swarm", "boast",
    )
}  # fmt: skip

if __name__ == "__main__":
    job.leave(job.main(kinds=KINDS))
