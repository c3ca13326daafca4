"""Parts counted by a cluster of this machine: the same record, whoever dies, and nothing that is left behind."""

import errno
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import distributed
import psutil
import pytest

from core.engine.api import audit_here
from core.engine.plan_files import Files, files_of
from core.engine.shards.audit import audit_in_parts
from core.engine.shards.cluster.engine import ClusterEngine
from core.engine.shards.cluster.reached import on_this_machine
from core.engine.shards.cluster.worker import CountingPlugin
from core.engine.shards.engine import PartialsInMemory
from core.engine.shards.local_pool import LocalPool
from core.errors import DataError, JobError
from core.jobs.machine import DEVICE
from core.metrics.words.notes import text
from core.plan.plan import Plan
from core.samples import SAMPLES
from tests.core.engine.shards.test_parts import TABLE, Interrupted, numbers, running_jobs
from tests.core.engine.test_sums import PLANS
from tests.worlds.clusters import cluster_here, on_it
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import until
from tests.worlds.shard_engines import write_table

pytestmark = pytest.mark.jobs
PLAN = PLANS["a score"]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(files_of(write_table(tmp_path, TABLE)))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process finds."""
    return numbers(audit_here(PLAN, Files(files_of(write_table(tmp_path_factory.mktemp("whole"), TABLE)))))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster for every test that kills no worker."""
    with cluster_here(distributed.Security.temporary(), 1) as started:
        yield started


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


def test_a_worker_that_dies_changes_nothing_and_all_sockets_are_of_this_machine(
    files: Files, whole: dict[str, Any]
) -> None:
    seen, killed = set[str](), list[int]()

    def kill() -> None:
        until(lambda: bool(workers_of(psutil.Process())))
        seen.update(listening(psutil.Process()))
        killed.append(workers_of(psutil.Process())[0].pid)
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with audit_in_parts(PLAN, files, on_this_machine(2), PartialsInMemory(), each=32) as found:
        assert numbers(found.record) == whole
        assert found.parts == 2
    killer.join()
    assert killed and seen == {"127.0.0.1"}


@pytest.mark.parametrize(("workers", "parts"), [(1, 2), (2, 4), (3, 4), (8, 8)])
def test_any_number_of_workers_gives_the_same_record(
    files: Files, whole: dict[str, Any], cluster: Any, workers: int, parts: int
) -> None:
    with audit_in_parts(PLAN, files, on_it(cluster, workers), PartialsInMemory(), each=64 // parts) as found:
        assert numbers(found.record) == whole
        assert found.parts == parts


def test_an_interrupted_run_ends_every_job_and_keeps_what_was_counted(
    files: Files, whole: dict[str, Any], cluster: Any
) -> None:
    partials = PartialsInMemory()

    def end(done: int, total: int, what: str) -> None:
        if what == "rows scored" and done:
            raise Interrupted

    with (
        pytest.raises(Interrupted),
        audit_in_parts(PLAN, files, on_it(cluster, 1), partials, tell=end, each=16),
    ):
        pass
    with audit_in_parts(PLAN, files, on_it(cluster, 3), partials, each=16) as found:
        assert found.kept >= 1
        assert numbers(found.record) == whole


def test_a_part_at_which_every_job_dies_is_named_and_the_others_are_kept(
    files: Files, whole: dict[str, Any], cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    partials, tries = PartialsInMemory(), list[bool]()

    class Poisoned(LocalPool):
        def submit(self, chunk: Any, is_last: bool = False) -> None:
            with holding_jobs("count"):
                super().submit(chunk, is_last)
                if any(shard.index == 2 for shard in chunk):
                    tries.append(is_last)
                    os.kill(*running_jobs(self.root), signal.SIGKILL)

    with monkeypatch.context() as poison:
        poison.setattr("core.engine.shards.cluster.worker.LocalPool", Poisoned)
        words = r"t\.csv, rows 33 to 48: counting failed 3 times\. 3 of 4 parts are counted\. The worker at tls://127"
        with (
            pytest.raises(JobError, match=words),
            audit_in_parts(PLAN, files, on_it(cluster, 2), partials, each=16),
        ):
            pass
    assert tries == [False, False, True]
    with audit_in_parts(PLAN, files, on_it(cluster, 2), partials, each=16) as found:
        assert (found.kept, numbers(found.record)) == (3, whole)


def test_a_worker_hands_its_device_to_its_jobs_and_what_failed_there_is_said(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sum, which is made here, has another device by then."""
    loans = SAMPLES["loans"].plan
    plan = Plan.load(loans)
    monkeypatch.setenv(DEVICE, "cuda:98")

    def here_the_cpu(done: int, total: int, what: str) -> None:
        if what == "rows scored" and done == total:
            monkeypatch.setenv(DEVICE, "cpu")

    files, engine = Files.beside(plan, loans.parent), on_it(cluster, 1)
    with audit_in_parts(plan, files, engine, PartialsInMemory(), tell=here_the_cpu, each=1000) as found:
        said = [words for words in map(text, found.record.notes) if "the GPU (cuda:98) failed: " in words]
        assert (found.parts, len(said), found.record.provenance.device) == (2, 1, "cpu")


def refused(files: Files, cluster: Any, words: str, sees_files: bool = True) -> None:
    """A run that names a worker and what it lacks."""
    with (
        pytest.raises(JobError, match=rf"^The worker at tls://127\.0\.0\.1:\d+: {words}"),
        audit_in_parts(PLAN, files, on_it(cluster, 1, sees_files), PartialsInMemory(), each=32),
    ):
        pass


def test_a_worker_with_another_file_is_named(files: Files, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.engine.shards.cluster.engine.sha256", lambda path: "0" * 64)
    refused(files, cluster, r"table\.parquet is another file there")


def test_a_worker_with_another_version_is_named(files: Files, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.engine.shards.cluster.engine.versions", lambda: {"plumbline": "9.9.9"})
    refused(files, cluster, r"has Plumbline .*, and this is 9\.9\.9\. Install")


def full(*anything: Any, **named: Any) -> Any:
    """Whatever is written meets a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_worker_that_has_no_space_for_a_file_is_named(
    files: Files, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CountingPlugin, "take_piece", full)
    refused(files, cluster, r"table\.parquet could not be kept there \(No space left", sees_files=False)


def test_a_worker_without_a_place_for_files_is_named(
    files: Files, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.shards.cluster.worker.scratch", nowhere)
    refused(files, cluster, r"There is no place for temporary files in /t \(No space left")


@contextmanager
def nowhere() -> Iterator[Path]:
    raise DataError("There is no place for temporary files in /t (No space left on device).")
    yield


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("scratch", r"There is no place for temporary files in /t \(No space left"),
        ("LocalPool", r"its disk cannot be written \(No space left"),
    ],
)
def test_a_worker_whose_disk_is_full_by_then_is_named(
    files: Files, cluster: Any, monkeypatch: pytest.MonkeyPatch, where: str, says: str
) -> None:
    class Later(ClusterEngine):
        def submit(self, chunk: Any, is_last: bool = False) -> None:
            monkeypatch.setattr(f"core.engine.shards.cluster.worker.{where}", nowhere if where == "scratch" else full)
            super().submit(chunk, is_last)

    with (
        pytest.raises(JobError, match=rf"t\.csv, rows 1 to 32: counting .* The worker at tls://127\S+: {says}"),
        audit_in_parts(PLAN, files, on_it(cluster, 1, engine=Later), PartialsInMemory(), each=32),
    ):
        pass


def test_a_worker_that_is_killed_as_it_comes_ends_no_run(
    files: Files, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, begin = list[Any](), distributed.LocalCluster

    def started(**how: Any) -> Any:
        asked.append(how)
        if len(asked) == 1:
            raise RuntimeError("Nanny failed to start.")
        return begin(**how | {"processes": False, "protocol": "tls://"})

    monkeypatch.setattr(distributed, "LocalCluster", started)
    with audit_in_parts(PLAN, files, on_this_machine(1), PartialsInMemory(), each=32) as found:
        assert numbers(found.record) == whole and len(asked) == 2


@pytest.mark.parametrize("times", [1, 9])
def test_workers_are_told_of_a_run_again_where_one_died_meanwhile(
    files: Files, whole: dict[str, Any], cluster: Any, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    told, tell = list[Any](), distributed.Client.register_plugin

    def hung_up(client: Any, plugin: Any) -> None:
        told.append(plugin)
        if len(told) <= times:
            raise distributed.comm.CommClosedError("Stream is closed")
        tell(client, plugin)

    monkeypatch.setattr(distributed.Client, "register_plugin", hung_up)
    says = r"cannot be reached \(Stream is closed\)\. Check them, run again"
    ends = nullcontext() if times == 1 else pytest.raises(JobError, match=says)
    with ends, audit_in_parts(PLAN, files, on_it(cluster, 1), PartialsInMemory(), each=32) as found:
        assert numbers(found.record) == whole and len(told) == 2


def test_what_makes_no_sense_is_not_taken_in(files: Files, whole: dict[str, Any], cluster: Any) -> None:
    """A worker's words are plain values; anything but its own chunks' parts is passed over."""
    heard = list[Any]()

    class Loud(ClusterEngine):
        def submit(self, chunk: Any, is_last: bool = False) -> None:
            super().submit(chunk, is_last)
            for said in (None, [], {"chunk": "0"}, {"chunk": 99, "shard": 0, "content": b"x"}):
                self._heard.put(said)
            self._heard.put({"chunk": 0, "shard": 99, "content": b"x"})
            self._heard.put({"chunk": 0, "rows": -5})
            heard.append(chunk)

    with audit_in_parts(PLAN, files, on_it(cluster, 1, engine=Loud), PartialsInMemory(), each=32) as found:
        assert found.parts == 2 and heard and numbers(found.record) == whole
