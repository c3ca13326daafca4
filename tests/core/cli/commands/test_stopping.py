"""A command's job ends with the command: killed, interrupted, asked to stop, or over its time."""

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.cli import main
from core.jobs.process import Process
from core.jobs.scratch import scratch
from core.samples import SAMPLES
from tests.worlds.jobs.supervised import LONGEST, PROGRAM, ending, jobs_in, until

pytestmark = pytest.mark.jobs
PLUMBLINE = Path(sys.executable).with_name("plumbline")
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A place for temporary files that no other command uses."""
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


def audit(*options: str) -> list[str]:
    return ["audit", str(SAMPLES["loans"].plan), *options]


@contextmanager
def command(home: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """An audit whose job has begun and was halted, so that it never ends by itself; the job's process."""
    started = subprocess.Popen(
        [PLUMBLINE, *audit("--out", str(home / "out"))],
        env={**os.environ, "TMPDIR": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever starts the tests in the background has them ignore Ctrl+C, which is handed on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with ending(started):
        until(lambda: any((folder / "log.txt").stat().st_size for folder in jobs_in(home).values()))  # its limits hold
        (job,) = jobs_in(home)
        os.kill(job, signal.SIGSTOP)
        try:
            yield started, job
        finally:
            for left in jobs_in(home):
                os.kill(left, signal.SIGKILL)


@linux
@pytest.mark.parametrize(
    ("number", "code", "words"), [(signal.SIGINT, 130, "stopped by Ctrl+C"), (signal.SIGTERM, 143, "asked to stop")]
)
def test_a_signal_ends_the_job_and_is_one_line(home: Path, number: int, code: int, words: str) -> None:
    with command(home) as (started, _):
        started.send_signal(number)
        said, complained = started.communicate(timeout=LONGEST)
        assert jobs_in(home) == {}
    assert (started.returncode, said) == (code, "")
    assert words in complained and complained.startswith("plumbline: ") and complained.count("\n") == 1
    assert list(home.iterdir()) == []


@linux
def test_the_job_of_a_killed_command_dies_and_the_next_command_sweeps_its_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    with command(home) as (killed, job):
        identity = Process.of(job)
        killed.kill()
        until(lambda: not identity.alive())
    (left,) = home.glob("plumbline-command-*")
    with command(home):
        (own,) = home.glob("plumbline-command-*")
        assert own != left
        with scratch() as third:
            assert sorted(home.glob("plumbline-command-*")) == sorted([own, third])


@pytest.mark.process
def test_the_time_limit_is_told_to_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(audit("--out", str(tmp_path / "out"), "--time-limit", "0.05")) == 2
    assert "took longer than the 0.05 seconds" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [["audit"], ["mitigate", "--with", "equalized_odds"], ["explain"]])
@pytest.mark.parametrize("seconds", ["soon", "0", "-1", "nan", "inf"])
def test_a_time_limit_that_is_none_is_refused(
    command: list[str], seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "plan.toml", f"--time-limit={seconds}"])
    assert ended.value.code == 2
    assert f"'{seconds}' is no number of seconds" in capsys.readouterr().err


@linux
def test_a_job_whose_command_died_before_it_was_bound_does_nothing(tmp_path: Path) -> None:
    """Its parent's number is now another's: the signal was asked for too late, and is seen to be."""
    (tmp_path / "out").mkdir()
    work = {"kind": "echo", "request": {}, "seconds": 1}
    (tmp_path / "job.json").write_text(json.dumps(work))
    limits = ["--memory", str(2**31), "--cpu", "5", "--file", "1000000"]
    for parent, code in ((os.getppid(), 3), (os.getpid(), 1)):  # 1: it ran, and misses its inputs
        job = [sys.executable, "-m", PROGRAM, str(tmp_path), *limits, "--bound", str(parent)]
        done = subprocess.run(job, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST)
        assert done.returncode == code


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="reads /proc of Linux on x86_64")
def test_a_process_that_waits_for_work_sleeps_until_it_is_woken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    limits = ["--memory", str(2**31), "--cpu", "5", "--file", "1000000"]
    job = [sys.executable, "-m", PROGRAM, str(tmp_path), *limits]
    with ending(subprocess.Popen(job, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)) as spare:
        assert spare.stdin is not None
        until(lambda: Path(f"/proc/{spare.pid}/syscall").read_text().startswith("0 0x0 "))  # read, of its input
        spare.stdin.close()
        assert spare.wait(LONGEST) == 3  # nobody gave it work
