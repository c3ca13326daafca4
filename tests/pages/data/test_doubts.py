"""Doubts on the pages: asked on the Data page with a remedy, said before the answer, and quiet once confirmed."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.notes import Note
from core.store.workspace import Workspace
from tests.pages import on_data_page
from tests.pages.on_data_page import CONFIRM, PEOPLE, audit_of, plan_of, put
from tests.pages.whole_app import WAIT_SECONDS, kept, labels, opened, press, said
from tests.worlds.records import scored

pytestmark = pytest.mark.jobs
AS_IT_IS = "It is right as it is"
ENDS = Note("nearly_all_alike", {"threshold": 0.5, "low": 0.2, "high": 99.5, "selected": 999, "people": 1_000})


def test_a_doubt_stands_before_the_answer_until_it_is_confirmed(space: Workspace, home: Path) -> None:
    record = replace(scored(model=False), notes=(ENDS,))
    audit_id = kept(space, home, record)
    at = opened("audit", audit_id)
    assert "The threshold 0.5 lies at the end of the scores" in at.warning[0].value.replace("\\", "")
    assert "A fix of these decisions is as doubtful" in said(opened("fix", audit_id))
    press(at, AS_IT_IS)
    assert AS_IT_IS not in labels(at), "it is still said, and no longer asked"
    assert "lies at the end of the scores" in said(at)
    assert space.record(audit_id) is not None, "nothing had to be counted anew"


def test_a_remedy_edits_the_plan_and_counts_anew(space: Workspace) -> None:
    content = "g,s\n" + "a,5\n" * 40 + "b,5\n" * 20 + "a,7\n" * 50 + "b,9\n" * 30 + "b,2\n" * 60
    at = on_data_page.opened()
    put(at, space, csv=content, toml=_PLAN)
    press(at, "Run the audit")
    audit = audit_of(at, space)
    space.wait(audit.id, WAIT_SECONDS)
    at = opened("audit", audit.id)
    assert "60 of 200 people stand exactly on the threshold 5" in said(at)
    press(at, "Take only those above it")
    space.wait(audit.id, WAIT_SECONDS)
    record = space.record(audit.id)
    assert record is not None and record.plan.decision.above
    selected = sum(group.metrics["selection_rate"].numerator or 0 for group in record.judgement().groups)
    assert selected == 80


_PLAN = """
plumbline = 1
[data]
file = "people.csv"
[decision]
score = "s"
threshold = 5
[groups]
sensitive = ["g"]
intersections = 1
"""


def test_the_data_page_asks_with_a_button_that_edits_the_plan(space: Workspace) -> None:
    plan = on_data_page.PLAN.replace('["sex"]', '["sex", "age"]')
    at = on_data_page.opened()
    put(at, space, csv=PEOPLE, toml=plan)
    assert "each of its 50 numbers is a group of its own" in said(at).replace("\\", "")
    press(at, "Cut at 40")
    assert plan_of(at, space).groups.bins == {"age": (40.0,)}
    assert "group of its own" not in said(at) and CONFIRM not in labels(at)


def test_a_plan_of_a_clean_table_is_asked_nothing(space: Workspace) -> None:
    at = on_data_page.opened()
    put(at, space, csv=PEOPLE, toml=on_data_page.PLAN)
    assert AS_IT_IS not in labels(at)
