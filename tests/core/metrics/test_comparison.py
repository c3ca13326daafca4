"""Before and after: every change with its range and verdict, and who changed sides."""

import math
from collections import Counter

import numpy as np
import pytest

from core.metrics.comparison import compare_audits
from core.metrics.distance import has_crossed
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import mover_mean, z_value
from core.metrics.joint import difference_change
from core.metrics.worsening import growth
from core.mitigate.effect.consequences import price_sentences, warnings
from core.mitigate.goals import GOALS
from tests.worlds.two_audits import (
    CLOSING,
    Sides,
    compared,
    joint_of,
    judged,
    of,
    one_rate,
    selecting,
    swapped,
    unchanged,
)

Z = z_value(0.95)


def test_a_change_is_after_less_before_with_the_paired_range() -> None:
    comparison, joint = compared(CLOSING), joint_of(CLOSING)
    assert {gap.measure for gap in comparison.gaps} == {gap.measure for gap in judged(joint)[0].gaps}
    for gap in comparison.gaps:
        assert gap.before is not None and gap.after is not None and gap.change is not None
        assert gap.change == pytest.approx(gap.after - gap.before, abs=1e-12)
        assert gap.paired and (gap.low is None or gap.low <= gap.change <= (gap.high or 0))
    parity = of(comparison, "statistical_parity_difference")
    _, (low, high) = difference_change([METRICS["selection_rate"]], *joint.n, Z)
    assert (parity.low, parity.high) == (low, high)
    assert parity.verdict == "better" and parity.reason == ""


def test_closing_a_gap_is_better_and_opening_it_worse() -> None:
    forth, back = compared(CLOSING), compared(swapped(CLOSING))
    for measure in ("disparate_impact", "statistical_parity_difference", "equal_opportunity_difference"):
        assert (of(forth, measure).verdict, of(back, measure).verdict) == ("better", "worse")


def test_swapping_before_and_after_flips_every_sign() -> None:
    for gap, other in zip(compared(CLOSING).gaps, compared(swapped(CLOSING)).gaps, strict=True):
        assert other.change == pytest.approx(-(gap.change or 0), abs=1e-12)
        assert (other.before, other.after) == (gap.after, gap.before)
        if gap.low is not None and gap.high is not None:
            assert (other.low, other.high) == pytest.approx((-gap.high, -gap.low), abs=1e-12)
        opposite = {"better": "worse", "worse": "better", "same": "same", "unclear": "unclear"}
        assert other.verdict == opposite[gap.verdict]


def test_nothing_changes_where_before_is_after() -> None:
    comparison = compared(unchanged(CLOSING))
    assert {(gap.change, gap.verdict) for gap in comparison.gaps} == {(0.0, "same")}
    assert all(moved.newly_selected == moved.newly_refused == 0 for moved in comparison.people)
    assert "no decision changes" in warnings(comparison, ("sex",), GOALS["demographic_parity"])[0]
    assert "as many of every group are selected; 0 decisions change" in price_sentences(comparison, ("sex",))[0]


def test_where_nobody_whom_a_measure_counts_is_decided_otherwise_it_does_not_change_however_few_they_are() -> None:
    still = [[3, 0], [0, 6]]
    others: Sides = {
        "women": ([[300, 60], [5, 35]], still),
        "men": ([[250, 5], [60, 85]], [[60, 0], [0, 300]]),
    }
    comparison = compared(others)
    assert {name: of(comparison, name).verdict for name in _OF_THE_GOOD} == dict.fromkeys(_OF_THE_GOOD, "same")
    assert of(comparison, "statistical_parity_difference").verdict == "better"
    assert of(comparison, "predictive_parity_difference").verdict != "same"  # others are among those selected
    told = warnings(comparison, ("sex",), GOALS["equal_opportunity"])
    assert told[0] == "This fix does not help: the gap it was meant to close stays as it was."


_OF_THE_GOOD = ("equal_opportunity_difference", "false_negative_rate_difference")


@pytest.mark.parametrize(("moved", "verdict"), [(10, "same"), (2_000, "unclear")])
def test_a_change_is_none_where_its_whole_range_holds_nothing_that_matters(moved: int, verdict: str) -> None:
    n = 10_000
    exchanged: Sides = {
        "women": ([[n // 2 - moved, moved], [moved - 1, n // 2 - moved + 1]], [[0, 0], [0, 0]]),
        "men": ([[2 * n // 5, 0], [0, 3 * n // 5]], [[0, 0], [0, 0]]),
    }
    for measure, margin, words in (
        ("statistical_parity_difference", 0.01, "1 point"),
        ("disparate_impact", 0.02 * 5 / 6, "a fiftieth"),
    ):
        gap = of(compared(exchanged), measure)
        assert gap.low is not None and gap.high is not None and gap.low < 0 < gap.high and gap.change
        assert gap.verdict == verdict
        assert (gap.low > -margin and gap.high < margin) == (verdict == "same")
        assert gap.reason == (f"the change is smaller than {words} either way" if verdict == "same" else HARDLY)


def test_a_small_change_that_is_more_than_chance_is_a_change() -> None:
    gap = of(selecting((0.500, 0.504), (0.6, 0.6), 100_000), "statistical_parity_difference")
    assert gap.verdict == "better" and gap.low is not None and gap.low > 0 and (gap.high or 1) < 0.01


HARDLY = "hardly anything changes here, but too few people are here to say so of others"


def test_a_gap_that_crosses_equality_is_better_only_if_it_is_nearer() -> None:
    overshot: Sides = {
        "women": ([[100, 0], [0, 0]], [[60, 240], [0, 100]]),
        "men": ([[100, 0], [0, 0]], [[150, 0], [80, 170]]),
    }
    gap = of(compared(overshot), "equal_opportunity_difference")
    assert gap.before == pytest.approx(0.25 - 0.625) and gap.after == pytest.approx(0.85 - 0.425)
    assert gap.low is not None and gap.low > 0 and gap.verdict == "unclear"
    assert "on the other side, and may be as large as before" in gap.reason


@pytest.mark.parametrize("measure", ["statistical_parity_difference", "disparate_impact"])
@pytest.mark.parametrize(
    ("after", "n", "verdict"),
    [
        (0.613, 1_000, "unclear"),  # from 11.8 points less often to 11.3 points more often
        (0.613, 1_000_000, "better"),
        (0.52, 1_000, "better"),
        (0.85, 1_000, "worse"),
    ],
)
def test_a_gap_that_crosses_equality_is_judged_by_its_distance(
    measure: str, after: float, n: int, verdict: str
) -> None:
    crossed = of(selecting((0.382, after), (0.5, 0.5), n), measure)
    assert crossed.verdict == verdict and crossed.low is not None and crossed.low > 0
    back = of(selecting((after, 0.382), (0.5, 0.5), n), measure)
    assert back.verdict == {"better": "worse", "worse": "better"}.get(verdict, verdict)


def test_different_people_on_both_sides_of_equality_are_judged_by_their_distance_too() -> None:
    few, many = (
        compare_audits(*judged(joint_of({g: (rates, [[0, 0], [0, 0]]) for g, rates in world.items()})), None, 0.95)
        for world in ({"women": one_rate(0.382, 0.613, n), "men": one_rate(0.5, 0.5, n)} for n in (1_000, 200_000))
    )
    for measure in ("statistical_parity_difference", "disparate_impact"):
        assert (of(few, measure).verdict, of(many, measure).verdict) == ("unclear", "better")


# Of 1,000 people of each group: refused twice, only after, only before, selected twice.
WOMEN, MEN = (340, 350, 60, 250), (480, 30, 40, 450)


def test_the_distance_of_a_crossed_gap_has_the_bootstraps_range() -> None:
    draw, times = np.random.default_rng(5), 4_000
    sides = [np.asarray(cells).reshape(2, 2) for cells in (WOMEN, MEN)]
    joint = joint_of({g: (side.tolist(), [[0, 0], [0, 0]]) for g, side in zip(("women", "men"), sides, strict=True)})
    before, after = judged(joint)
    (old,), (new,) = (
        [gap for gap in side.gaps if gap.measure == "statistical_parity_difference"] for side in (before, after)
    )
    assert old.value is not None and new.value is not None and has_crossed("difference", old.value, new.value)
    group, reference = (joint.n[g] for g in (0, 1))
    found = growth(old, new, (group, reference), Z)
    assert found is not None
    value, interval = found
    assert value == pytest.approx(abs(new.value) - abs(old.value))
    again = [draw.multinomial(sum(cells), np.asarray(cells) / sum(cells), times) for cells in (WOMEN, MEN)]
    rates = [((t[:, 2] + t[:, 3]) / t.sum(axis=1), (t[:, 1] + t[:, 3]) / t.sum(axis=1)) for t in again]
    moved = np.abs(rates[0][1] - rates[1][1]) - np.abs(rates[0][0] - rates[1][0])
    assert interval == pytest.approx(tuple(np.quantile(moved, (0.025, 0.975))), abs=0.003)


@pytest.mark.parametrize("kind", ["difference", "ratio"])
def test_where_the_distance_stayed_the_same_a_crossed_gap_is_hardly_ever_called_better(kind: str) -> None:
    # Both groups at 50 % on average: from 40 against 50 to 60 against 50, or by 1.25 either way.
    chances = {
        "difference": ((0.35, 0.25, 0.05, 0.35), (0.42, 0.08, 0.08, 0.42)),
        "ratio": ((0.325, 0.275, 0.05, 0.35), (0.42, 0.08, 0.08, 0.42)),
    }[kind]
    measure = {"difference": "statistical_parity_difference", "ratio": "disparate_impact"}[kind]
    draw, times, called = np.random.default_rng(6), 400, Counter[str]()
    for _ in range(times):
        sides = [draw.multinomial(600, cells).reshape(2, 2).tolist() for cells in chances]
        called[
            of(
                compared({g: (side, [[0, 0], [0, 0]]) for g, side in zip(("women", "men"), sides, strict=True)}),
                measure,
            ).verdict
        ] += 1
    assert called["better"] <= 0.045 * times and called["worse"] <= 0.045 * times and called["unclear"] > 0.9 * times


def test_few_people_give_no_verdict() -> None:
    few: Sides = {
        "women": ([[0, 9], [0, 0]], [[0, 0], [0, 9]]),
        "men": ([[20, 0], [0, 400]], [[20, 0], [0, 400]]),
    }
    gap = of(compared(few), "false_positive_rate_difference")
    assert gap.verdict == "unclear" and "fewer than 10" in gap.reason


def test_what_cannot_be_measured_has_no_change() -> None:
    nobody: Sides = {
        "women": ([[40, 0], [0, 40]], [[0, 0], [0, 0]]),
        "men": CLOSING["men"],
    }
    gap = of(compared(nobody), "equal_opportunity_difference")
    assert (gap.change, gap.low, gap.verdict) == (None, None, "unclear")
    assert "no one in women has the good outcome" in gap.reason
    refused: Sides = {
        "women": ([[40, 10], [0, 0]], [[40, 10], [0, 0]]),
        "men": CLOSING["men"],
    }
    ratio = of(compared(refused), "disparate_impact")
    assert ratio.before == 0 and ratio.low is None and ratio.verdict == "unclear"
    assert ratio.change == pytest.approx(ratio.after)
    assert of(compared(CLOSING), "average_abs_odds_difference").verdict == "unclear"


def test_different_people_give_the_wider_unpaired_range_and_no_price() -> None:
    comparison, paired = compared(CLOSING, paired=False), compared(CLOSING)
    before, after = judged(joint_of(CLOSING))
    for gap, same in zip(comparison.gaps, paired.gaps, strict=True):
        assert not gap.paired and gap.change == pytest.approx(same.change, abs=1e-12)
    gap, same = (of(c, "statistical_parity_difference") for c in (comparison, paired))
    assert gap.low is not None and gap.high is not None and same.low is not None and same.high is not None
    assert gap.high - gap.low > same.high - same.low
    old, new = (next(g for g in side.gaps if g.measure == gap.measure) for side in (before, after))
    ends = mover_mean(
        [(new.value or 0, (new.low or 0, new.high or 0)), (-(old.value or 0), (-(old.high or 0), -(old.low or 0)))]
    )
    assert (gap.low, gap.high) == pytest.approx(tuple(2 * end for end in ends))
    assert comparison.people == () and price_sentences(comparison, ("sex",)) == ()


def test_people_who_changed_sides_are_counted_with_their_outcome() -> None:
    comparison = compared(CLOSING)
    women, men = comparison.moved(("sex",))
    assert (women.n, women.newly_selected, women.newly_refused, women.net) == (800, 150, 15, 135)
    assert (men.newly_selected, men.newly_refused, men.net) == (10, 95, -85)
    assert women.wrongly_granted is not None and women.wrongly_denied is not None
    assert (women.wrongly_granted[0], women.wrongly_denied[0]) == (55, -80)
    low, high = women.wrongly_granted[1]
    assert 30 < low < 55 < high < 80
    assert comparison.everybody is not None and comparison.everybody.newly_selected == 160


def test_a_ratio_gets_better_by_its_logarithm() -> None:
    above: Sides = {
        "women": ([[50, 0], [0, 350]], [[50, 0], [0, 350]]),
        "men": ([[200, 110], [0, 90]], [[200, 110], [0, 90]]),
    }
    gap = of(compared(above), "disparate_impact")
    assert gap.before == pytest.approx(875 / 225) and gap.after == pytest.approx(1.75)
    assert math.log(gap.after or 1) < math.log(gap.before or 1) and gap.verdict == "better" and (gap.high or 0) < 0
