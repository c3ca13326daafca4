"""The audit job: a folder in, the files of a record out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.data.dataset import Dataset
from core.data.images import open_images
from core.data.profile import PROFILE, TABLE, Profile
from core.data.profiling import take_profile
from core.data.progress import Progress
from core.engine import doubts
from core.engine.results import write
from core.engine.run import audit, refuse_unaskable, timed
from core.errors import PlanError
from core.metrics.words.notes import unanswered
from core.plan.plan import Plan
from core.record import AuditRecord


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The audit job: request["plan"] on what lies in folder/in becomes a record's files in folder/out."""
    out = folder / "out"
    write(audit_folder(folder / "in", out, Plan.from_toml(str(request["plan"])), progress), out)


def audit_folder(given: Path, work: Path, plan: Plan, progress: Progress) -> AuditRecord:
    """The audit of what lies in `given`: a table, and a model and a zip of images where the plan names them.

    The table is table.parquet with profile.json, or else the upload itself, called table, which is then profiled into
    `work`.
    """
    refuse_unaskable(plan)
    seconds: dict[str, float] = {}
    with timed(seconds, "profile"):
        dataset = open_table(given, work, plan, progress)
    model = given / "model"
    record = audit(plan, dataset, model if model.exists() else None, progress)
    return replace(record, provenance=replace(record.provenance, seconds=seconds | record.provenance.seconds))


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
