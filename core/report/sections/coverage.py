"""Whom and what an audit saw, and what it did not: people counted, unknowns, what was not measured."""

from __future__ import annotations

from collections.abc import Iterator

from core.metrics.gaps import GAPS
from core.metrics.small_cells.hidden import number_words
from core.metrics.verdicts import GroupResult
from core.metrics.words import percent
from core.plan.values import MISSING_GROUP
from core.report.sections.blocks import Block, Cell, Heading, Paragraph, TableBlock
from core.report.sections.opening import notes
from core.report.sections.reported import ReportedAudit
from core.report.words.audit import data_facts, left_out_table
from core.report.words.questions import question

_MOST_LISTED = 40
NO_GROUP_KNOWN = "group not known"


def people(audit: ReportedAudit) -> Iterator[Block]:
    """What was read and what was counted, with what else a reader must know."""
    yield Heading("The people in it")
    yield TableBlock.of("What was read and counted", ("What", "How many"), data_facts(audit.record))
    for words in notes(audit, first=False):
        yield Paragraph(words)


def unknowns(audit: ReportedAudit) -> Iterator[Block]:
    """Whose outcome or group is not known, and who was left out, group by group."""
    groups = [group for group in audit.judgement.groups if len(group.by) == 1]
    has_outcome = audit.plan.data.label is not None
    yield Heading("Unknowns")
    columns = ("Group", "People", *(("Outcome not known", "Share not known") if has_outcome else ()))
    yield TableBlock.of("Of whom what is not known", columns, (_unknown(audit, group, has_outcome) for group in groups))
    if not has_outcome:
        yield Paragraph("The table has no outcome, so nothing is known of what really happened.")
    if not any(MISSING_GROUP in group.group.values() for group in groups):
        yield Paragraph("Everybody's group is known.")
    left_out = left_out_table(audit.record)
    if left_out:
        rows = zip(*left_out.values(), strict=True)
        yield TableBlock.of("Who was left out", tuple(left_out), rows)


def _unknown(audit: ReportedAudit, group: GroupResult, has_outcome: bool) -> tuple[str | Cell, ...]:
    (column,) = group.by
    name = NO_GROUP_KNOWN if MISSING_GROUP in group.group.values() else audit.terms.name(group.group)
    start = (f"{column}: {name}", Cell(number_words(group.n), group.n))
    if not has_outcome:
        return start
    if group.n is None or group.labelled is None:
        return (*start, number_words(None), number_words(None))
    unknown = group.n - group.labelled
    return (*start, Cell(f"{unknown:,}", unknown), percent(unknown / max(1, group.n)))


def not_measured(audit: ReportedAudit) -> Iterator[Block]:
    """What has no number or no verdict, and why; and what no audit of this kind sees."""
    yield Heading("What was not measured")
    missing = [gap for gap in audit.judgement.gaps if gap.verdict == "not_measurable"]
    rows = dict.fromkeys(
        (question(GAPS[gap.measure], audit.terms), " × ".join(gap.by), audit.terms.name(gap.group), gap.reason)
        for gap in missing
    )
    if rows:
        caption = "Questions without a number"
        yield TableBlock.of(caption, ("Question", "By", "Group", "Why"), list(rows)[:_MOST_LISTED])
    if len(rows) > _MOST_LISTED:
        yield Paragraph(f"{len(rows) - _MOST_LISTED:,} more stand in result.json.", "soft")
    asked = {gap.measure for gap in audit.judgement.gaps}
    left = [question(measure, audit.terms) for measure in GAPS.values() if measure.name not in asked]
    if left:
        yield Paragraph(
            f"Not asked, since the table does not say what really happened: {' '.join(dict.fromkeys(left))}"
        )
    yield Paragraph("Only columns of this table could be looked at: people in none of its groups are not seen.")
    yield Paragraph("Why groups differ was not measured, nor what a decision does to a person later.")
