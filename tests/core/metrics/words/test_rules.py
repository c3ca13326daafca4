"""What is said of a rule."""

from dataclasses import replace

import pytest

from core.counts.rule_file import GroupRule, RuleFile, Steps
from core.metrics.stated_rule import stating
from core.metrics.words.rules import rule_words
from core.report.words.audit import decision_note
from tests.worlds.people import plan_of

FROM_HALF: Steps = ((0.0, 0.0), (0.5, 1.0))
FROM_43: Steps = ((0.0, 0.0), (0.43, 1.0))
MODEL, COLUMN = 'model = "m.onnx"\nthreshold = 0.5', 'score = "s"\nthreshold = 0.5'


def rule(*steps: tuple[str, Steps], otherwise: float | None = None, lower: bool = False) -> RuleFile:
    rows = tuple(GroupRule({"sex": value}, each) for value, each in steps)
    return RuleFile(("sex",), rows, otherwise, "score", lower)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (rule(("female", FROM_43), ("male", FROM_HALF)), "0.43 or more for women, 0.5 or more for men"),
        (rule(("female", ((2.0, 1.0), (5.0, 0.0))), lower=True), "below 5 for women"),
        (rule(("female", ((0.0, 1.0),)), ("male", ((0.0, 0.0),))), "any score for women, no score for men"),
        (rule(("female", FROM_43), otherwise=0.5), "0.43 or more for women, 0.5 or more for anybody else"),
        (
            rule(("female", ((0.0, 0.0), (0.3, 0.4), (0.5, 1.0)))),
            "by lot for women (0\u00a0% of the lowest scores; 40\u00a0% from 0.3 on; 100\u00a0% from 0.5 on)",
        ),
        (RuleFile((), (GroupRule({}, FROM_43),), 0.5, "score"), "0.43 or more for everybody"),
    ],
)
def test_each_groups_threshold_is_told(given: RuleFile, words: str) -> None:
    assert rule_words(given) == words


def test_of_many_groups_the_first_ones_are_told() -> None:
    many = rule(*((f"g{i}", FROM_HALF) for i in range(11)))
    assert rule_words(many).endswith("and for 3 more groups as the plan says")


def test_the_note_says_the_rule_by_which_score_and_that_lots_decide() -> None:
    simple = rule(("female", FROM_43), ("male", FROM_HALF))
    by_model = decision_note(stating(plan_of(("sex",), decision=MODEL), simple))
    assert (
        by_model == "Selected, by the model's score for the good outcome: 0.43 or more for women, 0.5 or more for men."
    )
    lots = replace(simple, groups=(GroupRule({"sex": "female"}, ((0.0, 0.2),)),))
    by_column = decision_note(stating(plan_of(("sex",), decision=COLUMN), lots))
    assert by_column.startswith("Selected, by “s”: by lot for women (20\u00a0%") and "different answers" in by_column
