"""Tasks for the tests of jobs, run with `python -m tests.worlds.jobs.job_tasks`: no upload and no page reaches them."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from core.data.progress import Progress
from core.errors import DataError
from core.jobs import job
from core.jobs.kinds import Kind
from core.jobs.replaced_json import replace_json

LONGEST = 300.0


def turns() -> Iterator[None]:
    """Turns without end, but that a task whose test failed does not go on for more than LONGEST seconds."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        yield


def echo(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Give back the request, the inputs' sizes and the environment."""
    progress(1, 1, "echo")
    sizes = {path.name: path.stat().st_size for path in sorted((folder / "in").iterdir())}
    replace_json(folder / "out" / "echo.json", {"request": request, "sizes": sizes, "environment": dict(os.environ)})


def refuse(folder: Path, request: dict[str, str], progress: Progress) -> None:
    """Fail with words for the person."""
    raise DataError(request["message"])


def stumble(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Fail as a mistake in the code would, with something half written."""
    (folder / "out" / "half.json").write_text("{")
    raise ZeroDivisionError("secret detail")


def follow(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Do as many steps of ten as the test allows: it writes their number into the folder."""
    allowed, done = folder / "steps", 0
    for _ in turns():
        if done < (int(allowed.read_text() or 0) if allowed.exists() else 0):
            done += 1
        progress.reached = done / 10
        progress(done, 10, "steps")
        if done == 10:
            break
        time.sleep(0.01)


def die(folder: Path, request: dict[str, int], progress: Progress) -> None:
    """End without a word: by a signal, or with an exit code."""
    if "signal" in request:
        os.kill(os.getpid(), request["signal"])
    os._exit(request["code"])


def imports(folder: Path, request: dict[str, object], progress: Progress) -> None:
    """Import every library that a job may need, and let each compute something with its threads."""
    import aif360.metrics  # noqa: F401
    import numpy as np
    import onnxruntime
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    import skops.io
    import torch
    from onnx import TensorProto, helper
    from sklearn.linear_model import LogisticRegression

    rows = np.random.default_rng(0).normal(size=(2000, 20))
    torch.nn.functional.conv2d(torch.ones(8, 3, 64, 64, requires_grad=True), torch.ones(8, 3, 3, 3)).sum().backward()
    fitted = LogisticRegression().fit(rows, rows[:, 0] > 0)
    again = skops.io.loads(skops.io.dumps(fitted), trusted=[])
    table = folder / "out" / "rows.parquet"
    pq.write_table(pa.table({"x": rows[:, 0]}), table)
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "double",
        [value("x", TensorProto.DOUBLE, [2000])],
        [value("y", TensorProto.DOUBLE, [2000])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    doubled = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": rows[:, 0]})[0]
    answers = {
        "parquet": bool((pd.read_parquet(table)["x"].to_numpy() == rows[:, 0]).all()),
        "onnx": bool((doubled == 2 * rows[:, 0]).all()),
        "skops": bool((again.predict(rows) == fitted.predict(rows)).all()),
        "threads": torch.get_num_threads(),
    }
    replace_json(folder / "out" / "imports.json", answers)


KINDS = {name: Kind(name, f"__main__:{name}") for name in ("echo", "refuse", "stumble", "follow", "die", "imports")}
KINDS["profile"] = Kind("profile", "__main__:follow")  # a look at what was put in

if __name__ == "__main__":
    job.leave(job.main(kinds=KINDS))
