"""Jobs that loop, eat, litter and lie: each is a message, and the app goes on with the next job."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import JobError
from core.jobs.supervisor import Supervisor, checked_array, checked_json
from tests.worlds.jobs.supervised import SOON, ended, supervising, until

pytestmark = pytest.mark.crash
HOSTILE = "tests.worlds.jobs.hostile_tasks"
# Roomy for Python alone, so that the eater is stopped early.
MEMORY = 2**30


@contextlib.contextmanager
def attacked(root: Path, **options: object) -> Iterator[Supervisor]:
    """A supervisor whose jobs are hostile, and that must run one more at the end."""
    with supervising(root, **{"program": HOSTILE, "memory_bytes": MEMORY} | options) as supervisor:
        yield supervisor
        assert ended(supervisor, "forge").state == "done", "the app did not go on"


@pytest.mark.parametrize("task", ["eat", "eat_natively"])
def test_a_memory_eater_dies_with_words(tmp_path: Path, task: str) -> None:
    with attacked(tmp_path) as supervisor:
        status = ended(supervisor, task)
    assert (status.state, status.error) == ("failed", JobError)
    assert "used more than the 1 GB of memory" in (status.message or "")


def test_memory_is_watched_where_the_address_space_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.machine.has_gpu", lambda: True)
    with attacked(tmp_path, memory_bytes=2**27) as supervisor:
        status = ended(supervisor, "bloat")
    assert "used more than the 0.125 GB of memory" in (status.message or "")


def test_an_endless_loop_ends_at_the_time_limit(tmp_path: Path) -> None:
    with attacked(tmp_path, time_limit=1) as supervisor:
        status = ended(supervisor, "loop")
    assert "took longer than the 1 seconds" in (status.message or "")


def test_an_endless_loop_ends_by_cancel(tmp_path: Path) -> None:
    with attacked(tmp_path) as supervisor:
        job = supervisor.submit("loop", {}, {})
        until(lambda: supervisor.status(job).what == "looping")
        supervisor.cancel(job)
        assert supervisor.wait(job, SOON).state == "cancelled"


def test_files_without_end_are_stopped_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.exits.MOST_ENTRIES", 1_000)  # as many as there may be take a busy disk a minute
    with attacked(tmp_path) as supervisor:
        job = supervisor.submit("litter", {}, {})
        status = supervisor.wait(job, SOON)
        assert "about to fill the disk" in (status.message or "")
        until(lambda: list((tmp_path / "jobs" / job / "out").iterdir()) == [])


def test_of_a_full_disk_the_job_that_holds_most_ends_though_its_files_have_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.jobs.exits.MUCH_DISK", 30 * 2**20)
    with attacked(tmp_path, slots=2) as supervisor:
        neighbour = supervisor.submit("hoard", {"bytes": 2**20}, {})
        hoarder = supervisor.submit("hoard", {"bytes": 2**24}, {})
        until(lambda: {supervisor.status(job).what for job in (neighbour, hoarder)} == {"hoarding"})
        monkeypatch.setattr("core.jobs.folder.Folder.free_bytes", lambda _: 0)
        assert "about to fill the disk" in (supervisor.wait(hoarder, SOON).message or "")
        monkeypatch.setattr("core.jobs.folder.Folder.free_bytes", lambda _: 2**40)
        assert supervisor.status(neighbour).state == "running"
        supervisor.cancel(neighbour)


def test_files_without_a_name_count_as_the_jobs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.exits.MOST_OUTPUT_BYTES", 30 * 2**20)
    with attacked(tmp_path) as supervisor:
        assert "about to fill the disk" in (ended(supervisor, "hoard", bytes=2**24).message or "")


def test_threads_without_end_are_stopped(tmp_path: Path) -> None:
    with attacked(tmp_path) as supervisor:
        assert "more threads than one run may" in (ended(supervisor, "swarm").message or "")


def test_forged_progress_is_cut_to_what_a_job_can_come_to(tmp_path: Path) -> None:
    with attacked(tmp_path) as supervisor:
        job = supervisor.submit("boast", {}, {})
        until(lambda: supervisor.status(job).done > 1)
        status = supervisor.status(job)
        assert 0 <= status.done <= status.total < 10**13 and status.done / status.total <= 1
        supervisor.cancel(job)


def test_forged_results_are_refused(tmp_path: Path) -> None:
    with attacked(tmp_path) as supervisor:
        job = supervisor.submit("forge", {}, {})
        status = supervisor.wait(job, SOON)
        out = supervisor.output(job)
        assert (status.done, status.total, status.what) == (0, 0, "")
        for read, name in ((checked_array, "n.npy"), (checked_json, "result.json"), (checked_json, "big.json")):
            with pytest.raises(JobError, match="was refused"):
                read(out / name, 100_000)


def test_an_error_of_the_jobs_own_making_is_one_line_of_text(tmp_path: Path) -> None:
    with attacked(tmp_path) as supervisor:
        status = ended(supervisor, "shout")
    assert (status.state, status.error, status.message) == ("failed", JobError, "a bc<script>")


@pytest.mark.parametrize("warm", [False, True])
def test_the_libraries_of_an_audit_work_inside(tmp_path: Path, warm: bool) -> None:
    with supervising(tmp_path, warm=warm) as supervisor:
        until(lambda: not warm or supervisor._queue._spare is not None)
        supervisor._queue._warm = False  # the next to be ready would import all of it for nobody
        job = supervisor.submit("imports", {}, {})
        status = supervisor.wait(job, SOON)
        assert status.state == "done", (tmp_path / "jobs" / job / "log.txt").read_text()
        answers = checked_json(supervisor.output(job) / "imports.json", 10_000)
    assert answers.pop("threads") >= 1
    assert answers == {"parquet": True, "onnx": True, "skops": True}
