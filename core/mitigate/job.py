"""The mitigate job: from a plan and a table to honest parts, the present decisions, and what mitigations propose."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.counts.counts import Counts
from core.data.profile import SECOND
from core.engine import doubts
from core.engine.job import open_table
from core.engine.run import timed, versions
from core.errors import PlanError
from core.jobs.progress import Progress
from core.metrics.joint import JointCounts
from core.metrics.policies import policy_warnings
from core.metrics.sampling.refusals import refuse_unless_one_row_each
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.observed import Observed, joint, observe
from core.mitigate.proposals import propose
from core.mitigate.settings import Settings
from core.mitigate.splits import CHOOSE, FIT, PARTS, REPORT, Divided, divide
from core.mitigate.work import Proposal, Work
from core.notes import as_notes
from core.plan.plan import Plan
from core.record import axis_to_json, groups_to_json

FACTS_FILE = "mitigation.json"
PRESENT = "present"


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The mitigate job: what request["with"] names is tried on request["plan"], and what came of it stands in out.

    The table is in/table.parquet with in/profile.json, or else the upload in/table; the second table that
    `[mitigate] evaluate` names is in/second_table, and so on; the model, where the plan names one, is in/model.
    """
    given, out = folder / "in", folder / "out"
    plan, names = Plan.from_toml(str(request["plan"])), [str(name) for name in request["with"]]
    refuse_unless_one_row_each(plan, "look for a fix")
    settings = Settings.of(plan)
    unknown = [name for name in names if name not in MITIGATIONS]
    if unknown:
        raise PlanError(f"There is no mitigation named {unknown[0]}; known are {', '.join(MITIGATIONS)}.")
    seconds: dict[str, float] = {}
    with timed(seconds, "divide"):
        dataset = open_table(given, out, plan, progress)
        second = None
        if settings.evaluate is not None:
            named = replace(plan, data=replace(plan.data, file=settings.evaluate))
            second = open_table(given, out, named, progress, SECOND)
        divided = divide(plan, dataset, settings.holdout, second, progress)
    model = given / "model"
    with timed(seconds, "score"):
        present = observe(divided, plan, model if model.exists() else None, progress, "rows scored")
    settings = settings.among(present.counts(FIT) + present.counts(CHOOSE))
    own = model if model.exists() else None
    work = Work(divided, plan, settings, present, own, out, progress, names=tuple(names))
    with timed(seconds, "mitigate"):
        proposals, refused = propose(work, [name for name in names if MITIGATIONS[name].in_job])
    _write(PRESENT, present, out)
    for proposal in proposals:
        _write_joint(proposal, proposals, present, divided, out)
        _write(proposal.id, proposal.observed, out)
    asked = (note for table in divided.tables for note in doubts.before(plan, table.dataset.profile))
    notes = as_notes([*asked, *policy_warnings(plan), *divided.warnings])
    facts = {
        "tables": [
            {"read": t.dataset.profile.rows, "dropped": list(t.dropped), "groups": groups_to_json(t.groups)}
            for t in divided.tables
        ],
        PRESENT: _observed_facts(present),
        "proposals": [_facts(proposal) for proposal in proposals],
        "refused": {name: {"message": e.message, "in_plan": e.in_plan} for name, e in refused.items()},
        "leaks": [note.to_json() for note in work.leaks.values()],
        "warnings": [note.to_json() for note in notes],
        "versions": versions(),
        "seconds": seconds,
    }
    (out / FACTS_FILE).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def _write(name: str, observed: Observed, out: Path) -> None:
    for part, called in enumerate(PARTS):
        counts: Counts = observed.counts(part)
        np.save(out / f"{name}_{called}_n.npy", counts.n)
        np.save(out / f"{name}_{called}_sums.npy", counts.sums)


def _write_joint(proposal: Proposal, proposals: list[Proposal], present: Observed, divided: Divided, out: Path) -> None:
    """Each person's two decisions: the present one and the proposal's, and the same training's without the fix."""
    without = next((other.observed for other in proposals if other.id == proposal.baseline), None)
    for part in (CHOOSE, REPORT):
        for name, before in (("joint", present), ("retrained", without)):
            if before is not None:
                both: JointCounts = joint(divided, before, proposal.observed, part)
                np.save(out / f"{proposal.id}_{PARTS[part]}_{name}.npy", both.n)


def _facts(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "mechanism": proposal.mechanism,
        "file": proposal.file,
        "rule": None if proposal.rule is None else proposal.rule.to_json(),
        "strength": proposal.strength,
        "baseline": proposal.baseline,
        "is_stand_in": proposal.is_stand_in,
        "notes": list(proposal.notes),
        "facts": proposal.facts,
        "rests_on": list(proposal.rests_on),
        **_observed_facts(proposal.observed),
    }


def _observed_facts(observed: Observed) -> dict[str, Any]:
    return {
        "axes": [axis_to_json(seen.axis) for seen in observed.seen],
        "near_threshold": observed.near_threshold,
        "device": observed.device,
        "batch_size": observed.batch_size,
        "warnings": [note.to_json() for note in observed.warnings],
    }
