"""`plumbline doctor`: what this machine can do and what is missing, a line for each check, and what to do next."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from core.cli.doctor.checks import CHECKS, Machine, MachineFinding, examined
from core.cli.terminal import say

_MARKS = {"ok": "ok", "note": "note", "missing": "MISSING"}


def add_doctor(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("doctor", help="what this machine can do, and what is missing")
    command.add_argument("--json", action="store_true", help="say it as JSON, for programs")
    command.set_defaults(command=_doctor)


def _doctor(chosen: argparse.Namespace) -> int:
    """Say each finding; 1 where an audit cannot run safely."""
    machine = Machine()
    found: list[tuple[str, bool, MachineFinding]] = []
    for check in CHECKS:
        finding = examined(check, machine)
        found.append((check.name, check.is_needed, finding))
        if not chosen.json:
            say(f"{_MARKS[finding.state]:8}{check.name:11}{finding.says} {finding.do}".rstrip())
    lacking = [name for name, is_needed, finding in found if is_needed and finding.state == "missing"]
    if chosen.json:
        checks = [{"check": name, "needed": is_needed, **asdict(finding)} for name, is_needed, finding in found]
        say(*json.dumps({"safe": not lacking, "checks": checks}, indent=1).splitlines())
    elif lacking:
        say("", f"An audit cannot run safely here yet. First see to: {', '.join(lacking)}.")
    else:
        say("", "An audit can run safely here.")
    return 1 if lacking else 0
