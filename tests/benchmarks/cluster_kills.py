"""Random kills around a cluster: python -m tests.benchmarks.cluster_kills [KILLS] prints what was wrong or left.

Of a run on a cluster of this machine a worker is killed, or the driver (in which the scheduler lives); of one on a
cluster of its own, the scheduler; each after a random time. What ended is taken up again, repeats no part that was
kept, and must find what an undisturbed run found; ten seconds after a kill no process of the run is left.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from tests.core.cli.commands.test_workers import results
from tests.worlds.certificates import certificates
from tests.worlds.loan_files import put_loans

GONE_SECONDS, PARTS, LONGEST_SECONDS = 10.0, 8, 240.0
COMMAND = """
import sys
from core.engine.shards import shard
shard.SHARD_ROWS = 100
from core.cli import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""
LOCAL = ("--on", "local", "--workers", "2")


class Run:
    """Commands about one table of 800 people, in a folder of their own."""

    def __init__(self, root: Path) -> None:
        self.root, self.ledger, self.temporary = root, root / "ledger.sqlite3", root / "tmp"
        self.temporary.mkdir(parents=True)
        self.plan, self.script = put_loans(root, 120) / "plan.toml", root / "command.py"
        self.script.write_text(COMMAND)

    def started(self, *options: str) -> subprocess.Popen[str]:
        """A command that has begun."""
        words = ["audit", str(self.plan), *options, "--ledger", str(self.ledger), "--out", str(self.root / "out")]
        return self.process(str(self.script), *words)

    def process(self, *words: str) -> subprocess.Popen[str]:
        """A Python process that names this folder in its environment, as do all that it starts."""
        own = {"TMPDIR": str(self.temporary), "PLUMBLINE_KEYS": str(self.root / "keys")}
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([sys.executable, *words], env={**os.environ, **own}, **pipes)

    def kept(self) -> int:
        """How many parts are kept beside the ledger."""
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)) as opened,
        ):
            return int(opened.execute("select count(*) from partials").fetchone()[0])
        return 0

    def left(self, but: int | None = None) -> list[psutil.Process]:
        """The processes that name the folder, after the time that they may take to end; `but` one that is no run's."""
        until = time.monotonic() + GONE_SECONDS
        while (found := [each for each in self._processes() if each.pid != but]) and time.monotonic() < until:
            time.sleep(0.05)
        return found

    def _processes(self) -> Iterator[psutil.Process]:
        for each in psutil.process_iter():
            with suppress(psutil.Error):
                named = each.environ().get("TMPDIR") == str(self.temporary) or str(self.root) in " ".join(
                    each.cmdline()
                )
                if named and each.status() != psutil.STATUS_ZOMBIE:
                    yield each

    def taken_up(self, whole: dict[str, Any]) -> None:
        """Run again where a run was ended: what was kept is not repeated, and the whole is the same."""
        kept = self.kept()
        again = self.started(*LOCAL)
        said, _ = again.communicate(timeout=LONGEST_SECONDS)
        earlier = f"; {kept} of them an earlier run had counted" if kept else ""
        if kept < PARTS:  # one whose last part was kept may have written its results
            assert f"Counted in {PARTS} parts on a cluster of this machine{earlier}." in said, said
        assert results(self.root / "out") == whole
        assert not self.left() and not list(self.temporary.glob("plumbline-*")), "something was left"


def kill_worker(run: Run, moment: float, whole: dict[str, Any]) -> None:
    """Kill a worker; the command goes on."""
    command = run.started(*LOCAL)
    time.sleep(moment)
    with suppress(psutil.Error):
        children = [each for each in psutil.Process(command.pid).children() if "spawn_main" in " ".join(each.cmdline())]
        if children:
            random.choice(children).kill()
    said, _ = command.communicate(timeout=LONGEST_SECONDS)
    assert f"Counted in {PARTS} parts" in said, said
    assert results(run.root / "out") == whole and not run.left()


def kill_driver(run: Run, moment: float, whole: dict[str, Any]) -> None:
    """Kill the command, and the scheduler within it."""
    command = run.started(*LOCAL)
    time.sleep(moment)
    command.kill()
    command.communicate()
    assert not run.left(), "a process outlived the driver"
    run.taken_up(whole)


def kill_scheduler(run: Run, moment: float, whole: dict[str, Any]) -> None:
    """Kill a scheduler of its own; the command must say so, or have ended."""
    with _cluster(run) as (scheduler, worker, address, options):
        command = run.started("--on", address, *options)
        time.sleep(moment)
        scheduler.kill()
        scheduler.wait()
        said, _ = command.communicate(timeout=LONGEST_SECONDS)
        assert command.returncode == 0 or "Traceback" not in said, said
        assert not run.left(but=worker.pid), "a process outlived the scheduler"  # one that had no place yet waits on
    run.taken_up(whole)


@contextmanager
def _cluster(run: Run) -> Iterator[tuple[subprocess.Popen[str], subprocess.Popen[str], str, list[str]]]:
    """A scheduler, a worker of it with two threads, its address, and the options that reach it."""
    keys, file = certificates(run.root / "certificates"), run.root / "scheduler.json"
    tls = ["--tls-ca-file", str(keys.ca), "--tls-cert", str(keys.certificate), "--tls-key", str(keys.key)]
    begins = ["--host", "127.0.0.1", "--protocol", "tls", "--scheduler-file", str(file), "--no-dashboard", *tls]
    scheduler = run.process("-m", "distributed.cli.dask_scheduler", "--port", "0", *begins)
    until = time.monotonic() + LONGEST_SECONDS
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.05)
    address = psutil.Process(scheduler.pid).net_connections("tcp")[0].laddr
    worker = run.process("-m", "distributed.cli.dask_worker", *begins, "--nthreads", "2", "--no-nanny")
    try:
        yield scheduler, worker, f"tls://{address.ip}:{address.port}", keys.options
    finally:
        for each in (scheduler, worker):
            each.kill()
            each.communicate()


KINDS: tuple[Callable[[Run, float, dict[str, Any]], None], ...] = (kill_worker, kill_driver, kill_scheduler)


def main() -> None:
    """Kill, look, and count."""
    kills, chance = int(sys.argv[1]) if len(sys.argv) > 1 else 50, random.Random(9)
    done, wrong = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as scratch:
        first, began = Run(Path(scratch) / "first"), time.monotonic()
        said, _ = first.started(*LOCAL).communicate(timeout=LONGEST_SECONDS)
        lasts, whole = time.monotonic() - began, results(first.root / "out")
        print(f"undisturbed: {lasts:.1f} s, {said.splitlines()[0]}", flush=True)
        for number in range(kills * len(KINDS)):
            kind = KINDS[number % len(KINDS)]
            run = Run(Path(scratch) / str(number))
            try:
                kind(run, chance.uniform(0, lasts), whole)
            except Exception as problem:  # whatever it is, it is counted and told
                print(f"{kind.__name__}: {problem}", flush=True)
                wrong[f"{kind.__name__}: {type(problem).__name__}"] += 1
            done[kind.__name__] += 1
            shutil.rmtree(run.root, ignore_errors=True)
            print(f"{dict(done)}, {wrong.total()} wrong {dict(wrong)}", flush=True)


if __name__ == "__main__":
    main()
