"""Verdicts on tables that others have judged: Ricci v. DeStefano, and New York's Local Law 144."""

from itertools import combinations

import pytest

from core.metrics.intervals import equality_p
from tests.worlds import reference
from tests.worlds.judged import Table, gap_of, judged, ratio_of
from tests.worlds.people import plan_of

# ---------------------------------------------------------------- Ricci v. DeStefano (features.md 3.2)


@pytest.mark.parametrize(
    ("table", "group", "value", "p", "verdict", "why"),
    [
        ({"W": (41, 68), "B": (9, 27), "H": (6, 23)}, "B", 0.553, 0.023, "gap", ""),
        ({"W": (41, 68), "B": (9, 27), "H": (6, 23)}, "H", 0.433, 0.0072, "gap", ""),
        ({"W": (25, 43), "B": (6, 19), "H": (3, 15)}, "B", 0.543, 0.097, "unclear", "far"),
        ({"W": (25, 43), "B": (6, 19), "H": (3, 15)}, "H", 0.344, 0.016, "gap", ""),
        ({"W": (16, 25), "B": (3, 8), "H": (3, 8)}, "B", 0.586, 0.238, "unclear", "few"),
        ({"W": (16, 25), "B": (3, 8), "H": (3, 8)}, "H", 0.586, 0.238, "unclear", "few"),
    ],
)
def test_ricci(table: Table, group: str, value: float, p: float, verdict: str, why: str) -> None:
    found = ratio_of(table, group)
    assert found.value == pytest.approx(value, abs=5e-4)
    assert found.p_value == pytest.approx(p, abs=5e-4)
    assert (found.verdict, found.why) == (verdict, why)


# ---------------------------------------------------------------- New York's Local Law 144 (features.md 3.1)

SEX = {("Male",): (667, 1390), ("Female",): (555, 1181)}
RACE = {
    "Hispanic": (204, 408), "White": (412, 797), "Black": (170, 390), "Pacific": (52, 119), "Asian": (302, 616),
    "Native": (18, 41), "Two": (96, 213),
}  # fmt: skip
BOTH = {
    ("Male", "Hispanic"): (90, 205), ("Male", "White"): (215, 412), ("Male", "Black"): (95, 226),
    ("Male", "Pacific"): (37, 87), ("Male", "Asian"): (167, 321), ("Male", "Native"): (11, 24),
    ("Male", "Two"): (52, 115), ("Female", "Hispanic"): (82, 190),
    ("Female", "White"): (197, 385), ("Female", "Black"): (75, 164),
    ("Female", "Pacific"): (15, 32), ("Female", "Asian"): (135, 295), ("Female", "Native"): (7, 17),
    ("Female", "Two"): (44, 98),
}  # fmt: skip
CROSSED = ("sex", "race")


def test_local_law_144_selection_rates_and_ratios() -> None:
    judgement = judged(BOTH, plan_of(CROSSED), CROSSED)
    assert judgement.references[("sex",)] == ("Male",)
    assert judgement.references[CROSSED] == ("Male", "White")
    female = gap_of(judgement, "disparate_impact", "Female")
    assert (female.group_shares, female.reference_shares) == (((555, 1181),), ((667, 1390),))
    printed = {
        ("Male", "Hispanic"): 0.841, ("Female", "Hispanic"): 0.827, ("Female", "White"): 0.981,
        ("Male", "Black"): 0.806,
        ("Female", "Black"): 0.876, ("Male", "Pacific"): 0.815, ("Female", "Pacific"): 0.898, ("Male", "Asian"): 0.997,
        ("Female", "Asian"): 0.877, ("Male", "Native"): 0.878, ("Female", "Native"): 0.789, ("Male", "Two"): 0.866,
        ("Female", "Two"): 0.860,
    }  # fmt: skip
    for group, ratio in printed.items():
        assert gap_of(judgement, "disparate_impact", *group).value == pytest.approx(ratio, abs=6e-4)


@pytest.mark.parametrize(
    ("table", "group", "p", "p_adjusted", "comparisons", "verdict", "why"),
    [
        (SEX, ("Female",), 0.635, 0.635, 1, "no_gap", ""),
        (RACE, ("Black",), 0.0094, 0.057, 6, "unclear", "look_closer"),
        (BOTH, ("Male", "Black"), 0.016, 0.21, 13, "unclear", "look_closer"),
        (BOTH, ("Female", "Native"), 0.46, 1, 13, "unclear", "far"),
        (BOTH, ("Female", "Asian"), 0.094, 0.94, 13, "unclear", "wide"),
    ],
)
def test_local_law_144_significance(
    table: dict, group: tuple[str, ...], p: float, p_adjusted: float, comparisons: int, verdict: str, why: str
) -> None:
    attributes = CROSSED if len(group) == 2 else ("g",)
    found = gap_of(judged(table, plan_of(attributes), attributes), "disparate_impact", *group)
    assert found.p_value == pytest.approx(p, rel=0.05)
    assert found.p_adjusted == pytest.approx(p_adjusted, rel=0.05)
    assert (found.comparisons, found.verdict, found.why) == (comparisons, verdict, why)


def test_a_reference_chosen_for_its_rate_was_compared_with_everybody() -> None:
    plan = plan_of(CROSSED, groups='reference = "most_selected"')
    judgement = judged(BOTH, plan, CROSSED)
    assert {gap.by: gap.comparisons for gap in judgement.gaps} == {("sex",): 1, ("race",): 21, CROSSED: 91}
    black = ratio_of(RACE, "Black", plan_of(groups='reference = "most_selected"'))
    pairs = list(combinations(RACE, 2))
    p_values = [equality_p(*RACE[one], *RACE[other]) for one, other in pairs]
    adjusted = dict(zip(pairs, reference.holm(p_values), strict=True))
    assert black.comparisons == 21
    assert black.p_adjusted == pytest.approx(adjusted["White", "Black"])


@pytest.mark.parametrize("names", [("a", "b", "c", "d"), ("d", "c", "b", "a")])
def test_pairs_count_whichever_way_round_they_have_a_ratio(names: tuple[str, ...]) -> None:
    table = dict(zip(names, [(40, 50), (20, 50), (0, 50), (30, 50)], strict=True))
    found = ratio_of(table, names[1], plan_of(groups='reference = "most_selected"'))
    assert found.comparisons == 6
