"""The Fix page: what was found stays until more is found, and a second table judges where one is put in."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import Supervisor
from core.plan import Plan
from core.workspace import Workspace
from pages.components import session
from tests.pages.test_fix import NAMES, PLAN, ROWS, widget
from tests.pages.whole_app import WAIT_SECONDS, inside_the_frame, labels, opened, press, said
from tests.worlds import csv_text

pytestmark = pytest.mark.jobs

__all__ = ["inside_the_frame"]

TABLE, OTHERS = ROWS[::2], ROWS[1::4]
SEEN = 20  # so many of the others' rows stand in the table too


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = tmp_path_factory.mktemp("workspace")
    space = Workspace(home, Supervisor(home, slots=1, warm=False))
    yield space
    space.close()


@pytest.fixture(autouse=True)
def one_workspace(monkeypatch: pytest.MonkeyPatch, space: Workspace) -> None:
    monkeypatch.setattr(session, "workspace", lambda: space)


def ended(space: Workspace, audit_id: str) -> str:
    assert space.wait(audit_id, WAIT_SECONDS) is None and space.get(audit_id).problem is None
    return audit_id


@pytest.fixture(scope="module")
def audited(space: Workspace) -> str:
    audit = space.put_table(space.new("me").id, io.BytesIO(csv_text(NAMES, TABLE).encode()), "people.csv")
    ended(space, audit.id)
    space.run(audit.id, PLAN)
    return ended(space, audit.id)


def search(space: Workspace, audit_id: str, **mitigate: object) -> None:
    plan = replace(PLAN, mitigate={"goal": "demographic_parity", "by": ["g"], **mitigate})
    space.mitigate(audit_id, plan, ("thresholds",), "no")


def picked(at: AppTest) -> AppTest:
    return widget(at, "radio", "picked fix").set_value("thresholds_1").run()


def put_second(space: Workspace, audit_id: str, names: tuple[str, ...] = NAMES) -> None:
    rows = [row[: len(names)] for row in [*OTHERS[SEEN:], *TABLE[:SEEN]]]
    space.put_second(audit_id, io.BytesIO(csv_text(names, rows).encode()), "others.csv")
    ended(space, audit_id)


def test_it_opens_on_the_gap_that_the_audit_told_first(audited: str) -> None:
    at = opened("fix", audited)
    assert widget(at, "selectbox", "goal").value == "four_fifths"
    assert widget(at, "number_input", "at most four_fifths").value == 80.0
    assert "fitted on about 133, chosen on 67 others, and judged on about 200 that it never saw" in said(at)


def test_what_was_found_stays_when_the_next_search_is_cancelled_and_says_which_question_it_answers(
    space: Workspace, audited: str
) -> None:
    search(space, audited)
    ended(space, audited)
    at = picked(opened("fix", audited))
    assert "Found for: every group is selected equally often · g · a gap of at most 1 point" in said(at)
    assert "You have changed the question" not in said(at)
    widget(at, "selectbox", "goal").set_value("equal_opportunity").run()
    assert "You have changed the question since" in said(at)
    search(space, audited, goal="equal_opportunity")
    space.cancel(audited)
    space.wait(audited, WAIT_SECONDS)
    at = opened("fix", audited)
    assert "Cancelled" in said(at) and "The last search brought nothing" in said(at)
    assert "Found for: every group is selected equally often" in said(at)
    assert widget(at, "radio", "picked fix").value == "thresholds_1" and "Judged on" in said(at)
    search(space, audited, goal="equal_opportunity")
    ended(space, audited)
    at = opened("fix", audited)
    assert "Found for: of those with the good outcome" in said(at) and "brought nothing" not in said(at)
    assert widget(at, "radio", "picked fix").value is None and "Judged on" not in said(at)


def test_a_second_table_judges_and_the_fix_is_audited_on_it(space: Workspace, audited: str) -> None:
    put_second(space, audited)
    at = opened("fix", audited)
    assert "judged on “others.csv” (200 rows), which should hold other people" in said(at)
    press(at, "Find fixes")
    asked = Plan.from_toml(str(space.search(audited).plan)).mitigate  # type: ignore[union-attr]
    assert asked["evaluate"] == "others.csv"
    space.cancel(audited)
    space.wait(audited, WAIT_SECONDS)
    search(space, audited, evaluate="others.csv")
    ended(space, audited)
    found = space.mitigation(audited)
    assert found is not None and found.sizes["report"] == len(OTHERS) and sum(found.sizes.values()) == 600
    at = picked(opened("fix", audited))
    assert "Judged on the 200 people of “others.csv”; it was fitted on" in said(at)
    assert "20 of the 200 rows of others.csv also stand in people.csv" in said(at)
    before = {audit.id for audit in space.owned_by("me")}
    press(at, "Audit it")
    (child,) = {audit.id for audit in space.owned_by("me")} - before
    record = space.record(ended(space, child))
    assert record is not None and record.counts.people == len(OTHERS) and record.plan.data.file == "others.csv"
    assert "The 200 people here stand in “others.csv”, the table that judged it" in said(opened("audit", child))
    press(opened("fix", audited), "Use the table's own people instead")
    assert space.second_profile(audited) is None
    at = press(opened("fix", audited), "Audit it")
    assert "The second table is not here any more" in said(at)


def test_a_second_table_without_the_same_columns_says_which_are_missing(space: Workspace, audited: str) -> None:
    put_second(space, audited, NAMES[:3])
    at = opened("fix", audited)
    assert "others.csv lacks the columns “x”, “i” of people.csv. Put in a table with the same columns" in said(at)
    assert next(button for button in at.button if button.label == "Find fixes").disabled
    with pytest.raises(Exception, match="lacks the columns"):
        search(space, audited, evaluate="others.csv")
    space.drop_second(audited)
    assert "Use the table's own people instead" not in labels(opened("fix", audited))
