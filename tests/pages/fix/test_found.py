"""The Fix page: what a search found, what is said of the fix that is picked, and the audit of a fix."""

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.replaced_json import replace_json
from core.metrics.stated_rule import rule_file
from core.plan.parts import MitigationPlan
from core.store.workspace import Workspace
from tests.pages.on_fix_page import NAMES, PLAN, ROWS, TABLE, cards, choose, headline
from tests.pages.whole_app import ME, WAIT_SECONDS, audited, finished, kept, labels, opened, press, said, tables, widget
from tests.worlds import levelled
from tests.worlds.people import csv_text
from tests.worlds.records import decided

pytestmark = pytest.mark.jobs

# Few people, and scores that hardly depend on the group.
ALIKE = [("ab"[i % 2], str(i * 7 % 3 % 2), f"{(i * 37 % 100 - i % 2 * 3) / 100:.2f}", "x", str(i)) for i in range(400)]


@pytest.fixture(scope="module")
def searched(space: Workspace) -> str:
    """An audit whose fixes were looked for: thresholds, lots and reweighing."""
    audit_id = audited(space, PLAN, TABLE)
    plan = replace(PLAN, mitigate=MitigationPlan(goal="demographic_parity", by=("g",)))
    names = ("reweighing", "thresholds", "shared_threshold", "equalized_odds_mix")
    space.mitigate(audit_id, plan, names, "unknown")
    return finished(space, audit_id)


def captions(listed: Any) -> str:
    return " ".join(listed.proto.captions).replace("\\", "").replace("\u2060", "").replace("\u00a0", " ")


def downloads(at: AppTest) -> dict[str, Any]:
    return {button.proto.label: button for button in at.get("download_button")}


def test_a_way_that_turned_out_to_be_impossible_says_why_and_the_others_are_there(space: Workspace) -> None:
    audit_id = audited(space, PLAN, TABLE)
    space.mitigate(audit_id, replace(PLAN, mitigate=MitigationPlan(by=("g",))), ("fairness_loss", "thresholds"), "no")
    assert space.wait(audit_id, WAIT_SECONDS) is None
    at = opened("fix", audit_id)
    assert "Not tried: Training with a price on the gap" in said(at) and "a model that can go on learning" in said(at)
    assert widget(at, "radio", "picked fix").options[0].startswith("A threshold for each group")


def test_where_too_few_can_be_compared_no_gap_is_claimed_and_nothing_advised(space: Workspace) -> None:
    few = [row for row in ROWS if row[0] == "a" or int(row[4]) < 5]
    audit_id = audited(space, PLAN, csv_text(NAMES, few))
    asked = MitigationPlan(goal="demographic_parity", by=("g",))
    space.mitigate(audit_id, replace(PLAN, mitigate=asked), ("thresholds",), "no")
    at = opened("fix", finished(space, audit_id))
    assert headline(at) == "Nothing is recommended: too few people of two groups to compare."
    assert "No picture: no two groups have enough of the 72 people" in said(at)
    captions = str(widget(at, "radio", "picked fix").proto.captions)
    assert "Gap not measurable" in captions and "Recommended" not in captions and cards(at) == []
    assert "this fix has no measurable gap" in said(choose(at, "thresholds_1"))


def test_a_fix_by_which_nobody_gains_says_so_and_is_not_recommended_beside_another(down: str) -> None:
    at = opened("fix", down)
    assert headline(at) == "Recommended: A threshold for each group"
    assert "Set aside: 1 that reaches it only because fewer are selected." in said(at)
    gains, loses = cards(at)
    assert "Set aside" in loses and "Set aside" not in gains
    assert "No group gains" not in gains and "more of 100 people whose g is b are selected" in gains
    assert "No group gains: the gap closes because fewer of every group are selected. 2" in loses
    assert "so they can differ from the audit's" in said(at)
    assert "Choosing one changes nothing outside this page; it is then judged on other people." in said(at)
    assert "No group gains" in captions(widget(at, "radio", "picked fix"))


@pytest.fixture(scope="module")
def down(space: Workspace) -> str:
    """An audit of which one fix levels down."""
    audit_id = audited(space, levelled.PLAN, levelled.TABLE)
    space.mitigate(audit_id, levelled.PLAN, ("thresholds", "shared_threshold"), "no")
    return finished(space, audit_id)


def test_beside_the_judgement_it_says_why_there_are_more_mistakes_than_where_it_was_chosen(down: str) -> None:
    at = opened("fix", down)
    found = []
    for name, card in zip(("thresholds_1", "shared_threshold_1"), cards(at), strict=True):
        (right,) = re.findall(r"before, ([\d.]+) % after", card)
        words = said(choose(at, name))
        (wrong,) = re.findall(r"before the fix, and ([\d.]+) after it", words)
        found.append(float(wrong) > round(100 - float(right), 1))
        assert ("That is more than among those it was chosen on" in words) is found[-1]
    assert any(found)


def test_nothing_is_judged_before_something_is_picked(space: Workspace, searched: str) -> None:
    space.pick(searched, None)
    at = opened("fix", searched)
    assert "Judged on" not in said(at) and "Found for: every group is selected equally often · g" in said(at)
    assert "Nearest to your goal" in str(widget(at, "radio", "picked fix").proto.captions)
    assert headline(at) == "Nothing is recommended: no usable fix reaches your goal, a gap of at most 1 point."
    assert "comes nearest, with a gap of" in said(at)


def test_a_threshold_warns_first_then_says_what_it_does_and_can_be_taken_away(space: Workspace, searched: str) -> None:
    at = choose(opened("fix", searched), "thresholds_1")
    assert "It needs to know “g” of each person when deciding" in str(at.warning[0].value).replace("\\", "")
    words = said(at)
    assert "Of 100 decisions" in words and "Of 1,000 people like these" in words
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
    assert f"Trained on all {space.mitigation(searched).sizes['fit']:,} people set aside for it." in said(at)  # type: ignore[union-attr]
    assert {"The weights (CSV)", "The stand-in (stand-in.skops)"} <= set(downloads(at))
    assert "What the fix itself did, against the same training without it" in said(at)
    assert set(tables(at)[-1]) == {"Group", "Good outcome", "Without the good outcome"}


def test_fixes_that_decide_alike_are_one_and_named(space: Workspace, searched: str) -> None:
    listed = widget(choose(opened("fix", searched), "reweighing"), "radio", "picked fix")
    found = space.mitigation(searched)
    assert found is not None
    alike = [found.named(name).joint for name in ("reweighing", "retrained")]
    assert all((alike[0][part].n == alike[1][part].n).all() for part in alike[0]), "so this test shows something"
    assert not [title for title in listed.options if title.startswith("The same training without the fix")]
    assert "“The same training without the fix (on a stand-in)” decides the same." in captions(listed)
    # What was looked at under its other name before is still what is looked at.
    space.pick(searched, "retrained")
    assert widget(opened("fix", searched), "radio", "picked fix").value == "reweighing"


def test_no_success_is_claimed_where_the_range_includes_none(space: Workspace) -> None:
    audit_id = audited(space, PLAN, csv_text(NAMES, ALIKE))
    asked = replace(PLAN, mitigate=MitigationPlan(goal="demographic_parity"))
    space.mitigate(audit_id, asked, ("thresholds",), "no")
    assert space.wait(audit_id, WAIT_SECONDS) is None
    at = opened("fix", audit_id)
    widget(at, "radio", "picked fix").set_value("thresholds_1").run()
    marks = [box.proto.body for box in at.get("html") if "<img" in box.proto.body]
    assert "Can't tell yet" in html.unescape(marks[0])
    assert "does not help as far as these people can tell" in said(at) or "does nothing here" in said(at)


def audited_fix(space: Workspace, searched: str, fix: str) -> str:
    """The audit that "Audit it" makes of a fix, at its end."""
    before = {audit.id for audit in space.owned_by(ME)}
    press(choose(opened("fix", searched), fix), "Audit it")
    (child,) = {audit.id for audit in space.owned_by(ME)} - before
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
    audit_id = audited(space, found.named("equalized_odds_mix").decided.plan, TABLE)
    assert "What would fix this?" not in labels(opened("audit", audit_id))
    assert "This is the audit of a fix" in said(opened("fix", audit_id))
