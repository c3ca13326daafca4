"""A look at this machine from inside the app: one process at a time, which ends in time and with the app."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.cli.doctor.look import MachineLook

SECONDS = 120.0
_ASKS = """
import time
from core.cli.doctor.look import MachineLook
look = MachineLook()
look.begin()
print("begun", flush=True)
time.sleep(1000)
"""


def test_who_asks_while_a_look_is_under_way_waits_for_its_answer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "go")
    code = f"open({str(tmp_path / 'ran')!r}, 'a').write('x'); open({str(tmp_path / 'go')!r}).read()"
    look = MachineLook([sys.executable, "-S", "-c", code], now=lambda: 5.0)
    look.begin()
    look.begin()
    assert look.seconds is not None and look.answer is None
    (tmp_path / "go").write_text("")
    answer = look.wait(SECONDS)
    assert answer is not None and answer.report is None and answer.at == 5.0
    assert (tmp_path / "ran").read_text() == "x" and look.seconds is None


def test_a_look_that_does_not_end_is_ended() -> None:
    look = MachineLook([sys.executable, "-S", "-c", "import time; time.sleep(1000)"], limit=0.5)
    look.begin()
    answer = look.wait(SECONDS)
    assert answer is not None and answer.report is None


@pytest.mark.jobs
@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_look_ends_with_an_app_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _ASKS], stdout=subprocess.PIPE) as app:
        assert app.stdout is not None and app.stdout.readline() == b"begun\n"
        asks = psutil.Process(app.pid)
        while not (children := asks.children(recursive=True)):
            pass
        app.kill()
    assert psutil.wait_procs(children, SECONDS)[1] == []
