"""What a command costs from a cold start, in this tree and in another one, in turn.

    python -m tests.benchmarks.commands OTHER_TREE [RUNS]        (default 5)

Run by hand from the project's root, in the project's environment; OTHER_TREE is a checkout with an environment of its
own in `.venv`. Seconds of the processor are of the command and its job; what else runs changes them less than the
clock's, whose median stands beside them.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMANDS = (
    "audit core/samples/loans.toml",
    "mitigate core/samples/loans.toml --with thresholds",
    "mitigate core/samples/loans.toml --with fairness_loss",
)


def cost(tree: Path, command: str) -> tuple[float, float]:
    """Seconds of the processor and of the clock that one run takes."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as out:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        asked = [".venv/bin/plumbline", *command.split(), "--out", out]
        subprocess.run(asked, cwd=tree, env=clean, check=True, capture_output=True)
        took, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took


def main() -> None:
    """Print the medians of both trees, for each command."""
    other, runs = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for command in COMMANDS:
        found: dict[Path, list[tuple[float, float]]] = {other: [], Path.cwd(): []}
        for turn in range(runs + 1):
            for tree, costs in found.items():
                costs += [cost(tree, command)][: turn > 0]  # the first of each reads the disk
        for tree, costs in found.items():
            processor, clock = (statistics.median(column) for column in zip(*costs, strict=True))
            print(f"{command}: {tree}: {processor:.2f} s of the processor, {clock:.1f} s of the clock")


if __name__ == "__main__":
    main()
