"""The split as one more axis: one count of everybody holds the counts of each split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.counts.counts import Counts, tally
from core.counts.splits import by_split, split_cells, split_groups
from tests.worlds.people import AXES, groups_of

SPLITS = ("fit", "choose", "report")


@pytest.mark.parametrize("name", ["decisions", "probabilities in float32", "deciles", "probabilities beside decisions"])
@given(seed=st.integers(0, 10_000), people=st.integers(0, 60))
def test_each_split_is_counted_as_by_itself(name: str, seed: int, people: int) -> None:
    axis, groups, draw = AXES[name], groups_of(2, 3), np.random.default_rng(seed)
    split, cells, labels = (draw.integers(0, most, people) for most in (len(SPLITS), len(groups), 3))
    scores = None if axis.kind == "decision" else draw.random(people).astype(axis.dtype)
    selected = draw.integers(0, 2, people) if axis.decided or scores is None else None
    every = tally(split_groups(groups, SPLITS), axis, split_cells(groups, split, cells), labels, scores, selected)

    def alone(number: int) -> Counts:
        among = split == number
        of = (None if each is None else each[among] for each in (scores, selected))
        return tally(groups, axis, cells[among], labels[among], *of)

    for number, counts in enumerate(by_split(every, groups)):
        assert (counts.groups, counts.axis) == (groups, axis)
        np.testing.assert_array_equal(counts.n, alone(number).n)
        np.testing.assert_array_equal(counts.sums, alone(number).sums)


def test_the_split_of_a_cell_is_its_first_attribute() -> None:
    groups = groups_of(2, 2)
    every = split_groups(groups, SPLITS)
    cell = int(split_cells(groups, np.array([2]), np.array([1]))[0])
    assert every.names(cell) == {"split": "report", **groups.names(1)}
