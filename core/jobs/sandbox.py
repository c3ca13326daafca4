"""The limits of a process that opens uploads: what it may read and write, and which system calls are refused.

Entered before any upload is touched and before any library that starts threads: landlock and seccomp bind the calling
thread and what it starts later, so a thread that exists already would stay free. Standard library and pyseccomp only.
"""

import contextlib
import ctypes
import errno
import fcntl
import functools
import glob
import os
import resource
import struct
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True)
class Limits:
    """What one job may use: address space in bytes, processor time in seconds, the size of one file in bytes."""

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int


@dataclass(frozen=True)
class Protection:
    """What this system offers: the landlock ABI (None without it), and whether system calls can be refused."""

    landlock: int | None
    seccomp: bool

    def sentence(self) -> str:
        """One sentence for the page about how far an upload is shut in."""
        if self.landlock and self.seccomp:
            return "Uploads are opened in a process that cannot reach the network, other files or other programs."
        if self.landlock:
            free = "the network"
        else:
            free = "your other files" if self.seccomp else "your other files and the network"
        return (
            "Uploads are opened in a process with limited time and memory, but this system cannot keep it from "
            f"{free}: open only files from people you trust."
        )


def enter(folder: Path, limits: Limits, cuda: bool) -> Protection:
    """Shut this process in: read `folder`, write `folder`/out, start no program, reach no network, from now on.

    The processor time starts to count at `limit_cpu`. With `cuda` the address space stays free, because the driver
    maps more than there is memory. Raises RuntimeError if another thread runs already, OSError if the system has a
    protection and refuses to apply it.
    """
    if _threads() != 1:
        raise RuntimeError("the limits must be entered before any other thread starts")
    protection = available()
    _limit_resources(limits, cuda)
    if sys.platform == "linux":
        _offer_to_oom_killer()
        drop_privileges()
    if protection.landlock:
        restrict_files(_rules(folder, cuda), protection.landlock)
    if seccomp := filter_library():
        _refuse_calls(seccomp)
    return protection


def available() -> Protection:
    """What `enter` would apply on this system, without applying it."""
    return Protection(landlock=_landlock_abi(), seccomp=filter_library() is not None)


def readable() -> list[Path]:
    """Folders and files that every job may read: Python, this package, the system's libraries, facts of the machine."""
    own = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[1]]
    return [path for path in own + [Path(name) for name in SYSTEM] if path.exists()]


def limit_cpu(seconds: int) -> None:
    """Let this process use `seconds` of processor time from now on; then the system ends it with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + seconds
    # At the hard limit the system kills without a word, a little before it says SIGXCPU.
    _lower(resource.RLIMIT_CPU, allowed, allowed + 5)


def refuse_from_now_on(*names: str) -> None:
    """Refuse further system calls to every thread of this process, also to those that run already."""
    if seccomp := filter_library():
        calls = seccomp.SyscallFilter(seccomp.ALLOW)
        calls.set_attr(seccomp.Attr.CTL_TSYNC, 1)
        for name in names:
            calls.add_rule(seccomp.ERRNO(errno.EPERM), name)
        calls.load()


SYSTEM = (
    "/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime",
    "/usr/share/zoneinfo", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
    "/dev/null", "/dev/urandom",
)  # fmt: skip
CUDA_READ = ("/proc/driver/nvidia", "/proc/devices", "/sys/devices/system/node", "/sys/bus/pci", "/usr/local/nvidia")
CUDA_WRITE = ("/dev/nvidia*", "/dev/nvidia-caps/*")

# System calls that no audit needs. A job has the user id of the app, so whatever landlock does not cover (signals,
# permissions of files, opening by handle, other processes' memory) is refused here.
REFUSED = (
    # network
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
    # programs and processes
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "tkill",
    "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "process_madvise", "process_mrelease", "unshare", "setns",
    "setpriority", "ioprio_set", "sched_setscheduler", "sched_setparam", "sched_setattr", "migrate_pages",
    "move_pages",
    # owner, mode, times and names of files: landlock has no right for these
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat", "utime", "utimes",
    "utimensat", "futimesat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr",
    "fremovexattr", "removexattrat", "file_setattr", "truncate", "name_to_handle_at", "open_by_handle_at",
    # mounts
    "mount", "umount2", "move_mount", "mount_setattr", "open_tree", "open_tree_attr", "fsopen", "fsconfig", "fsmount",
    "fspick", "pivot_root", "chroot", "quotactl", "quotactl_fd", "swapon", "swapoff", "statmount", "listmount",
    # the kernel
    "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open", "userfaultfd", "init_module",
    "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "iopl", "ioperm", "modify_ldt",
    "acct", "syslog", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "sethostname", "setdomainname",
    "vhangup", "personality", "lookup_dcookie", "nfsservctl", "uselib", "fanotify_init", "fanotify_mark",
    # shared memory, message queues, keys: memory that no limit counts, and roads to other processes
    "memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semtimedop", "semctl",
    "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify",
    "mq_getsetattr", "add_key", "request_key", "keyctl",
)  # fmt: skip
# Numbers of calls that are newer than the library may be; from 424 on they are the same on every processor.
NEW_CALLS = {
    "process_mrelease": 448, "memfd_secret": 447, "quotactl_fd": 443, "mount_setattr": 442, "process_madvise": 440,
    "fchmodat2": 452, "statmount": 457, "listmount": 458, "setxattrat": 463, "removexattrat": 466,
    "open_tree_attr": 467, "file_setattr": 469,
}  # fmt: skip

READ = 1 << 2 | 1 << 3  # files, folders
WRITE = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 13 | 1 << 14  # write, remove, make; refer, truncate
DEVICE = READ | 1 << 1 | 1 << 15  # and ioctl
FILE_RIGHTS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # what a rule about a file, not a folder, may name
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
SET_PARENT_DEATH_SIGNAL, SET_DUMPABLE, NO_NEW_PRIVS = 1, 4, 38
CLONE_THREAD = 0x10000
SET_OWNER_EX = 15
NUMBER_OF_FILES = 1024


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except FileNotFoundError:
        return threading.active_count()


def _limit_resources(limits: Limits, cuda: bool) -> None:
    if not cuda:
        _lower(resource.RLIMIT_AS, limits.memory_bytes)
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes)
    _lower(resource.RLIMIT_NOFILE, NUMBER_OF_FILES)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, soft: int, hard: int | None = None) -> None:
    """Set a limit and forbid to raise it; macOS refuses some, there the supervisor's watch is all there is."""
    present = resource.getrlimit(kind)[1]
    most = soft if hard is None else hard
    if present != resource.RLIM_INFINITY:
        most = min(most, present)
    with contextlib.nullcontext() if sys.platform == "linux" else contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (min(soft, most), most))


def _offer_to_oom_killer() -> None:
    """When the machine runs out of memory, the job goes first and the app stays."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def drop_privileges() -> None:
    """Give up every capability (root has all of them) and the way to gain new ones."""
    header = struct.pack("=Ii", 0x20080522, 0)
    _checked(_libc().capset(header, bytes(24)))
    _checked(_libc().prctl(NO_NEW_PRIVS, 1, 0, 0, 0))


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _landlock_abi() -> int | None:
    if sys.platform != "linux":
        return None
    abi: int = _libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    return abi if abi > 0 else None


def _handled(abi: int) -> tuple[int, bytes]:
    """The file rights that this ABI knows, and the ruleset that refuses all it knows: files, TCP, signals, sockets."""
    files = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)) - 1
    network, scopes = 3 if abi >= 4 else 0, 3 if abi >= 6 else 0
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    return files, struct.pack("=QQQ", files, network, scopes)[:size]


def restrict_files(rules: Iterable[tuple[Path, int]], abi: int) -> None:
    """Let this process reach these files and folders with these rights, and no others."""
    known, attributes = _handled(abi)
    ruleset = _checked(_libc().syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    for path, rights in rules:
        _allow(ruleset, path, rights & known)
    # Kept open for good: a rule holds on to the inode, and /proc makes a new one when its directory entry is dropped.
    os.open("/proc/self", os.O_PATH | os.O_CLOEXEC)
    _checked(_libc().syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _rules(folder: Path, cuda: bool) -> Iterable[tuple[Path, int]]:
    yield from ((path, READ) for path in readable())
    yield folder, READ
    yield folder / "out", READ | WRITE
    yield Path("/dev/null"), DEVICE
    if cuda:
        yield from ((Path(name), READ) for name in CUDA_READ if os.path.exists(name))
        yield from ((Path(name), READ | WRITE | DEVICE) for pattern in CUDA_WRITE for name in glob.glob(pattern))


def _allow(ruleset: int, path: Path, rights: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    allowed = rights if path.is_dir() else rights & FILE_RIGHTS
    _checked(_libc().syscall(ADD_RULE, ruleset, 1, struct.pack("=Qi", allowed, opened), 0))
    os.close(opened)


@functools.cache
def filter_library() -> ModuleType | None:
    """The pyseccomp module; None where the system or its library is missing (the import looks for it)."""
    if sys.platform != "linux" or "Seccomp:" not in Path("/proc/self/status").read_text():
        return None
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError, AttributeError):
        return None
    module: ModuleType = pyseccomp
    return module


def _refuse_calls(seccomp: ModuleType) -> None:
    refused, unknown, ignored = (seccomp.ERRNO(code) for code in (errno.EPERM, errno.ENOSYS, 0))
    calls = seccomp.SyscallFilter(seccomp.ALLOW)

    def answer(action: int, name: str, *arguments: object) -> None:
        number = _number(seccomp, name)
        if number is not None:
            calls.add_rule(action, number, *arguments)

    for name in REFUSED:
        answer(refused, name)
    for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        answer(refused, name, seccomp.Arg(0, seccomp.NE, os.getpid()))
    # They would let a job outlive its command, or hide from the supervisor what it holds.
    for option in (SET_PARENT_DEATH_SIGNAL, SET_DUMPABLE):
        answer(refused, "prctl", seccomp.Arg(0, seccomp.EQ, option))
    answer(refused, "prlimit64", seccomp.Arg(0, seccomp.NE, 0))
    for owner in (fcntl.F_SETOWN, fcntl.F_SETSIG, SET_OWNER_EX):  # they let the kernel signal another process
        answer(refused, "fcntl", seccomp.Arg(1, seccomp.EQ, owner))
    # Before ABI 3 landlock lets a file that may only be read be emptied by opening it.
    for name, flags in (("open", 1), ("openat", 2)):
        answer(refused, name, seccomp.Arg(flags, seccomp.MASKED_EQ, os.O_ACCMODE | os.O_TRUNC, os.O_TRUNC))
    answer(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    # Their arguments stand in memory, where no filter can look; the C library then takes clone and openat.
    answer(unknown, "clone3")
    answer(unknown, "openat2")
    # Libraries pin their threads at start and complain if they may not; pinning the app's threads must not work.
    answer(ignored, "sched_setaffinity")
    calls.load()


def _number(seccomp: ModuleType, name: str) -> int | None:
    """The number of a system call on this processor; None where there is no such call."""
    number: int = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
    return NEW_CALLS.get(name) if number == -1 else number
