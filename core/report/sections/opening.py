"""What a report opens with: the finding as its title, its picture, and what that means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.metrics.findings.ordering import Finding, further_words, headlines
from core.metrics.findings.other_gaps import also_gaps
from core.metrics.gaps import GAPS
from core.metrics.small_cells.hidden import number_words
from core.metrics.words import VERDICT_WORDS, group_words, rows_word, sampling_note
from core.metrics.words.notes import stands_first, text
from core.report.sections.blocks import INK, PAPER, Block, Cell, Heading, MarkedFinding, Paragraph, PictureBlock
from core.report.sections.blocks import TableBlock as Table
from core.report.sections.reported import ReportedAudit
from core.report.words.audit import date_words, in_the_answer, question_notes, tally
from core.report.words.by_group import (
    Standing,
    Standings,
    bands_words,
    gap_range_words,
    gaps_words,
    rate_range_words,
    rate_words,
)
from core.report.words.questions import also_words, question, technical_names

MOST_DRAWN = 60
# Of a picture that is not split where a page ends, and of one that shares its page with words.
MOST_IN_A_PICTURE, _MOST_BESIDE_WORDS = 14, 5
_MOST_MORE = 2
_WIDTH, _NARROW = 720, 320
GROUP_COLUMNS = ("Group", "People", "Rate", "Plausible range", "Gap", "Plausible range of the gap", "Verdict")


def finding(audit: ReportedAudit) -> Iterator[Block]:
    """What was audited, what could make it meaningless, and what was found, with how large and how sure that is."""
    plan, record = audit.plan, audit.record
    said = (
        *dict.fromkeys((audit.name, plan.data.file)),
        plan.decision.model or "decisions and scores of the table",
        f"{record.counts.people:,} {rows_word(plan)}",
        date_words(record.created),
    )
    yield Paragraph(" · ".join(said), "soft")
    yield from doubts(audit)
    title = audit.overview.first
    yield MarkedFinding(title.verdict, title.word, title.sentence, (title.below,), is_title=True)


def doubts(audit: ReportedAudit) -> Iterator[Paragraph]:
    """What a reader must know before the answer, such as what could make it meaningless."""
    for words in notes(audit, first=True):
        yield Paragraph(words, "doubt")


def notes(audit: ReportedAudit, first: bool) -> list[str]:
    """The notes that stand before the answer, or the others, in words."""
    told = [note for note in audit.record.notes if stands_first(note, audit.plan.data.confirmed) is first]
    return [text(note, audit.terms) for note in told]


def answer(audit: ReportedAudit) -> Iterator[Block]:
    """The answer in words: each finding with its verdict, and how the question was put."""
    judgement, plan = audit.judgement, audit.plan
    found = headlines(judgement, plan)
    yield Heading("The answer")
    for one in in_the_answer(found):
        more = (one.rest if one.opening else "", further_words(one, found, judgement, plan))
        yield MarkedFinding(one.verdict, one.word, one.opening or one.text, tuple(filter(None, more)))
    yield from _elsewhere(audit)
    yield Paragraph(_tally_words(found), "soft")
    for words in question_notes(audit.record, judgement):
        yield Paragraph(words, "soft")


def meaning(audit: ReportedAudit) -> Iterator[Block]:
    """What the finding means: how many decisions it is about, and what else was found."""
    found = headlines(audit.judgement, audit.plan)
    yield Heading("What it means")
    if found and found[0].verdict == "gap":
        yield Paragraph(_size_words(audit, found[0]))
    for one in found[1 : 1 + _MOST_MORE]:
        yield MarkedFinding(one.verdict, one.word, one.opening or one.text)
    yield from _elsewhere(audit)
    yield Paragraph(_tally_words(found), "soft")


def _size_words(audit: ReportedAudit, found: Finding) -> str:
    """How many decisions the gap is about."""
    pair, terms = found.told.lead, audit.terms
    people = round(pair.affected)
    more = "more" if pair.measure.worse == "lower" else "fewer"
    rate = (
        f"about {people:,} {more} {group_words(pair.subject[0], terms)} would" if people else "hardly a decision would"
    )
    verb = pair.measure.verb_words(terms).replace("are ", "be ", 1) if people else "be another"
    return f"If both groups had the rate that they have together, {rate} {verb}."


def _elsewhere(audit: ReportedAudit) -> Iterator[Paragraph]:
    """Gaps on other questions, and what is hidden there: silence would read as an all-clear."""
    also = also_gaps(audit.judgement, audit.plan)
    if also:
        named = "; ".join(also_words(GAPS[name], by, audit.judgement, audit.terms) for name, by in also.items())
        yield Paragraph(f"Gaps also on: {named}.")
    hidden, every = audit.overview.hidden_elsewhere
    if hidden:
        told = f"{hidden:,} of {every:,} comparisons on other questions are hidden"
        yield Paragraph(f"{told}, so a gap among them is not told.")


def _tally_words(found: list[Finding]) -> str:
    if not found:
        return "Nothing was compared."
    counted = ", ".join(f"{word}: {n}" for _, word, n in tally(found))
    return f"All {sum(one.comparisons for one in found)} comparisons on this question: {counted}."


def picture(audit: ReportedAudit) -> Iterator[Block]:
    """The picture, where it is not too large to be drawn, and the table of the same numbers."""
    if audit.drawn is not None:
        yield from of_groups(audit.drawn)


def small_picture(audit: ReportedAudit) -> Iterator[Block]:
    """The picture alone, of the groups that fit on one page: the worst off, and whom they are compared with."""
    shown = audit.drawn
    if shown is None:
        return
    yield Heading(_asked(shown))
    few = next(_in_parts(shown, _MOST_BESIDE_WORDS))
    yield replace(whole_picture(few), narrow=_drawn(few, _NARROW))  # no table beside it has the numbers
    if len(few.rows) < len(shown.rows):
        yield Paragraph(f"{len(few.rows)} of {len(shown.rows)} groups are drawn: those that fare worst.", "soft")


def of_groups(shown: Standings) -> Iterator[Block]:
    """One question over one table of groups: the picture, and the table of the same numbers."""
    yield Heading(_asked(shown))
    is_drawn = len(shown.rows) <= MOST_DRAWN
    if is_drawn:
        yield from map(whole_picture, _in_parts(shown))
    caption = f"{technical_names(shown.measure)}; acceptable: {bands_words(shown.bands)}"
    yield Table.of(caption, GROUP_COLUMNS, (_cells(row, is_drawn) for row in shown.rows))
    yield Paragraph(sampling_note(shown.people), "soft")


def _cells(row: Standing, is_marked: bool) -> tuple[str | Cell, ...]:
    return (
        row.name,
        Cell(number_words(row.people), row.people),
        Cell(rate_words(row), row.rate),
        rate_range_words(row),
        gaps_words(row),
        "" if row.gap is None else gap_range_words(row.gap),
        Cell(row.all_words, mark=row.mark if is_marked and row.mark in VERDICT_WORDS else None),
    )


def _asked(shown: Standings) -> str:
    return f"{question(shown.measure, shown.terms)} · by {' and '.join(shown.by)}"


def _in_parts(shown: Standings, most: int = MOST_IN_A_PICTURE) -> Iterator[Standings]:
    """The groups in their order, so many at once, each time with the one that they are compared with."""
    others = [row for row in shown.rows if not row.is_reference]
    for start in range(0, len(others), most - 1):
        here = others[start : start + most - 1]
        yield replace(shown, rows=tuple(row for row in shown.rows if row.is_reference or row in here))


def whole_picture(shown: Standings) -> PictureBlock:
    """The picture of one question over one table of groups, with its words for who does not see it."""
    said = "; ".join(f"{row.name}: {rate_words(row)}, {row.all_words}" for row in shown.rows)
    return PictureBlock(_drawn(shown, _WIDTH), _asked(shown), said)


def _drawn(shown: Standings, width: int) -> str:
    from core.report.charts import standings_chart, svg

    return svg(standings_chart(shown, INK, PAPER), width)
