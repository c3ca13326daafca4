"""`plumbline audit PLAN`: the audit that a plan file describes, as result.json and record.json."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.files import naming, read_plan, refuse_unwritable, write_texts
from core.cli.inside import add_inside
from core.cli.meanwhile import SHARES, import_meanwhile
from core.cli.terminal import say
from core.cli.time_limit import add_time_limit
from core.engine.plan_files import Files
from core.errors import PlanError
from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import in_order, told
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
    from core.engine.api import audit_isolated
    from core.report.documents.json import audit_texts
    from core.report.words.overview import Overview

    plan = read_plan(chosen.plan, chosen.inside)
    if plan.decision.model is None and chosen.model is not None:
        raise PlanError("--model was given, but the plan audits columns of the table. Add model to its [decision].")
    files = Files.beside(plan, chosen.plan.parent, table=chosen.data, model=chosen.model)
    refuse_unwritable(chosen.out, chosen.inside)
    import_meanwhile(SHARES)
    with naming(chosen.plan, files.model):
        record = audit_isolated(plan, files, chosen.time_limit)
    finding = Overview(record.judgement(), record.plan).first
    say(finding.sentence, finding.below)
    write_texts(audit_texts(record), chosen.out)
    confirmed = record.plan.data.confirmed
    notes = [told(note, confirmed, Terms.of(record.plan)) for note in in_order(record.notes, confirmed)]
    say(*notes, *filter(None, [fed_words(record.fed)]))
    return 0
