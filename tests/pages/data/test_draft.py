"""The plan in the making: what is kept of it, what is open, and the plan that it becomes."""

from dataclasses import replace

import pytest

from core.errors import PlanError
from core.notes import PlanEdit
from core.plan.parts import Condition, Decision, GroupsPlan
from core.plan.plan import Plan
from pages.components.data.draft import Draft

# As version 0.1.0 kept it: an empty text stands for each open question, beside what was answered already.
KEPT = """plumbline = 1
name = "people"

[data]
file = "people.csv"
label = ""
favourable = [
    "",
]
missing = [
    "?",
]

[decision]
model = ""
features = [
    "age",
]

[groups]
sensitive = [
    "",
]
intersections = 2
reference = "largest"

[policy]
use = []
limits = []
headline = "disparate_impact"

[run]
seed = 0
confidence = 0.95
"""


def test_what_an_earlier_version_kept_is_read_and_kept_alike() -> None:
    draft = Draft.from_toml(KEPT)
    assert not draft.has_outcome and not draft.has_decision and not draft.has_groups and draft.plan is None
    assert (draft.data.label, draft.decision, draft.groups.sensitive) == (None, Decision(features=("age",)), ())
    assert draft.data.missing == ("?",) and Draft.from_toml(draft.to_toml()) == draft


def test_no_plan_that_is_given_out_holds_an_open_question() -> None:
    draft = Draft.from_toml(KEPT)
    for plan in (draft.settled, draft.for_inspection("m.onnx")):
        assert '""' not in plan.to_toml() and plan.data.label is None and plan.groups.sensitive == ()
    assert draft.settled.decision == Decision()
    assert draft.for_inspection("m.onnx").decision == Decision(model="m.onnx", features=("age",))


def test_once_all_is_answered_it_is_the_plan_and_is_kept_as_its_file() -> None:
    draft = replace(
        Draft.from_toml(KEPT),
        decision=Decision(score="s", threshold=0.5),
        groups=GroupsPlan(sensitive=("sex",)),
    )
    assert draft.plan is None, "nobody said yet that no column tells what happened"
    answered = replace(draft, has_outcome=True)
    assert answered.plan is not None and answered.to_toml() == answered.plan.to_toml()
    assert Draft.from_toml(answered.to_toml()) == answered and Plan.from_toml(answered.to_toml()) == answered.plan


def test_an_edit_leaves_open_what_is_open() -> None:
    edited = Draft.from_toml(KEPT).changed((PlanEdit("data", "trim", True),))
    assert edited == replace(Draft.from_toml(KEPT), data=replace(Draft.from_toml(KEPT).data, trim=True))


@pytest.mark.parametrize(
    "decision", [Decision(score="s", threshold=1e301), Decision(prediction="s", favourable=Condition(below=5))]
)
def test_an_answer_that_no_plan_can_hold_is_refused_before_it_is_kept(decision: Decision) -> None:
    with pytest.raises(PlanError):
        replace(Draft.from_toml(KEPT), decision=decision).to_toml()


def test_what_is_watched_over_time_stays_as_far_as_it_is_asked_about() -> None:
    watch = '[monitor]\nwatch = [{measure = "disparate_impact", by = "sex", group = "F"}]\ndate = "month"\n'
    text = KEPT.replace('"",\n]\nintersections', '"sex",\n]\nintersections')
    draft = Draft.from_toml(f"{text}\n{watch}")
    assert draft.monitor.watch and Draft.from_toml(draft.to_toml()) == draft
    assert draft.settled.monitor == draft.monitor
    other = draft.with_groups(replace(draft.groups, sensitive=("race",)))
    assert other.settled.monitor.watch == () and other.settled.monitor.date == "month"
