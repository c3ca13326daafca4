"""`plumbline audit PLAN`: the audit that a plan file describes, as result.json and record.json."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.cli.files import naming, read_plan, refuse_unreadable, refuse_unwritable, write_audit
from core.cli.inside import add_inside
from core.cli.run_job import TIME_LIMIT, add_time_limit, job_done
from core.cli.terminal import say
from core.data.images.packed import images_beside
from core.errors import PlanError
from core.metrics.words.notes import in_order, told
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.words.fed import fed_words


def add_audit(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("audit", help="run the audit that a plan file describes")
    command.add_argument("plan", type=Path, help="the plan file (TOML)")
    command.add_argument("--data", type=Path, help="audit this table instead of the plan's")
    command.add_argument("--model", type=Path, help="audit this model instead of the plan's")
    command.add_argument(
        "--out", type=Path, default=Path("plumbline-out"), help="where the results go (default plumbline-out)"
    )
    add_time_limit(command)
    add_inside(command)
    command.set_defaults(command=_audit)


def _audit(chosen: argparse.Namespace) -> int:
    plan = read_plan(chosen.plan, chosen.inside)
    data = chosen.data or chosen.plan.parent / plan.data.file
    model = None
    if plan.decision.model is not None:
        model = chosen.model or chosen.plan.parent / plan.decision.model
    elif chosen.model is not None:
        raise PlanError("--model was given, but the plan audits columns of the table. Add model to its [decision].")
    refuse_unreadable(data, *([model] if model else []))
    refuse_unwritable(chosen.out, chosen.inside)
    with naming(chosen.plan, model):
        record = run_audit(plan, data, model, images_beside(plan, chosen.plan.parent), chosen.time_limit)
    write_audit(record, chosen.out)
    confirmed = record.plan.data.confirmed
    notes = [told(note, confirmed) for note in in_order(record.notes, confirmed)]
    say(*notes, *filter(None, [fed_words(record.fed)]))
    return 0


def run_audit(
    plan: Plan, data: Path, model: Path | None, images: Path | None = None, time_limit: float = TIME_LIMIT
) -> AuditRecord:
    """Audit a table in a sandboxed job process, as the app does, and take its result over.

    `images` is a zip or a folder; `time_limit` is in seconds.
    """
    from core.engine.looks import collect_profile
    from core.engine.results import read
    from core.record import Digests

    named = replace(plan, data=replace(plan.data, file=data.name))
    inputs = {"table": data, "model": model, "images": images}
    with job_done("audit", {"plan": named.to_toml()}, inputs, time_limit) as done:
        digests = Digests(**done.digests)
        return read(done.out, plan, collect_profile(done.out, data.name, digests.table).rows, digests)
