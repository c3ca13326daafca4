"""The yardstick: what audits, fixes and explanations give, taken before a change of the code and compared after it.

    python -m tests.golden take DIR [--quick] [--only NAME ...] [--workers N]
    python -m tests.golden compare OLD NEW
    python -m tests.golden list

Run from the project's root. `take` runs the `plumbline` command of this environment on the three samples and on what
the acceptance cases of ../shared ask of it, and keeps the content of each result file with times, versions, paths and
batch sizes left out. A take goes on where it was broken off, as long as the code is the same. `compare` names each
difference by unit, file and JSON path, and ends with 1 where there is one. Numbers of explanations may differ in the
eighth digit, since earlier code found by the clock how many people a model is given at once; all others must be equal.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.golden.differences import compare, wanted
from tests.golden.kept import take
from tests.golden.units import QUICK, units


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=(__doc__ or "").splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    taking, comparing = verbs.add_parser("take"), verbs.add_parser("compare")
    verbs.add_parser("list")
    taking.add_argument("folder", type=Path)
    taking.add_argument("--quick", action="store_true", help="a selection of some minutes")
    taking.add_argument("--workers", type=int, default=1, help="how many units run side by side (default 1)")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    for verb in (taking, comparing):
        verb.add_argument("--only", action="append", default=[], metavar="NAME", help="a unit, or all that begin so")
    chosen = parser.parse_args()
    if chosen.verb == "compare":
        return 1 if compare(chosen.old, chosen.new, chosen.only) else 0
    found = list(units())
    if chosen.verb == "list":
        print(*(f"{unit.name}{'  (quick)' if unit.name in QUICK else ''}" for unit in found), sep="\n")
        return 0
    picked = [u for u in found if wanted(u.name, chosen.only) and (not chosen.quick or u.name in QUICK)]
    if not picked:
        sys.exit(f"There is nothing called {chosen.only}. See: python -m tests.golden list")
    take(chosen.folder, picked, chosen.workers)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
