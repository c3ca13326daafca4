"""The sections of a report: whom each is for, and that every number in them is the result's."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.counts.rules import Confusion
from core.errors import PlanError
from core.metrics.group_metrics import METRICS
from core.metrics.words import VERDICT_WORDS
from core.mitigate.goals.goal_test import KEPT_WORDS
from core.plan.parts import READERS, Limit, PolicyPlan, ReportPlan, WordsPlan
from core.record import AuditRecord, Fed
from core.report.documents.json import result
from core.report.pair.fix_result import FixResult
from core.report.sections import SECTIONS, asked_sections, printed, sections_for
from core.report.sections.account import NO_RECEIPT, QR_HOLDS, TO_CHECK
from core.report.sections.blocks import Block, Cell, KeyFacts, MarkedFinding, Paragraph, PictureBlock, TableBlock
from core.report.sections.methods import FORMULAS
from core.report.sections.reported import ReportedAudit, SignOff
from tests.worlds.people import labelled, plan_of
from tests.worlds.records import decided, record_of, scored

CROSSED = {
    ("a", "x"): (80, 20, 10, 90), ("a", "y"): (40, 20, 20, 90), ("b", "x"): (20, 10, 70, 100), ("b", "y"): (2, 1, 3, 1),
}  # fmt: skip
FIX = FixResult(
    "One threshold for each group", "equal selection", "26.3 points", "1.2 points", "met", "The goal is met.",
    (("better", "Women gain."),), ("Men are selected less often.",), "d" * 64,
)  # fmt: skip


def crossed() -> AuditRecord:
    return record_of(plan_of(("g", "h"), label=True), labelled(CROSSED, ("g", "h")))


def blocks(audit: ReportedAudit, name: str) -> list[Block]:
    (section,) = printed(audit, [name])
    return list(section.blocks)


def table(audit: ReportedAudit, name: str, place: int = 0) -> TableBlock:
    return [block for block in blocks(audit, name) if isinstance(block, TableBlock)][place]


def columns(shown: TableBlock) -> list[dict[str, Cell]]:
    return [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]


def said(audit: ReportedAudit, name: str) -> str:
    return "\n".join(block.text for block in blocks(audit, name) if isinstance(block, Paragraph))


def test_each_reader_has_sections_and_none_is_printed_twice() -> None:
    for reader in READERS:
        names = sections_for([reader])
        assert names[0] == "finding" and len(names) > 3
    every = sections_for(READERS)
    assert sorted(every) == sorted(SECTIONS) and len(set(every)) == len(every)
    assert sections_for([]) == sections_for(["decision"])
    assert sections_for(["annex", "decision"]) == sections_for(["decision", "annex"]), "one page stands first"


def test_a_plan_chooses_readers_and_sections_and_an_unknown_one_is_answered_with_all() -> None:
    asked = ReportPlan(readers=("policy",), sections=("grid", "finding", "plan"))
    assert asked_sections(asked) == ["finding", "grid"]
    with pytest.raises(PlanError, match=f'no report section named "gird"; known are {", ".join(SECTIONS)}'):
        asked_sections(ReportPlan(sections=("gird",)))


@pytest.mark.parametrize(
    "record",
    [
        decided(),
        decided().without_small_cells(),
        decided(label=False),
        decided({"a": (40, 20, 10, 30)}),
        scored(),
        scored(model=False),
        crossed(),
    ],
    ids=["decisions", "small numbers hidden", "no outcome", "one group", "model", "scores", "crossed"],
)
def test_every_section_prints_every_kind_of_audit_and_tables_are_whole(record: AuditRecord) -> None:
    for section in printed(ReportedAudit(record), SECTIONS):
        for block in section.blocks:
            if isinstance(block, TableBlock):
                assert block.caption and all(len(row) == len(block.columns) for row in block.rows), section.name
                assert all(row[0].text for row in block.rows), "a row is named by its first cell"
            if isinstance(block, PictureBlock):
                assert block.alt and block.title and "var(--" not in block.on_paper


def test_the_annex_has_every_number_of_the_result() -> None:
    audit = ReportedAudit(crossed())
    document = result(audit.record)
    groups = [
        row for shown in blocks(audit, "group_numbers") if isinstance(shown, TableBlock) for row in columns(shown)
    ]
    expected = [
        (", ".join(group["group"].values()), name.replace("_", " "), *(metric[key] for key in ("value", "low", "high")))
        for group in document["groups"]
        for name, metric in group["metrics"].items()
    ]
    keys = ("Value", "Lowest", "Highest")
    assert [(row["Group"].text, row["Measure"].text, *(row[key].value for key in keys)) for row in groups] == expected
    for row in groups:
        for key in keys:
            written = row[key].value
            assert row[key].text == "" if written is None else float(row[key].text) == pytest.approx(written, rel=1e-5)
    gaps = [row for shown in blocks(audit, "gap_numbers") if isinstance(shown, TableBlock) for row in columns(shown)]
    assert [(row["Value"].value, row["p"].value, row["p, corrected"].value, row["Reason"].text) for row in gaps] == [
        (gap["value"], gap["p_value"], gap["p_adjusted"], gap["reason"]) for gap in document["gaps"]
    ]
    words = [None if gap["verdict"] is None else VERDICT_WORDS[gap["verdict"]] for gap in document["gaps"]]
    assert [row["Verdict"].text for row in gaps] == [word or "–" for word in words]


def test_formulas_compute_what_the_metrics_do() -> None:
    people = Confusion(*(np.array([k]) for k in (31, 7, 11, 43, 5, 4)))
    named = {"TP": 31, "FP": 7, "FN": 11, "TN": 43, "selected": 43, "N": 101}
    assert FORMULAS.keys() == METRICS.keys()
    for name, metric in METRICS.items():
        exact = np.asarray(metric.num(people)) / np.asarray(metric.den(people))
        assert eval(FORMULAS[name], {}, dict(named)) == pytest.approx(exact[0]), name


def test_the_grid_has_every_question_by_every_column() -> None:
    audit = ReportedAudit(crossed())
    rows = columns(table(audit, "grid"))
    assert len(rows) == len(audit.overview.measures)
    assert list(rows[0]) == ["Question", "g", "h", "Crossed columns"]
    assert rows[0]["g"].text == "Gap: people whose g is b 16 of 100, people whose g is a 43 of 100"
    for row, measure in zip(rows, audit.overview.measures, strict=True):
        for column in audit.overview.columns:
            title = audit.overview.title(measure, *column.tables)
            assert title is not None and row[column.name].mark == title.verdict


def test_four_fifths_is_exact_beside_significance() -> None:
    """0.8 is kept and what lies just under it is not; the verdict says whether that is more than chance."""
    record = decided({"a": (50, 0, 50, 0), "b": (40, 0, 60, 0), "c": (39, 0, 61, 0), "d": (2, 0, 3, 0)})
    rows = {row["Group"].text: row for row in columns(table(ReportedAudit(record), "four_fifths"))}
    fifths = {name: row["Four-fifths"].text for name, row in rows.items()}
    assert fifths == {"b": "kept", "c": "below", "d": "under 2 % of people"}
    assert {rows[name]["Verdict"].mark for name in "bc"} == {"unclear"}
    gaps = {gap["group"]["g"]: gap for gap in result(record)["gaps"] if gap["measure"] == "disparate_impact"}
    assert {name: rows[name]["Times as often"].value for name in rows} == {name: gaps[name]["value"] for name in rows}


def test_limits_say_whose_they_are() -> None:
    own = PolicyPlan(use=("four_fifths",), limits=(Limit("equal_opportunity_difference", most=0.01),))
    record = decided()
    record = replace(record, plan=replace(record.plan, policy=own))
    rows = {row["Measure"].text: row for row in columns(table(ReportedAudit(record), "limits"))}
    sources = {name: row["Set by"].text for name, row in rows.items()}
    assert sources["disparate impact"] == "named policy"
    assert sources["equal opportunity difference"] == "this plan" and sources["accuracy difference"] == "usual"
    assert rows["equal opportunity difference"]["Acceptable"].text == "within 1\u00a0points"
    gaps = [gap for gap in record.judgement().gaps if gap.measure == "equal_opportunity_difference"]
    assert rows["equal opportunity difference"]["Comparisons"].value == len(gaps)


def test_unknowns_and_what_was_not_measured_are_told() -> None:
    counts = labelled({"a": (40, 20, 10, 30, 5, 15), "b": (0, 0, 0, 0, 30, 20), "(missing)": (10, 10, 10, 10)})
    audit = ReportedAudit(record_of(plan_of(label=True), counts))
    rows = {row["Group"].text: row["Outcome not known"].value for row in columns(table(audit, "unknowns"))}
    assert rows == {"g: a": 20, "g: b": 50, "g: group not known": 0}
    assert any(row["Group"].text == "b" for row in columns(table(audit, "not_measured")))
    without = ReportedAudit(decided(label=False))
    assert "Not asked" in said(without, "not_measured") and "no outcome" in said(without, "unknowns")


def test_one_page_says_what_was_done_how_far_it_reaches_and_who_says_so() -> None:
    asked = ReportPlan("Loans", "A. Smith", "Yearly review", date(2027, 11, 30))
    audit = ReportedAudit(decided(), asked, fixes=(FIX,), receipt="ABCD-1234")
    (mark,) = [block for block in blocks(audit, "done") if isinstance(block, MarkedFinding)]
    assert (mark.word, mark.opening) == (KEPT_WORDS["met"], "The goal is met.")
    assert "gap 26.3 points before, 1.2 points with the fix" in mark.more[0] and "Men are" in mark.more[1]
    trained = replace(FIX, trained_on="Trained on all 9,800 people set aside for it.")
    assert FixResult.from_text(trained.to_text()) == trained
    (mark,) = [b for b in blocks(replace(audit, fixes=(trained,)), "done") if isinstance(b, MarkedFinding)]
    assert mark.more[0].endswith(". Trained on all 9,800 people set aside for it.")
    (facts,) = [block for block in blocks(audit, "signed") if isinstance(block, KeyFacts)]
    assert dict(facts.facts) == {
        "Audited on": "21 November 2026, 02:16 UTC",
        "By": "A. Smith",
        "Purpose": "Yearly review",
        "Valid until": "30 November 2027",
        "Receipt": "ABCD-1234",
        "The square": QR_HOLDS,
        "To check it": TO_CHECK,
    }
    (code,) = [block for block in blocks(audit, "signed") if isinstance(block, PictureBlock)]
    assert "ABCD-1234" in code.alt and code.share < 0.2
    assert len([block for block in blocks(audit, "scope") if isinstance(block, Paragraph)]) == 5
    plain = ReportedAudit(decided())
    assert "No fix was audited" in said(plain, "done")
    (facts,) = [block for block in blocks(plain, "signed") if isinstance(block, KeyFacts)]
    assert not [block for block in blocks(plain, "signed") if isinstance(block, PictureBlock)]
    assert dict(facts.facts)["Receipt"] == NO_RECEIPT and dict(facts.facts)["By"] == "not said"


def test_who_signed_says_so_where_no_author_is_named() -> None:
    signed = ReportedAudit(decided(), signed=(SignOff("B. Jones", "Head of Risk", "Read.", "30 November 2026"),))
    (facts,) = [block for block in blocks(signed, "signed") if isinstance(block, KeyFacts)]
    assert dict(facts.facts)["By"] == "B. Jones"


def test_the_steps_that_check_a_report_name_its_web_page_on_whatever_paper_they_stand() -> None:
    words = said(ReportedAudit(decided(), receipt="ABCD-1234"), "proof")
    assert "the web page of this report, t-csv-2026-11-21.html," in words and "this web page" not in words


def test_the_size_of_a_gap_is_the_shortfall_at_the_common_rate() -> None:
    """statistics.md 3: 100 * 100 / 200 * (0.5 - 0.25) = 12.5 people, rounded to even as everywhere."""
    audit = ReportedAudit(decided({"a": (25, 25, 25, 25), "b": (10, 15, 40, 35)}))
    assert "about 12 more people whose g is b would be selected" in said(audit, "meaning")


def test_a_picture_of_one_page_has_the_worst_off_and_whom_they_are_compared_with() -> None:
    record = decided({f"group {i:02}": (10 + 8 * i, 20, 100, 300) for i in range(20)})
    audit = ReportedAudit(record)
    assert audit.drawn is not None
    (shown,) = [block for block in blocks(audit, "chart") if isinstance(block, PictureBlock)]
    named = re.findall(r"(group \d\d):", shown.alt)
    worst = [row.name for row in audit.drawn.rows if not row.is_reference][:4]
    assert sorted(named) == sorted({*worst, audit.drawn.reference.name})
    assert "5 of 20 groups are drawn" in said(audit, "chart")


def test_what_a_model_of_one_block_was_fed_is_listed_by_its_place() -> None:
    record = replace(scored(), fed=(Fed(1, "age", "31"), Fed(2, "income", "1,200")))
    rows = [(row["Place"].text, row["Column"].text) for row in columns(table(ReportedAudit(record), "fed"))]
    assert rows == [("1", "age"), ("2", "income")], "no first cells: they are a person's"
    assert blocks(ReportedAudit(scored()), "fed") == []


def test_own_words_are_used_in_every_section_but_plan_and_methods() -> None:
    words = WordsPlan("hired", "sent home", {"g": {"a": "Apples", "b": "Pears"}})
    record = decided()
    audit = ReportedAudit(replace(record, plan=replace(record.plan, words=words)))
    for section in printed(audit, [name for name in SECTIONS if name not in ("plan", "methods", "four_fifths")]):
        assert not re.search(r"\bselected|turned down|wrongly (denied|granted)", str(section.blocks)), section.name
    assert "Apples" in str(printed(audit, ["grid", "four_fifths"]))
