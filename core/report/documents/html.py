"""The finding, the answer, its picture and its table as one HTML file that opens offline, in both themes, and prints.

Text from an upload becomes text nodes of a tree and is escaped when the tree is written; nothing is pasted into HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from core.metrics.findings.ordering import further_words, headlines
from core.metrics.findings.other_gaps import also_gaps
from core.metrics.findings.title import Title
from core.metrics.gaps import GAPS
from core.metrics.small_cells.hidden import number_words
from core.metrics.verdicts import Judgement
from core.metrics.words import VERDICT_WORDS, rows_word, sampling_note
from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import stands_first, text
from core.notes import Note
from core.record import AuditRecord
from core.report.charts import mark_svg, standings_chart, svg
from core.report.words.audit import (
    data_facts,
    date_words,
    in_the_answer,
    near_note,
    question_notes,
    run_facts,
    second_opinion_note,
    tally,
)
from core.report.words.by_group import (
    Standing,
    Standings,
    bands_words,
    gap_range_words,
    gaps_words,
    rate_range_words,
    rate_words,
)
from core.report.words.overview import Overview
from core.report.words.questions import also_words, question, technical_names

MOST_DRAWN = 60
_WIDTH = 720
_NAMESPACES = re.compile(r' xmlns(:xlink)?="[^"]*"')
_STYLE = """
:root { color-scheme: light dark; --ink: #1B2430; --paper: #FFFFFF; --soft: #5A6572; --line: #D8DEE5 }
@media (prefers-color-scheme: dark) { :root { --ink: #E8ECF1; --paper: #12161B; --soft: #A4AFBB; --line: #303943 } }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #FFF; --soft: #444; --line: #BBB }
  figure, tr { break-inside: avoid }
}
body { margin: 2rem auto; padding: 0 1rem; max-width: 52rem; color: var(--ink); background: var(--paper);
       font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
       overflow-wrap: anywhere }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .5rem 0 } h2 { font-size: 1.2rem; margin-top: 2rem }
.soft, caption { color: var(--soft); text-align: left } .finding { margin: 1rem 0 }
.mark { display: flex; gap: .5rem; align-items: center; font-weight: 600 }
figure { margin: 0; overflow-x: auto } figure svg { max-width: 100%; min-width: 30rem; height: auto }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
.wide table { width: 100%; font-size: .9rem } .wide th, .wide td { white-space: nowrap }
th:first-child, td:first-child, .wide td:first-child { min-width: 8rem; white-space: normal }
.doubt { border-left: .25rem solid var(--gap, #b5541c); padding-left: .75rem }
pre { white-space: pre-wrap; font-size: .85rem; border: 1px solid var(--line); padding: 1rem }
"""


def answer_html(record: AuditRecord, judgement: Judgement, standings: Standings | None) -> str:
    """The HTML text.

    Parameters
    ----------
    record, judgement
        The audit, and what follows from it at the plan's own threshold.
    standings
        The groups and the measure of the picture and the table; None where nothing can be compared.
    """
    page = Element("html", lang="en")
    head, body = SubElement(page, "head"), SubElement(page, "body")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "title").text = _title(record)
    SubElement(head, "style").text = _STYLE
    _facts_line(body, record)
    doubts_part(body, record)
    _finding(body, Overview(judgement, record.plan).first)
    answer_part(body, record, judgement)
    if standings is not None:
        picture_part(body, standings)
    _facts(
        body,
        "The people in it",
        data_facts(record),
        [text(note, Terms.of(record.plan)) for note in _notes(record, first=False)],
    )
    _facts(
        body, "How it was computed", run_facts(record), [near_note(record), second_opinion_note(record.second_opinion)]
    )
    plan = _section(body, "The plan")
    SubElement(plan, "pre").text = record.plan.to_toml()
    return "<!DOCTYPE html>\n" + ElementTree.tostring(page, encoding="unicode", method="html")


def _title(record: AuditRecord) -> str:
    return record.plan.name or record.plan.data.file


def _facts_line(body: Element, record: AuditRecord) -> None:
    """What was audited, in a small line: the finding is the title."""
    source = record.plan.decision.model or "decisions and scores of the table"
    said = (
        *dict.fromkeys((_title(record), record.plan.data.file)),
        source,
        f"{record.counts.people:,} {rows_word(record.plan)}",
        date_words(record.created),
    )
    _text(body, " · ".join(said), "soft")


def _finding(body: Element, title: Title) -> None:
    """What was found, with how large and how sure that is."""
    _mark(body, title.verdict)
    SubElement(body, "h1").text = title.sentence
    _text(body, title.below)


def doubts_part(parent: Element, record: AuditRecord) -> None:
    """Add what a reader must know before the answer, such as what could make it meaningless."""
    for note in _notes(record, first=True):
        _text(parent, text(note, Terms.of(record.plan)), "doubt")


def answer_part(body: Element, record: AuditRecord, judgement: Judgement) -> None:
    """Add the answer in words: what was found, each finding with its verdict."""
    section, found = _section(body, "The answer"), headlines(judgement, record.plan)
    terms = Terms.of(record.plan)
    for finding in in_the_answer(found):
        part = SubElement(section, "div", {"class": "finding"})
        _mark(part, finding.verdict)
        SubElement(part, "div").text = finding.opening or finding.text
        if finding.opening:
            _text(part, finding.rest, "soft")
        again = further_words(finding, found, judgement, record.plan)
        if again:
            _text(part, again, "soft")
    also = also_gaps(judgement, record.plan)
    if also:
        _text(section, f"Gaps also on: {'; '.join(also_words(GAPS[name], by, terms) for name, by in also.items())}.")
    counted = ", ".join(f"{VERDICT_WORDS[verdict]}: {n}" for verdict, n in tally(found))
    _text(
        section,
        f"All {sum(one.comparisons for one in found)} comparisons on this question: {counted}."
        if found
        else "Nothing was compared.",
        "soft",
    )
    for words in question_notes(record, judgement):
        _text(section, words, "soft")


def _notes(record: AuditRecord, first: bool) -> list[Note]:
    """The notes that stand before the answer, or the others."""
    return [note for note in record.notes if stands_first(note, record.plan.data.confirmed) is first]


def picture_part(body: Element, standings: Standings) -> None:
    """Add the picture, where it is not too large to be drawn, and the table of the same numbers."""
    section = _section(body, f"{question(standings.measure, standings.terms)} · by {' and '.join(standings.by)}")
    is_drawn = len(standings.rows) <= MOST_DRAWN
    if is_drawn:
        drawn = svg(standings_chart(standings, "var(--ink)", "var(--paper)"), _WIDTH)
        SubElement(section, "figure").append(_inline(drawn))
    table = SubElement(SubElement(section, "div", {"class": "wide"}), "table")
    name = f"{technical_names(standings.measure)}; acceptable: {bands_words(standings.bands)}"
    SubElement(table, "caption").text = name
    titles = ("Group", "People", "Rate", "Plausible range", "Gap", "Plausible range", "Verdict")
    _row(SubElement(table, "thead"), "th", titles)
    rows = SubElement(table, "tbody")
    for standing in standings.rows:
        verdict = _row(rows, "td", _cells(standing))[-1]
        if is_drawn and standing.mark in VERDICT_WORDS:
            _mark(verdict, standing.mark, standing.all_words)
        else:
            verdict.text = standing.all_words
    _text(section, sampling_note(standings.people), "soft")


def _cells(row: Standing) -> tuple[str, ...]:
    start = (row.name, number_words(row.people), rate_words(row), rate_range_words(row))
    return (*start, gaps_words(row), "" if row.gap is None else gap_range_words(row.gap), "")


def _inline(drawn: str) -> Element:
    """SVG as a part of the HTML tree, where it needs no namespace."""
    return ElementTree.fromstring(_NAMESPACES.sub("", drawn))


def _facts(body: Element, title: str, facts: list[tuple[str, str]], notes: Iterable[str]) -> None:
    section = _section(body, title)
    table = SubElement(section, "table")
    for fact in facts:
        _row(table, "td", fact)
    for note in notes:
        _text(section, note)


def _section(body: Element, title: str) -> Element:
    section = SubElement(body, "section")
    SubElement(section, "h2").text = title
    return section


def _text(parent: Element, text: str, kind: str | None = None) -> None:
    SubElement(parent, "p", {} if kind is None else {"class": kind}).text = text


def _mark(parent: Element, verdict: str, words: str = "") -> None:
    mark = SubElement(parent, "div", {"class": "mark"})
    mark.append(_inline(mark_svg(verdict)))
    SubElement(mark, "span").text = words or VERDICT_WORDS[verdict]


def _row(table: Element, kind: str, cells: Iterable[str]) -> list[Element]:
    row = SubElement(table, "tr")
    for cell in cells:
        SubElement(row, kind).text = cell
    return list(row)
