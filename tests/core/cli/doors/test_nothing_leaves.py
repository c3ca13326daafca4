"""Nothing leaves the machine, with the sandbox off as well: attempts are counted where the system is asked."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

from tests.core.cli.doors.served import drawn, serving
from tests.worlds.jobs.supervised import SOON

pytestmark = pytest.mark.jobs
ROOT = Path(__file__).resolve().parents[4]
# Commands as they are, but for jobs that nothing shuts in.
OPEN = """
import functools, sys
from core import cli
from core.jobs import supervisor
supervisor.Supervisor = functools.partial(supervisor.Supervisor, program="tests.core.cli.doors.open_job")
sys.exit(cli.main(sys.argv[1:]))
"""
PLAN = """plumbline = 1
[data]
file = "people.csv"
label = "hired"
favourable = 1
[decision]
model = "model.onnx"
features = ["x", "z"]
[groups]
sensitive = ["sex"]
intersections = 1
"""
_SENT = re.compile(r"^\d+ +(connect|sendto|sendmsg|sendmmsg)\(.*sa_family=AF_INET6?,.*$", re.MULTILINE)
_LOOPBACK = ('inet_addr("127.', '"::1"', '"::ffff:127.')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("onnx")
    draw = np.random.default_rng(0)
    features = draw.normal(size=(400, 2)).astype(np.float32)
    hired = (features[:, 0] + draw.normal(size=400) > 0).astype(int)
    rows = [f"{'mf'[i % 2]},{x},{z},{y}" for i, ((x, z), y) in enumerate(zip(features, hired, strict=True))]
    (folder / "people.csv").write_text("\n".join(["sex,x,z,hired", *rows]))
    (folder / "plan.toml").write_text(PLAN)
    model = to_onnx(LogisticRegression().fit(features, hired), features[:1], options={"zipmap": False})
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    return folder


def tracer(log: Path) -> list[str]:
    """The command that notes what another, and all that it starts, asks of the network."""
    if shutil.which("strace") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no strace on this machine: apt-get install strace")
    calls = "trace=socket,connect,sendto,sendmsg,sendmmsg"
    return ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-e", calls, "-o", str(log)]


def outward(log: Path) -> list[str]:
    """The attempts to reach an address beyond this machine."""
    return [found[0] for found in _SENT.finditer(log.read_text()) if not any(own in found[0] for own in _LOOPBACK)]


def test_what_leaves_is_seen(tmp_path: Path) -> None:
    log = tmp_path / "trace"
    # Of a datagram's socket this sends nothing: it only says where one would go.
    ask = "import socket as s; s.socket(s.AF_INET, s.SOCK_DGRAM).connect_ex(('{}', 9))"
    for address in ("127.0.0.1", "192.0.2.1"):
        subprocess.run([*tracer(log), sys.executable, "-c", ask.format(address)], check=True, timeout=SOON)
        assert len(outward(log)) == (address != "127.0.0.1")


def test_the_app_and_its_pages_ask_nobody(tmp_path: Path) -> None:
    log = tmp_path / "trace"
    with serving(tmp_path, before=tracer(log)) as app:
        # Of a page elsewhere Streamlit itself would ask outside what this machine is called.
        assert app.refuses_window(Origin="http://evil.example")
        with app.window() as window:
            drawn(window)
    assert "socket(AF_INET" in log.read_text() and outward(log) == []


@pytest.mark.parametrize(
    "command", [["audit"], ["mitigate", "--with", "thresholds"], ["explain", "--method", "shapley_sampling"]]
)
def test_commands_and_jobs_ask_nobody(folder: Path, tmp_path: Path, command: list[str]) -> None:
    log = tmp_path / "trace"
    name, *options = command
    line = [*tracer(log), sys.executable, "-c", OPEN, name, str(folder / "plan.toml"), *options]
    told = subprocess.run(
        [*line, "--out", str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True, timeout=SOON
    )
    assert told.returncode == 0, told.stderr
    assert outward(log) == []


def test_onnxruntime_keeps_nothing_to_send(folder: Path, tmp_path: Path) -> None:
    ask = (
        "import sys; from pathlib import Path; from core.models.onnx import open_onnx;"
        "open_onnx(Path(sys.argv[1]), 'm', 'cpu')"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run(
        [sys.executable, "-c", ask, str(folder / "model.onnx")],
        cwd=ROOT,
        env=environment | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        check=True,
        timeout=SOON,
    )
    assert list(tmp_path.rglob("*")) == []
