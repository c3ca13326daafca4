"""What Compare says of one gap: short sentences, whatever the groups and the question are called."""

import re
from dataclasses import replace

import pytest

from core.metrics.words.changes.sentence import short_sentences
from tests.worlds.two_audits import CLOSING, compared, of

TIMES = ("in the first", "in the second")
NORTH = {"region": "North", "employment": "self-employed"}
SOUTH = {"region": "South", "employment": "employed"}


def test_of_short_names_the_first_sentence_says_all_of_the_first_audit() -> None:
    said = short_sentences(of(compared(CLOSING), "statistical_parity_difference"), TIMES)
    assert said == (
        "Women are selected 28.7 points less often than men in the first. In the second: 1.2 points less often."
        " Plausible change: 23.7 to 31.3 points more."
    )


@pytest.mark.parametrize("paired", [False, True])
def test_of_long_names_each_thought_has_a_sentence(paired: bool) -> None:
    for gap in compared(CLOSING, paired).gaps:
        said = short_sentences(replace(gap, group=NORTH, reference=SOUTH), TIMES)
        assert max(len(each.split()) for each in re.split(r"(?<=\.)\s", said)) <= 20, said
        assert "In the first: " in said and "In the second: " in said


def test_who_it_is_about_stands_first_and_what_has_no_value_says_why() -> None:
    gap = of(compared(CLOSING), "predictive_parity_difference")
    assert short_sentences(replace(gap, group=NORTH, reference=SOUTH), TIMES).startswith(
        "Among those selected. How often people whose region is South and employment is employed are found to have the"
        " good outcome. Against people whose region is North and employment is self-employed. In the first: 14.2 points"
    )
    unknown = replace(gap, before=None, change=None, low=None, high=None, reason="nobody of them is selected")
    assert short_sentences(unknown, TIMES).endswith(", against men. Not measurable. Nobody of them is selected.")
