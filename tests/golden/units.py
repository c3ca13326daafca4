"""Everything there is to take: the samples, and the runs that the acceptance cases make."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.golden.runs import PLUMBLINE, SAMPLES, SHARED, Run, run_command

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
            return [run_command(verb, Path(folder) / plan.name, *arguments)]

    return Unit("/".join([plan.stem, verb, *arguments[1:]]), runs)


class _Enough(BaseException):
    """Ends a case that was asked for its plan alone; no case catches it."""


def _case(file: str, case: str, verb: str | None = None, *arguments: str) -> Unit:
    """All runs that an acceptance case makes; with a verb, that verb on its first plan."""

    def runs() -> list[Run]:
        made: list[Run] = []

        def run(command: str, asked: str, plan: Path, *given: Any, timeout: float = 0) -> Any:
            if verb is not None:
                made.append(run_command(verb, plan, *arguments))
                raise _Enough
            out = Path(given[given.index("--out") + 1])
            others = [str(each) for each in given if each not in ("--out", out)]
            made.append(run_command(asked, plan, *others, out=out))
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
