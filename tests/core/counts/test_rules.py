"""Rules: from scores to decisions, and the one way to true and false positives and negatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.counts import Axis, Counts, Groups
from core.counts.rules import Confusion, Rule, confusion, sweep
from tests.worlds.people import AXES, count, groups_of, worlds
from tests.worlds.reference import Person

SCORED = [kind for kind in AXES if kind != "decisions"]


def kinds(people: list[Person]) -> list[int]:
    """tp, fp, fn, tn, unknown selected, unknown refused, by counting on fingers."""
    wanted = [(True, True), (False, True), (True, False), (False, False), (None, True), (None, False)]
    return [sum((p.label, p.selected) == kind for p in people) for kind in wanted]


def cells(found: Confusion, g: int | tuple[int, int]) -> list[int]:
    parts = (found.tp, found.fp, found.fn, found.tn, found.unknown_selected, found.unknown_refused)
    return [int(np.asarray(part)[g]) for part in parts]


def expected(people: list[Person], groups: Groups) -> list[list[int]]:
    names = [tuple(groups.names(g).values()) for g in range(len(groups))]
    return [kinds([p for p in people if p.group == name]) for name in names]


def decided(people: list[Person], limit: float, axis: Axis) -> list[Person]:
    return [
        Person(p.group, p.label, p.score < limit if axis.lower_is_better else p.score >= limit, p.score) for p in people
    ]


@pytest.mark.parametrize("kind", SCORED)
@settings(max_examples=15)
@given(st.data())
def test_a_threshold_selects_at_or_above_it(kind: str, data: st.DataObject) -> None:
    axis = AXES[kind]
    groups, people = data.draw(worlds(axis))
    limit = data.draw(st.sampled_from(axis.edges[1:] or axis.edges))
    people = [p for p in people if p.score >= axis.edges[0]]  # what lies below every edge counts as the first bin
    found = confusion(count(people, axis, groups), Rule.threshold(axis, limit))
    assert [cells(found, g) for g in range(len(groups))] == expected(decided(people, limit, axis), groups)
    assert found.n.tolist() == [sum(row) for row in expected(people, groups)]
    assert found.selected.sum() == sum(p.selected for p in decided(people, limit, axis))


@pytest.mark.parametrize("kind", SCORED)
@settings(max_examples=8)
@given(st.data())
def test_a_sweep_is_the_confusion_at_every_edge(kind: str, data: st.DataObject) -> None:
    axis = AXES[kind]
    groups, people = data.draw(worlds(axis))
    counts = count(people, axis, groups)
    swept = sweep(counts)
    assert swept.tp.shape == (len(axis.edges), len(groups))
    for i, edge in list(enumerate(axis.edges))[:: max(1, len(axis.edges) // 40)]:
        at_edge = confusion(counts, Rule.threshold(axis, edge))
        assert [cells(swept, (i, g)) for g in range(len(groups))] == [cells(at_edge, g) for g in range(len(groups))]


@pytest.mark.parametrize("kind", ["decisions", "probabilities beside decisions"])
@settings(max_examples=15)
@given(st.data())
def test_decisions_of_a_column_are_taken_as_they_are(kind: str, data: st.DataObject) -> None:
    groups, people = data.draw(worlds(AXES[kind]))
    counts = count(people, AXES[kind], groups)
    found = confusion(counts, Rule.as_decided(AXES[kind]))
    assert [cells(found, g) for g in range(len(groups))] == expected(people, groups)


@settings(max_examples=30)
@given(st.data())
def test_people_are_grouped_after_the_rule_has_decided(data: st.DataObject) -> None:
    axis = AXES["deciles"]
    groups, people = data.draw(worlds(axis))
    limits = {tuple(groups.names(g).values()): float(1 + g % 10) for g in range(len(groups))}
    rows = [Rule.threshold(axis, limit).selected for limit in limits.values()]
    chosen = [
        Person(p.group, p.label, p.score >= max(limits[p.group], 1.0) or limits[p.group] == 1, p.score) for p in people
    ]
    counts = count(people, axis, groups)
    by = groups.attributes[:1]
    found = confusion(counts, Rule(np.array(rows)), by)
    fewer = [Person(p.group[:1], p.label, p.selected) for p in chosen]
    assert [cells(found, g) for g in range(len(counts.by(by).groups))] == expected(fewer, counts.by(by).groups)


def test_integers_stay_integers_and_lots_are_expected_numbers() -> None:
    people = [Person(("a",), True, False, 1.0), Person(("a",), True, False, 5.0), Person(("a",), False, False, 5.0)]
    counts = count(people, AXES["deciles"], groups_of(1, 1))
    assert confusion(counts, Rule.threshold(counts.axis, 5)).tp.dtype == np.int64
    mixed = confusion(counts, Rule(np.where(np.arange(10) >= 4, 0.25, 0.0)))
    assert [float(part[0]) for part in (mixed.tp, mixed.fp, mixed.fn, mixed.tn)] == [0.25, 0.25, 1.75, 0.75]


def test_no_people_make_no_confusion() -> None:
    found = confusion(Counts.empty(groups_of(1, 2), Axis.decisions()), Rule.as_decided(Axis.decisions()))
    assert found.n.tolist() == [0, 0]
