"""The Data page: what was answered survives a refresh, is set back when asked, and goes along into a copy."""

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.plan.parts import Decision
from core.plan.plan import Plan
from core.samples import SAMPLES
from core.store.workspace import Workspace
from tests.pages.on_data_page import PEOPLE, PLAN, audit_of, opened, plan_of, press, put, run_button_is_disabled, said
from tests.pages.whole_app import ME, finished

pytestmark = pytest.mark.jobs

DUPLICATE = "Duplicate as a new draft"


def buttons(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def test_answers_that_were_not_confirmed_yet_survive_a_refresh(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    audit = audit_of(at, space).id
    at.selectbox(key=f"{audit}/outcome").select("hired").run()
    at.multiselect(key=f"{audit}/good outcome/hired/values").set_value(["no"]).run()
    at.text_input(key=f"{audit}/cuts/age").set_value("60, 40").run()
    at.text_input(key=f"{audit}/name").set_value("Second look").run()
    again = opened(audit)
    assert again.selectbox(key=f"{audit}/outcome").value == "hired"
    assert again.multiselect(key=f"{audit}/good outcome/hired/values").value == ["no"]
    assert again.text_input(key=f"{audit}/cuts/age").value == "60, 40", "also what is no answer yet"
    assert again.text_input(key=f"{audit}/name").value == "Second look"


def test_what_was_chosen_and_not_confirmed_does_not_run_the_answer_from_before(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE, toml=PLAN)
    audit = audit_of(at, space).id
    assert not run_button_is_disabled(at)
    for number, key, other, before in (
        (2, "outcome", "approved", "hired"),
        (3, "way", "A column of scores", "A column of decisions"),
        (3, "decision column", "hired", "approved"),
    ):
        widget = next(each for each in [*at.selectbox, *at.radio] if each.key == f"{audit}/{key}")
        widget.set_value(other).run()
        assert run_button_is_disabled(at) and f"Step {number}: you chose something else" in said(at), key
        widget = next(each for each in [*at.selectbox, *at.radio] if each.key == f"{audit}/{key}")
        widget.set_value(before).run()
        assert not run_button_is_disabled(at) and "you chose something else" not in said(at), key


def test_answers_are_set_back_to_suggestions_and_brought_back(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE, toml=PLAN)
    audit = audit_of(at, space).id
    assert not run_button_is_disabled(at)
    press(at, "Reset to suggestions")
    assert run_button_is_disabled(at)
    assert at.multiselect(key=f"{audit}/sensitive").value == ["sex", "age"], "what is suggested"
    again = opened(audit)
    press(again, "Bring my answers back")
    assert plan_of(again, space).groups.sensitive == ("sex",) and plan_of(again, space).name == "Hiring"
    assert not run_button_is_disabled(again) and "Bring my answers back" not in buttons(again)


def test_a_copy_has_the_same_files_and_answers_and_leaves_the_first_alone(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE, toml=PLAN)
    first = audit_of(at, space)
    copy = space.get(_copied(at, first.id))
    assert copy.id != first.id and copy.table == first.table and copy.owner == first.owner
    assert copy.called == "Copy of people.csv" and copy.plan == first.plan
    at = opened(copy.id)
    assert not run_button_is_disabled(at)
    assert "Everything stands as in" in "".join(info.value for info in at.info)
    at.multiselect(key=f"{copy.id}/sensitive").select("age").run()
    assert plan_of(at, space).groups.sensitive == ("sex", "age")
    assert Plan.from_toml(str(space.get(first.id).plan)).groups.sensitive == ("sex",)
    space.delete(first.id)
    assert space.has_rows(copy.id) and space.profile(copy.id) is not None


def test_a_copy_of_a_sample_runs_at_another_threshold(space: Workspace) -> None:
    sample = SAMPLES["loans"]
    copy = space.duplicate(finished(space, space.open_sample(sample, ME).id), "Stricter", ME).id
    at = opened(copy)
    assert not run_button_is_disabled(at)
    (threshold,) = [box for box in at.number_input if box.label == "A yes from this probability on"]
    threshold.set_value(0.6).run()
    assert run_button_is_disabled(at) and "Step 3: you chose something else" in said(at)
    press(at, "Yes, that is right")
    assert not run_button_is_disabled(at) and plan_of(at, space).decision.threshold == 0.6
    assert "rows · loans" in said(opened(copy))
    space.run(copy, replace(plan_of(at, space), decision=Decision(score="debt", threshold=9000.0)))
    at = opened(finished(space, copy))
    assert "people · just now" in said(at), "a column decides by now, and no model on a machine"


def test_a_copy_is_found_again_by_the_browser_that_began_it_and_is_named_after_the_first(space: Workspace) -> None:
    """Somebody who came by a link, and copies a copy."""
    at = put(opened(), space, csv=PEOPLE, toml=PLAN)
    first = space.duplicate(audit_of(at, space).id, "people.csv", "f" * 32).id
    copies = [audit_of(press(opened(first), DUPLICATE), space).id]
    copies.append(audit_of(press(opened(copies[0]), DUPLICATE), space).id)
    called = [str(space.get(copy).called) for copy in copies]
    assert called[0] != called[1] and all(re.fullmatch(r"Copy (\d+ )?of people.csv", each) for each in called), called
    assert set(copies) <= {audit.id for audit in space.owned_by(ME)}


def _copied(at: AppTest, audit: str) -> str:
    """The copy that History begins of this audit."""
    at.switch_page("pages/history.py").run()
    at.button(key=f"do/{audit}/duplicate from history").click().run()
    assert not at.exception
    address = at.query_params["audit"]
    return address if isinstance(address, str) else address[0]
