"""`plumbline doctor`: what this machine can do and what is missing, a line for each check, and what to do next."""

from __future__ import annotations

import argparse
import json
from typing import Any

from core.cli.doctor.findings import CheckResult, MachineReport
from core.cli.terminal import say

_MARKS = {"ok": "ok", "note": "note", "missing": "MISSING"}


def add_doctor(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("doctor", help="what this machine can do, and what is missing")
    command.add_argument("--json", action="store_true", help="say it as JSON, for programs")
    command.set_defaults(command=_doctor)


def _doctor(chosen: argparse.Namespace) -> int:
    """Say each finding; 1 where an audit cannot run safely."""
    from core.cli.doctor.checks import CHECKS, Machine, examined  # the app reads reports, and looks at nothing itself

    machine = Machine()
    results = []
    for check in CHECKS:
        result = CheckResult(check.name, check.title, check.is_needed, examined(check, machine))
        results.append(result)
        if not chosen.json:
            found = result.finding
            say(f"{_MARKS[found.state]:8}{result.check:11}{found.in_full} {found.do}".rstrip())
    report = MachineReport(tuple(results))
    if chosen.json:
        say(*json.dumps(report.to_json(), indent=1).splitlines())
    elif report.lacking:
        say(
            "",
            f"An audit cannot run safely here yet. First see to: {', '.join(each.check for each in report.lacking)}.",
        )
    else:
        say("", "An audit can run safely here.")
    return 1 if report.lacking else 0
