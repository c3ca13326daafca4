"""An app that is killed at a fault point: it reads lines of JSON, forks, and dies there.

Run with `python -m tests.worlds.jobs.killed_app`.

Each line is {"root", "scenario", "audit", "place"}: the child does the scenario in the folder `root` and kills itself
at the point with this number, from 0. The answer is the list of points that it passed; the last is where it died.
"""

import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.jobs.supervisor import Supervisor
from core.store.disk import crash_points
from core.store.workspace import UPLOADS_KEPT_SECONDS, Workspace
from tests.worlds.jobs.supervised import SOON
from tests.worlds.workspaces import PLAN, TABLE

OTHER = TABLE.replace(b"\na,", b"\nc,")


def _audit_fix(space: Workspace, audit: str) -> None:
    record = space.record(audit)
    assert record is not None
    space.audit_fix(audit, PLAN, None, record.digest)


def age(root: Path) -> None:
    """Make every file two days old, as a ledger of ages takes it."""
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 2 * UPLOADS_KEPT_SECONDS))


def _a_day_later(space: Workspace, audit: str) -> None:
    age(space.audits.folder(audit).parent.parent)
    space.sweep()


SCENARIOS: dict[str, Callable[[Workspace, str], object]] = {
    "collect": lambda space, audit: space.wait(audit, SOON),
    "delete": lambda space, audit: space.delete(audit),
    "begin": lambda space, audit: space.new("me"),
    "put another table": lambda space, audit: space.put_table(audit, io.BytesIO(OTHER), "other.csv"),
    "run again": lambda space, audit: space.run(audit, PLAN),
    "audit a fix": _audit_fix,
    "put a second table": lambda space, audit: space.put_second(audit, io.BytesIO(OTHER), "other.csv"),
    "a day later": _a_day_later,
    "put a model": lambda space, audit: space.put_model(audit, io.BytesIO(b"model"), "m.onnx"),
}


def _act(order: dict[str, Any], answer: int) -> None:
    """The child's part: it never returns."""
    root, passed = Path(order["root"]), 0

    def strike(name: str) -> None:
        nonlocal passed
        os.write(answer, f"{name}\n".encode())
        if passed == order["place"]:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    space = Workspace(root, Supervisor(root, slots=1, warm=False))
    with crash_points.striking(strike):
        SCENARIOS[order["scenario"]](space, order["audit"])
    os._exit(0)


def main() -> None:
    """Fork for every line; this process itself has no threads."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                _act(json.loads(line), writing)
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as said:
            passed = said.read().split("\n")[:-1]
        _, code = os.waitpid(child, 0)
        print(json.dumps({"passed": passed, "code": os.waitstatus_to_exitcode(code)}), flush=True)


if __name__ == "__main__":
    main()
