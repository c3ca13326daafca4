"""The supervisor through its public way in, with real processes and tasks of the tests' own."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import DataError, JobError
from core.jobs import sandbox
from core.jobs.folder import Folder
from core.jobs.supervisor import Status, Supervisor, checked_json
from tests.worlds.jobs.supervised import LONGEST, SOON, allow, ended, running, supervising, until

pytestmark = pytest.mark.jobs


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with supervising(tmp_path) as one:
        yield one


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_text("a,b\n")
    return path


def test_a_job_reads_its_inputs_and_its_results_are_found(supervisor: Supervisor, tmp_path: Path, table: Path) -> None:
    job = supervisor.submit("echo", {"plan": "é"}, {"table": table})
    assert supervisor.wait(job, SOON) == Status("done", done=1, total=1, what="echo")
    said = checked_json(supervisor.output(job) / "echo.json", 100_000)
    assert said["request"] == {"plan": "é"}
    assert said["sizes"] == {"table": 4}


def test_a_job_inherits_nothing_secret_and_writes_only_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret")
    with supervising(tmp_path) as supervisor:
        job = supervisor.submit("echo", {}, {})
        supervisor.wait(job, SOON)
        environment = checked_json(supervisor.output(job) / "echo.json", 100_000)["environment"]
    assert "DATABASE_URL" not in environment
    assert environment["HOME"] == environment["TMPDIR"] == str(tmp_path / "jobs" / job / "out" / "tmp")
    assert environment["OMP_WAIT_POLICY"] == "passive"  # other jobs share these cores
    assert int(environment["MALLOC_TRIM_THRESHOLD_"]) > 16 << 20  # a batch's arrays are not asked for anew each time


def test_once_a_job_has_ended_its_inputs_are_gone(supervisor: Supervisor, tmp_path: Path, table: Path) -> None:
    job = supervisor.submit("echo", {}, {"table": table})
    supervisor.wait(job, SOON)
    assert sorted(path.name for path in (tmp_path / "jobs" / job).iterdir()) == [
        "job.json", "log.txt", "out", "state.json",
    ]  # fmt: skip
    assert table.read_text() == "a,b\n"


def test_an_input_reaches_a_job_as_long_as_it_runs(supervisor: Supervisor, tmp_path: Path) -> None:
    job = supervisor.submit("follow", {}, {})
    until(lambda: running(supervisor, job))
    supervisor.give(job, "more", b"bytes")
    assert (tmp_path / "jobs" / job / "in" / "more").read_bytes() == b"bytes"
    allow(tmp_path, job, 10)
    assert supervisor.wait(job, SOON).state == "done"
    with pytest.raises(JobError, match="has ended"):
        supervisor.give(job, "late", b"bytes")


def test_an_input_that_comes_just_as_a_job_ends_does_not_spoil_its_results(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would stand in a folder that is being cleared."""
    clean, refused = Folder.clean, list[JobError]()

    def beset(folder: Folder, keep_results: bool) -> None:
        try:
            supervisor.give(folder.path.name, "late", b"bytes")
        except JobError as error:
            refused.append(error)
        clean(folder, keep_results)

    monkeypatch.setattr(Folder, "clean", beset)
    assert ended(supervisor, "echo").state == "done"
    assert len(refused) == 1


def test_a_refusal_keeps_its_type_and_its_words(supervisor: Supervisor) -> None:
    status = ended(supervisor, "refuse", message="Row 3 of people.csv\nis empty.")
    assert (status.state, status.error, status.message) == ("failed", DataError, "Row 3 of people.csv is empty.")


def test_a_mistake_in_the_code_is_words_and_leaves_no_results(supervisor: Supervisor, tmp_path: Path) -> None:
    job = supervisor.submit("stumble", {}, {})
    status = supervisor.wait(job, SOON)
    assert (status.state, status.error) == ("failed", JobError)
    assert "did not foresee (ZeroDivisionError)" in (status.message or "")
    assert "secret detail" not in (status.message or "")
    folder = tmp_path / "jobs" / job
    assert [path.name for path in (folder / "out").iterdir()] == ["error.json"]
    assert "secret detail" in (folder / "log.txt").read_text()
    with pytest.raises(JobError, match="did not foresee"):
        supervisor.output(job)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"signal": signal.SIGSEGV}, r"crashed \(signal 11\)"),
        ({"signal": signal.SIGKILL}, "ended by the system, most often because memory ran out"),
        ({"signal": signal.SIGXCPU}, "took longer"),
        ({"code": 0}, r"ended without a result \(code 0\)"),
        ({"code": 7}, r"ended without a result \(code 7\)"),
    ],
)
def test_a_death_is_a_message_and_the_next_job_runs(
    supervisor: Supervisor, request_: dict[str, int], says: str
) -> None:
    status = ended(supervisor, "die", **request_)
    assert (status.state, status.error) == ("failed", JobError)
    pytest.raises(JobError, _raise, status).match(says)
    assert ended(supervisor, "echo").state == "done"


def _raise(status: Status) -> None:
    raise JobError(status.message)


def test_an_unknown_kind_of_job_fails_in_words(supervisor: Supervisor) -> None:
    assert ended(supervisor, "bake").state == "failed"


def test_progress_and_the_time_left_are_told(supervisor: Supervisor, tmp_path: Path) -> None:
    job = supervisor.submit("follow", {}, {})
    until(lambda: running(supervisor, job))
    assert supervisor.status(job).seconds_left is None
    allow(tmp_path, job, 5)
    until(lambda: supervisor.status(job).done == 5)
    status = supervisor.status(job)
    assert (status.state, status.total) == ("running", 10)
    assert 0 < (status.seconds_left or 0) < SOON
    allow(tmp_path, job, 10)
    assert supervisor.wait(job, SOON).state == "done"


def test_cancel_kills(supervisor: Supervisor, tmp_path: Path) -> None:
    job = supervisor.submit("follow", {}, {})
    until(lambda: running(supervisor, job))
    supervisor.cancel(job)
    status = supervisor.wait(job, SOON)
    assert (status.state, status.message) == ("cancelled", "Cancelled. Run again when you like.")
    assert list((tmp_path / "jobs" / job / "out").iterdir()) == []
    supervisor.cancel(job)
    assert supervisor.status(job).state == "cancelled"


def test_a_disk_that_fills_up_ends_a_job_in_words(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as at_start:
        at_start.setattr(Folder, "hand_over", full)
        assert "No space left on device" in (ended(supervisor, "echo").message or "")
    with monkeypatch.context() as at_once:
        at_once.setattr(Folder, "write", full)
        with pytest.raises(JobError, match="could not be queued"):
            supervisor.submit("echo", {}, {})
    assert ended(supervisor, "echo").state == "done"


def test_a_deleted_job_leaves_nothing(supervisor: Supervisor, tmp_path: Path) -> None:
    running_one, waiting = (supervisor.submit("follow", {}, {}) for _ in range(2))
    for job in (waiting, running_one):
        supervisor.delete(job)
        assert not (tmp_path / "jobs" / job).exists()
        with pytest.raises(JobError, match="not known here"):
            supervisor.status(job)


def test_there_is_no_output_before_the_end(supervisor: Supervisor) -> None:
    job = supervisor.submit("follow", {}, {})
    with pytest.raises(JobError, match="no result yet"):
        supervisor.output(job)
    supervisor.cancel(job)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a\n"])
def test_the_name_of_an_input_is_no_path(supervisor: Supervisor, table: Path, name: str) -> None:
    with pytest.raises(JobError, match="cannot be the name of an input"):
        supervisor.submit("echo", {}, {name: table})


def test_a_missing_input_is_refused(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(JobError, match="input table is no longer there"):
        supervisor.submit("echo", {}, {"table": tmp_path / "gone"})


def test_a_full_disk_refuses_new_jobs(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=2**28)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(JobError, match=r"too full for a run: 0\.25 GB are free"):
        supervisor.submit("echo", {}, {})


def test_a_second_app_on_the_same_folder_is_refused(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(JobError, match="Another Plumbline already works"):
        Supervisor(tmp_path)


def test_a_folder_that_every_job_may_read_is_refused() -> None:
    with pytest.raises(JobError, match="which every run may read"):
        Supervisor(Path(sandbox.__file__).parents[1] / "samples")


def test_the_app_stays_light() -> None:
    heavy = "'torch', 'pandas', 'sklearn', 'scipy'"
    code = (
        "import sys, core.jobs.supervisor, core.store.blobs; "
        f"print([name for name in ({heavy}) if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LONGEST).stdout
    assert said == "[]\n"
