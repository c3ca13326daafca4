"""Parts counted by a cluster of this machine: the same record, whoever dies, and nothing that is left behind."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.engine.api import audit_isolated
from core.engine.plan_files import Files, files_of
from core.engine.shards.audit import audit_in_parts
from core.engine.shards.cluster.engine import ClusterEngine
from core.engine.shards.cluster.reached import on_this_machine
from core.engine.shards.engine import PartialsInMemory
from core.errors import JobError
from tests.core.engine.shards.test_parts import TABLE, Interrupted, numbers
from tests.core.engine.test_sums import PLANS
from tests.worlds.jobs.supervised import until
from tests.worlds.shard_engines import write_table

pytestmark = pytest.mark.jobs
PLAN = PLANS["a score"]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(files_of(write_table(tmp_path, TABLE)))


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Every worker and every job ends with its run, within ten seconds."""
    yield
    until(lambda: not any(_is_ours(each) for each in psutil.Process().children(recursive=True)))


def _is_ours(process: psutil.Process) -> bool:
    command = " ".join(_command(process))
    return "spawn_main" in command or "core.jobs.job" in command


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def workers_of(process: psutil.Process) -> list[psutil.Process]:
    """The processes of a cluster's workers that have a job."""
    jobs = [each for each in process.children(recursive=True) if "core.jobs.job" in _command(each)]
    return [job.parent() for job in jobs if "spawn_main" in " ".join(_command(job.parent()))]


def listening(process: psutil.Process) -> set[str]:
    """The addresses at which a process and what it started wait for others, from /proc/net."""
    return {
        connection.laddr.ip
        for each in (process, *process.children(recursive=True))
        for connection in each.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_a_worker_that_dies_changes_nothing_and_all_sockets_are_of_this_machine(files: Files) -> None:
    whole, seen, killed = numbers(audit_isolated(PLAN, files)), set[str](), list[int]()

    def kill() -> None:
        until(lambda: bool(workers_of(psutil.Process())))
        seen.update(listening(psutil.Process()))
        killed.append(workers_of(psutil.Process())[0].pid)
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with audit_in_parts(PLAN, files, on_this_machine(2), PartialsInMemory(), each=16) as found:
        assert numbers(found.record) == whole
        assert found.parts == 4
    killer.join()
    assert killed and seen == {"127.0.0.1"}


def test_an_interrupted_run_ends_every_worker_and_keeps_what_was_counted(files: Files) -> None:
    partials = PartialsInMemory()

    def end(done: int, total: int, what: str) -> None:
        if what == "rows scored" and done:
            raise Interrupted

    with (
        pytest.raises(Interrupted),
        audit_in_parts(PLAN, files, on_this_machine(1), partials, tell=end, each=16),
    ):
        pass
    with audit_in_parts(PLAN, files, on_this_machine(3), partials, each=16) as found:
        assert found.kept >= 1
        assert numbers(found.record) == numbers(audit_isolated(PLAN, files))


def test_a_worker_with_another_file_is_named(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.engine.shards.cluster.engine.sha256", lambda path: "0" * 64)
    with (
        pytest.raises(JobError, match=r"The worker at tls://127\.0\.0\.1:\d+: table\.parquet is another file there"),
        audit_in_parts(PLAN, files, on_this_machine(1), PartialsInMemory(), each=32),
    ):
        pass


def test_a_worker_with_another_version_is_named(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.engine.shards.cluster.engine.versions", lambda: {"plumbline": "9.9.9"})
    with (
        pytest.raises(JobError, match=r"The worker at tls://127.*has Plumbline .*, and this is 9\.9\.9\. Install"),
        audit_in_parts(PLAN, files, on_this_machine(1), PartialsInMemory(), each=32),
    ):
        pass


def test_what_makes_no_sense_is_not_taken_in(files: Files) -> None:
    """A worker's words are plain values; anything but its own chunks' parts is passed over."""
    heard = list[Any]()

    class Loud(ClusterEngine):
        def submit(self, chunk: Any) -> None:
            super().submit(chunk)
            for said in (None, [], {"chunk": "0"}, {"chunk": 99, "shard": 0, "content": b"x"}):
                self._heard.put(said)
            self._heard.put({"chunk": 0, "shard": 99, "content": b"x"})
            self._heard.put({"chunk": 0, "rows": -5})
            heard.append(chunk)

    def loud(work: Any) -> Any:
        made = on_this_machine(1)(work)
        made.__class__ = Loud
        return made

    with audit_in_parts(PLAN, files, loud, PartialsInMemory(), each=32) as found:
        assert found.parts == 2 and heard
