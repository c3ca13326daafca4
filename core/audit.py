"""The audit job: from a plan and a table to the tables that every answer is computed from."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from core.aif360_check import second_opinion
from core.data import Dataset
from core.decisions import source
from core.engine import count
from core.findings import judge, plan_rule
from core.plan import Plan
from core.policies import check_policy, policy_warnings
from core.profile import PROFILE, TABLE, Profile, take_profile
from core.progress import Progress
from core.record import FACTS_FILE, N_FILE, SUMS_FILE, axis_to_json, groups_to_json

_REPORTED = ("plumbline", "numpy", "pyarrow", "scipy", "aif360", "torch", "onnxruntime", "skops", "scikit-learn")


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The audit job: request["plan"] on the table, and in/model where the plan names one, become tables in out.

    The table is in/table.parquet with in/profile.json, or else the upload itself, in/table, which is looked at first.
    """
    given, out = folder / "in", folder / "out"
    plan = Plan.from_toml(str(request["plan"]))
    check_policy(plan)
    seconds: dict[str, float] = {}
    with _timed(seconds, "profile"):
        dataset = _dataset(given, out, plan, progress)
    with _timed(seconds, "open"):
        model = given / "model"
        decisions = source(plan, dataset, model if model.exists() else None)
    with _timed(seconds, "count"):
        counted = count(decisions, dataset, plan, progress)
    with _timed(seconds, "judge"):
        rule = plan_rule(counted.counts, plan)
        judgement = judge(counted.counts, plan, rule)
    progress(0, 0, "AIF360's second opinion")
    with _timed(seconds, "aif360"):
        opinion = second_opinion(judgement, counted.counts, plan, rule)
    np.save(out / N_FILE, counted.counts.n)
    np.save(out / SUMS_FILE, counted.counts.sums)
    facts = {
        "groups": groups_to_json(counted.counts.groups),
        "axis": axis_to_json(counted.counts.axis),
        "read": counted.read,
        "dropped": list(counted.dropped),
        "near_threshold": counted.near_threshold,
        "warnings": [*policy_warnings(plan), *counted.warnings],
        "aif360": asdict(opinion),
        "versions": _versions(),
        "seconds": {step: round(spent, 3) for step, spent in seconds.items()},
        **decisions.facts(),
    }
    (out / FACTS_FILE).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def _dataset(given: Path, out: Path, plan: Plan, progress: Progress) -> Dataset:
    if (given / PROFILE).exists():
        profile = Profile.from_json(json.loads((given / PROFILE).read_text(encoding="utf-8")))
        return Dataset(given / TABLE, profile, plan.data.missing)
    profile = take_profile(given / "table", Path(plan.data.file).name, out, progress)
    (out / PROFILE).write_text(json.dumps(profile.to_json(), ensure_ascii=False), encoding="utf-8")
    return Dataset(out / TABLE, profile, plan.data.missing)


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - start


def _versions() -> dict[str, str]:
    found = {}
    for package in _REPORTED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
