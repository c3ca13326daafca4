"""A PostgreSQL server for one test run, on loopback, in a folder of its own, run by whoever may run one."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DEBIAN = "/usr/lib/postgresql"


def programs() -> Path:
    """Where the server's programs are. Without them tests skip; in continuous integration (CI is set) they fail."""
    found = [path.parent for path in Path(_DEBIAN).glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no PostgreSQL server: apt-get install postgresql")
    return sorted(found)[-1] if found else Path(str(on_path)).parent


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that is ready, without a database name."""
    place = programs()
    folder = Path(tempfile.mkdtemp(prefix="plumbline-postgresql-"))
    other = [] if os.geteuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    try:
        if other:  # the server refuses to be run by root
            shutil.chown(folder, "postgres")
        data = folder / "data"
        initdb = [*other, place / "initdb", "-D", data, "-U", "plumbline", "-A", "trust", "--no-sync", "-E", "UTF8"]
        subprocess.run([*initdb, "--locale=C"], check=True, capture_output=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -p {port}"
        control = [*other, str(place / "pg_ctl"), "-D", str(data), "-w", "-t", "120"]
        subprocess.run([*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, capture_output=True)
        try:
            yield f"postgresql://plumbline@127.0.0.1:{port}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
