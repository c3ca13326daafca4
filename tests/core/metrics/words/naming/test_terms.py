"""The words of a plan: its decision, its mistakes, and what its values are called."""

import pytest

from core.counts.counts import Groups
from core.metrics.words import group_words
from core.metrics.words.naming.terms import PLAIN, Terms
from core.plan.plan import Plan
from tests.worlds.people import plan_of


def terms_of(lines: str) -> Terms:
    return Terms.of(Plan.from_toml(f"{plan_of(('sex', 'race')).to_toml()}\n[words]\n{lines}"))


LABELS = {
    "sex": {"1": "Men", "2": "women"},
    "race": {"1": "White", "2": "deaf people", "3": "missing"},
    "age_group": {"1": "25 to 45"},
}


def test_a_plan_without_words_has_plumblines() -> None:
    assert Terms.of(plan_of()) == PLAIN
    assert PLAIN.said("{selected}, {turned_down}, {denied}, {granted}") == (
        "selected, turned down, wrongly denied, wrongly granted"
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('selected = "hired"\nturned_down = "rejected"', "hired, rejected, wrongly rejected, wrongly hired"),
        ('selected = "hired"', "hired, not hired, wrongly not hired, wrongly hired"),
        ('turned_down = "rejected"', "selected, rejected, wrongly rejected, wrongly selected"),
    ],
)
def test_the_mistakes_follow_from_the_decision(lines: str, said: str) -> None:
    assert terms_of(lines).said("{selected}, {turned_down}, {denied}, {granted}") == said


@pytest.mark.parametrize(
    ("group", "words", "name"),
    [
        ({"sex": "1"}, "men", "Men"),
        ({"sex": "2.0"}, "women", "women"),
        ({"sex": "2", "race": "1"}, "White women", "women, White"),
        ({"race": "2"}, "deaf people", "deaf people"),
        ({"race": "2", "sex": "1"}, "deaf people whose sex is Men", "deaf people, Men"),
        ({"race": "3"}, "people whose race is “missing”", "missing"),
        ({"race": "4"}, "people whose race is 4", "4"),
        ({"age_group": "1"}, "people aged 25 to 45", "25 to 45"),
    ],
)
def test_values_are_said_by_their_names(group: dict[str, str], words: str, name: str) -> None:
    terms = Terms(labels=LABELS)
    assert (group_words(group, terms), terms.name(group)) == (words, name)


def test_two_groups_are_never_called_alike() -> None:
    values = ("1", "2", "female", "Men", "10.1", "10.10", "x")
    groups = Groups.product(("sex",), (values,))
    terms = Terms(labels={"sex": {"1": "Men", "2": "women", "10.1": "tens"}})
    every = [groups.names(g) for g in range(len(groups))]
    assert len({group_words(group, terms) for group in every}) == len({terms.name(group) for group in every}) == 7
    assert terms.name(every[0]) == "Men (1)" and terms.name(every[5]) == "10.10", "codes are texts"
