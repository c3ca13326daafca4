"""`plumbline explain PLAN`: what the plan's model looks at, for whom, as attribution.json (design.md 7)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.device import add_device
from core.cli.files import naming, read_plan, refuse_unwritable, writing
from core.cli.inside import add_inside
from core.cli.table import add_data
from core.cli.terminal import say
from core.cli.time_limit import add_time_limit
from core.cli.workers import devices_named, number_of_processes, refuse_beside_devices
from core.engine.plan_files import Files
from core.errors import PlanError
from core.explain.explanation import Explanation
from core.explain.groups.exact_sums import MOST_PEOPLE
from core.explain.methods import EXPLAINERS
from core.explain.sample import BACKGROUND, ROWS
from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import in_order, told
from core.report.documents.attribution import attribution_json


def add_explain(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("explain", help="show what the model of a plan looks at, for whom")
    command.add_argument("plan", type=Path, help="the plan file (TOML)")
    add_data(command)
    command.add_argument(
        "--method", metavar="NAME", help=f"how: {', '.join(EXPLAINERS)}; the recommended one if not given"
    )
    command.add_argument(
        "--out", type=Path, default=Path("plumbline-out"), help="where the result goes (default plumbline-out)"
    )
    command.add_argument(
        "--people",
        type=_number_of_people,
        metavar="N",
        default=ROWS,
        help=f"how many people to explain at most (default {ROWS:,})",
    )
    command.add_argument(
        "--workers",
        type=number_of_processes,
        metavar="N",
        help="explain them side by side, in N processes, each with an N-th of the memory (default 1)",
    )
    command.add_argument(
        "--devices",
        type=devices_named,
        metavar="NAMES",
        help="the same, in one process for each device, with commas: cuda:0,cuda:1",
    )
    add_time_limit(command)
    add_device(command)
    add_inside(command)
    command.set_defaults(command=_explain)


def _number_of_people(text: str) -> int:
    """What stands behind --people. Raises ArgumentTypeError."""
    if not text.isdigit() or not BACKGROUND <= int(text) <= MOST_PEOPLE:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of people, from {BACKGROUND} to {MOST_PEOPLE:,}")
    return int(text)


def _explain(chosen: argparse.Namespace) -> int:
    from core.engine.doubts import before_reading
    from core.explain.api import explain_isolated
    from core.report.documents.json import as_text

    refuse_beside_devices(chosen, "workers", "device")
    plan = read_plan(chosen.plan, chosen.inside)
    if chosen.method is not None and chosen.method not in EXPLAINERS:
        raise PlanError(f'There is no explainer named "{chosen.method}"; known are {", ".join(EXPLAINERS)}.')
    if plan.decision.model is None:
        raise PlanError(
            f"{chosen.plan.name} audits a column of the table, and a column cannot be asked why. Name a model in it."
        )
    files = Files.beside(plan, chosen.plan.parent, table=chosen.data)
    refuse_unwritable(chosen.out, chosen.inside)
    with naming(chosen.plan, files.model):
        found, profile = explain_isolated(
            plan,
            files,
            chosen.method,
            chosen.time_limit,
            people=chosen.people,
            workers=chosen.workers or 1,
            devices=chosen.devices or (),
        )
    asked = before_reading(plan, profile)
    path = chosen.out / "attribution.json"
    with writing(chosen.out):
        path.write_text(as_text(attribution_json(found)), encoding="utf-8")
    confirmed = plan.data.confirmed
    say(
        f"Wrote {path}",
        *(told(note, confirmed, Terms.of(plan)) for note in in_order(asked, confirmed)),
        *_doubts(found),
    )
    return 0


def _doubts(found: Explanation) -> list[str]:
    """What the checks speak against, as sentences."""
    checks = (*found.checks, *found.checks_after)
    return [f"Do not rely on it. A check failed: {check.reason}" for check in checks if check.state == "failed"]
