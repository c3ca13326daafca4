"""What several workers gain on a table in many files: wall time and the largest process, with 1 and with 2 of them.

    python tests/benchmarks/parts.py [ROWS [FILES]]

Run by hand from the project's root. The rows are drawn file by file and deleted after; both take turns.
"""

from __future__ import annotations

import resource
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


def seconds(folder: Path, workers: int | None) -> float:
    """One whole command, from a cold start."""
    command = [
        str(Path(sys.executable).with_name("plumbline")),
        "audit",
        str(folder / "plan.toml"),
        "--out",
        str(folder / "out"),
    ]
    begun = time.perf_counter()
    more = [] if workers is None else ["--workers", str(workers)]
    subprocess.run([*command, *more], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main(rows: int = ROWS, files: int = FILES) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plan.toml").write_text(PLAN)
        write_rows(folder / "rows", rows, files)
        ways = (None, 1, 2)
        turns = [[seconds(folder, way) for way in ways] for _ in range(TURNS)]
    whole, one, two = (statistics.median(way) for way in zip(*turns, strict=True))
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        "| rows | files | whole | 1 worker | 2 workers | gain | largest process |\n|---:|---:|---:|---:|---:|---:|---:|"
    )
    print(f"| {rows:,} | {files} | {whole:.1f} s | {one:.1f} s | {two:.1f} s | {one / two:.2f} | {most:,.0f} MB |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
