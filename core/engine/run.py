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

from core.data.dataset import Dataset
from core.data.images import open_images
from core.data.profile import PROFILE, TABLE, Profile, take_profile
from core.engine import doubts
from core.engine.counting import count
from core.engine.sources import Source, source
from core.errors import PlanError
from core.jobs.progress import Progress
from core.metrics.aif360 import second_opinion
from core.metrics.policies import check_policy, policy_warnings
from core.metrics.sampling import stored
from core.metrics.sampling.refusals import refuse_conflicts
from core.metrics.stated_rule import rule_file, stated_rule
from core.metrics.verdicts import judge
from core.metrics.words.notes import unanswered
from core.models.knowing import columns_that_know
from core.notes import Note, as_notes
from core.plan.plan import Plan
from core.record import FACTS_FILE, N_FILE, SUMS_FILE, axis_to_json, groups_to_json, sparse

_REPORTED = (
    *("plumbline", "numpy", "pyarrow", "scipy", "aif360"),
    *("torch", "onnxruntime", "skops", "scikit-learn", "pillow"),
)


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The audit job: request["plan"] on the table, and in/model where the plan names one, become tables in out.

    The table is in/table.parquet with in/profile.json, or else the upload itself, in/table, which is looked at first.
    """
    given, out = folder / "in", folder / "out"
    plan = Plan.from_toml(str(request["plan"]))
    check_policy(plan)
    refuse_conflicts(plan)
    seconds: dict[str, float] = {}
    with timed(seconds, "profile"):
        dataset = open_table(given, out, plan, progress)
    with timed(seconds, "open"):
        model = given / "model"
        stated = rule_file(plan)
        decisions = source(plan, dataset, model if model.exists() else None, stated)
    with timed(seconds, "count"):
        counted = count(decisions, dataset, plan, progress, stated)
    with timed(seconds, "judge"):
        rule = stated_rule(counted.counts, plan)
        judgement = judge(counted.counts, plan, rule, sampled=counted.sampled)
    progress(0, 0, "AIF360's second opinion")
    with timed(seconds, "aif360"):
        opinion = second_opinion(judgement, counted.counts, plan, rule, counted.sampled)
    seen = doubts.Seen(counted.counts, rule, counted.left_out, counted.on_threshold)
    asked = (*doubts.before(plan, dataset.profile), *doubts.after(seen, plan), *_known_before(plan, dataset, decisions))
    words = (*policy_warnings(plan), *dataset.profile.left_out_words())
    notes = as_notes([*asked, *words, *counted.notes])
    np.save(out / N_FILE, counted.counts.n)
    np.save(out / SUMS_FILE, counted.counts.sums)
    facts = {
        "groups": groups_to_json(counted.counts.groups),
        "axis": axis_to_json(counted.counts.axis),
        "read": counted.read,
        "lines": counted.lines,
        "dropped": list(counted.dropped),
        "left_out": sparse(counted.left_out),
        "near_threshold": counted.near_threshold,
        "warnings": [note.to_json() for note in notes],
        "aif360": asdict(opinion),
        "versions": versions(),
        "seconds": {step: round(spent, 3) for step, spent in seconds.items()},
        **decisions.facts(),
        **stored.write(counted.sampled, out),
    }
    (out / FACTS_FILE).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def _known_before(plan: Plan, dataset: Dataset, decisions: Source) -> tuple[Note, ...]:
    """Which of a model's inputs are suspected to know the answer; texts and images are not asked."""
    if plan.decision.model is None or plan.decision.text is not None or plan.decision.image is not None:
        return ()
    return columns_that_know(dataset, decisions.columns, plan)


def open_table(given: Path, out: Path, plan: Plan, progress: Progress, prefix: str = "") -> Dataset:
    """The table that the job was given, whose files' names begin with `prefix`; profiled into out where it was not.

    Raises PlanError where the table raises a question that must be answered first.
    """
    images = open_images(given, plan)
    if (given / f"{prefix}{PROFILE}").exists():
        profile = Profile.from_json(json.loads((given / f"{prefix}{PROFILE}").read_text(encoding="utf-8")))
        dataset = Dataset.asked(plan, given / f"{prefix}{TABLE}", profile, images)
    else:
        profiled = out / prefix
        profiled.mkdir(exist_ok=True)
        profile = take_profile(given / f"{prefix}table", Path(plan.data.file).name, profiled, progress)
        (profiled / PROFILE).write_text(json.dumps(profile.to_json(), ensure_ascii=False), encoding="utf-8")
        dataset = Dataset.asked(plan, profiled / TABLE, profile, images)
    question = unanswered(doubts.before(plan, dataset.profile), plan.data.confirmed)
    if question is not None:
        raise PlanError(f"{profile.name}: {question[0]}", in_plan=question[1])
    return dataset


@contextmanager
def timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    """The seconds that a step took, kept under its name."""
    start = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - start


def versions() -> dict[str, str]:
    """The versions of the packages that compute what is reported."""
    found = {}
    for package in _REPORTED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
