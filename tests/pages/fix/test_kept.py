"""The Fix page: what was found stays until more is found, and a second table judges where one is put in."""

import io
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.parts import MitigationPlan
from core.plan.plan import Plan
from core.store.workspace import Workspace
from tests.pages.on_fix_page import NAMES, PLAN, ROWS
from tests.pages.whole_app import ME, WAIT_SECONDS, audited, finished, labels, opened, press, said, widget
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.tampered import change_json
from tests.worlds.people import csv_text

pytestmark = pytest.mark.jobs

TABLE, OTHERS = ROWS[::2], ROWS[1::4]
SEEN = 20  # so many of the others' rows stand in the table too


@pytest.fixture(scope="module")
def ran(space: Workspace) -> str:
    return audited(space, PLAN, csv_text(NAMES, TABLE))


def search(space: Workspace, audit_id: str, **mitigate: object) -> None:
    plan = replace(PLAN, mitigate=replace(MitigationPlan(goal="demographic_parity", by=("g",)), **mitigate))
    space.mitigate(audit_id, plan, ("thresholds",), "no")


def picked(at: AppTest) -> AppTest:
    return widget(at, "radio", "picked fix").set_value("thresholds_1").run()


def put_second(space: Workspace, audit_id: str) -> None:
    rows = [*OTHERS[SEEN:], *TABLE[:SEEN]]
    space.put_second(audit_id, io.BytesIO(csv_text(NAMES, rows).encode()), "others.csv")
    finished(space, audit_id)


def test_it_opens_on_the_gap_that_the_audit_told_first(ran: str) -> None:
    at = opened("fix", ran)
    assert widget(at, "selectbox", "goal").value == "four_fifths"
    assert widget(at, "number_input", "at most four_fifths").value == 80.0
    assert "fitted on about 133, chosen on 67 others, and judged on about 200 that it never saw" in said(at)


def test_what_was_found_stays_when_the_next_search_is_cancelled_and_says_which_question_it_answers(
    space: Workspace, ran: str
) -> None:
    search(space, ran)
    finished(space, ran)
    at = picked(opened("fix", ran))
    assert "Found for: every group is selected equally often · g · a gap of at most 1 point" in said(at)
    assert "You have changed the question" not in said(at) and "The search ended before" not in said(at)
    widget(at, "selectbox", "goal").set_value("equal_opportunity").run()
    assert "You have changed the question since" in said(at)
    with holding_jobs():
        search(space, ran, goal="equal_opportunity")
        space.cancel(ran)
        space.wait(ran, WAIT_SECONDS)
    at = opened("fix", ran)
    assert "Cancelled" in said(at) and "The last search brought nothing" in said(at)
    assert "Found for: every group is selected equally often" in said(at)
    assert widget(at, "radio", "picked fix").value == "thresholds_1" and "Judged on" in said(at)
    search(space, ran, goal="equal_opportunity")
    finished(space, ran)
    at = opened("fix", ran)
    assert "Found for: of those with the good outcome" in said(at) and "brought nothing" not in said(at)
    assert widget(at, "radio", "picked fix").value is None and "Judged on" not in said(at)


def test_a_search_that_was_stopped_says_what_it_had_not_tried(space: Workspace, ran: str) -> None:
    search(space, ran)
    finished(space, ran)
    kept = space.audits.folder(ran) / "fixes" / "out"
    change_json("mitigation.json", lambda facts: facts.update(left=["reweighing", "fairness_loss"]))(kept)
    at = opened("fix", ran)
    assert "ended before it had tried “Training with weights” and “Training with a price on the gap”" in said(at)
    assert widget(at, "radio", "picked fix").value is None


def test_a_second_table_judges_and_the_fix_is_audited_on_it(space: Workspace, ran: str) -> None:
    put_second(space, ran)
    at = opened("fix", ran)
    assert "judged on “others.csv” (200 rows), which should hold other people" in said(at)
    with holding_jobs():
        press(at, "Find fixes")
        asked = Plan.from_toml(str(space.search(ran).plan)).mitigate  # type: ignore[union-attr]
        assert asked.evaluate == "others.csv"
        space.cancel(ran)
        space.wait(ran, WAIT_SECONDS)
    search(space, ran, evaluate="others.csv")
    finished(space, ran)
    found = space.mitigation(ran)
    assert found is not None and found.sizes["report"] == len(OTHERS) and sum(found.sizes.values()) == 600
    at = picked(opened("fix", ran))
    assert "Judged on the 200 people of “others.csv”; it was fitted on" in said(at)
    assert "20 of the 200 rows of others.csv also stand in people.csv" in said(at)
    before = {audit.id for audit in space.owned_by(ME)}
    press(at, "Audit it")
    (child,) = {audit.id for audit in space.owned_by(ME)} - before
    record = space.record(finished(space, child))
    assert record is not None and record.counts.people == len(OTHERS) and record.plan.data.file == "others.csv"
    assert "The 200 people here stand in “others.csv”, the table that judged it" in said(opened("audit", child))
    press(opened("fix", ran), "Use the table's own people instead")
    assert space.second_profile(ran) is None
    at = press(opened("fix", ran), "Audit it")
    assert "The second table is not here any more" in said(at)


def test_a_second_table_without_the_same_columns_says_which_are_missing(space: Workspace, ran: str) -> None:
    (box,) = opened("fix", ran).file_uploader
    box.set_value(("others.csv", csv_text(NAMES[:3], [row[:3] for row in OTHERS]).encode(), "")).run()
    at = opened("fix", finished(space, ran))
    assert "others.csv lacks the columns “x”, “i” of people.csv. Put in a table with the same columns" in said(at)
    assert next(button for button in at.button if button.label == "Find fixes").disabled
    with pytest.raises(Exception, match="lacks the columns"):
        search(space, ran, evaluate="others.csv")
    press(at, "Use the table's own people instead")
    at = opened("fix", ran)
    assert "Use the table's own people instead" not in labels(at)
    assert not next(button for button in at.button if button.label == "Find fixes").disabled
