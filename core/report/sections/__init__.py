"""The sections of a report, a row each: adding a section is adding a row, and every document prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.catalogue import table
from core.plan.parts import READERS as READER_NAMES
from core.plan.parts import ReportPlan
from core.record.registers import REGISTERS
from core.report.sections import account, annex, coverage, evidence, opening, over_time, policy, registers
from core.report.sections.blocks import Block
from core.report.sections.reported import ReportedAudit


@dataclass(frozen=True)
class ReportSection:
    """One row.

    Attributes
    ----------
    name, title
        What plans call it, and what pages do.
    readers
        Whom it is for.
    blocks
        What it prints of an audit; nothing where there is nothing to say.
    """

    name: str
    title: str
    readers: tuple[str, ...]
    blocks: Callable[[ReportedAudit], Iterable[Block]]


@dataclass(frozen=True)
class Reader:
    """One row: whom a report is for, and what is printed for them in a sentence."""

    name: str
    title: str
    says: str


_BOARD, _POLICY, _ANNEX = READER_NAMES
_ALL = READER_NAMES

READERS = table(
    Reader(_BOARD, "Decision maker", "One page: the finding, what it means, what was done, and who says so."),
    Reader(_POLICY, "Policy", "Tables: every measure by every column, four-fifths, limits, unknowns."),
    Reader(_ANNEX, "Technical annex", "Every number, with formulas, seed, versions, digests and the plan."),
)

SECTIONS = table(
    ReportSection("finding", "The finding", _ALL, opening.finding),
    ReportSection("chart", "The picture", (_BOARD,), opening.small_picture),
    ReportSection("meaning", "What it means", (_BOARD,), opening.meaning),
    ReportSection("done", "What was done about it", (_BOARD,), account.done),
    ReportSection("scope", "Scope and limits", (_BOARD,), account.scope),
    ReportSection("signed", "Who, when, and what proves it", _ALL, account.signed),
    ReportSection("grid", "Every measure, by every column", (_POLICY,), policy.grid),
    ReportSection("four_fifths", "Four-fifths, with significance", (_POLICY,), policy.four_fifths),
    ReportSection("limits", "Limits", (_POLICY,), policy.limits),
    ReportSection("groups", "The groups, picture and table", (_POLICY,), opening.picture),
    ReportSection("intersections", "Intersections", (_POLICY,), policy.intersections),
    ReportSection("over_time", "Over time", (_POLICY, _ANNEX), over_time.over_time),
    ReportSection("unknowns", "Unknowns", (_POLICY,), coverage.unknowns),
    ReportSection("not_measured", "What was not measured", (_POLICY,), coverage.not_measured),
    *(ReportSection(name, each.title, (_POLICY, _ANNEX), registers.printing(name)) for name, each in REGISTERS.items()),
    ReportSection("evidence", "Where the evidence stands", (_POLICY, _ANNEX), evidence.index),
    ReportSection("answer", "The answer in full", (_ANNEX,), opening.answer),
    ReportSection("group_numbers", "Every number of every group", (_ANNEX,), annex.group_numbers),
    ReportSection("gap_numbers", "Every comparison", (_ANNEX,), annex.gap_numbers),
    ReportSection("methods", "Methods", (_ANNEX,), annex.methods),
    ReportSection("people", "The people in it", (_ANNEX,), coverage.people),
    ReportSection("fed", "What the model was fed", (_ANNEX,), annex.fed),
    ReportSection("run", "How it was computed", (_ANNEX,), annex.run),
    ReportSection("proof", "Checking it without Plumbline", (_ANNEX,), annex.proof),
    ReportSection("plan", "The plan", (_ANNEX,), annex.plan),
)
# What is printed of the answer that a page shows: its own picture, the people, and how it was computed.
ANSWER = ("finding", "answer", "groups", "people", "run", "plan")


@dataclass(frozen=True)
class PrintedSection:
    """A section with what it prints."""

    name: str
    blocks: tuple[Block, ...]


def printed(audit: ReportedAudit, names: Iterable[str] | None = None) -> tuple[PrintedSection, ...]:
    """What is printed of an audit: the sections of these names, or those that its report asks for.

    Raises PlanError for a section that there is not.
    """
    sections = [SECTIONS[name] for name in (asked_sections(audit.asked) if names is None else names)]
    return tuple(PrintedSection(each.name, tuple(each.blocks(audit))) for each in sections)


def asked_sections(asked: ReportPlan) -> list[str]:
    """The sections that a report asks for: reader by reader, each once; for the decision maker where it is not said.

    Raises PlanError for a section that there is not.
    """
    chosen = sections_for(asked.readers)
    if asked.sections is None:
        return chosen
    wanted = [SECTIONS[name].name for name in asked.sections]
    return [name for name in chosen if name in wanted]


def sections_for(readers: Iterable[str]) -> list[str]:
    """All sections for these readers, reader by reader, each once; those of the decision maker for none."""
    named = [name for name in READERS if name in readers] or [_BOARD]
    return list(dict.fromkeys(each.name for reader in named for each in SECTIONS.values() if reader in each.readers))
