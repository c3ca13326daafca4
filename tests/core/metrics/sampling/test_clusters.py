"""Persons with several rows: variances against statsmodels' cluster-robust ones, and what is refused in words."""

import math
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from core.data.splits import cut, meet
from core.engine.counting import count
from core.engine.sources import source
from core.errors import DataError, PlanError
from core.metrics.findings.group_pairs import pairs
from core.metrics.findings.sentences import sentence
from core.metrics.sampling.clusters import ClusterSums
from core.metrics.sampling.unsupported import refuse_conflicts, refuse_unless_one_row_each
from core.metrics.verdicts import Gap, Judgement
from core.plan.plan import Plan
from tests.core.metrics.sampling.sampled_rows import audited, rows_of, table
from tests.worlds.people import plan_of, quiet

ROWS = rows_of(250, seed=3)
PLAN = plan_of(label=True, data='person = "id"')


def of(judged: Judgement, measure: str) -> Gap:
    return next(gap for gap in judged.gaps if gap.measure == measure)


def said(judged: Judgement, gap: Gap, plan: Plan) -> str:
    return next(sentence(pair, plan) for pair in pairs(judged, plan) if gap in pair.gaps)


def fitted(group: str, column: int, given: int | None, weighted: bool) -> tuple[float, float, int]:
    """A rate, its variance over persons and how many these are, by statsmodels."""
    rows = [row for row in ROWS if row[1] == group and (given is None or row[given] == "1")]
    persons = np.unique([row[0] for row in rows], return_inverse=True)[1]
    model = sm.WLS(
        np.array([row[column] == "1" for row in rows], float),
        np.ones(len(rows)),
        weights=np.array([float(row[4]) if weighted else 1.0 for row in rows]),
    )
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": persons, "use_correction": False})
    several = int(persons.max()) + 1
    return float(fit.params[0]), float(fit.cov_params()[0, 0]) * several / (several - 1), several


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("metric", "column", "given"), [("selection_rate", 3, None), ("true_positive_rate", 3, 2)])
def test_variances_are_the_cluster_robust_ones(
    weighted: bool, metric: str, column: int, given: int | None, tmp_path: Path
) -> None:
    data = 'person = "id"\nweight = "w"' if weighted else 'person = "id"'
    _, judged = audited(ROWS, plan_of(label=True, data=data), tmp_path)
    sides = {}
    for result in judged.groups:
        rate, variance, persons = sides[result.group["g"]] = fitted(result.group["g"], column, given, weighted)
        estimate = result.metrics[metric]
        assert (estimate.value, estimate.denominator) == (pytest.approx(rate, rel=1e-6), persons)
        assert estimate.effective_n == pytest.approx(rate * (1 - rate) / variance, rel=1e-6)
    if metric == "selection_rate":
        (p1, v1, _), (p2, v2, _) = sides["b"], sides["a"]
        wald = math.erfc(abs(p1 - p2) / math.sqrt(v1 + v2) / math.sqrt(2))
        assert of(judged, "statistical_parity_difference").p_value == pytest.approx(wald, rel=1e-4)


def test_one_row_repeated_tells_no_more_than_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each person twelve times: the range of twelve times as many rows is that of the people, but for C / (C - 1)."""
    once = rows_of(300, seed=4, most=1)
    _, plain = audited(once, plan_of(), tmp_path_factory.mktemp("t"))
    twelvefold = [row for row in once for _ in range(12)]
    _, judged = audited(twelvefold, plan_of(data='person = "id"'), tmp_path_factory.mktemp("t"))
    for one, other in zip(judged.groups, plain.groups, strict=True):
        mine, theirs = one.metrics["selection_rate"], other.metrics["selection_rate"]
        assert (mine.value, mine.denominator, one.n) == (theirs.value, theirs.denominator, 12 * other.n)
        assert mine.effective_n == pytest.approx(theirs.denominator - 1)
    assert of(judged, "disparate_impact").verdict == of(plain, "disparate_impact").verdict


def test_under_thirty_people_are_refused_in_words(tmp_path: Path) -> None:
    few = [(f"P{i}", "ab"[i % 2], "", str(i % 3 % 2), "1", "1") for i in range(50) for _ in range(20)]
    plan = plan_of(data='person = "id"')
    _, judged = audited(few, plan, tmp_path)
    gap = of(judged, "disparate_impact")
    assert (gap.verdict, gap.value) == ("not_measurable", None)
    assert "only 25 different people stand behind the rows of" in said(judged, gap, plan)
    assert all(result.metrics["selection_rate"].low is None for result in judged.groups)


def test_a_person_in_both_groups_is_refused_in_words(tmp_path: Path) -> None:
    rows = [*ROWS, (ROWS[0][0], "b" if ROWS[0][1] == "a" else "a", "1", "1", "1", "1")]
    plan = plan_of(label=True, data='person = "id"')
    _, judged = audited(rows, plan, tmp_path)
    assert "1 person has rows in both" in said(judged, of(judged, "disparate_impact"), plan)


def test_what_averages_two_rates_is_refused_in_words(tmp_path: Path) -> None:
    _, judged = audited(ROWS, PLAN, tmp_path)
    assert "only single rates are compared" in of(judged, "average_odds_difference").reason
    assert judged.theil_index is None


def test_a_row_without_a_person_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='row 1 below the header, column "id": this cell names no person'):
        audited([("", *ROWS[0][1:]), *ROWS[1:]], PLAN, tmp_path)


def test_sums_of_different_people_add_up() -> None:
    draw = np.random.default_rng(6)
    group, person, kind = draw.integers(0, 3, 900), draw.integers(0, 80, 900), draw.integers(0, 6, 900)
    weights = draw.integers(1, 10**8, 900)
    first = person < 40
    one, other, both = (
        ClusterSums.of(3, group[of], person[of].astype(np.uint64), kind[of], weights[of])
        for of in (first, ~first, np.ones(900, bool))
    )
    total = one + other
    assert all((getattr(total, name) == getattr(both, name)).all() for name in ClusterSums.__dataclass_fields__)
    pairs = {(g, p) for g, p in zip(group.tolist(), person.tolist(), strict=True)}
    for g in range(3):
        for h in range(3):
            assert both.shared[g, h] == sum((g, p) in pairs and (h, p) in pairs for p in range(80))


def test_who_is_held_out_is_held_out_with_all_rows(tmp_path: Path) -> None:
    plan = plan_of(label=True, data='person = "id"\nheld_out = 0.5')
    dataset = table(ROWS, tmp_path, plan)
    people = meet(plan, dataset, (), ("id", "g", "y", "p", "w", "n"), quiet)
    parts = cut(people, (0.5, 0.5))
    of_person: dict[str, set[int]] = {}
    for row, part in zip(ROWS, parts.tolist(), strict=True):
        of_person.setdefault(row[0], set()).add(part)
    assert all(len(each) == 1 for each in of_person.values())
    held = count(source(plan, dataset, None), dataset, plan, quiet)
    assert held.kept == int((parts == parts.max()).sum()) and 0.4 < held.kept / len(ROWS) < 0.6


@pytest.mark.parametrize(
    ("role", "step"),
    [
        ("person", "Keep one row for each “z”"),
        ("weight", "Draw rows with replacement"),
        ("count", "repeated as often as “z” says"),
    ],
)
def test_what_is_not_done_yet_says_what_helps(role: str, step: str) -> None:
    refuse_unless_one_row_each(plan_of(), "look for a fix")
    with pytest.raises(PlanError, match=step):
        refuse_unless_one_row_each(plan_of(data=f'{role} = "z"'), "look for a fix")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"data": 'weight = "w"\nperson = "w"'}, '"w" is named both as weight and as person'),
        ({"data": 'person = "g"'}, '"g" is named both as person and as sensitive'),
        ({"data": 'weight = "w"', "groups": 'reference = "most_selected"'}, "Name the reference"),
        ({"data": 'person = "id"', "policy": 'use = ["four_fifths"]'}, "four_fifths counts people, one row each"),
    ],
)
def test_what_does_not_go_together_is_refused(lines: dict[str, str], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        refuse_conflicts(plan_of(**lines))
