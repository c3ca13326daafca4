"""Random kills of app, job and command: python -m tests.benchmarks.kills [KILLS] prints what was lost, stuck or left.

The app is killed while it does one thing of tests/worlds/jobs/killed_app.py, the job while it audits, the command
while it runs; each after a random time. Then the folder is opened again and must be as
tests/core/store/test_fault_points.py says; its ledger verifies, and has every finished audit.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from core.errors import JobError
from core.samples import SAMPLES
from core.store.ledger.checking import problems
from core.store.ledger.installation import key_folder, ledger_url
from core.store.ledger.ledger import Ledger
from core.store.workspace import Workspace
from tests.core.store.test_fault_points import is_tidy
from tests.worlds.jobs.killed_app import SCENARIOS
from tests.worlds.jobs.supervised import SOON
from tests.worlds.workspaces import PLAN, profiled, start, taken_over

LONGEST_SECONDS, GONE_SECONDS = 0.4, 10.0


def kill_app(root: Path, audit: str, chance: random.Random) -> str:
    """Kill the app in the middle of something."""
    scenario = chance.choice(list(SCENARIOS))
    child = os.fork()
    if child == 0:
        try:
            space = begun(root)
            SCENARIOS[scenario](space, audit)
            space.ledger.settle()
        finally:
            os._exit(0)
    time.sleep(chance.uniform(0, LONGEST_SECONDS))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return f"app: {scenario}"


def kill_job(root: Path, audit: str, chance: random.Random) -> str:
    """Kill the job of an app, which must say so."""
    space = begun(root)
    job = space.jobs._queue.known[str(space.run(audit, PLAN).job)]
    time.sleep(chance.uniform(0, 4 * LONGEST_SECONDS))
    if job.child is not None:
        job.child.process.kill()
    space.wait(audit, SOON)
    space.close()
    return "job: an audit"


def kill_command(root: Path, audit: str, chance: random.Random) -> str:
    """Kill a command, whose job must end with it."""
    scratch, sample = root / "scratch", SAMPLES["loans"]
    scratch.mkdir()
    command = [sys.executable, "-m", "core.cli", "audit", str(sample.plan), "--out", str(scratch / "out")]
    with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL) as running:  # fmt: skip
        time.sleep(chance.uniform(0, 8 * LONGEST_SECONDS))
        running.kill()
    left = outliving(scratch)
    shutil.rmtree(scratch)
    assert not left, f"{len(left)} processes outlived the command"
    return "command: an audit"


def outliving(folder: Path) -> list[str]:
    """The processes that still name a folder after the time that they may take to end."""
    until = time.monotonic() + GONE_SECONDS
    while (left := processes(folder)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def processes(folder: Path) -> list[str]:
    """The processes that name a folder, by number."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def begun(root: Path) -> Workspace:
    """The folder as an app has it, with its ledger."""
    return start(root, ledger=ledger_url(root, {}))


def opened(root: Path) -> Workspace:
    """The folder; a process that was being started as its app was killed holds the lock until it is started."""
    until = time.monotonic() + GONE_SECONDS
    while True:
        try:
            return begun(root)
        except JobError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def check(root: Path, audit: str) -> None:
    """Open the folder again: the audit is there with an answer, or under way, or deleted, and nothing lies about."""
    space = opened(root)
    try:
        is_tidy(space, root)
        space.ledger.settle()
        ledger = Ledger(ledger_url(root, {}), key_folder(root, {}))
        assert problems(ledger) == []
        finished = [kept.id for kept in space.audits.all() if space.record(kept.id) is not None]
        assert {space.ledger.strength(each) for each in finished} <= {"signed"}, "a finished audit is not in the ledger"
        for kept in space.audits.all():
            space.delete(kept.id)
        assert problems(ledger) == [] and all(entry.is_erased for entry in ledger.named("record/"))
        ledger.close()
        of_ledger = (root / "ledger", root / "keys")
        left = [str(path.relative_to(root)) for path in root.rglob("*")
                if path.is_file() and not any(path.is_relative_to(folder) for folder in of_ledger)]  # fmt: skip
        assert sorted(left) == ["ages.json", "jobs.lock"], left
    finally:
        space.close()
    assert not outliving(root), "a process outlived its audit"


def main() -> None:
    """Kill, look, and count."""
    kills, chance = int(sys.argv[1]) if len(sys.argv) > 1 else 300, random.Random(9)
    done, wrong = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        space = begun(home)
        audit = profiled(space).id
        space.run(audit, PLAN)
        taken_over(space, audit)
        space.ledger.settle()
        space.close()
        for number in range(kills):
            root = Path(scratch) / str(number)
            shutil.copytree(home, root, symlinks=True)
            what = "command"
            try:
                what = chance.choices((kill_app, kill_job, kill_command), (8, 1, 1))[0](root, audit, chance)
                check(root, audit)
            except Exception as problem:  # whatever it is, it is counted and told
                wrong[f"{what}: {type(problem).__name__} {problem}"] += 1
            done[what] += 1
            shutil.rmtree(root, ignore_errors=True)
            print(f"{number + 1} kills, {wrong.total()} wrong", flush=True)
    print(dict(done), dict(wrong))


if __name__ == "__main__":
    main()
