"""An explanation of files for whoever waits for it: in sandboxed jobs, or in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.data.profile import Profile
from core.data.progress import ProgressReporter, Tell
from core.engine.plan_files import Files
from core.engine.shards.asked import check_workers, checked_devices
from core.engine.working import WorkDone, work_laid_out, works_done
from core.errors import PlanError
from core.explain.explanation import Explanation
from core.explain.job import explain_folder
from core.explain.results import read
from core.explain.sample import ROWS, check_people
from core.explain.share import ExplainedShare
from core.explain.side_by_side import joined, shared_requests
from core.jobs.run_one import TIME_LIMIT
from core.plan.plan import Plan
from core.record import Digests


def explain_files(
    plan: Plan,
    files: Files,
    method: str | None = None,
    *,
    people: int = ROWS,
    isolated: bool = False,
    workers: int | None = None,
    devices: Sequence[str] | None = None,
    tell: Tell | None = None,
) -> Explanation:
    """Explain in this process, or in sandboxed jobs; as `explain_isolated`.

    With `workers` or `devices` people are explained side by side, in so many jobs, or one on each device. Raises
    PlanError where that makes no sense.
    """
    check_people(people)
    if workers is not None:
        check_workers(workers, "explain side by side")
    if workers is not None and devices is not None:
        raise PlanError("devices starts a process for each device, so it goes without workers. Leave one out.")
    if not isolated and workers is None and devices is None:
        return explain_here(plan, files, method, tell, people)
    named = () if devices is None else checked_devices(devices)
    return explain_isolated(plan, files, method, tell=tell, people=people, workers=workers or 1, devices=named)[0]


def explain_isolated(
    plan: Plan,
    files: Files,
    method: str | None = None,
    time_limit: float = TIME_LIMIT,
    tell: Tell | None = None,
    *,
    people: int = ROWS,
    workers: int = 1,
    devices: Sequence[str] = (),
) -> tuple[Explanation, Profile]:
    """Explain in a sandboxed job, as the app does, and take its result over, with the profile of the table.

    `method` is a row of EXPLAINERS, None for the recommended one; `time_limit` is in seconds. At most so many `people`
    are explained, by so many `workers` side by side, or by one on each of the `devices`: jobs that find what one would.
    Where they do not agree on what all of them looked at, one explains all.
    """
    request = _request(plan, files, method, people)
    shared = shared_requests(request, len(devices) or workers, people)
    with works_done("explain", shared, files, time_limit, tell, devices=devices) as all_done:
        parts = [_collected(done, plan, asked) for done, asked in zip(all_done, shared, strict=True)]
        found, profile = joined(parts, people), all_done[0].profile
    if found is not None:
        return found, profile
    with works_done("explain", [request], files, time_limit, tell, devices=devices) as (done,):
        return _collected(done, plan, request), done.profile


def explain_here(
    plan: Plan, files: Files, method: str | None = None, tell: Tell | None = None, people: int = ROWS
) -> Explanation:
    """Explain in this process: the model file is opened here, and nothing shuts it in."""
    with work_laid_out(files, tell) as folder:
        request = _request(plan, files, method, people)
        return replace(explain_folder(folder / "in", folder / "out", request, ProgressReporter(tell)), plan=plan)


def _request(plan: Plan, files: Files, method: str | None, people: int) -> dict[str, Any]:
    """What an explain job is asked. Raises PlanError where there is no model to ask."""
    if plan.decision.model is None:
        raise PlanError("The plan audits a column of the table, and a column cannot be asked why. Name a model in it.")
    return {"plan": files.named(plan).to_toml(), "method": method, "rows": people}


def _collected(done: WorkDone, plan: Plan, request: Mapping[str, Any]) -> Explanation:
    """What a job left, which was asked this."""
    return read(done.out, plan, None, done.profile.rows, Digests(**done.digests), ExplainedShare.asked(request))
