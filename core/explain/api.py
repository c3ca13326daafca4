"""An explanation of files for whoever waits for it: in a sandboxed job, or in this process."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.data.profile import Profile
from core.data.progress import ProgressReporter, Tell
from core.engine.plan_files import Files
from core.engine.working import work_done, work_laid_out
from core.errors import PlanError
from core.explain.explanation import Explanation
from core.explain.job import explain_folder
from core.explain.results import read
from core.jobs.run_one import TIME_LIMIT
from core.plan.plan import Plan
from core.record import Digests


def explain_isolated(
    plan: Plan, files: Files, method: str | None = None, time_limit: float = TIME_LIMIT, tell: Tell | None = None
) -> tuple[Explanation, Profile]:
    """Explain in a sandboxed job, as the app does, and take its result over, with the profile of the table.

    `method` is a row of EXPLAINERS, None for the recommended one; `time_limit` is in seconds.
    """
    with work_done("explain", _request(plan, files, method), files, time_limit, tell) as done:
        return read(done.out, plan, None, done.profile.rows, Digests(**done.digests)), done.profile


def explain_here(plan: Plan, files: Files, method: str | None = None, tell: Tell | None = None) -> Explanation:
    """Explain in this process: the model file is opened here, and nothing shuts it in."""
    with work_laid_out(files, tell) as folder:
        request = _request(plan, files, method)
        return replace(explain_folder(folder / "in", folder / "out", request, ProgressReporter(tell)), plan=plan)


def _request(plan: Plan, files: Files, method: str | None) -> dict[str, Any]:
    """What an explain job is asked. Raises PlanError where there is no model to ask."""
    if plan.decision.model is None:
        raise PlanError("The plan audits a column of the table, and a column cannot be asked why. Name a model in it.")
    return {"plan": files.named(plan).to_toml(), "method": method}
