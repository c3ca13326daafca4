"""Counts: the same integers whatever the order and the sharding, exact at every edge."""

import random
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.counts import MOST_DISTINCT, SUM_UNIT, Axis, Counts, Groups, tally
from core.errors import DataError, MergeError
from tests.worlds import reference
from tests.worlds.people import AXES, DECILES, count, groups_of, worlds
from tests.worlds.reference import Person

ONE_GROUP = groups_of(1, 1)

MANY_AXES = {
    **AXES,
    "a thousand quantiles": Axis.of(np.quantile(np.random.default_rng(1).normal(size=5_000), np.linspace(0, 1, 1001))),
    "a thousand skewed quantiles": Axis.of(np.random.default_rng(2).lognormal(0, 4, size=1_001)),
    "neighbours": Axis.of([1.0, np.nextafter(1.0, 2), np.nextafter(np.nextafter(1.0, 2), 2), 2.0, 3.0]),
    "tiny": Axis.of([0.0, 1e-300, 2e-300, 1e-299]),
    "huge": Axis.of([-1e300, 0.0, 1e300]),
    "far from zero": Axis.of(1e12 + np.arange(1_000.0)),
}


def same(one: Counts, other: Counts) -> bool:
    return (
        one.groups == other.groups
        and one.axis == other.axis
        and np.array_equal(one.n, other.n)
        and np.array_equal(one.sums, other.sums)
    )


def with_world(test):  # noqa: ANN001, ANN201
    """Run a test on every kind of axis with generated people."""

    @pytest.mark.parametrize("kind", AXES)
    @settings(max_examples=15)
    @given(st.data())
    def on_axis(kind: str, data: st.DataObject) -> None:
        groups, people = data.draw(worlds(AXES[kind]))
        test(AXES[kind], groups, people, data)

    return on_axis


# ---------------------------------------------------------------- adding


@with_world
def test_merging_shards_equals_one_pass(axis: Axis, groups: Groups, people: list[Person], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(people)))
    shards = [people[:cut], people[cut:], []]
    assert same(
        sum((count(shard, axis, groups) for shard in shards), Counts.empty(groups, axis)), count(people, axis, groups)
    )


@with_world
def test_the_order_of_rows_changes_nothing(
    axis: Axis, groups: Groups, people: list[Person], data: st.DataObject
) -> None:
    assert same(count(data.draw(st.permutations(people)), axis, groups), count(people, axis, groups))


def test_blocks_of_rows_count_like_one() -> None:
    """More rows than are counted at once."""
    random.seed(3)
    people = [Person(("a",), random.choice([True, False, None]), False, random.random()) for _ in range(70_000)]
    axis = AXES["probabilities in float64"]
    one = count(people, axis, ONE_GROUP)
    assert one.people == 70_000
    assert same(one, count(people[:35_000], axis, ONE_GROUP) + count(people[35_000:], axis, ONE_GROUP))


@pytest.mark.parametrize(
    "axis",
    [
        Axis.of(range(2, 11)),
        Axis.of(range(1, 11), dtype="float32"),
        Axis.of(range(1, 11), lower_is_better=True),
        Axis.of(range(1, 11), decided=True),
        Axis.of(range(1, 11), kind="probability"),
    ],
)
def test_counts_on_another_axis_refuse_to_add(axis: Axis) -> None:
    with pytest.raises(MergeError, match="score axis"):
        Counts.empty(ONE_GROUP, DECILES) + Counts.empty(ONE_GROUP, axis)


@pytest.mark.parametrize(
    "groups",
    [groups_of(1, 2), groups_of(2, 1), Groups.product(("h",), (("a",),)), Groups.product(("g",), (("b",),))],
)
def test_counts_of_other_groups_refuse_to_add(groups: Groups) -> None:
    with pytest.raises(MergeError, match="groups"):
        Counts.empty(ONE_GROUP, DECILES) + Counts.empty(groups, DECILES)


# ---------------------------------------------------------------- what is counted


@with_world
def test_every_person_stands_in_one_cell(axis: Axis, groups: Groups, people: list[Person], data: st.DataObject) -> None:
    counts = count(people, axis, groups)
    found = {(g, label, place): n for (g, label, place), n in np.ndenumerate(counts.n) if n}
    edges = len(axis.edges)

    def cell(p: Person) -> tuple[int, int, int]:
        place = int(p.selected) if axis.kind == "decision" else reference.bin_of(p.score, axis.edges)
        if axis.decided:
            place += edges * p.selected
        names = [tuple(groups.names(g).values()) for g in range(len(groups))]
        return names.index(p.group), 2 if p.label is None else int(p.label), place

    assert found == Counter(map(cell, people))
    assert counts.people == len(people)
    assert counts.labelled == sum(p.label is not None for p in people)


@with_world
def test_grouping_by_fewer_attributes_is_counting_by_fewer(
    axis: Axis, groups: Groups, people: list[Person], data: st.DataObject
) -> None:
    counts = count(people, axis, groups)
    for place, attribute in enumerate(groups.attributes):
        fewer = [Person((p.group[place],), p.label, p.selected, p.score) for p in people]
        met = {p.group[0] for p in fewer}
        cells = tuple((v,) for v, value in enumerate(groups.values[place]) if value in met)
        assert same(counts.by((attribute,)), count(fewer, axis, Groups((attribute,), (groups.values[place],), cells)))
    assert counts.by(tuple(reversed(groups.attributes))).people == len(people)


@with_world
def test_sums_of_scores_are_exact(axis: Axis, groups: Groups, people: list[Person], data: st.DataObject) -> None:
    counts = count(people, axis, groups)
    if axis.kind == "decision":
        assert not counts.sums.any()
        return
    names = [tuple(groups.names(g).values()) for g in range(len(groups))]
    expected = np.zeros_like(counts.sums)
    for p in people:
        place = names.index(p.group), 2 if p.label is None else int(p.label)
        scaled = p.score / axis.scale
        for power, value in enumerate((scaled, scaled * scaled)):
            expected[(power, *place)] += round(Fraction(value) * int(SUM_UNIT))
    assert np.array_equal(counts.sums, expected)


def test_scores_leave_a_decision_column_aside() -> None:
    people = [Person(("a",), True, True, 0.3), Person(("a",), True, False, 0.3), Person(("a",), None, True, 0.9)]
    counts = count(people, AXES["probabilities beside decisions"], ONE_GROUP)
    assert counts.scores().tolist() == [[[0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0]]]


def test_scores_far_beyond_the_edges_are_refused_before_sums_could_overflow() -> None:
    zeros = np.zeros(1, dtype=np.int32)
    fits = tally(ONE_GROUP, DECILES, zeros, zeros, np.array([16_384.0]))
    assert fits.sums[:, 0, 0].tolist() == [2**40, 2**50]
    with pytest.raises(DataError, match="over 1,000 times larger"):
        tally(ONE_GROUP, DECILES, zeros, zeros, np.array([-17_000.0]))


def test_large_scores_in_many_rows_stay_exact() -> None:
    scores = np.full(1_000, 10_007.3)
    zeros = np.zeros(1_000, dtype=np.int32)
    scaled = 10_007.3 / DECILES.scale
    counts = tally(ONE_GROUP, DECILES, zeros, zeros, scores)
    assert counts.sums[:, 0, 0].tolist() == [1_000 * round(scaled * 2**30), 1_000 * round(scaled * scaled * 2**30)]


# ---------------------------------------------------------------- axes


@pytest.mark.parametrize("kind", [kind for kind in MANY_AXES if kind != "decisions"])
def test_ties_at_every_edge_and_its_neighbours(kind: str) -> None:
    """A score at an edge is in the edge's bin, the next smaller one is not: in the scores' own dtype."""
    axis = MANY_AXES[kind]
    edges = axis.edge_array
    below, above = np.nextafter(edges, -np.inf, dtype=edges.dtype), np.nextafter(edges, np.inf, dtype=edges.dtype)
    scores = np.concatenate([edges, below, above])
    expected = [reference.bin_of(float(score), axis.edges) for score in scores]
    assert axis.bin(scores).tolist() == expected
    assert axis.bin(edges).tolist() == list(range(len(edges)))
    assert [axis.split(float(edge)) for edge in edges] == list(range(len(edges)))


@pytest.mark.parametrize("kind", [kind for kind in MANY_AXES if kind != "decisions"])
def test_any_score_falls_into_the_bin_that_comparing_finds(kind: str) -> None:
    axis = MANY_AXES[kind]
    rng = np.random.default_rng(7)
    low, high = axis.edges[0], axis.edges[-1]
    with np.errstate(over="ignore"):
        inside = rng.uniform(low / 2, high / 2, size=4_000) * 2
    scores = np.concatenate([inside, [low * 3 - 1, high * 3 + 1, 0.0, -0.0]]).astype(axis.dtype)
    assert axis.bin(scores).tolist() == [reference.bin_of(float(score), axis.edges) for score in scores]


def test_the_first_bin_also_takes_what_lies_below_it() -> None:
    assert DECILES.bin(np.array([-5.0, 0.999, 1.0, 99.0])).tolist() == [0, 0, 0, 9]


def test_a_threshold_in_float32_is_the_score_that_prints_the_same() -> None:
    """float32(k / 1000) lies below k / 1000 for about half of all k: compared in float64 those would be missed."""
    axis = Axis.probabilities("float32")
    scores = np.array([k / 1000 for k in range(1001)], dtype=np.float32)
    assert axis.bin(scores).tolist() == list(range(1001))
    assert [axis.split(k / 1000) for k in range(1001)] == list(range(1001))


def test_the_plans_threshold_is_an_edge_where_it_is_no_multiple() -> None:
    assert len(Axis.probabilities("float64", 0.5).edges) == 1001
    assert len(Axis.probabilities("float64", 0.4375001).edges) == 1002
    assert 0.4375001 in Axis.probabilities("float64", 0.4375001).edges


def test_zero_is_one_edge() -> None:
    assert Axis.of([0.0, -0.0, 1.0, 1.0]).edges == (0.0, 1.0)
    assert str(Axis.of([-0.0]).edges[0]) == "0.0"


def test_numbers_of_bins() -> None:
    assert Axis.decisions().bins == 2
    assert Axis.probabilities("float32").bins == 1001 == MOST_DISTINCT
    assert Axis.of([1, 2, 3], decided=True).bins == 6


# ---------------------------------------------------------------- groups


def test_groups_number_rows_by_their_values() -> None:
    groups = Groups.product(("sex", "race"), (("f", "m"), ("a", "b", "c")))
    codes = [np.array([0, 1, 1], dtype=np.int32), np.array([2, 0, 2], dtype=np.int32)]
    assert [groups.names(cell) for cell in groups.number(codes)] == [
        {"sex": "f", "race": "c"},
        {"sex": "m", "race": "a"},
        {"sex": "m", "race": "c"},
    ]


def test_only_combinations_that_occur_may_have_a_cell() -> None:
    groups = Groups(("sex", "race"), (("f", "m"), ("a", "b")), ((0, 1), (1, 0)))
    codes = [np.array([1, 0, 0], dtype=np.int32), np.array([0, 1, 0], dtype=np.int32)]
    assert groups.number(codes).tolist() == [1, 0, -1]
    assert len(groups) == 2
