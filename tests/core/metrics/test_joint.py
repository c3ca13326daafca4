"""Two decisions about the same people: counting, and the paired intervals against published and simulated ones."""

import math
from itertools import product
from statistics import NormalDist

import numpy as np
import pytest

from core.counts.counts import Axis, Counts, Groups, Ints, tally
from core.counts.rules import Rule, confusion
from core.errors import MergeError
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import newcombe, z_value
from core.metrics.joint import (
    JointCounts,
    difference_change,
    from_rules,
    is_countable,
    joint_tally,
    newcombe_paired,
    rate_change,
    ratio_change,
)
from tests.core.mitigate.scored_worlds import tiny

Z = z_value(0.95)
SHARES = [metric for metric in METRICS.values() if metric.is_share]
GROUPS = Groups.product(("g", "h"), (("a", "b"), ("x", "y", "z")))


def people(seed: int, n: int = 300) -> tuple[Ints, ...]:
    draw = np.random.default_rng(seed)
    return tuple(draw.integers(0, high, n) for high in (len(GROUPS), 3, 2, 2))


def test_shards_add_to_the_whole_and_rows_are_counted_one_by_one() -> None:
    columns = people(1)
    whole = joint_tally(GROUPS, *columns)
    slow = np.zeros((6, 3, 2, 2), np.int64)
    for row in zip(*columns, strict=True):
        slow[row] += 1
    assert (whole.n == slow).all()
    halves = [joint_tally(GROUPS, *(column[part] for column in columns)) for part in (slice(0, 90), slice(90, None))]
    assert ((halves[0] + halves[1]).n == whole.n).all()
    with pytest.raises(MergeError, match="different groups"):
        whole + joint_tally(Groups.product(("g",), (("a",),)), *(np.zeros(1, int) for _ in range(4)))


def test_either_side_is_an_audit_of_decisions() -> None:
    cell, label, before, after = people(2)
    joint = joint_tally(GROUPS, cell, label, before, after)
    for side, decisions in ((joint.before, before), (joint.after, after)):
        assert (side.n == tally(GROUPS, Axis.decisions(), cell, label, None, decisions).n).all()
    grouped = joint.by(("h",))
    assert (grouped.after.n == joint.after.by(("h",)).n).all()
    assert grouped.groups == joint.after.by(("h",)).groups


def test_rules_say_exactly_who_is_decided_differently() -> None:
    counts = tiny(3, 3, 9, decided=True)
    before, after = Rule.as_decided(counts.axis), Rule.threshold(counts.axis, counts.axis.edges[4])
    joint = from_rules(counts, before, after)
    for side, rule in ((joint.before, before), (joint.after, after)):
        decided = confusion(counts, rule)
        assert (side.n[:, 1, 1] == decided.tp).all() and (side.n[:, 0, 1] == decided.fp).all()
        assert (side.n.sum(axis=2) == counts.n.sum(axis=2)).all()
    both = (counts.n * (before.selected * after.selected)).sum(axis=2)
    assert (joint.n[:, :, 1, 1] == both).all()


def test_expected_people_of_lots_are_whole_and_add_up() -> None:
    counts = tiny(4, 2, 12)
    chance = np.random.default_rng(0).random((len(counts.groups), counts.axis.bins))
    before = Rule.threshold(counts.axis, counts.axis.edges[6])
    joint = from_rules(counts, before, Rule(chance))
    assert joint.n.min() >= 0 and (joint.n.sum(axis=(2, 3)) == counts.n.sum(axis=2)).all()
    expected = (counts.n * np.maximum(chance - before.selected, 0)[:, None]).sum(axis=2)
    assert np.abs(joint.n[:, :, 0, 1] - expected).max() < 1
    same = from_rules(counts, Rule(chance), Rule(chance))
    assert same.n[:, :, 0, 1].sum() == same.n[:, :, 1, 0].sum() == 0


@pytest.mark.parametrize(
    "table, low, high",
    [
        ((1, 1, 7, 12), -0.507, -0.026),  # Bentur et al. 2009, in Fagerland, Lydersen and Laake 2017, chapter 8
        ((14, 5, 0, 22), 0.011, 0.226),  # Altman et al. 2000, Statistics with Confidence, p. 52
        ((36, 12, 2, 0), 0.0569, 0.3404),  # Newcombe 1998b, table II, method 10
    ],
)
def test_published_intervals(table: tuple[int, int, int, int], low: float, high: float) -> None:
    digits = 4 if low == 0.0569 else 3
    assert [round(end, digits) for end in newcombe_paired(*table, Z)] == [low, high]


def slow_newcombe(a: int, b: int, c: int, d: int, z: float) -> tuple[float, float]:
    """Method 10 as printed, every Wilson limit from the roots of its quadratic."""
    n = a + b + c + d

    def limits(k: int) -> tuple[float, float]:
        p = k / n
        roots = np.roots([1 + z * z / n, -(2 * p + z * z / n), p * p])
        return max(0.0, min(roots.real)), min(1.0, max(roots.real))

    (l1, u1), (l2, u2) = limits(a + b), limits(a + c)
    p1, p2, product_of_margins = (a + b) / n, (a + c) / n, (a + b) * (c + d) * (a + c) * (b + d)
    numerator = a * d - b * c
    if numerator > n / 2:
        phi = (numerator - n / 2) / math.sqrt(product_of_margins) if product_of_margins else 0.0
    elif numerator >= 0:
        phi = 0.0
    else:
        phi = numerator / math.sqrt(product_of_margins) if product_of_margins else 0.0
    delta = math.sqrt(max(0.0, (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2))
    epsilon = math.sqrt(max(0.0, (p2 - l2) ** 2 - 2 * phi * (p2 - l2) * (u1 - p1) + (u1 - p1) ** 2))
    return p1 - p2 - delta, p1 - p2 + epsilon


def test_the_paired_interval_is_the_published_formula() -> None:
    for table in product((0, 1, 3, 8, 40), repeat=4):
        if sum(table):
            assert newcombe_paired(*table, Z) == pytest.approx(slow_newcombe(*table, Z), abs=1e-6)


def test_without_correlation_it_is_the_interval_of_independent_rates() -> None:
    assert newcombe_paired(6, 6, 4, 4, Z) == pytest.approx(newcombe(12, 20, 10, 20, Z), abs=1e-12)


@pytest.mark.parametrize("both, first, second", [(0.5, 0.1, 0.1), (0.6, 0.2, 0.05), (0.1, 0.05, 0.02), (0.3, 0.3, 0.3)])
def test_it_covers_the_truth_by_exact_enumeration(both: float, first: float, second: float) -> None:
    n, cells = 24, (both, first, second, 1 - both - first - second)
    logs = [math.log(max(p, 1e-300)) for p in cells]
    covered = 0.0
    for a, b, c in product(range(n + 1), repeat=3):
        d = n - a - b - c
        if d < 0:
            continue
        table = (a, b, c, d)
        ways = math.lgamma(n + 1) - sum(math.lgamma(k + 1) for k in table)
        low, high = newcombe_paired(*table, Z)
        if low <= first - second <= high:
            covered += math.exp(ways + sum(k * log for k, log in zip(table, logs, strict=True)))
    assert covered >= 0.94


def drawn(seed: int, n: int, chances: tuple[float, ...], times: int) -> Ints:
    """Tables [3 labels, 2 before, 2 after] of people with the good and the other outcome, shape (times, 3, 2, 2)."""
    draw = np.random.default_rng(seed)
    tables = np.zeros((times, 3, 2, 2), np.int64)
    tables[:, :2] = draw.multinomial(n, np.asarray(chances) / sum(chances), times).reshape(times, 2, 2, 2)
    return tables


# Bad and good outcome: refused twice, only after, only before, selected twice.
GROUP = (0.30, 0.12, 0.02, 0.06, 0.10, 0.15, 0.02, 0.23)
REFERENCE = (0.20, 0.02, 0.08, 0.12, 0.05, 0.02, 0.08, 0.43)


@pytest.mark.parametrize("name", ["selection_rate", "true_positive_rate", "accuracy", "positive_predictive_value"])
def test_changes_of_differences_are_covered(name: str) -> None:
    metric, times = METRICS[name], 1_500
    group, reference = drawn(1, 300, GROUP, times), drawn(2, 400, REFERENCE, times)
    exact = [(np.asarray(chances).reshape(2, 2, 2) * 1e9).astype(np.int64) for chances in (GROUP, REFERENCE)]
    truth, _ = difference_change([metric], *(np.concatenate([e, np.zeros((1, 2, 2), np.int64)]) for e in exact), Z)
    hits = 0
    for g, r in zip(group, reference, strict=True):
        _, (low, high) = difference_change([metric], g, r, Z)
        hits += low <= truth <= high
    assert 0.93 <= hits / times <= 0.97


def test_changes_of_ratios_are_covered() -> None:
    metric, times = METRICS["selection_rate"], 1_500
    group, reference = drawn(3, 300, GROUP, times), drawn(4, 400, REFERENCE, times)
    rates = [np.asarray(chances).reshape(2, 2, 2).sum(axis=0) / sum(chances) for chances in (GROUP, REFERENCE)]
    after, before = ((rates[0].sum(axis=a)[1] / rates[1].sum(axis=a)[1]) for a in (0, 1))
    hits = 0
    for g, r in zip(group, reference, strict=True):
        changed = ratio_change(metric, g, r, Z)
        assert changed is not None
        hits += changed[1][0] <= after - before <= changed[1][1]
    assert 0.93 <= hits / times <= 0.97


@pytest.mark.parametrize("metric", SHARES, ids=lambda metric: metric.name)
def test_a_rates_change_is_that_of_the_two_audits(metric: object) -> None:
    joint = joint_tally(GROUPS, *people(5)).by(("g",))
    sides = [confusion(side, Rule.as_decided(side.axis)) for side in (joint.before, joint.after)]
    for g in range(2):
        rates = [np.asarray(metric.num(side))[g] / np.asarray(metric.den(side))[g] for side in sides]  # type: ignore[attr-defined]
        value, (low, high) = rate_change(metric, joint.n[g], Z)  # type: ignore[arg-type]
        assert value == pytest.approx(rates[1] - rates[0], abs=1e-12)
        assert low <= value <= high


@pytest.mark.parametrize("metric", SHARES, ids=lambda metric: metric.name)
def test_swapping_before_and_after_flips_the_sign(metric: object) -> None:
    joint = joint_tally(GROUPS, *people(6)).by(("g",))
    group, reference = joint.n
    swapped = [side.transpose(0, 2, 1) for side in (group, reference)]
    forth, back = difference_change([metric], group, reference, Z), difference_change([metric], *swapped, Z)  # type: ignore[list-item]
    assert (back[0], *back[1]) == pytest.approx((-forth[0], -forth[1][1], -forth[1][0]), abs=1e-12)


def test_swapping_flips_a_ratios_change_too_and_no_change_lies_in_the_middle_of_its_range() -> None:
    joint = joint_tally(GROUPS, *people(7)).by(("g",))
    group, reference = joint.n
    rate = METRICS["selection_rate"]
    forth = ratio_change(rate, group, reference, Z)
    back = ratio_change(rate, group.transpose(0, 2, 1), reference.transpose(0, 2, 1), Z)
    assert forth is not None and back is not None
    assert (back[0], *back[1]) == pytest.approx((-forth[0], -forth[1][1], -forth[1][0]), abs=1e-12)
    still = [side * np.eye(2, dtype=np.int64) for side in (group, reference)]
    unchanged = ratio_change(rate, *still, Z)
    assert unchanged is not None
    value, (low, high) = unchanged
    assert value == 0 and low < 0 and low == pytest.approx(-high)


def test_a_ratio_with_a_rate_of_zero_has_no_range() -> None:
    nobody = np.zeros((3, 2, 2), np.int64)
    nobody[1] = [[5, 5], [0, 0]]
    some = np.full((3, 2, 2), 5)
    assert ratio_change(METRICS["selection_rate"], nobody, some, Z) is None


def test_two_groups_changes_join_by_mover() -> None:
    joint = joint_tally(GROUPS, *people(8)).by(("g",))
    rate = METRICS["true_positive_rate"]
    (c1, (l1, u1)), (c2, (l2, u2)) = (rate_change(rate, joint.n[g], Z) for g in range(2))
    value, (low, high) = difference_change([rate], joint.n[0], joint.n[1], Z)
    assert value == pytest.approx(c1 - c2)
    assert low == pytest.approx(c1 - c2 - math.hypot(c1 - l1, u2 - c2))
    assert high == pytest.approx(c1 - c2 + math.hypot(u1 - c1, c2 - l2))


def test_few_people_are_noticed_before_and_after() -> None:
    nobody_after = np.zeros((3, 2, 2), np.int64)
    nobody_after[1] = [[5, 0], [12, 0]]
    value = METRICS["positive_predictive_value"]
    assert not is_countable([value], nobody_after)
    assert is_countable([METRICS["true_positive_rate"]], nobody_after, 17)
    assert not is_countable([METRICS["true_positive_rate"]], nobody_after, 18)


def test_intervals_widen_with_confidence() -> None:
    assert z_value(0.99) == pytest.approx(NormalDist().inv_cdf(0.995))
    narrow, wide = (newcombe_paired(20, 10, 4, 30, z) for z in (Z, z_value(0.99)))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_empty_counts_have_nobody() -> None:
    counts = Counts.empty(GROUPS, Axis.of([0.1, 0.5]))
    joint = from_rules(counts, Rule.threshold(counts.axis, 0.5), Rule.threshold(counts.axis, 0.1))
    assert isinstance(joint, JointCounts) and joint.n.sum() == 0
