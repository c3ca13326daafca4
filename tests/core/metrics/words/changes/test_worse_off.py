"""A change is told of whoever is worse off, be it the group or the reference, with the same verdict and numbers."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metrics.group_metrics import METRICS
from core.metrics.intervals import z_value
from core.metrics.joint import ratio_change
from core.metrics.words.changes.sentence import change_sentence
from core.metrics.words.changes.worse_off import of_worse_off, turned
from core.metrics.words.naming.terms import PLAIN
from core.mitigate.effect.consequences import got_worse, warnings
from core.mitigate.goals import GOALS
from tests.worlds.two_audits import CLOSING, Sides, compared, joint_of, of, selecting, swapped

# The reference is "men" throughout: here it is worse off.
REFERENCE_WORSE: Sides = {"women": CLOSING["men"], "men": CLOSING["women"]}


def renamed(sentence: str) -> str:
    """The sentence with women and men in each other's place."""
    other = {"women": "men", "men": "women", "Women": "Men", "Men": "Women"}
    return re.sub(r"\b(wo)?men\b", lambda found: other[found[0]], sentence, flags=re.I)


@pytest.mark.parametrize(
    "measure",
    [
        "statistical_parity_difference", "false_negative_rate_difference", "false_positive_rate_difference",
        "equal_opportunity_difference", "average_odds_difference", "accuracy_difference", "error_rate_difference",
    ],
)  # fmt: skip
def test_which_group_is_the_reference_does_not_change_what_is_said(measure: str) -> None:
    said = change_sentence(of(compared(REFERENCE_WORSE), measure))
    assert said == renamed(change_sentence(of(compared(CLOSING), measure)))


def test_who_is_worse_off_is_the_subject_also_of_a_ratio() -> None:
    said = change_sentence(of(compared(REFERENCE_WORSE), "disparate_impact"))
    assert said.startswith(
        "Men are selected 0.52 times as often as women before the fix, and 0.97 times as often after it"
    )
    assert said.endswith(" times more).")


def test_a_fix_that_turns_the_gap_round_is_told_of_who_is_worse_off_now() -> None:
    said = change_sentence(of(selecting((0.5, 0.3), (0.4, 0.45), 1_000), "statistical_parity_difference"))
    assert said.startswith("Men are selected 10.0 points less often than women before the fix, and 15.0 points more")
    level = change_sentence(of(selecting((0.4, 0.5), (0.4, 0.4), 1_000), "statistical_parity_difference"))
    assert level.startswith("Men are selected as often as women before the fix, and 10.0 points less often after it")


def test_what_got_worse_is_about_whoever_is_worse_off_with_the_fix() -> None:
    told = tuple(got_worse(compared(swapped(REFERENCE_WORSE)), PLAIN))
    (selected,) = (text for text in told if "got worse (how often men are selected, against women)" in text)
    assert selected.endswith("from −1.2 points to −28.7 points.")
    (granted,) = (text for text in told if "got worse (how often women are wrongly granted" in text)
    assert granted.endswith("to +26.2 points.")


def test_what_works_less_well_on_new_people_gives_both_numbers_of_the_same_side() -> None:
    fitted: Sides = {
        "women": ([[400, 0], [0, 400]], [[400, 0], [0, 400]]),
        "men": ([[400, 0], [0, 400]], [[400, 300], [0, 100]]),
    }
    weaker: Sides = {"women": fitted["women"], "men": ([[400, 0], [0, 400]], [[600, 100], [0, 100]])}
    told = warnings(compared(weaker), ("sex",), GOALS["equal_opportunity"], compared(fitted))
    (less,) = (text for text in told if "works less well on new people" in text)
    assert "how often men are selected, against women): the gap is −25.0 points, against +0.0 points" in less


# ---------------------------------------------------------------- a ratio the other way round

COUNT = st.integers(5, 400)
SIDE = st.tuples(COUNT, COUNT, COUNT, COUNT).map(lambda c: ([[c[0], c[1]], [c[2], c[3]]], [[0, 0], [0, 0]]))


@settings(max_examples=100, deadline=None)
@given(SIDE, SIDE)
def test_a_turned_change_keeps_its_verdict_and_turns_back(women: tuple, men: tuple) -> None:  # type: ignore[type-arg]
    comparison = compared({"women": women, "men": men})
    for measure in ("disparate_impact", "statistical_parity_difference"):
        change = of(comparison, measure)
        other, back = turned(change), turned(turned(change))
        assert change.low is not None and change.high is not None and other.low is not None and other.high is not None
        assert other.verdict == change.verdict
        assert (other.low > 0, other.high < 0) == (change.high < 0, change.low > 0), "both say a change, or neither"
        for name in ("before", "after", "change", "low", "high"):
            assert getattr(back, name) == pytest.approx(getattr(change, name), abs=1e-12)
        told = of_worse_off(change)
        assert told.before is not None and told.before <= (1 if measure == "disparate_impact" else 0)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.2, 0.8), st.floats(0.2, 0.8), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_the_range_of_an_inverse_is_near_that_of_the_delta_method(
    women: float, men: float, women_more: float, men_more: float
) -> None:
    rates = (women, women + women_more), (men, men + men_more)
    change = turned(of(selecting(*rates, 2_000), "disparate_impact"))
    sides = {"women": ([[0, 0], [0, 0]],) * 2, "men": ([[0, 0], [0, 0]],) * 2}
    for name, (old, new) in zip(sides, rates, strict=True):
        before, after = round(old * 2_000), round(new * 2_000)
        shared = min(before, after)
        sides[name] = ([[2_000 - max(before, after), after - shared], [before - shared, shared]], [[0, 0], [0, 0]])
    n = joint_of(sides).n
    independent = ratio_change(METRICS["selection_rate"], n[1], n[0], z_value(0.95))
    assert independent is not None and change.low is not None and change.high is not None
    value, (low, high) = independent
    assert change.change == pytest.approx(value, abs=1e-9)
    assert change.high - change.low == pytest.approx(high - low, rel=0.5, abs=1e-9)
