"""What several workers gain on a table in many files, and what the cluster costs: wall time and the largest process.

    python -m tests.benchmarks.parts [ROWS [FILES [TURNS]]]

Run by hand from the project's root. The rows are drawn file by file and deleted after; the ways take turns.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS, FILES, TURNS = 10_000_000, 20, 3
WAYS = {
    "whole": (),
    "1 worker": ("--workers", "1"),
    "2 workers": ("--workers", "2"),
    "2 workers of a cluster": ("--on", "local", "--workers", "2"),
}
PLAN = """plumbline = 1
[data]
file = "rows"
label = "repaid"
favourable = 1
[decision]
score = "score"
threshold = 0.5
[groups]
sensitive = ["group"]
"""


def write_rows(folder: Path, rows: int, files: int) -> None:
    """A scored table in Parquet files, one at a time in memory."""
    folder.mkdir()
    for place in range(files):
        draw, each = np.random.default_rng(place), rows // files
        groups = pa.array([f"group {at}" for at in range(10)])
        columns = {
            "group": groups.take(pa.array(draw.integers(0, 10, each))),
            "score": pa.array(draw.random(each).astype(np.float32)),
            "repaid": pa.array(draw.integers(0, 2, each)),
        }
        pq.write_table(pa.table(columns), folder / f"part-{place:03}.parquet")


def measured(folder: Path, way: tuple[str, ...]) -> tuple[float, float]:
    """The seconds of one whole command from a cold start, and the MB that its largest process held."""
    command = [str(Path(sys.executable).with_name("plumbline")), "audit", str(folder / "plan.toml")]
    begun = time.perf_counter()
    running = subprocess.Popen([*command, "--out", str(folder / "out"), *way], stdout=subprocess.DEVNULL)
    # Of this command and what it started alone: RUSAGE_CHILDREN would hold the largest process of the ways before too.
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def main(rows: int = ROWS, files: int = FILES, turns: int = TURNS) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plan.toml").write_text(PLAN)
        write_rows(folder / "rows", rows, files)
        taken = [[measured(folder, way) for way in WAYS.values()] for _ in range(turns)]
    print(f"{rows:,} rows in {files} files, the median of {turns}\n\n| | seconds | largest process |\n|---|---:|---:|")
    for way, of_way in zip(WAYS, zip(*taken, strict=True), strict=True):
        seconds, megabytes = zip(*of_way, strict=True)
        print(f"| {way} | {statistics.median(seconds):.1f} | {max(megabytes):,.0f} MB |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
