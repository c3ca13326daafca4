"""The Data page: from a table to a run."""

import pytest

from core.plan.parts import Condition
from core.plan.plan import Plan
from core.samples import SAMPLES
from core.store.workspace import Workspace
from pages.components.data import groups
from tests.pages.on_data_page import (
    CONFIRM,
    PEOPLE,
    PLAN,
    audit_of,
    opened,
    plan_of,
    press,
    put,
    run_button_is_disabled,
    said,
    settled,
)
from tests.pages.whole_app import WAIT_SECONDS, tables
from tests.worlds.jobs.forked import holding_jobs

pytestmark = pytest.mark.jobs

# ---------------------------------------------------------------- the beginning


def test_the_reading_of_a_table_can_be_cancelled_and_another_one_put_in(space: Workspace) -> None:
    with holding_jobs():
        at = opened()
        at.file_uploader[0].set_value([("people.csv", PEOPLE.encode(), "")]).run()
        assert "Reading your table" in "\n".join(status.label for status in at.status)
        press(at, "Cancel")
        space.wait(audit_of(at, space).id, WAIT_SECONDS)
    at.run()
    assert "Cancelled" in at.error[0].value and at.file_uploader


def test_an_address_of_no_audit_says_so_and_still_begins() -> None:
    at = opened("0" * 32)
    assert "There is no audit at this address" in at.warning[0].value
    assert at.file_uploader


# ---------------------------------------------------------------- from a table to a run


def test_a_table_is_read_and_every_role_is_suggested_confirmed_and_run(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    assert "200 rows" in said(at) and "✓ CSV, commas, UTF-8" in said(at)
    assert tables(at)[0] == {
        "Column": ["sex", "age", "hired", "approved"],
        "It holds": ["2 different texts", "numbers, 20 to 69", "2 different texts", "2 different texts"],
        "Row 1": ["m", "20", "no", "no"],
        "Row 2": ["f", "21", "yes", "yes"],
        "Row 3": ["m", "22", "yes", "yes"],
        "Row 4": ["f", "23", "no", "yes"],
    }
    assert at.selectbox(key=f"{audit_of(at, space).id}/decision column").value == "hired", "a name like a decision"
    at.selectbox(key=f"{audit_of(at, space).id}/outcome").select("hired").run()
    assert 'Someone with "yes" in "hired" got the good outcome' in said(at).replace("\\", "")
    assert run_button_is_disabled(at) and "Step 2" in said(at)

    press(at, CONFIRM)
    assert "Step 2" not in said(at) and "Step 3" in said(at)
    at.selectbox(key=f"{audit_of(at, space).id}/decision column").select("approved").run()
    press(at, CONFIRM)
    assert not run_button_is_disabled(at)

    kept = plan_of(at, space)
    assert (kept.data.label, kept.data.favourable) == ("hired", Condition(values=("yes",)))
    assert (kept.decision.prediction, kept.decision.favourable) == ("approved", Condition(values=("yes",)))
    assert kept.groups.sensitive == ("sex", "age") and kept.groups.bins == {"age": (40.0,)}

    press(at, "Run the audit")
    space.wait(audit_of(at, space).id, WAIT_SECONDS)
    record = space.record(audit_of(at, space).id)
    assert record is not None and record.counts.people == 200


def test_a_plan_fills_everything_in_and_keeps_what_the_page_does_not_ask(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    assert not run_button_is_disabled(at)
    kept = plan_of(at, space)
    assert kept.name == "Hiring" and kept.policy.limits[0].least == 0.9 and kept.groups.intersections == 1
    assert CONFIRM not in [button.label for button in at.button], "nothing is left to confirm"


def test_the_line_of_the_groups_says_what_is_chosen_now(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    at.multiselect(key=f"{audit_of(at, space).id}/sensitive").unselect("age").run()
    line = next(step.label for step in at.expander if "4 The groups" in step.label)
    assert "sex" in line and "age" not in line


def test_the_outcome_as_a_group_is_called_what_it_is(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    assert "also says what really happened" not in said(at)
    at.multiselect(key=f"{audit_of(at, space).id}/sensitive").select("hired").run()
    assert "“hired” also says what really happened" in said(at)


def test_a_model_may_come_before_the_table(space: Workspace) -> None:
    at = put(opened(), space, pt2=SAMPLES["loans"].model.read_bytes())
    assert "put in the table" in at.success[0].value


def test_a_plan_may_come_before_its_table(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN)
    assert "put in the table" in at.success[0].value
    put(at, space, csv=PEOPLE)
    assert not run_button_is_disabled(at)


def test_columns_that_the_table_lacks_are_named_and_asked_again(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN.replace('"sex"', '"gender"').replace('"hired"', '"employed"'), csv=PEOPLE)
    assert "employed" in at.warning[0].value and "gender" in at.warning[0].value
    assert run_button_is_disabled(at) and "Step 2" in said(at) and "Step 3" not in said(at)
    at.run()
    assert "employed" in at.warning[0].value and "gender" in at.warning[0].value, "until the audit runs"


def test_what_was_settled_is_there_again_in_another_window(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/outcome").select("hired").run()
    press(at, CONFIRM)
    at.multiselect(key=f"{audit_id}/sensitive").set_value(["sex"]).run()
    again = opened(audit_id)
    assert again.multiselect(key=f"{audit_id}/sensitive").value == ["sex"]
    assert "Step 2" not in said(again) and "Step 3" in said(again)


def test_large_numbers_are_written_in_full(space: Workspace) -> None:
    rows = "sex,weight,year,share\n" + "".join(
        f"{'mf'[i % 2]},{13492 + 9000 * i},{1961 + i},{i / 8}\n" for i in range(40)
    )
    at = put(opened(), space, csv=rows)
    assert tables(at)[0]["It holds"][1:] == [
        "numbers, 13,492 to 364,492",
        "numbers, 1961 to 2000",
        "numbers, 0 to 4.875",
    ]


def test_without_an_outcome_column_only_selection_is_compared(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    at.selectbox(key=f"{audit_of(at, space).id}/outcome").select("No column says what really happened").run()
    assert "only who gets a yes can be compared" in said(at)
    press(at, CONFIRM)
    assert plan_of(at, space).data.label is None


def test_one_column_as_outcome_and_decision_is_questioned(space: Workspace) -> None:
    at = put(opened(), space, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    outcome = at.selectbox(key=f"{audit_id}/outcome").value
    press(at, CONFIRM)
    at.radio(key=f"{audit_id}/way").set_value("A column of decisions").run()
    decisions = at.selectbox(key=f"{audit_id}/decision column")
    other = next(name for name in decisions.options if name != outcome)
    assert "also what really happened" not in said(decisions.select(other).run())
    assert "also what really happened" in said(at.selectbox(key=f"{audit_id}/decision column").select(outcome).run())


def test_a_score_column_needs_a_cut_off_and_a_side(space: Workspace) -> None:
    people = "sex,points\n" + "".join(f"{'mf'[i % 2]},{i % 40}\n" for i in range(120))
    at = put(opened(), space, csv=people)
    audit_id = audit_of(at, space).id
    at.radio(key=f"{audit_id}/way").set_value("A column of scores").run()
    at.selectbox(key=f"{audit_id}/score column").select("points").run()
    at.radio(key=f"{audit_id}/score/points/side").set_value("below the threshold").run()
    before = [button.label for button in at.button].count(CONFIRM)
    at.number_input(key=f"{audit_id}/score/points/cut-off").set_value(12.5).run()
    assert [button.label for button in at.button].count(CONFIRM) == before + 1
    at.button(key=f"do/{audit_id}/settle decision").click().run()
    decision = plan_of(at, space).decision
    assert (decision.score, decision.favourable, decision.threshold) == ("points", Condition(below=12.5), None)


def test_a_cut_off_that_no_plan_can_hold_is_refused_in_words_and_what_was_answered_stays(space: Workspace) -> None:
    at = put(opened(), space, csv="sex,points\n" + "".join(f"{'mf'[i % 2]},{i % 40}\n" for i in range(120)))
    audit_id = audit_of(at, space).id
    at.radio(key=f"{audit_id}/way").set_value("A column of scores").run()
    at.selectbox(key=f"{audit_id}/score column").select("points").run()
    at.number_input(key=f"{audit_id}/score/points/cut-off").set_value(1e301).run()
    at.button(key=f"do/{audit_id}/settle decision").click().run()
    assert not at.exception and "beyond 1e+300" in at.error[0].value.replace("\\", "")
    assert "[decision]" not in at.error[0].value.replace("\\", ""), "there is no plan file here"
    assert run_button_is_disabled(at)
    at.number_input(key=f"{audit_id}/score/points/cut-off").set_value(12.5).run()
    at.button(key=f"do/{audit_id}/settle decision").click().run()
    assert plan_of(at, space).decision.threshold == 12.5


def test_cut_points_that_are_none_are_said_at_once_and_stop_the_run(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN.replace('["sex"]', '["age"]') + "[groups.bins]\nage = [40]\n", csv=PEOPLE)
    key = f"{audit_of(at, space).id}/cuts/age"
    assert at.text_input(key=key).value == "40"
    at.text_input(key=key).set_value("60, 40").run()
    assert "rising order" in at.error[0].value and run_button_is_disabled(at)
    at.text_input(key=key).set_value("30; 50").run()
    assert not at.error and not run_button_is_disabled(at)
    assert plan_of(at, space).groups.bins == {"age": (30.0, 50.0)}


def test_an_answer_given_just_before_a_click_counts_in_what_the_click_does(space: Workspace) -> None:
    """A browser may send both before the page is drawn anew, as it does for a box that is left by the click."""
    at = put(opened(), space, toml=PLAN.replace('["sex"]', '["age"]') + "[groups.bins]\nage = [40]\n", csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/outcome").select("age").run()
    at.selectbox(key=f"{audit_id}/outcome").select("approved").run()
    assert plan_of(at, space).data.label == "hired"
    at.radio(key=f"{audit_id}/refused known").set_value("Yes, also for people who were turned down")
    press(at, CONFIRM)
    assert (plan_of(at, space).data.label, plan_of(at, space).data.refused_known) == ("approved", True)

    at.text_input(key=f"{audit_id}/cuts/age").set_value("30, 50")
    press(at, "Run the audit")
    asked = space.get(audit_id).asked
    assert asked is not None and Plan.from_toml(asked).groups.bins == {"age": (30.0, 50.0)}
    space.cancel(audit_id)


def test_a_named_group_to_compare_with(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/reference").select(groups.NAMED).run()
    at.selectbox(key=f"{audit_id}/reference/sex/2").select("f").run()
    assert plan_of(at, space).groups.reference == {"sex": "f"}


def test_a_rule_about_who_takes_part_is_added_and_removed(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/rule").select("age").run()
    at.radio(key=f"{audit_id}/rule/age/way").set_value("with a number from … to …").run()
    at.number_input(key=f"{audit_id}/rule/age/low").set_value(30.0).run()
    press(at, "Add")
    (rule,) = plan_of(at, space).data.keep
    assert (rule.column, rule.between) == ("age", (30.0, 69.0))
    press(at, "Remove")
    assert plan_of(at, space).data.keep == ()


def test_a_month_is_cut_out_of_a_table_by_its_dates(space: Workspace) -> None:
    rows = PEOPLE.splitlines()
    dated = "\n".join(
        [f"{rows[0]},day", *(f"{row},{i % 28 + 1:02}.0{i % 2 + 3}.2026" for i, row in enumerate(rows[1:]))]
    )
    at = put(opened(), space, toml=PLAN, csv=dated)
    audit_id = audit_of(at, space).id
    at.selectbox(key=f"{audit_id}/rule").select("day").run()
    at.radio(key=f"{audit_id}/rule/day/way").set_value("of one month").run()
    assert at.selectbox(key=f"{audit_id}/rule/day/month").options == ["March 2026", "April 2026"]
    at.selectbox(key=f"{audit_id}/rule/day/month").select("2026-03").run()
    press(at, "Add")
    (rule,) = plan_of(at, space).data.keep
    assert (rule.column, rule.month) == ("day", "2026-03") and "whose day is in March 2026" in said(at)


def test_what_counts_as_a_gap_can_be_changed_and_put_back(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN.split("[policy]")[0], csv=PEOPLE)
    audit_id = audit_of(at, space).id
    at.number_input(key=f"{audit_id}/most points").set_value(2.5).run()
    limits = {limit.measure: limit.most or limit.least for limit in plan_of(at, space).policy.limits}
    assert limits["statistical_parity_difference"] == 0.025 and limits["disparate_impact"] == 0.8
    assert "theil_index" not in limits, "it has no verdict"
    at.number_input(key=f"{audit_id}/most points").set_value(5.0).run()
    assert plan_of(at, space).policy.limits == ()


def test_a_plan_s_own_limits_are_left_alone(space: Workspace) -> None:
    at = put(opened(), space, toml=PLAN, csv=PEOPLE)
    assert "limits of its own: “disparate" in said(at).replace("\\", "")
    assert [limit.measure for limit in plan_of(at, space).policy.limits] == ["disparate_impact"]


def test_a_model_is_told_from_a_table_by_what_it_holds(space: Workspace) -> None:
    """Whatever they are called: a model needs no ending of its own."""
    loans = SAMPLES["loans"].model.read_bytes()
    audit = audit_of(put(opened(), space, csv=PEOPLE, txt=loans), space)
    assert audit.model is not None and audit.model.name == "people.txt" and audit.images is None


def test_the_shipped_plan_opens_without_anything_to_answer(space: Workspace) -> None:
    sample = SAMPLES["loans"]
    at = put(opened(), space, toml=sample.plan.read_text(), csv=sample.table.read_text(), pt2=sample.model.read_bytes())
    settled(at, space)
    assert "✓" in said(at) and "all found in your table" in said(at)
    assert plan_of(at, space).decision.threshold == 0.5
