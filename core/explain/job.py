"""The explain job: a folder in, the files of an explanation out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from core.data.progress import Progress
from core.engine.job import open_table
from core.engine.run import timed
from core.explain.compared_models import SecondQuestion
from core.explain.explanation import Explanation
from core.explain.results import write
from core.explain.run import explain
from core.explain.sample import ROWS
from core.explain.share import ExplainedShare
from core.metrics.sampling.unsupported import refuse_unless_one_row_each
from core.models.device import or_on_the_cpu
from core.plan.plan import Plan


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The explain job: request["plan"] asked why, and request["plan_after"] on the same people where there is one.

    request["method"] names a row of EXPLAINERS (or none), request["rows"] is how many people to explain, and
    request["share"] which of them this job does (`ExplainedShare`; all where it is missing).
    """
    out = folder / "out"
    write(explain_folder(folder / "in", out, request, progress), out)


def explain_folder(given: Path, work: Path, request: dict[str, Any], progress: Progress) -> Explanation:
    """The explanation of what lies in `given`, for a request as `run` takes it.

    The table stands as in an audit; `model` is the plan's, `model_after` the second plan's (the same where that is
    missing).
    """
    plan = Plan.from_toml(str(request["plan"]))
    refuse_unless_one_row_each(plan, "explain a model")
    seconds: dict[str, float] = {}
    with timed(seconds, "profile"):
        dataset = open_table(given, work, plan, progress)
    found = or_on_the_cpu(
        lambda: explain(
            plan,
            dataset,
            model_in(given),
            progress,
            second=second_in(given, request, plan),
            method=request.get("method"),
            rows=int(request.get("rows") or ROWS),
            share=ExplainedShare.asked(request),
        )
    )
    return replace(found, seconds=seconds | found.seconds)


def model_in(given: Path) -> Path | None:
    """The plan's model in a job's folder of inputs; None where none was put in."""
    model = given / "model"
    return model if model.exists() else None


def second_in(given: Path, request: dict[str, Any], plan: Plan) -> SecondQuestion | None:
    """The second question in a job's request: another plan's decision about the people of `plan`."""
    if not request.get("plan_after"):
        return None
    model = given / "model_after"
    decision = Plan.from_toml(str(request["plan_after"])).decision
    return SecondQuestion(replace(plan, decision=decision), model if model.exists() else None)
