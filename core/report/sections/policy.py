"""What a policy reader looks up: every measure by every column, four-fifths, limits, intersections."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from core.metrics.gaps import GAPS, Measure
from core.metrics.policies import band
from core.metrics.reference import By
from core.metrics.sampling.effective import exact_rate
from core.metrics.small_cells.hidden import HIDDEN, number_words, verdict_word
from core.metrics.verdicts import Gap
from core.metrics.words import group_words, percent
from core.report.sections.blocks import Block, Cell, Heading, Paragraph, TableBlock
from core.report.sections.opening import of_groups
from core.report.sections.reported import ReportedAudit
from core.report.words.by_group import band_words, gap_range_words, gap_words, standings
from core.report.words.overview import ColumnOverview
from core.report.words.questions import question, technical_name, technical_names

_FOUR_FIFTHS = Fraction(4, 5)
_FEW = Fraction(2, 100)  # of all people: smaller groups take no part in the Uniform Guidelines' rule
_WHOSE = {"default": "usual", "policy": "named policy", "plan": "this plan"}
SELECTION = ("selection_rate",)


def grid(audit: ReportedAudit) -> Iterator[Block]:
    """Every question by every sensitive column: the worst verdict, with the two groups behind it."""
    overview = audit.overview
    yield Heading("Every measure, by every column")
    yield TableBlock.of(
        "The worst verdict on each question, and whom it is about",
        ("Question", *(column.name for column in overview.columns)),
        (
            (
                f"{question(measure, audit.terms)} ({technical_names(measure)})",
                *(_worst(audit, measure, column) for column in overview.columns),
            )
            for measure in overview.measures
        ),
    )


def _worst(audit: ReportedAudit, measure: Measure, column: ColumnOverview) -> Cell:
    title = audit.overview.title(measure, *column.tables)
    hidden = audit.overview.hidden(measure, *column.tables)
    if title is None:
        return Cell("–")
    sides = [
        f"{group_words(side.group, audit.terms)} {side.rate.words}" for side in title.sides if side.rate is not None
    ]
    said = f"{title.word}: {', '.join(sides)}" if sides else title.word
    return Cell(f"{said}; {hidden} {HIDDEN}" if hidden and not title.is_hidden else said, mark=title.verdict)


def four_fifths(audit: ReportedAudit) -> Iterator[Block]:
    """Who gets selected: the ratio to the comparison group against four fifths, and whether chance explains it."""
    yield Heading("Four-fifths, with significance")
    tables = [by for by in audit.overview.tables if len(by) == 1]
    for by in tables:
        gaps = [gap for gap in audit.judgement.gaps if gap.by == by and GAPS[gap.measure].name == "disparate_impact"]
        if gaps:
            yield TableBlock.of(
                f"By {by[0]}, compared with {audit.terms.name(gaps[0].reference)}",
                (
                    "Group",
                    "People",
                    "Rate",
                    "Times as often",
                    "Plausible range",
                    "Four-fifths",
                    "Chance (p)",
                    "Verdict",
                ),
                (_fifths(audit, gap) for gap in gaps),
            )
    yield Paragraph(
        "“Four-fifths” looks at the ratio alone, from exact counts; the verdict also asks how sure it is. The p is "
        "corrected for the comparisons made in one table. Groups under 2 % of all people take no part in the rule.",
        "soft",
    )


def _fifths(audit: ReportedAudit, gap: Gap) -> tuple[str | Cell, ...]:
    group = next(one for one in audit.judgement.groups if one.group == gap.group and one.by == gap.by)
    rate = group.metrics[SELECTION[0]]
    return (
        audit.terms.name(gap.group),
        Cell(number_words(group.n), group.n),
        "–" if rate.value is None else Cell(percent(rate.value), rate.value),
        Cell(gap_words(gap), gap.value),
        gap_range_words(gap),
        _rule_words(audit, gap, group.n),
        p_words(gap.p_adjusted),
        verdict_cell(gap),
    )


def _rule_words(audit: ReportedAudit, gap: Gap, people: int | None) -> str:
    if gap.value is None or people is None:
        return "–"
    if Fraction(people, audit.record.counts.people) < _FEW:
        return "under 2 % of people"
    (mine,), (theirs,) = gap.group_shares, gap.reference_shares
    ratio = exact_rate(mine) / exact_rate(theirs)
    if ratio < _FOUR_FIFTHS:
        return "below"
    return "comparison group below" if ratio > 1 / _FOUR_FIFTHS else "kept"


def limits(audit: ReportedAudit) -> Iterator[Block]:
    """What is acceptable on each measure, who said so, and how many comparisons lie outside for certain."""
    yield Heading("Limits")
    yield TableBlock.of(
        "What is acceptable, and how many comparisons are outside it with their whole plausible range",
        ("Measure", "Acceptable", "Set by", "Comparisons", "Outside for certain", "Verdict “Gap”"),
        (row for measure in GAPS.values() for row in _limit(audit, measure)),
    )


def _limit(audit: ReportedAudit, measure: Measure) -> Iterator[tuple[str | Cell, ...]]:
    gaps = [gap for gap in audit.judgement.gaps if gap.measure == measure.name]
    limit = band(measure, audit.plan)
    if gaps and (measure.is_tested or limit.source != "default"):
        outside, found = sum(gap.breaks_limit for gap in gaps), sum(gap.verdict == "gap" for gap in gaps)
        hidden = sum(gap.why == "hidden" for gap in gaps)
        counted = (_of_those_shown(n, hidden, len(gaps)) for n in (outside, found))
        every = Cell(f"{len(gaps):,}", len(gaps))
        yield (technical_name(measure), band_words(limit), _WHOSE[limit.source], every, *counted)


def _of_those_shown(n: int, hidden: int, every: int) -> Cell:
    """How many, among comparisons of which some may be hidden: where all are, that is no 0."""
    if hidden == every:
        return Cell(f"–, {HIDDEN}")
    return Cell(f"{n:,}; {hidden:,} {HIDDEN}" if hidden else f"{n:,}", n)


def intersections(audit: ReportedAudit) -> Iterator[Block]:
    """The question of the finding over every table of crossed columns."""
    measure, _ = audit.overview.opening
    crossed: list[By] = [by for by in audit.overview.tables if len(by) > 1]
    yield Heading("Intersections")
    if not crossed:
        yield Paragraph("No columns were crossed, so groups inside groups were not looked at.")
    for by in crossed:
        shown = standings(audit.judgement, audit.plan, by, measure)
        if shown is not None:
            _, *blocks = of_groups(shown)
            yield Heading(" × ".join(by), 3)
            yield from blocks


def p_words(p: float | None) -> str:
    """A p-value as the field writes it."""
    if p is None:
        return "–"
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}" if p < 0.1 else f"{p:.2f}"


def verdict_cell(gap: Gap) -> Cell:
    """A gap's verdict with its mark; a dash for a measure that has none."""
    if gap.verdict is None:
        return Cell("–")
    return Cell(verdict_word(gap.verdict, gap.why), mark=gap.verdict)
