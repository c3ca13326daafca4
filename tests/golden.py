"""The yardstick: what audits, fixes and explanations give, taken before a change of the code and compared after it.

    python -m tests.golden take DIR [--quick] [--only NAME ...] [--workers N]
    python -m tests.golden compare OLD NEW
    python -m tests.golden list

Run from the project's root. `take` runs the `plumbline` command of this environment on the three samples and on what
the acceptance cases of ../shared ask of it, and keeps the content of each result file with times, versions, paths and
batch sizes left out. A take goes on where it was broken off, as long as the code is the same. `compare` names each
difference by unit, file and JSON path, and ends with 1 where there is one. Explanations are summed in chunks whose
size is found by the clock, so their numbers may differ in the eighth digit; all others must be equal.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile, is_zipfile

ROOT = Path(__file__).resolve().parents[1]
# Beside the repository, or beside the folder of its worktrees.
SHARED = next((p for p in (ROOT.parent / "shared", ROOT.parents[1] / "shared") if p.is_dir()), ROOT.parent / "shared")
SAMPLES = ROOT / "core" / "samples"
PLUMBLINE = Path(sys.executable).with_name("plumbline")

# A plan's own digest holds the names of its files; that of its question, which stays, does not.
LEFT_OUT = {"created", "seconds", "versions", "batch_size", "plan_sha256"}
# They hash times and versions along with the rest.
RECORDS = {"before", "after", "parent", "previous"}
SECONDS = 3600.0

BY_RULE = ("thresholds", "shared_threshold", "threshold_mix", "equalized_odds_mix", "reject_option",
           "eq_odds_postprocessing", "calibrated_eq_odds")  # fmt: skip
BY_TRAINING = ("reweighing", "fairness_loss")
METHODS = {
    "loans": ("integrated_gradients", "shapley_sampling", "feature_ablation"),
    "faces": ("integrated_gradients",),
    "comments": ("feature_ablation",),
}
_LOADING = threading.Lock()

QUICK = {
    "loans/audit", "loans/explain", "loans/mitigate/thresholds", "loans/mitigate/equalized_odds_mix",
    "loans/mitigate/fairness_loss", "faces/audit", "comments/explain", "comments/mitigate/reweighing",
    "cases/compas_filtered", "cases/few_people", "cases/adult_mlp.pt2", "cases/compas_lr.skops",
    "cases/refuse_missing_column", "cases/compas_gbt_rawcolumns.onnx/explain",
    "cases/adult_lr.skops/mitigate/thresholds", "public/ok-german-csv", "public/h-weights", "public/k-other-order",
    "public/g-scores-missing", "public/l-multi-label",
}  # fmt: skip

Run = dict[str, Any]
"""One run of the command: its arguments, exit code, what it printed, and its files by name."""


@dataclass(frozen=True)
class Unit:
    """One thing to take: runs of the command, in their order."""

    name: str
    runs: Callable[[], list[Run]]


def units() -> Iterator[Unit]:
    """Everything there is to take, samples first."""
    for plan in sorted(SAMPLES.glob("*.toml")):
        yield _sample(plan, "audit")
        yield _sample(plan, "explain")
        for method in METHODS.get(plan.stem, ()):
            yield _sample(plan, "explain", "--method", method)
        for name in BY_RULE + BY_TRAINING:
            yield _sample(plan, "mitigate", "--with", name)
    for file in ("cases", "public"):
        if not (SHARED / "accept" / f"{file}.py").is_file():
            continue
        for case in _cases(file):
            yield _case(file, case)
            if file == "cases" and not case.startswith("refuse_") and case.endswith((".onnx", ".skops", ".pt2")):
                yield _case(file, case, "explain")
                for name in ("thresholds", *(() if case.endswith(".onnx") else BY_TRAINING)):
                    yield _case(file, case, "mitigate", "--with", name)


def _sample(plan: Path, verb: str, *arguments: str) -> Unit:
    def runs() -> list[Run]:
        with tempfile.TemporaryDirectory() as folder:
            for path in SAMPLES.iterdir():
                if path.stem == plan.stem:
                    shutil.copy(path, folder)
            return [_run(verb, Path(folder) / plan.name, *arguments)]

    return Unit("/".join([plan.stem, verb, *arguments[1:]]), runs)


class _Enough(BaseException):
    """Ends a case that was asked for its plan alone; no case catches it."""


def _case(file: str, case: str, verb: str | None = None, *arguments: str) -> Unit:
    """All runs that an acceptance case makes; with a verb, that verb on its first plan."""

    def runs() -> list[Run]:
        made: list[Run] = []

        def run(command: str, asked: str, plan: Path, *given: Any, timeout: float = 0) -> Any:
            if verb is not None:
                made.append(_run(verb, plan, *arguments))
                raise _Enough
            out = Path(given[given.index("--out") + 1])
            others = [str(each) for each in given if each not in ("--out", out)]
            made.append(_run(asked, plan, *others, out=out))
            return subprocess.CompletedProcess([], made[-1]["exit"], made[-1]["stdout"], made[-1]["stderr"])

        module = _module(file)
        setattr(getattr(module, "C", module), "run", run)  # noqa: B010
        with suppress(_Enough, Exception):  # whether a case holds is for the cases to say
            _cases(file, module)[case](str(PLUMBLINE))
        return made

    return Unit("/".join([file, case, *([verb] if verb else []), *arguments[1:]]), runs)


def _module(file: str) -> ModuleType:
    """An own copy of the file of cases, so that its way to run the command can be replaced."""
    spec = importlib.util.spec_from_file_location(f"accept_{file}", SHARED / "accept" / f"{file}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with _LOADING:
        sys.modules.pop("cases", None)
        sys.modules[spec.name] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
    return module


def _cases(file: str, module: ModuleType | None = None) -> dict[str, Callable[[str], None]]:
    found: dict[str, Callable[[str], None]] = getattr(module or _module(file), "CASES" if file == "cases" else "OPEN")
    return found


# ------------------------------------------------------------------------------------------------ one run


def _run(verb: str, plan: Path, *arguments: str, out: Path | None = None) -> Run:
    with tempfile.TemporaryDirectory() as own:
        to = out or Path(own) / "out"
        command = [PLUMBLINE, verb, plan, *arguments, "--out", to]
        done = subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=SECONDS)
        files = _files(to)
        # A model that was trained is a zip with the time of day in it, and its digest stands in other files.
        models = {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in files if is_zipfile(path)}
        return {
            "command": [verb, plan.name, *arguments],
            "exit": done.returncode,
            "stdout": _placeless(done.stdout),
            "stderr": _placeless(done.stderr),
            "files": {path.relative_to(to).as_posix(): _content(path, models) for path in files},
        }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _content(path: Path, models: dict[str, str]) -> Any:
    """A file's content as it is kept: JSON as such, text by lines, a zip by its entries, else by its digest."""
    content = path.read_bytes()
    if is_zipfile(path):
        with ZipFile(path) as archive:  # skops names and numbers its parts by where they lie in memory
            return sorted(
                f"{each.file_size} {each.CRC}" for each in archive.infolist() if each.filename != "schema.json"
            )
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return _timeless(json.loads(text), models) if path.suffix == ".json" else _placeless(text).splitlines()


def _timeless(value: Any, models: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: "(a record)" if key in RECORDS and isinstance(inner, str) else _timeless(inner, models)
            for key, inner in value.items()
            if key not in LEFT_OUT
        }
    if isinstance(value, list):
        return [_timeless(inner, models) for inner in value]
    return models.get(value, _placeless(value)) if isinstance(value, str) else value


def _placeless(text: str) -> str:
    """A text without the folders that this checkout and temporary files lie in."""
    for name, place in {"SHARED": SHARED, "ROOT": ROOT, "TMP": Path(tempfile.gettempdir())}.items():
        here = re.escape(str(place.resolve()))
        text = re.sub(rf"(?:\.\./)+{here[1:]}(?=/)|{here}(?=/)", name, text)
    return re.sub(r"(?:\.\./)*(?:TMP/)?tmp[a-z0-9_]{8}\b", "TMP", text)


# ------------------------------------------------------------------------------------------------ takes


def take(folder: Path, chosen: list[Unit], workers: int = 1) -> None:
    """Run what the folder does not hold yet. Exits where the folder holds what other code gave."""
    folder.mkdir(parents=True, exist_ok=True)
    code, stamp = _code(), folder / "code.txt"
    if stamp.exists() and stamp.read_text().split()[0] != code:
        sys.exit(f"{folder} was taken with other code. Give another folder.")
    stamp.write_text(f"{code} {_commit()}\n")

    def one(unit: Unit) -> None:
        path = _path(folder, unit.name)
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


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name.replace('/', '__')}.json.gz"


def taken(folder: Path) -> list[str]:
    """The names of the units that a folder holds."""
    return sorted(path.name.removesuffix(".json.gz").replace("__", "/") for path in folder.glob("*.json.gz"))


def load(folder: Path, name: str) -> list[Run]:
    """The runs of one unit."""
    runs: list[Run] = json.loads(gzip.decompress(_path(folder, name).read_bytes()))
    return runs


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digests(runs: list[Run]) -> Iterator[tuple[str, str]]:
    for place, run in enumerate(runs):
        for file, content in run["files"].items():
            yield f"{place}/{file}", hashlib.sha256(_canonical(content).encode()).hexdigest()


# ------------------------------------------------------------------------------------------------ differences


def differences(old: Any, new: Any, at: str = "", loose: bool = False) -> Iterator[str]:
    """Where two JSON values differ, as "path: old -> new"; `loose` forgives numbers their eighth digit."""
    loose = loose or at.endswith("attribution.json")
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key in old and key in new:
                yield from differences(old[key], new[key], f"{at}.{key}", loose)
            else:
                yield f"{at}.{key}: {'no longer there' if key in old else 'new'}: {_short(old.get(key, new.get(key)))}"
    elif isinstance(old, list) and isinstance(new, list):
        for place, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from differences(one, other, f"{at}[{place}]", loose)
        if len(old) != len(new):
            yield f"{at}: {len(old)} items -> {len(new)}"
    elif not _equal(old, new, loose):
        yield f"{at}: {_short(old)} -> {_short(new)}"


def _equal(old: Any, new: Any, loose: bool) -> bool:
    if loose and type(old) is type(new) is float:
        return isclose(old, new, rel_tol=1e-7, abs_tol=1e-9)
    return type(old) is type(new) and bool(old == new)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else text[:160] + "..."


def compare(old: Path, new: Path, only: list[str], most: int = 12) -> int:
    """Print what differs; at most so many lines a unit. Returns how many units differ or are missing."""
    bad, both = 0, [name for name in sorted({*taken(old), *taken(new)}) if _wanted(name, only)]
    for name in both:
        if not (_path(old, name).exists() and _path(new, name).exists()):
            print(f"{name}: only in {old if _path(old, name).exists() else new}")
            bad += 1
            continue
        found = list(differences(load(old, name), load(new, name)))
        bad += bool(found)
        for line in found[:most]:
            print(f"{name}{line}")
        if len(found) > most:
            print(f"{name}: {len(found) - most} more")
    print(f"{len(both)} units, {bad} differ")
    return bad


def _wanted(name: str, only: list[str]) -> bool:
    return not only or any(name == each or name.startswith(f"{each}/") for each in only)


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
    wanted = [u for u in found if _wanted(u.name, chosen.only) and (not chosen.quick or u.name in QUICK)]
    if not wanted:
        sys.exit(f"There is nothing called {chosen.only}. See: python -m tests.golden list")
    take(chosen.folder, wanted, chosen.workers)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
