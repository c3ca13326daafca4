"""`[report]`: what the report of an audit is called, who made it for what, and who reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.errors import PlanError
from core.plan.parts import READERS, ReportPlan
from core.plan.reader import Section
from core.plan.tables.words import is_name

MOST_LETTERS = {"title": 120, "author": 120, "purpose": 400}


def read_report(report: Section) -> ReportPlan:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    said = {key: _line(report, key) for key in MOST_LETTERS}
    plan = ReportPlan(
        **said,
        valid_until=_day(report),
        logo=report.take("logo", str, default=None),
        readers=report.take_list("readers", str, default=()),
        sections=report.take_list("sections", str) if report.has("sections") else None,
        hide_small=report.take("hide_small", bool, default=False),
    )
    report.done()
    strangers = [reader for reader in plan.readers if reader not in READERS]
    if strangers:
        raise PlanError(f'{report.name} readers names "{strangers[0]}"; it takes {", ".join(READERS)}.')
    for key, listed in (("readers", plan.readers), ("sections", plan.sections or ())):
        if len(set(listed)) < len(listed):
            raise PlanError(f"{report.name} {key} names one twice: keep one of the two.")
    return plan


def report_document(report: ReportPlan) -> dict[str, Any]:
    """The part as a plan file holds it; empty where it says nothing."""
    written: dict[str, Any] = {key: said for key in (*MOST_LETTERS, "logo") if (said := getattr(report, key))}
    if report.valid_until is not None:
        written["valid_until"] = report.valid_until.isoformat()
    if report.readers:
        written["readers"] = list(report.readers)
    if report.sections is not None:
        written["sections"] = list(report.sections)
    if report.hide_small:
        written["hide_small"] = True
    return written


def _line(report: Section, key: str) -> str:
    said: str = report.take(key, str, default="").strip()
    if said and not is_name(said):
        raise PlanError(f"{report.name} {key} is no plain text on one line: write it without line breaks.")
    if len(said) > MOST_LETTERS[key]:
        raise PlanError(
            f"{report.name} {key} has {len(said)} letters; it takes at most {MOST_LETTERS[key]}. Shorten it."
        )
    return said


def _day(report: Section) -> date | None:
    written = report.take("valid_until", str, default=None)
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise PlanError(
            f'{report.name} valid_until is "{written}"; it takes a day such as valid_until = "2027-11-30".'
        ) from None
