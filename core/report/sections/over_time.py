"""Whether it got worse, where the audit is one of a series: the sentence first, then each watched gap."""

from __future__ import annotations

from collections.abc import Iterator

from core.record.series import GapOverTime, Series
from core.report.over_time.facing import facing
from core.report.sections.blocks import INK, PAPER, Block, Cell, Heading, Paragraph, PictureBlock, TableBlock
from core.report.sections.reported import ReportedAudit
from core.report.words import over_time as words

HIDDEN = "The other audits of this question are left out: they could give away numbers that are hidden here."
_FEWEST, _WIDTH = 2, 720


def over_time(audit: ReportedAudit) -> Iterator[Block]:
    """What the page Over time says, on paper; nothing of a single audit, or where nothing is watched."""
    series = audit.series
    if series is None or len(series.records) < _FEWEST or not series.gaps:
        return
    yield Heading("Over time")
    if audit.record.hides or any(record.hides for record in series.records):
        yield Paragraph(HIDDEN)
        return
    if audit.awaited:
        yield from map(Paragraph, words.unfinished_sentences(audit.awaited, len(series.records)))
    else:
        yield Paragraph(words.first_sentence(series))
    yield Paragraph(_which(audit, series), "soft")
    for gap in words.in_order(series):
        yield from _gap(audit, series, gap)
    yield Paragraph(" ".join(sentence for sentence, _ in words.legend(series)), "soft")
    moved = words.drift_sentences(series)
    if moved:
        yield Heading("What else changed", 3)
        yield from map(Paragraph, moved)
    for sentence in words.assumption_sentences(series):
        yield Paragraph(sentence, "soft")


def _which(audit: ReportedAudit, series: Series) -> str:
    """How many audits there are, from when to when, and which of them this report is about."""
    first, last = (words.period_words(series.periods[place]) for place in (0, -1))
    told = f"{len(series.records)} audits of this question, from {first} to {last}."
    digests = [record.digest for record in series.records]
    if audit.record.digest not in digests:
        return told
    return f"{told} This report is about {words.period_words(series.periods[digests.index(audit.record.digest)])}."


def _gap(audit: ReportedAudit, series: Series, gap: GapOverTime) -> Iterator[Block]:
    """One watched gap: what became of it, its curve, and the same numbers as a table."""
    from core.report.charts import svg
    from core.report.charts.over_time import curve_chart
    from core.report.over_time.curves import curve_of, curve_table, gap_title

    title, table = gap_title(gap, audit.terms), curve_table(gap)
    yield Heading(title, 3)
    first = "" if audit.awaited else words.first_sentence(series)
    said = [each for each in words.gap_sentences(series, gap) if each != first and not each.endswith(":")]
    yield Paragraph(" ".join([words.NOT_FINAL, *said] if audit.awaited else said))
    told = "; ".join(map(": ".join, zip(table["Audit"], table["Gap"], strict=True)))
    yield PictureBlock(svg(curve_chart(curve_of(gap, audit.terms, {}), INK, PAPER), _WIDTH), title, told)
    values = [point.value for point in facing(gap).points]
    rows = zip(*table.values(), strict=True)
    yield TableBlock.of(
        title, tuple(table), ((row[0], Cell(row[1], value), *row[2:]) for row, value in zip(rows, values, strict=True))
    )
