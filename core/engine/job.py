"""The audit job: a folder in, the files of a record out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.data.dataset import Dataset
from core.data.images import open_images
from core.data.profile import PROFILE, TABLE, Profile
from core.data.profiling import take_profile, write_profile
from core.data.progress import Progress
from core.engine import doubts
from core.engine.paired_audit import Earlier, PairedAudits, audit_pair
from core.engine.pairing import EARLIER
from core.engine.results import BEFORE, write
from core.engine.run import audit, refuse_unaskable, timed
from core.engine.shards.arriving import ArrivingParts
from core.engine.shards.total import PARTIALS
from core.errors import PlanError
from core.metrics.words.notes import unanswered
from core.models.device import or_on_the_cpu
from core.plan.plan import Plan
from core.record import AuditRecord


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The audit job: request["plan"] on what lies in folder/in becomes a record's files in folder/out.

    Where request["earlier"] is the plan of what decided before, with its model as in/earlier_model, that is audited too
    on the same people: its files lie in out/before. Where request["each"] is how many rows a part has, other jobs may
    count some of the parts meanwhile, which then appear in folder/in.
    """
    given, out, plan = folder / "in", folder / "out", Plan.from_toml(str(request["plan"]))
    if "earlier" not in request:
        arriving = ArrivingParts(given, int(request["each"])) if "each" in request else None
        write(audit_folder(given, out, plan, progress, arriving), out)
        return
    found = audit_pair_folder(given, out, plan, Plan.from_toml(str(request["earlier"])), progress)
    (out / BEFORE).mkdir()
    write(found.before, out / BEFORE)
    write(found.after, out)


def audit_folder(
    given: Path, work: Path, plan: Plan, progress: Progress, arriving: ArrivingParts | None = None
) -> AuditRecord:
    """The audit of what lies in `given`: a table, and a model and a zip of images where the plan names them.

    The table is table.parquet with profile.json, or else the upload itself, called table, which is then profiled into
    `work`. Where its parts were counted already, they are summed; `arriving` are those that others count meanwhile.
    """
    dataset, seconds = _opened(given, work, plan, progress)
    counted = _there(given / PARTIALS)
    model = _there(given / "model")
    record = or_on_the_cpu(lambda: audit(plan, dataset, model, progress, partials=counted, arriving=arriving))
    return replace(record, provenance=replace(record.provenance, seconds=seconds | record.provenance.seconds))


def audit_pair_folder(given: Path, work: Path, plan: Plan, earlier: Plan, progress: Progress) -> PairedAudits:
    """The audits of what lies in `given`, by what decided earlier and by the plan; else as `audit_folder`."""
    dataset, _ = _opened(given, work, plan, progress)
    before = Earlier(earlier, _there(given / EARLIER))
    return or_on_the_cpu(lambda: audit_pair(plan, dataset, _there(given / "model"), before, progress))


def _opened(given: Path, work: Path, plan: Plan, progress: Progress) -> tuple[Dataset, dict[str, float]]:
    """The table, and how many seconds a look at it took."""
    refuse_unaskable(plan)
    seconds: dict[str, float] = {}
    with timed(seconds, "profile"):
        dataset = open_table(given, work, plan, progress)
    return dataset, seconds


def _there(path: Path) -> Path | None:
    return path if path.exists() else None


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
        write_profile(profile, profiled)
        dataset = Dataset.asked(plan, profiled / TABLE, profile, images)
    question = unanswered(doubts.before(plan, dataset.profile), plan.data.confirmed)
    if question is not None:
        raise PlanError(f"{profile.name}: {question[0]}", in_plan=question[1])
    return dataset
