"""A CSV with scores to result.json by the command line: seconds and the largest memory of any one process.

    python tests/benchmarks/tables.py [ROWS ...]        (default 1000000 10000000)

Run by hand from the project's root, in the project's environment. Aims: 1M rows under 5 s and 600 MB, 10M rows under
40 s and 1 GB.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

PLAN = """plumbline = 1
[data]
file = "people.csv"
label = "outcome"
favourable = "yes"
[decision]
score = "score"
threshold = 0.5
[groups]
sensitive = ["sex", "race"]
"""
CHUNK = 1_000_000


def write_people(path: Path, rows: int) -> None:
    """Seeded people with eight columns, a million at a time."""
    draw = np.random.default_rng(0)
    for start in range(0, rows, CHUNK):
        n = min(CHUNK, rows - start)
        sex = draw.choice(["Female", "Male"], n)
        score = 1 / (1 + np.exp(-draw.normal(size=n) - 0.25 * (sex == "Male")))
        races = draw.choice(["White", "Black", "Asian", "Hispanic", "Other"], n, p=[0.62, 0.13, 0.14, 0.07, 0.04])
        frame = pd.DataFrame(
            {
                "id": np.arange(start, start + n),
                "sex": sex,
                "race": races,
                "age": draw.integers(18, 90, n),
                "income": draw.integers(10_000, 200_000, n),
                "region": draw.choice([f"R{i}" for i in range(20)], n),
                "score": score.round(6),
                "outcome": np.where(draw.random(n) < score, "yes", "no"),
            }
        )
        frame.to_csv(path, index=False, header=start == 0, mode="w" if start == 0 else "a")


def family(pid: int) -> list[int]:
    """A process and everything it started."""
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(d for child in children for d in family(child))]


def peak_megabytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return max((int(line.split()[1]) // 1000 for line in lines if line.startswith("VmHWM")), default=0)


def main(sizes: list[int]) -> None:
    print("| rows | CSV MB | seconds | largest process, MB |\n|---:|---:|---:|---:|")
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            table, plan = Path(folder) / "people.csv", Path(folder) / "plan.toml"
            write_people(table, rows)
            plan.write_text(PLAN)
            command = [Path(sys.executable).with_name("plumbline"), "audit", plan, "--out", Path(folder) / "out"]
            start, peak = time.perf_counter(), 0
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            while running.poll() is None:
                peak = max([peak, *map(peak_megabytes, family(running.pid))])
                time.sleep(0.02)
            spent = time.perf_counter() - start
            assert running.returncode == 0
            print(f"| {rows:,} | {table.stat().st_size / 1e6:.0f} | {spent:.1f} | {peak} |", flush=True)


if __name__ == "__main__":
    main([int(float(size)) for size in sys.argv[1:]] or [10**6, 10**7])
