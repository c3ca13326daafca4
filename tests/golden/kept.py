"""A folder of takes: one file a unit, and the digests of all."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.golden.runs import ROOT, Run
from tests.golden.units import Unit


def take(folder: Path, chosen: list[Unit], workers: int = 1) -> None:
    """Run what the folder does not hold yet. Exits where the folder holds what other code gave."""
    folder.mkdir(parents=True, exist_ok=True)
    code, stamp = _code(), folder / "code.txt"
    if stamp.exists() and stamp.read_text().split()[0] != code:
        sys.exit(f"{folder} was taken with other code. Give another folder.")
    stamp.write_text(f"{code} {_commit()}\n")

    def one(unit: Unit) -> None:
        path = path_of(folder, unit.name)
        if path.exists():
            return
        start = time.perf_counter()
        runs = unit.runs()
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(gzip.compress(_canonical(runs).encode(), mtime=0))
        unfinished.replace(path)
        print(f"{unit.name:60} {time.perf_counter() - start:6.1f} s  exits {[run['exit'] for run in runs]}", flush=True)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, chosen))
    lines = [f"{digest}  {name}  {file}\n" for name in taken(folder) for file, digest in _digests(load(folder, name))]
    (folder / "digests.txt").write_text("".join(lines))


def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "core").rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()


def path_of(folder: Path, name: str) -> Path:
    """Where a unit lies in a folder."""
    return folder / f"{name.replace('/', '__')}.json.gz"


def taken(folder: Path) -> list[str]:
    """The names of the units that a folder holds."""
    return sorted(path.name.removesuffix(".json.gz").replace("__", "/") for path in folder.glob("*.json.gz"))


def load(folder: Path, name: str) -> list[Run]:
    """The runs of one unit."""
    runs: list[Run] = json.loads(gzip.decompress(path_of(folder, name).read_bytes()))
    return runs


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digests(runs: list[Run]) -> Iterator[tuple[str, str]]:
    for place, run in enumerate(runs):
        for file, content in run["files"].items():
            yield f"{place}/{file}", hashlib.sha256(_canonical(content).encode()).hexdigest()
