"""What the Explain page says: scores beside the mark that they must reach, and whose score the reasons start from."""

import json
from dataclasses import replace

import pytest

from core.counts.rule_file import GroupRule, RuleFile
from core.explain.person import Person, PersonSide
from core.plan.parts import RuleContent
from core.plan.plan import Plan
from core.report.charts.heatmaps import reasons_chart
from core.report.words.explanations import nouns_of, reading_words, score_words
from tests.core.report.documents.test_attribution import PLAN, explanation

RULE = RuleFile(("g",), (GroupRule({"g": "b"}, ((0.0, 0.0), (0.42, 1.0))),), 0.6, "the score")


def reads(kind: str) -> Plan:
    return replace(PLAN, decision=replace(PLAN.decision, **({} if kind == "table" else {kind: "x"})))


@pytest.mark.parametrize(
    ("score", "said"), [(0.4996, "0.4996"), (0.5004, "0.5004"), (0.5, "0.50"), (0.41, "0.41"), (0.499, "0.499")]
)
def test_a_score_never_seems_to_reach_a_mark_that_it_does_not_reach(score: float, said: str) -> None:
    assert score_words(score, PLAN, {"g": "b"}) == said


def test_the_mark_is_that_of_the_persons_own_group() -> None:
    plan = replace(PLAN, decision=replace(PLAN.decision, rule=RuleContent(json.dumps(RULE.to_json()))))
    assert score_words(0.4199, plan, {"g": "b"}) == "0.4199"
    assert score_words(0.4199, plan, {"g": "c"}) == "0.42"
    assert score_words(0.6001, plan, {"g": "c"}) == "0.6001"


@pytest.mark.parametrize(("kind", "start"), [("table", "a typical person"), ("image", "an average image")])
def test_reasons_start_from_what_the_method_starts_from(kind: str, start: str) -> None:
    followed = replace(explanation(False), plan=reads(kind), method="integrated_gradients")
    assert f"start from that of {start}." in reading_words(followed)


def test_of_a_text_words_are_weighed_and_an_empty_one_is_the_start() -> None:
    found = replace(explanation(False), plan=reads("text"), method="shapley_sampling")
    assert nouns_of(found.plan).parts == "words"
    said = reading_words(found)
    assert "start from that of an empty text." in said and "how many texts it has" in said
    assert "a word moves a group's scores" in said and "a column moves" not in said


def spoken(*values: float) -> Person:
    side = PersonSide(0.4, False, 0.7, values, None, ())
    return Person(0, {"g": "b"}, ("the", "like", "(other words)"), ("", "Like", "Oona"), (side,))


def test_of_one_text_only_words_that_move_its_score_are_drawn_and_none_is_named_twice() -> None:
    person = spoken(0.0, -0.2, 0.01)
    assert person.weighing() == (1, 2)
    assert set(spoken(0.0, 0.0, 0.0).weighing()) == {0, 1, 2}
    drawn = reasons_chart(person, person.sides[0], person.weighing(), 0.2, True).to_dict()
    labels = [row["feature"] for data in drawn["datasets"].values() for row in data]
    assert labels == ["like", "(other words)\nOona"]
