"""What prints a page: the fence first, then Chromium in place of this process.

    python -m core.jobs.print_process FOLDER PARENT PROGRAM ARGUMENT...

It may read its folder and the system's own (programs, fonts, /etc, /proc, /sys), write FOLDER/out and /dev/shm, and
talk to nobody.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.jobs import end_with_parent, sandbox

FILE_BYTES, CPU_SECONDS = 256 << 20, 300
EXECUTE = 1 << 0
# A profile is locked by a symbolic link and a socket in it.
LOCK = 1 << 9 | 1 << 12
_READ = (
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/opt",
    "/etc",
    "/var/cache/fontconfig",
    "/proc",
    "/sys",
    "/run/current-system",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/dev/shm")
# Sockets between the processes of one print are made in pairs; to connect would lead out of it.
_REFUSED = ("connect", "ptrace", "process_vm_readv", "process_vm_writev", "bpf")


def main(arguments: Sequence[str]) -> int:
    """Shut this process in and become the program. Returns 3 where the one that asked for it has gone."""
    folder, parent, *command = arguments
    if not end_with_parent.die_with(int(parent)):
        return 3
    _shut_in(Path(folder))
    os.execv(command[0], command)


def _shut_in(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    if sys.platform != "linux":
        return
    sandbox.drop_privileges()
    protection = sandbox.available()
    if protection.landlock:
        sandbox.restrict_files(_rules(folder), protection.landlock)
    if seccomp := sandbox.filter_library():
        calls = seccomp.SyscallFilter(seccomp.ALLOW)
        refused = seccomp.ERRNO(13)
        for name in _REFUSED:
            calls.add_rule(refused, name)
        calls.add_rule(refused, "socket", seccomp.Arg(0, seccomp.NE, socket.AF_UNIX))
        calls.load()


def _rules(folder: Path) -> Iterator[tuple[Path, int]]:
    read = sandbox.READ | EXECUTE
    yield from ((Path(name), read) for name in _READ if os.path.exists(name))
    yield from (
        (Path(name), sandbox.READ | sandbox.WRITE | sandbox.DEVICE) for name in _DEVICES if os.path.exists(name)
    )
    yield folder, sandbox.READ
    yield folder / "out", sandbox.READ | sandbox.WRITE | LOCK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
