"""Where decisions come from: score axes from a table, decision columns, and one pass over the rows."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.counts import MOST_DISTINCT, Counts
from core.data.dataset import Dataset
from core.engine.counting import Counted, count
from core.engine.sources import score_axis, source
from core.errors import DataError
from core.metrics.verdicts import judge, plan_rule
from core.metrics.words.notes import text
from core.notes import said
from core.plan.plan import Plan
from tests.worlds import reference
from tests.worlds.people import csv_text, dataset_of, plan_of, quiet
from tests.worlds.reference import Person

HEADER = ("g", "y", "s", "p")
AT_HALF = 'score = "s"\nthreshold = 0.5'


def counted(dataset: Dataset, plan: Plan) -> Counted:
    return count(source(plan, dataset, None), dataset, plan, quiet)  # type: ignore[arg-type]


def table(folder: Path, rows: list[tuple[Any, ...]], missing: tuple[str, ...] = ("", "NA")) -> Dataset:
    return dataset_of(csv_text(HEADER, rows), folder, missing)


def scores(folder: Path, values: list[Any]) -> Dataset:
    return table(folder, [("ab"[i % 2], "1", value, "1") for i, value in enumerate(values)])


# ---------------------------------------------------------------- score axes


def test_few_distinct_scores_are_the_edges_with_the_limit(tmp_path: Path) -> None:
    dataset = scores(tmp_path, [3, "1.0", 1, "2.5", "NA", 7])
    axis = score_axis(plan_of(decision='score = "s"\nfavourable = {at_least = 4}'), dataset, "s")
    assert axis.edges == (1.0, 2.5, 3.0, 4.0, 7.0)
    assert (axis.kind, axis.dtype, axis.lower_is_better, axis.decided) == ("score", "float64", False, False)


@pytest.mark.parametrize(("low", "high", "kind"), [(0, 1, "probability"), (-0.001, 1, "score"), (0, 1.001, "score")])
def test_scores_from_zero_to_one_are_probabilities(tmp_path: Path, low: float, high: float, kind: str) -> None:
    assert score_axis(plan_of(decision=AT_HALF), scores(tmp_path, [low, 0.5, high]), "s").kind == kind


@pytest.mark.parametrize("distinct", [3, 5_000])
def test_a_number_that_means_missing_is_no_score(tmp_path: Path, distinct: int) -> None:
    values = [-99, *(i / distinct for i in range(distinct))]
    spanned = {}
    for missing, name in ((("",), "kept"), (("", "-99.0"), "missing")):
        (tmp_path / name).mkdir()
        dataset = table(tmp_path / name, [("a", "1", value, "1") for value in values], missing)
        spanned[name] = score_axis(plan_of(decision=AT_HALF), dataset, "s")
    assert (spanned["kept"].kind, spanned["kept"].edges[0]) == ("score", -99.0)
    assert (spanned["missing"].kind, spanned["missing"].edges[0]) == ("probability", 0.0)


def test_probabilities_beside_a_number_that_means_missing_have_a_brier_score(tmp_path: Path) -> None:
    plan = plan_of(
        label=True, decision=AT_HALF, data='missing = ["", "-99"]\nkeep = [{column = "s", between = [0, 1]}]'
    )
    rows = [("a", 1, 0.75, "1"), ("a", 0, 0.5, "1"), ("a", 1, -99, "1")]
    found = counted(table(tmp_path, rows, ("", "-99")), plan)
    (group,) = judge(found.counts, plan, plan_rule(found.counts, plan)).groups
    assert group.metrics["brier_score"].value == pytest.approx((0.25**2 + 0.5**2) / 2, abs=1e-8)


@pytest.mark.parametrize(
    ("decision", "low_is_better"),
    [
        ('score = "s"\nfavourable = {below = 5}', True),
        ('score = "s"\nfavourable = {at_least = 5}', False),
        ('score = "s"\nprediction = "p"\nfavourable = [1]\nlower_is_better = true', True),
        ('score = "s"\nprediction = "p"\nfavourable = [1]', False),
    ],
)
def test_the_direction_of_a_score(tmp_path: Path, decision: str, low_is_better: bool) -> None:
    axis = score_axis(plan_of(decision=decision), scores(tmp_path, [1, 2, 9]), "s")
    assert axis.lower_is_better is low_is_better
    assert axis.decided is ("prediction" in decision)


@pytest.mark.parametrize("distinct", [MOST_DISTINCT - 1, MOST_DISTINCT, MOST_DISTINCT + 1, 5_000])
def test_many_distinct_scores_are_cut_at_quantiles(tmp_path: Path, distinct: int) -> None:
    values = [f"{i / distinct:.6f}" for i in range(distinct)]
    axis = score_axis(plan_of(decision=AT_HALF), scores(tmp_path, values), "s")
    if distinct <= MOST_DISTINCT:
        assert set(map(float, values)) <= set(axis.edges)
    assert 1_000 <= len(axis.edges) <= 1_003
    assert (axis.edges[0], 0.5 in axis.edges) == (0.0, True)


def test_quantile_edges_hold_about_as_many_people_each_and_thresholds_stay_exact(tmp_path: Path) -> None:
    random.seed(4)
    values = [random.lognormvariate(0, 1) for _ in range(6_000)]
    plan = plan_of(decision='score = "s"\nthreshold = 1.2345')
    found = counted(scores(tmp_path, values), plan).counts
    assert found.n.sum(axis=(0, 1)).max() <= 3 * 6
    result = judge(found, plan, plan_rule(found, plan)).groups
    assert sum(g.metrics["selection_rate"].numerator or 0 for g in result) == sum(v >= 1.2345 for v in values)


def test_stored_edges_are_taken_again_so_that_audits_add(tmp_path: Path) -> None:
    plan = plan_of(decision='score = "s"\nthreshold = 0.25')
    first = counted(scores(tmp_path, [0.25, 0.5, 0.75]), plan).counts
    stored = ", ".join(map(repr, first.axis.edges))
    later = plan_of(decision=f'score = "s"\nthreshold = 0.25\nedges = [{stored}]')
    second = counted(scores(tmp_path, [0.1, 0.2, 0.6, 0.9]), later).counts
    assert second.axis == first.axis
    both = first + second
    rates = [g.metrics["selection_rate"] for g in judge(both, later, plan_rule(both, later)).groups]
    assert sum(rate.numerator or 0 for rate in rates) == 5, (
        "0.1 and 0.2 lie below the threshold, also as the first edge"
    )


def test_stored_edges_from_zero_keep_the_axis(tmp_path: Path) -> None:
    plan = plan_of(decision='score = "s"\nthreshold = 0')
    axis = score_axis(plan, scores(tmp_path, [0, 0.5, 1]), "s")
    stored = plan_of(decision=f'score = "s"\nthreshold = 0\nedges = [{", ".join(map(repr, axis.edges))}]')
    assert score_axis(stored, scores(tmp_path, [0.3, 0.4]), "s") == axis


def test_a_column_without_numbers_is_no_score(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='column "s" holds no plain numbers, so it cannot be the score'):
        score_axis(plan_of(decision=AT_HALF), scores(tmp_path, ["high", "1e308"]), "s")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("", "no score"),
        ("NA", "no score"),
        ("high", '"high" is not a number'),
        ("inf", "not a number"),
        ("1e400", "not a n"),
        ("1e301", "1e+301 is too large a score to be added up"),
    ],
)
def test_a_row_without_a_finite_score_is_refused_by_row(tmp_path: Path, cell: str, words: str) -> None:
    with pytest.raises(DataError) as refusal:
        counted(scores(tmp_path, [0.5, 0.2, cell, 0.1]), plan_of(decision=AT_HALF))
    assert 't.csv, row 3 below the header, column "s": ' in str(refusal.value)
    assert words in str(refusal.value)


def test_a_row_that_is_dropped_needs_no_score(tmp_path: Path) -> None:
    plan = plan_of(decision=AT_HALF, data='keep = [{column = "s", between = [0, 1]}]')
    found = counted(scores(tmp_path, [0.5, "", "x", 7, 0.1, "1e400", "1e308"]), plan)
    assert (found.kept, found.read, found.dropped) == (2, 7, (5,))
    assert max(found.counts.axis.edges) == 7


def test_a_model_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="m.onnx is not there. Give its path with --model"):
        source(plan_of(decision='model = "m.onnx"'), scores(tmp_path, [1]), None)


# ---------------------------------------------------------------- the pass over the rows

CELLS = st.tuples(
    st.sampled_from(["a", "b", " a", "", "NA", "1", "1.0"]), st.sampled_from(["0", "1", "1.0", "", "2"]),
    st.sampled_from(["0.1", "0.5", ".50", "0.4999", "1", "0"]), st.sampled_from(["0", "1", "1.0", "no"]),
)  # fmt: skip
GROUP = {"a": "a", " a": "a", "b": "b", "": "(missing)", "NA": "(missing)", "1": "1", "1.0": "1.0"}


def people_in(rows: list[tuple[str, ...]], selected: Callable[[tuple[str, ...]], bool]) -> list[Person]:
    labels = {"0": False, "2": False, "1": True, "1.0": True, "": None}
    return [Person((GROUP[row[0]],), labels[row[1]], selected(row)) for row in rows]


@pytest.mark.parametrize(
    ("decision", "selected"),
    [
        ('prediction = "p"\nfavourable = [1]', lambda row: float(row[3]) == 1 if row[3] != "no" else False),
        (AT_HALF, lambda row: float(row[2]) >= 0.5),
        ('score = "s"\nfavourable = {below = 0.5}', lambda row: float(row[2]) < 0.5),
        ('score = "s"\nprediction = "p"\nfavourable = ["no"]', lambda row: row[3] == "no"),
    ],
)
@settings(max_examples=10)
@given(rows=st.lists(CELLS, max_size=25))
def test_a_table_is_judged_as_its_rows_say(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], decision: str, selected: Callable[..., bool]
) -> None:
    rows = [("a", "1", "0.9", "1"), ("b", "0", "0.1", "no"), ("1", "0", "0.1", "0"), ("1", "0", "0.1", "0"), *rows]
    plan = plan_of(decision=decision, label=True)
    found = counted(table(tmp_path_factory.mktemp("world"), rows), plan)
    judgement = judge(found.counts, plan, plan_rule(found.counts, plan))
    everybody = people_in(rows, selected)
    assert {tuple(g.group.values()) for g in judgement.groups} >= {("a",), ("b",)}
    for group in judgement.groups:
        (name,) = group.group.values()
        mine = [p for p in everybody if p.group == (name,)]
        assert (group.n, group.labelled) == (len(mine), sum(p.label is not None for p in mine))
        for metric in ("selection_rate", "base_rate", "false_negative_rate", "f1"):
            expected = reference.metric(metric, mine)
            assert group.metrics[metric].value == (None if expected is None else pytest.approx(float(expected)))


@settings(max_examples=15)
@given(rows=st.lists(CELLS, min_size=1, max_size=25), rng=st.randoms())
def test_the_order_of_rows_changes_no_result(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], rng: random.Random
) -> None:
    rows = [("a", "1", "0.9", "1"), ("b", "0", "0.1", "no"), *rows]
    plan = plan_of(("g", "p"), decision=AT_HALF, label=True, data='keep = [{column = "y", not_in = [2]}]')
    results: list[tuple[Counts, Any]] = []
    for _ in range(2):
        found = counted(table(tmp_path_factory.mktemp("order"), rows), plan)
        results.append((found.counts, judge(found.counts, plan, plan_rule(found.counts, plan))))
        rng.shuffle(rows)
    (one, judged_one), (other, judged_other) = results
    assert judged_one == judged_other
    assert (one.groups, one.axis) == (other.groups, other.axis)
    assert np.array_equal(one.n, other.n)
    assert np.array_equal(one.sums, other.sums)


def test_batches_are_added_up(tmp_path: Path) -> None:
    rows = [("ab"[i % 2], str(i % 3 % 2), str(i % 100 / 100), "1") for i in range(70_000)]
    found = counted(table(tmp_path, rows), plan_of(decision=AT_HALF, label=True))
    assert (found.kept, found.read, found.counts.people) == (70_000,) * 3
    assert found.counts.n.sum(axis=(1, 2)).tolist() == [35_000, 35_000]


def test_each_rule_drops_from_what_the_rules_before_it_left(tmp_path: Path) -> None:
    rows = [("a", "1", "0.1", "1"), ("a", "2", "0.9", "1"), ("b", "2", "0.9", "1"), ("b", "1", "0.8", "1")]
    lines = 'keep = [{column = "g", in = ["b"]}, {column = "y", not_in = [2]}, {column = "p", not_in = ["z"]}]'
    people = table(tmp_path, rows)
    found = counted(people, plan_of(decision=AT_HALF, data=lines))
    assert (found.dropped, found.kept) == ((2, 1, 0), 1)
    assert found.notes(people.profile) == (said('keep: "z" does not occur in p, so leaving it out drops nobody'),)


def test_nobody_left_is_said(tmp_path: Path) -> None:
    plan = plan_of(decision=AT_HALF, data='keep = [{column = "s", between = [5, 6]}]')
    with pytest.raises(DataError, match="no row is left after the rules on who takes part"):
        counted(scores(tmp_path, [0.1]), plan)


def test_scores_near_the_threshold_are_counted(tmp_path: Path) -> None:
    near = [0.5, 0.500009, 0.499991, 0.50002, 0.4, 0.49998]
    assert counted(scores(tmp_path, near), plan_of(decision=AT_HALF)).near_threshold == 3
    assert counted(scores(tmp_path, near), plan_of()).near_threshold == 0


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["1", "1"], "everyone whose outcome is known has the good outcome"),
        (["0", "0"], "everyone whose outcome is known is without the good outcome"),
        (["NA", ""], "nobody's outcome is known"),
        (["0", "1"], None),
    ],
)
def test_labels_of_one_kind_are_a_warning(tmp_path: Path, labels: list[str], words: str | None) -> None:
    rows = [("a", label, "0.1", "1") for label in labels] + [("gone", "1", "0.1", "0")]
    plan = plan_of(decision=AT_HALF, label=True, data='keep = [{column = "g", in = ["a"]}]')
    people = table(tmp_path, rows)
    notes = counted(people, plan).notes(people.profile)
    assert notes == () if words is None else text(notes[0]).startswith(words)
