"""The Audit page: opened alone, empty, while the job runs, and with audits of every kind."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.engine.doubts.direction import backwards
from core.jobs.replaced_json import replace_json
from core.metrics.words import sampling_note
from core.record import AuditRecord
from core.report.pair.fix_result import FixResult
from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.pages.whole_app import (
    WAIT_SECONDS,
    alone,
    cell,
    kept,
    labels,
    opened,
    plain_words,
    press,
    said,
    tables,
    widget,
)
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.people import labelled, plan_of
from tests.worlds.records import HOSTILE, decided, record_of, scored, seen_in

pytestmark = pytest.mark.jobs


def table(at: AppTest) -> dict[str, list[str]]:
    return tables(at)[0]


# ---------------------------------------------------------------- without a result


def test_opened_alone_it_leads_to_data_and_the_sample() -> None:
    at = alone("audit")
    assert at.title[0].value == "No audit is open"
    titles = [f"Try the sample: {sample.title}" for sample in SAMPLES.values()]
    assert labels(at) == ["Go to Data", *titles]


def test_an_audit_that_has_not_run_says_what_is_missing(space: Workspace) -> None:
    at = opened("audit", space.new().id)
    assert "This audit has not run yet" in said(at)
    assert "Go to Data" in labels(at)


def test_a_record_that_cannot_be_read_is_a_message(space: Workspace, home: Path) -> None:
    audit = space.new()
    replace_json(home / "audits" / audit.id / "record.json", {"plumbline": 1})
    assert "not a whole record of an audit" in said(opened("audit", audit.id))


def test_a_running_job_shows_how_it_stands_and_then_the_answer(space: Workspace) -> None:
    with holding_jobs():
        audit = space.open_sample(SAMPLES["loans"])
        at = opened("audit", audit.id)
        assert "Cancel" in labels(at) and not at.title
    space.wait(audit.id, WAIT_SECONDS)
    at.run()
    assert not at.exception
    assert "Women are approved less often than men: 57 of 100 against 77." in said(at)
    assert "It is also known for people who were turned down" in said(at), "the sample's plan says so"
    asked = widget(opened("fix", audit.id), "radio", "trained")
    assert asked.value == "no", "a sample's model learned from other people than those that ship"


def test_a_job_that_failed_says_why_and_can_run_again(space: Workspace) -> None:
    with holding_jobs():
        audit = space.open_sample(SAMPLES["loans"])
        space.cancel(audit.id)
    space.wait(audit.id, WAIT_SECONDS)
    at = opened("audit", audit.id)
    assert "Cancelled" in said(at) and "Run again" in labels(at)


# ---------------------------------------------------------------- the answer


def test_at_most_three_findings_stand_in_the_answer_and_the_rest_is_one_click_away(
    space: Workspace, home: Path
) -> None:
    people = {f"g{i}": (40 - i, 20, 10 + i, 30) for i in range(6)}
    at = opened("audit", kept(space, home, decided(people)))
    assert len([text for text in at.text if "against" in text.value]) == 3
    assert {"How sure is this?", "All 5 findings on this question"} <= {box.label for box in at.expander}


def test_the_notes_say_what_the_outcome_is_whom_one_compares_with_and_which_limits_hold(
    space: Workspace, home: Path
) -> None:
    at = opened("audit", kept(space, home, decided()))
    words = said(at)
    assert "What really happened is read from “y”" in words and "0.80 for ratios, 5 points for differences" in words
    assert "Compared with: people whose g is a (the largest group of each column)" in words
    assert sampling_note() in words


def test_warnings_of_the_record_are_shown(space: Workspace, home: Path) -> None:
    record = decided()
    at = opened("audit", kept(space, home, record_of(record.plan, record.counts, warnings=("nobody is 'x'",) * 5)))
    assert [w.value.replace("\\", "") for w in at.warning] == ["nobody is 'x'"] * 3
    assert "2 more warnings" in said(at)


def test_where_good_outcomes_score_worse_the_answer_opens_with_that_question(space: Workspace, home: Path) -> None:
    wrong, right = (
        replace(record, notes=tuple(backwards(seen_in(record), record.plan)))
        for record in (scored(model=False, below=True), scored())
    )
    at = opened("audit", kept(space, home, wrong))
    assert "tend to get the worse scores" in at.warning[0].value
    assert "It is right as it is" in labels(at)
    assert "worse scores" not in said(opened("audit", kept(space, home, right)))


def test_without_outcomes_the_page_says_so_and_offers_selection_only(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, decided(label=False)))
    assert "does not say what really happened" in said(at)
    assert [plain_words(label) for label in labels(at) if label.startswith("**")] == ["**Who gets selected? g:** Gap"]


def test_one_group_alone_cannot_be_compared(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, decided({"a": (40, 20, 10, 30)})))
    assert "nothing could be compared" in said(at)


# ---------------------------------------------------------------- picture and table


def test_the_table_holds_every_group_with_n_rates_ranges_and_verdicts(space: Workspace, home: Path) -> None:
    cells = table(opened("audit", kept(space, home, decided())))
    assert sorted(cells["Group"]) == ["a", "b", "c"]
    assert cells["Verdict"][-1] == "Comparison group" and cells["Verdict"][0] == "◆ Gap: worse off"
    assert sum(map(int, cells["People"])) == 207 and all("to" in cell for cell in cells["Plausible rate"])
    assert "times, −45.0\u00a0points" in cells["Gap"][0] and cells["Plausible gap"][0].endswith("times")


def test_a_comparison_group_that_is_worse_off_bears_the_mark(space: Workspace, home: Path) -> None:
    cells = table(opened("audit", kept(space, home, decided({"a": (100, 50, 400, 450), "b": (300, 100, 200, 300)}))))
    assert list(zip(cells["Group"], cells["Verdict"], strict=True)) == [
        ("a", "◆ Gap: worse off · comparison group"),
        ("b", "△ Better off"),
    ]


def test_the_picture_opens_at_the_groups_of_the_first_finding(space: Workspace, home: Path) -> None:
    people = {("a", "x"): (40, 0, 10, 0), ("a", "y"): (10, 0, 40, 0), ("b", "x"): (40, 0, 10, 0)}
    at = opened("audit", kept(space, home, record_of(plan_of(("g", "h"), label=True), labelled(people, ("g", "h")))))
    assert sorted(table(at)["Group"]) == ["x", "y"], "the answer begins with h"


def test_the_audit_of_a_fix_opens_the_picture_on_the_groups_that_the_fix_was_for(space: Workspace, home: Path) -> None:
    people = {("a", "x"): (40, 20, 10, 30), ("a", "y"): (5, 5, 35, 60), ("b", "x"): (40, 20, 12, 30)}
    record = record_of(plan_of(("g", "h"), label=True), labelled(people, ("g", "h")))
    audit_id = kept(space, home, record)
    assert sorted(table(opened("audit", audit_id))["Group"]) == ["x", "y"], "the answer begins with h"
    asked = record.plan.question_sha256
    pair = FixResult("Thresholds", "between the groups of g", "2 %", "1 %", "met", "It is met.", (), (), asked, ("g",))
    state = home / "audits" / audit_id / "state.json"
    replace_json(state, json.loads(state.read_text()) | {"original": space.new().id, "fix": pair.to_text()})
    at = opened("audit", audit_id)
    assert "What the fix was for" in said(at) and sorted(table(at)["Group"]) == ["a", "b"]
    assert FixResult.from_text(pair.to_text()) == pair


def test_a_drawing_parses_and_digests_no_evidence_that_was_parsed_before(
    space: Workspace, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: Counter[str] = Counter()
    digest = AuditRecord.to_json

    def parsed(document: dict[str, Any]) -> AuditRecord:
        work["parsed"] += 1
        return from_json(document)

    def written(self: AuditRecord) -> dict[str, Any]:
        work["written"] += 1
        return digest(self)

    audit_id, from_json = kept(space, home, decided()), AuditRecord.from_json
    monkeypatch.setattr(AuditRecord, "from_json", parsed)
    monkeypatch.setattr(AuditRecord, "to_json", written)
    at = opened("audit", audit_id)
    assert work == {"parsed": 1, "written": 1}
    at.run()
    assert not at.exception and work == {"parsed": 1, "written": 1}


def test_a_threshold_that_is_tried_moves_the_table_but_not_the_answer(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, scored()))
    answer, before = [text.value for text in at.text], table(at)["Rate"]
    slider = widget(at, "select_slider", "threshold")
    assert "This changes the picture and the table, not the answer." in slider.help
    slider.set_value(0.3).run()
    assert not at.exception
    assert "0.3 is a threshold you tried. The finding stays at the plan's, 0.437" in said(at)
    assert table(at)["Rate"] == ["100.0\u00a0%"] * 2 != before
    assert [text.value for text in at.text] == answer
    press(at, "Back to the plan's threshold")
    assert table(at)["Rate"] == before and "threshold you tried" not in said(at)


def test_decisions_have_no_slider(space: Workspace, home: Path) -> None:
    assert not opened("audit", kept(space, home, decided())).select_slider


def test_what_is_not_measurable_is_a_dash_with_its_reason(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, decided({"a": (40, 20, 10, 30), "b": (0, 5, 0, 60)})))
    cell(at, "Who is wrongly denied? g").click().run()
    assert at.title[0].value.startswith("Not measurable whether people whose g is b are wrongly denied")
    assert table(at)["Verdict"][-1] == "– Not measurable" and table(at)["Gap"][-1] == "–"


def test_fifty_groups_are_all_there(space: Workspace, home: Path) -> None:
    people = {f"group {i:02}": (5 + i, 5, 5, 5) for i in range(50)}
    assert len(table(opened("audit", kept(space, home, decided(people))))["Group"]) == 50


# ---------------------------------------------------------------- details and text from uploads


def test_details_name_the_second_opinion_the_data_and_the_plan(space: Workspace, home: Path) -> None:
    at = opened("audit", kept(space, home, decided()))
    words = said(at)
    assert "computes the same 40 numbers" in words and "Rows read: 207" in words and "d" * 64 in words
    assert 'sensitive = [\n    "g",\n]' in words
    assert "How often is it right?" in tables(at)[1]["Question"]
    links = {link.proto.label: link.proto.query_string for link in at.get("page_link")}
    assert links["What this machine can do"] == "part=machine"


def test_text_from_an_upload_is_never_markdown(space: Workspace, home: Path) -> None:
    plan = replace(plan_of(label=True), name=HOSTILE)
    counts = decided({HOSTILE: (40, 20, 10, 30), "b": (10, 5, 25, 60)}).counts
    at = opened("audit", kept(space, home, record_of(plan, counts, warnings=(HOSTILE,))))
    read_as_markdown = [*at.markdown, *at.caption, *at.warning, *at.info, *at.error, *at.header]
    for text in read_as_markdown:
        assert "<script>" not in text.value and "*stars*" not in text.value and "](http" not in text.value
    assert HOSTILE in table(at)["Group"]
    assert not at.dataframe, "its download would hand a spreadsheet what begins like a formula"
    for found in [*at.selectbox, *at.button]:
        assert HOSTILE not in (found.help or "") and HOSTILE not in found.label
