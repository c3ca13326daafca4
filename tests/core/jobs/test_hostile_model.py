"""From inside a model file: no way to records, other uploads, the network or out of the folder; no forged result."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import psutil
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from core.engine.results import read
from core.errors import JobError
from core.jobs.supervisor import Status, Supervisor
from core.plan.plan import Plan
from core.record import Digests
from core.samples import SAMPLES
from tests.worlds.jobs.supervised import until

pytestmark = [pytest.mark.crash, pytest.mark.process]
LONG_SECONDS = 300.0  # a guard, on the busiest machine
# What a job works once its table is read: opening the small model takes a fraction of it, its loop the rest.
IN_THE_LOOP_SECONDS = 3.0
PLAN = """plumbline = 1
[data]
file = "people.csv"
[decision]
model = "model"
threshold = 0.5
features = ["x"]
[groups]
sensitive = ["group"]
"""
ATTEMPTS = """
import json, os, socket
def attempt(act):
    try:
        act()
        return "succeeded"
    except OSError as error:
        return f"refused: {error.strerror}"
out = os.getcwd()
said = {
    "read the records": attempt(lambda: open(RECORD).read()),
    "read another upload": attempt(lambda: open(OTHER, "rb").read()),
    "list the uploads": attempt(lambda: os.listdir(os.path.dirname(OTHER))),
    "write beside the records": attempt(lambda: open(RECORD + ".forged", "w")),
    "write its own input": attempt(lambda: open(os.path.join(out, "..", "in", "table"), "a")),
    "write its own state": attempt(lambda: open(os.path.join(out, "..", "state.json"), "w")),
    "open a socket": attempt(lambda: socket.create_connection(("127.0.0.1", 1), timeout=1)),
    "start a program": attempt(lambda: os.execv("/bin/true", ["true"])),
    "leave a link to the records": attempt(lambda: os.link(RECORD, os.path.join(out, "linked"))),
}
json.dump(said, open(os.path.join(out, "attempts.json"), "w"))
"""
FORGERY = """
import numpy
save = numpy.save
def forge(path, array, **options):
    save(path, array + 1000 if str(path).endswith("counts_n.npy") else array, **options)
numpy.save = forge
"""


class Run:
    """Unpickling this runs a program and gives the example inputs that torch expects."""

    def __init__(self, program: str) -> None:
        self.program = program

    def __reduce__(self) -> Any:
        return (eval, ("(exec(program), ((__import__('torch').zeros(2, 9),), {}))[1]", {"program": self.program}))


def hostile_pt2(folder: Path, program: str) -> Path:
    """The sample's own model, its example inputs replaced by a pickle that runs a program when torch opens it."""
    path, inputs = folder / "hostile.pt2", io.BytesIO()
    torch.save(Run(program), inputs)
    with zipfile.ZipFile(SAMPLES["loans"].model) as good, zipfile.ZipFile(path, "w") as bad:
        for info in good.infolist():
            is_inputs = info.filename.endswith("data/sample_inputs/model.pt")
            bad.writestr(info.filename, inputs.getvalue() if is_inputs else good.read(info))
    return path


def people(folder: Path, columns: int = 1) -> Path:
    path = folder / "people.csv"
    rows = "".join(f"{i % 2},{','.join(['0.5'] * columns)}\n" for i in range(200))
    path.write_text("group," + ",".join("x" if columns == 1 else f"x{i}" for i in range(columns)) + "\n" + rows)
    return path


def onnx_model(folder: Path, nodes: list[Any], constants: list[Any]) -> Path:
    graph = helper.make_graph(
        nodes,
        "hostile",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 1])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["rows", 1])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / "model.onnx"
    onnx.save(model, path)
    return path


def endless(folder: Path) -> Path:
    """A model whose loop has 2^62 rounds."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["again"], ["still"]),
            helper.make_node("Mul", ["v", "v"], ["w"]),
        ],
        "round",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("again", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("still", TensorProto.BOOL, []),
            helper.make_tensor_value_info("w", TensorProto.FLOAT, None),
        ],
    )
    rounds = numpy_helper.from_array(np.array(2**62, dtype=np.int64), "rounds")
    yes = numpy_helper.from_array(np.array(True), "yes")
    return onnx_model(folder, [helper.make_node("Loop", ["rounds", "yes", "x"], ["score"], body=body)], [rounds, yes])


def hungry(folder: Path) -> Path:
    """A model that asks for a tensor of 2^36 numbers."""
    shape = numpy_helper.from_array(np.array([2**36], dtype=np.int64), "shape")
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
        helper.make_node("ReduceMax", ["zeros"], ["zero"], keepdims=0),
        helper.make_node("Add", ["x", "zero"], ["score"]),
    ]
    return onnx_model(folder, nodes, [shape])


def audited(supervisor: Supervisor, table: Path, model: Path, plan: str = PLAN) -> tuple[str, Status]:
    job = supervisor.submit("audit", {"plan": plan}, {"table": table, "model": model})
    return job, supervisor.wait(job, LONG_SECONDS)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """A supervisor that must run the sample after all that was done to it, in whatever time that takes here."""
    root, sample = tmp_path_factory.mktemp("attacked"), SAMPLES["loans"]
    supervisor = Supervisor(root, slots=1, warm=False, memory_bytes=6 * 2**30)
    try:
        yield supervisor
        _, after = audited(supervisor, sample.table, sample.model, sample.plan.read_text())
        assert after.state == "done", after
    finally:
        supervisor.close()


def test_a_model_that_never_ends_is_a_message_and_the_app_goes_on(
    attacked: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = attacked.submit("audit", {"plan": PLAN}, {"table": people(tmp_path), "model": endless(tmp_path)})
    until(lambda: "read" in attacked.status(job).what)
    (running,) = attacked._queue.running()
    assert running.child is not None
    process = psutil.Process(running.child.process.pid)
    began = process.cpu_times().user
    until(lambda: process.cpu_times().user > began + IN_THE_LOOP_SECONDS)
    # Only this run is short of time: the sample after it would be too, on a busy machine.
    with monkeypatch.context() as short:
        short.setattr(attacked._queue, "_time_limit", 1)
        status = attacked.wait(job, LONG_SECONDS)
    assert status.state == "failed", status
    assert "longer than the 1 seconds" in (status.message or "")


def test_a_model_that_eats_all_memory_is_a_message_and_the_app_goes_on(attacked: Supervisor, tmp_path: Path) -> None:
    _, status = audited(attacked, people(tmp_path), hungry(tmp_path))
    assert status.state == "failed", status
    assert "memory" in (status.message or "")


@dataclass(frozen=True)
class Hostile:
    """What came of a job whose model is code that does what it can, behind a sanitiser that lets it pass."""

    status: Status
    out: Path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """The code looks for a way out of its folder, and then adds people to the counts that the job writes."""
    folder, sample = tmp_path_factory.mktemp("hostile"), SAMPLES["loans"]
    record, other = folder / "root" / "records" / "secret.json", folder / "root" / "uploads" / "other.csv"
    for path in (record, other):
        path.parent.mkdir(parents=True)
        path.write_text("secret")
    program = f"RECORD, OTHER = {str(record)!r}, {str(other)!r}\n{ATTEMPTS}\n{FORGERY}"
    supervisor = Supervisor(folder / "root", slots=1, warm=False, program="tests.worlds.jobs.unsanitised_job")
    try:
        job, status = audited(supervisor, sample.table, hostile_pt2(folder, program), sample.plan.read_text())
        yield Hostile(status, folder / "root" / "jobs" / job / "out")
    finally:
        supervisor.close()


def test_code_in_a_model_reaches_nothing_but_its_own_folder(hostile: Hostile) -> None:
    said = json.loads((hostile.out / "attempts.json").read_text())
    assert len(said) == 9
    assert [act for act, outcome in said.items() if not outcome.startswith("refused")] == []


def test_forged_counts_are_refused(hostile: Hostile) -> None:
    assert hostile.status.state == "done", hostile.status
    with pytest.raises(JobError, match="refused"):
        read(hostile.out, Plan.from_toml(SAMPLES["loans"].plan.read_text()), 2000, Digests("0" * 64, "0" * 64))
