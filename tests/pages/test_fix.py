"""The Fix page: opened alone, empty, before a search, while it runs, and with what it found."""

import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import Supervisor
from core.mitigate.aif360_post import POST_PROCESSING
from core.plan import Plan
from core.progress import replace_json
from core.stated_rule import rule_file
from core.untried import AIF360_GOALS
from core.workspace import Workspace
from pages.components import session
from tests.pages.whole_app import WAIT_SECONDS, alone, inside_the_frame, labels, opened, press, said, tables
from tests.records import decided, scored
from tests.worlds import csv_text, plan_of

pytestmark = pytest.mark.jobs

__all__ = ["inside_the_frame"]

AIF360 = list(AIF360_GOALS)
# Tenths of a score by group, of a person with the other outcome at step 0; by outcome; and by step.
SCORES = {"a": (3, 2, 1), "b": (0, 3, 2)}
# 50 people of each group, outcome and step.
ROWS = [
    (group, str(good), str((base + good * more + step * wide) / 10), "wxyz"[step], str(i))
    for group, (base, more, wide) in SCORES.items()
    for good in (0, 1)
    for step in range(4)
    for i in range(50)
]
NAMES = ("g", "y", "s", "x", "i")
TABLE = csv_text(NAMES, ROWS).encode()
# Few people, and scores that hardly depend on the group.
ALIKE = [("ab"[i % 2], str(i * 7 % 3 % 2), f"{(i * 37 % 100 - i % 2 * 3) / 100:.2f}", "x", str(i)) for i in range(400)]
PLAN = plan_of(decision='score = "s"\nthreshold = 0.5', label=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def space(home: Path) -> Iterator[Workspace]:
    space = Workspace(home, Supervisor(home, slots=1, warm=False))
    yield space
    space.close()


@pytest.fixture(autouse=True)
def one_workspace(monkeypatch: pytest.MonkeyPatch, space: Workspace) -> None:
    monkeypatch.setattr(session, "workspace", lambda: space)


def audited(space: Workspace, table: bytes = TABLE) -> str:
    audit = space.put_table(space.new("me").id, io.BytesIO(table), "people.csv")
    space.wait(audit.id, WAIT_SECONDS)
    space.run(audit.id, PLAN)
    assert space.wait(audit.id, WAIT_SECONDS) is None
    return audit.id


@pytest.fixture(scope="module")
def searched(space: Workspace) -> str:
    """An audit whose fixes were looked for: thresholds, lots and reweighing."""
    audit_id = audited(space)
    plan = replace(PLAN, mitigate={"goal": "demographic_parity", "by": ["g"]})
    names = ("reweighing", "thresholds", "shared_threshold", "equalized_odds_mix")
    space.mitigate(audit_id, plan, names, "unknown")
    assert space.wait(audit_id, WAIT_SECONDS) is None and space.get(audit_id).problem is None
    return audit_id


def widget(at: AppTest, kind: str, name: str) -> Any:
    return next(found for found in getattr(at, kind) if f"/{name}" in str(found.key))


def choose(at: AppTest, name: str) -> AppTest:
    """Pick a fix, out of all of them; where all are listed already, there is nothing to show more."""
    for toggle in [found for found in at.toggle if "/all fixes" in str(found.key)]:
        toggle.set_value(True).run()
    widget(at, "radio", "picked fix").set_value(name).run()
    assert not at.exception
    return at


def tried(at: AppTest) -> dict[str, str]:
    """What the list says of each way, whether it is tried."""
    return dict(zip(tables(at)[0]["Way"], tables(at)[0]["Tried"], strict=True))


def downloads(at: AppTest) -> dict[str, Any]:
    return {button.proto.label: button for button in at.get("download_button")}


# ---------------------------------------------------------------- before a search


def test_opened_alone_it_leads_to_data_and_the_sample() -> None:
    at = alone("fix")
    assert at.header[0].value == "No audit is open"
    assert "Go to Data" in labels(at)


def test_an_audit_that_has_not_run_says_what_is_missing(space: Workspace) -> None:
    assert "This audit has not run yet" in said(opened("fix", space.new().id))


def test_the_audit_page_leads_here(space: Workspace, searched: str) -> None:
    at = press(opened("audit", searched), "What would fix this?")
    assert "Find fixes" in labels(at)


def test_a_plan_s_own_share_for_the_judgement_is_said_and_kept(space: Workspace) -> None:
    audit = space.put_table(space.new("me").id, io.BytesIO(TABLE), "people.csv")
    space.wait(audit.id, WAIT_SECONDS)
    space.run(audit.id, replace(PLAN, mitigate={"holdout": 0.25}))
    assert space.wait(audit.id, WAIT_SECONDS) is None
    at = opened("fix", audit.id)
    assert "25 % of the people in your table are set aside" in said(at)
    press(at, "Find fixes")
    search = space.search(audit.id)
    assert search is not None and Plan.from_toml(search.plan).mitigate["holdout"] == 0.25
    space.cancel(audit.id)


def kept(space: Workspace, home: Path, record: Any) -> str:
    audit = space.new()
    replace_json(home / "audits" / audit.id / "record.json", record.to_json())
    return audit.id


def test_rows_that_were_deleted_are_asked_for_again(space: Workspace, home: Path) -> None:
    at = opened("fix", kept(space, home, scored(model=False)))
    assert "deleted after a day" in said(at)
    assert next(button for button in at.button if button.label == "Find fixes").disabled


def test_without_outcomes_only_goals_about_selection_are_offered_and_no_price_is_asked(
    space: Workspace, home: Path
) -> None:
    at = opened("fix", kept(space, home, decided(label=False)))
    assert widget(at, "selectbox", "goal").options == [
        "Every group is selected equally often",
        "Every group is selected at least four fifths as often as the group most often selected",
    ]
    assert not [box for box in at.selectbox if str(box.key).endswith("/cost")]
    assert "There is nothing left to try here" in said(at) or "deleted after a day" in said(at)


def test_what_cannot_be_tried_says_why(space: Workspace, searched: str) -> None:
    rows = tried(opened("fix", searched))
    assert "gradients" in rows["Training with a price on the gap"]
    assert rows["AIF360: equalized odds"] == "no: AIF360 has it for other goals"
    assert rows["A threshold for each group"] == rows["A threshold for each group, with lots"] == "yes"


def test_lots_for_one_rate_are_no_way_to_equalize_two(searched: str) -> None:
    at = opened("fix", searched)
    widget(at, "selectbox", "goal").set_value("equalized_odds").run()
    assert tried(at)["A threshold for each group, with lots"].startswith("no: for two kinds of mistake")


def few(good: int) -> Any:
    """An audit in which so many people of group c have the good outcome."""
    people = {"a": (40, 20, 10, 30), "b": (10, 5, 25, 60), "c": (good, 40, 0, 50)}
    return decided(people)


@pytest.mark.parametrize(
    ("good", "said_of_it"),
    [
        (0, "no: nobody has the good outcome among people whose g is c"),
        (3, "yes, but only 3 people have the good outcome among people whose g is c, and would weigh much"),
        (30, "yes"),
    ],
)
def test_the_list_says_where_few_people_stand_behind_a_weight(
    space: Workspace, home: Path, good: int, said_of_it: str
) -> None:
    rows = tried(opened("fix", kept(space, home, few(good))))
    assert rows["Training with weights"] == said_of_it


def test_the_page_knows_the_goals_that_aif360_knows() -> None:
    assert {name: method.serves for name, method in POST_PROCESSING.items()} == AIF360_GOALS


def test_the_answer_about_training_says_what_follows(space: Workspace, searched: str) -> None:
    at = opened("fix", searched)
    assert "may look better" in said(at)
    widget(at, "radio", "trained").set_value("no").run()
    assert "compared as they stand" in said(at)


# ---------------------------------------------------------------- a search


def test_a_search_can_be_cancelled_and_the_part_without_training_is_offered(space: Workspace) -> None:
    audit_id = audited(space)
    at = opened("fix", audit_id)
    widget(at, "multiselect", "left out").set_value([n for n in AIF360 if n != "eq_odds_postprocessing"]).run()
    press(at, "Find fixes")
    assert "Cancel" in labels(at)
    space.cancel(audit_id)
    space.wait(audit_id, WAIT_SECONDS)
    at.run()
    assert "Cancelled" in said(at)
    press(at, "Look at thresholds only, which needs no training")
    space.wait(audit_id, WAIT_SECONDS)
    at.run()
    assert not at.exception
    assert widget(at, "radio", "picked fix").options[0].startswith("A threshold for each group")


def test_the_price_of_mistakes_is_asked_and_stands_in_the_plan(space: Workspace) -> None:
    audit_id = audited(space)
    at = opened("fix", audit_id)
    widget(at, "selectbox", "cost").set_value("price").run()
    widget(at, "number_input", "wrongly_denied").set_value(5.0).run()
    widget(at, "multiselect", "left out").set_value(
        ["equalized_odds_mix", "reweighing", "reject_option", "calibrated_eq_odds"]
    ).run()
    press(at, "Find fixes")
    asked = Plan.from_toml(str(space.search(audit_id).plan)).mitigate  # type: ignore[union-attr]
    assert asked["price"] == {"wrongly_denied": 5.0, "wrongly_granted": 1.0}
    space.wait(audit_id, WAIT_SECONDS)
    at.run()
    assert "lowest price" in said(at) and not at.exception


# ---------------------------------------------------------------- what was found


def test_a_way_that_turned_out_to_be_impossible_says_why_and_the_others_are_there(space: Workspace) -> None:
    audit_id = audited(space)
    space.mitigate(audit_id, replace(PLAN, mitigate={"by": ["g"]}), ("fairness_loss", "thresholds"), "no")
    assert space.wait(audit_id, WAIT_SECONDS) is None
    at = opened("fix", audit_id)
    assert "Not tried: Training with a price on the gap" in said(at) and "a model with gradients" in said(at)
    assert widget(at, "radio", "picked fix").options[0].startswith("A threshold for each group")


def test_nothing_is_judged_before_something_is_picked(space: Workspace, searched: str) -> None:
    space.pick(searched, None)
    at = opened("fix", searched)
    assert "Judged on" not in said(at) and "Found for: every group is selected equally often · g" in said(at)
    assert "First to try" in str(widget(at, "radio", "picked fix").proto.captions)


def test_a_threshold_warns_first_then_says_what_it_does_and_can_be_taken_away(space: Workspace, searched: str) -> None:
    at = choose(opened("fix", searched), "thresholds_1")
    assert "It needs to know “g” of each person when deciding" in str(at.warning[0].value).replace("\\", "")
    words = said(at)
    assert "Decisions are right" in words and "Of 1,000 people like these" in words
    assert "Selected: " in words and "or more for people whose g is a, " in words
    assert "people set aside for the final judgement: nothing was fitted" in words and "RULE" in words
    assert "The goal, a gap of at most 1 point, is met on these people" in words or "Can't tell yet whether" in words
    assert {"The thresholds (rule.json)", "The plan that audits it"} <= set(downloads(at))
    people = [int(n.replace(",", "")) for n in tables(at)[-1]["People"]]
    assert sum(people) == space.mitigation(searched).sizes["report"]  # type: ignore[union-attr]
    assert all(re.fullmatch(r"[\d.]+ → [\d.]+", told) for told in tables(at)[-1]["Selected, of 100"])


def test_the_pick_outlives_a_refresh_and_a_second_one_is_marked_seen(space: Workspace, searched: str) -> None:
    choose(opened("fix", searched), "thresholds_1")
    again = opened("fix", searched)
    assert widget(again, "radio", "picked fix").value == "thresholds_1" and "Judged on" in said(again)
    looked_at = space.found_by(searched).looked_at  # type: ignore[union-attr]
    assert ("Seen:" in said(again)) == (not looked_at[0].endswith("/thresholds_1"))
    choose(again, "equalized_odds_mix" if looked_at[0].endswith("/thresholds_1") else "retrained")
    assert "Seen:" in said(again)


def test_lots_are_said_before_anything_else(space: Workspace, searched: str) -> None:
    at = choose(opened("fix", searched), "equalized_odds_mix")
    assert any("It draws lots" in str(box.value) for box in at.warning)


def test_a_stand_in_says_that_it_is_one_and_the_weights_are_shown(space: Workspace, searched: str) -> None:
    at = choose(opened("fix", searched), "reweighing")
    assert "stand-in" in at.subheader[0].value and "This is a stand-in" in said(at)
    assert {"The weights (CSV)", "The stand-in (stand-in.skops)"} <= set(downloads(at))
    assert "What the fix itself did, against the same training without it" in said(at)
    assert set(tables(at)[-1]) == {"Group", "Good outcome", "Other outcome"}


def test_what_is_not_recommended_says_so_and_comparisons_are_for_comparison(space: Workspace, searched: str) -> None:
    at = choose(opened("fix", searched), "retrained")
    assert "Not recommended. It stands here for comparison only" in said(at)


def test_no_success_is_claimed_where_the_range_includes_none(space: Workspace) -> None:
    audit_id = audited(space, csv_text(NAMES, ALIKE).encode())
    asked = replace(PLAN, mitigate={"goal": "demographic_parity"})
    space.mitigate(audit_id, asked, ("thresholds",), "no")
    assert space.wait(audit_id, WAIT_SECONDS) is None
    at = opened("fix", audit_id)
    widget(at, "radio", "picked fix").set_value("thresholds_1").run()
    marks = [box.proto.body for box in at.get("html") if "<img" in box.proto.body]
    assert "Can't tell yet" in html.unescape(marks[0])
    assert "does not help as far as these people can tell" in said(at) or "does nothing here" in said(at)


def audited_fix(space: Workspace, searched: str, fix: str) -> str:
    """The audit that "Audit it" makes of a fix, at its end."""
    before = {audit.id for audit in space.owned_by("me")}
    press(choose(opened("fix", searched), fix), "Audit it")
    (child,) = {audit.id for audit in space.owned_by("me")} - before
    assert space.wait(child, WAIT_SECONDS) is None
    return child


def test_a_fix_can_be_audited_as_a_child(space: Workspace, searched: str) -> None:
    child = audited_fix(space, searched, "reweighing")
    record, parent = space.record(child), space.record(searched)
    assert record is not None and parent is not None and record.parent == parent.digest
    assert record.plan.decision.model == "stand-in.skops"
    found = space.mitigation(searched)
    assert found is not None and (record.counts.n == found.named("reweighing").decided.counts["report"].n).all()
    judged = record.counts.people
    assert judged == found.sizes["report"] < parent.counts.people
    at = opened("audit", child)
    assert f"The {judged} people here are those set aside for the judgement" in said(at)
    assert press(at, "To the original audit").query_params["audit"] in (searched, [searched])


def test_thresholds_can_be_audited_as_a_child_that_says_the_rule_and_has_no_threshold_to_move(
    space: Workspace, searched: str
) -> None:
    child = audited_fix(space, searched, "thresholds_1")
    record, parent = space.record(child), space.record(searched)
    assert record is not None and parent is not None and record.parent == parent.digest
    assert record.plan.decision.score == "s"
    decided = space.mitigation(searched)
    assert decided is not None and record.counts.people == decided.sizes["report"]
    page = opened("audit", child)
    limits = {row.group["g"]: row.threshold(False) for row in rule_file(record.plan).groups}  # type: ignore[union-attr]
    told = [f"{limit:g} or more for people whose g is {group}" for group, limit in limits.items()]
    assert f"Selected, by “s”: {', '.join(told)}" in said(page)
    assert not page.select_slider


@pytest.mark.parametrize(("seed", "said_of_it"), [(0, "are those set aside"), (1, "no longer the original's")])
def test_an_audit_of_a_fix_that_asks_otherwise_than_the_original_says_so(
    space: Workspace, home: Path, seed: int, said_of_it: str
) -> None:
    record = decided()
    plan = replace(record.plan, data=replace(record.plan.data, held_out=0.5), run=replace(record.plan.run, seed=seed))
    original = kept(space, home, record)
    child = kept(space, home, replace(record, plan=plan, dropped=(40,)))
    state = home / "audits" / child / "state.json"
    replace_json(state, {**json.loads(state.read_text()), "original": original})
    assert said_of_it in said(opened("audit", child))


def test_an_audit_with_a_rule_in_place_is_not_fixed_again(space: Workspace, searched: str) -> None:
    found = space.mitigation(searched)
    assert found is not None
    audit = space.put_table(space.new("me").id, io.BytesIO(TABLE), "people.csv")
    space.wait(audit.id, WAIT_SECONDS)
    space.run(audit.id, found.named("equalized_odds_mix").decided.plan)
    space.wait(audit.id, WAIT_SECONDS)
    assert "What would fix this?" not in labels(opened("audit", audit.id))
    assert "This is the audit of a fix" in said(opened("fix", audit.id))
