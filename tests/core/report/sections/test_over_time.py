"""The section Over time of a report: what the page says, on paper; nothing of one audit, nor of hidden numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.plan.parts import MonitorPlan, ReportPlan, Watch
from core.record import AuditRecord
from core.record.series import Series
from core.report.documents.html import report_html
from core.report.sections import printed
from core.report.sections.blocks import Block, Paragraph, PictureBlock, TableBlock
from core.report.sections.over_time import HIDDEN
from core.report.sections.reported import ReportedAudit
from core.report.words.over_time import gap_sentences
from tests.worlds.months import PLAN, SEX, year

WOMEN_FIRST = replace(PLAN, groups=replace(PLAN.groups, reference={"sex": "Female"}))
GROWN = (700, 705, 695, 698, 560, 550)


def blocks(records: list[AuditRecord], place: int = -1, **asked: bool) -> list[Block]:
    audit = ReportedAudit(records[place], ReportPlan(**asked), series=Series.of(records))  # type: ignore[arg-type]
    (section,) = printed(audit, ["over_time"])
    return list(section.blocks)


def said(found: list[Block]) -> list[str]:
    return [block.text for block in found if isinstance(block, Paragraph)]


def test_the_sentence_stands_first_then_which_audit_it_is_the_curve_and_its_numbers() -> None:
    records = year(*GROWN)
    found = blocks(records, place=1)
    assert said(found)[:2] == [
        "Since May 2026 the gap between women and men has grown by 7.2 points; this is more than chance explains.",
        "6 audits of this question, from January 2026 to June 2026. This report is about February 2026.",
    ]
    series = Series.of(records)
    for sentence in gap_sentences(series, series.gaps[0])[1:]:
        assert sentence in " ".join(said(found))
    assert any("Rings are the first audits" in each and "diamond is an alarm" in each for each in said(found))
    (table,) = [block for block in found if isinstance(block, TableBlock)]
    assert [row[1].value for row in table.rows] == pytest.approx([point.value for point in series.gaps[0].points])
    assert [row[-1].text for row in table.rows] == ["One of the first"] * 3 + ["As before"] + ["Alarm"] * 2
    (picture,) = [block for block in found if isinstance(block, PictureBlock)]
    assert picture.svg.startswith("<svg") and picture.alt.startswith("2026-01: \u22125.0\u00a0points; 2026-02")


def test_numbers_and_picture_face_whoever_is_worse_off() -> None:
    monitor = MonitorPlan((Watch("statistical_parity_difference", SEX, ("Male",)),))
    found = blocks(year(*GROWN, plan=WOMEN_FIRST, monitor=monitor))
    (table,) = [block for block in found if isinstance(block, TableBlock)]
    assert table.caption == "Who gets selected? Women beside men" and (table.rows[0][1].value or 0) < 0


def test_a_single_audit_prints_nothing_of_it_and_no_report_of_one_names_it() -> None:
    records = year(*GROWN)
    assert blocks(records[:1]) == []
    for series in (None, Series.of(records)):
        audit = ReportedAudit(records[0], ReportPlan(readers=("policy",)), series=series)
        assert ("more than chance explains" in report_html(audit)) is (series is not None)


def test_where_small_numbers_are_hidden_the_other_audits_are_left_out() -> None:
    assert said(blocks(year(*GROWN), hide_small=True)) == [HIDDEN]
    records = year(*GROWN)
    hides = replace(records[2], plan=replace(records[2].plan, report=ReportPlan(hide_small=True)))
    assert said(blocks([*records[:2], hides, *records[3:]])) == [HIDDEN]
