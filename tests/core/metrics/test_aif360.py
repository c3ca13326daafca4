"""The second opinion: AIF360 agrees on every world, and disagrees when a number is wrong."""

import logging
import subprocess
import sys
import warnings
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.rules import Rule
from core.metrics.aif360 import second_opinion
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS
from core.metrics.second_opinion import SecondOpinion
from core.metrics.verdicts import Judgement, judge
from tests.worlds.people import labelled, plan_of

KINDS = st.tuples(*[st.integers(0, 9)] * 6).filter(any)
WORLD = {
    "a": (40, 12, 9, 33, 2, 3),
    "b": (25, 20, 16, 30, 0, 1),
    "none": (0, 5, 0, 5, 1, 1),
    "(missing)": (0, 0, 0, 0, 5, 5),
}


def asked(table: dict[str, tuple[int, ...]], label: bool = True, undefined: float | None = None) -> SecondOpinion:
    """AIF360's opinion; `undefined` is put in the place of every gap that is not measurable."""
    counts, plan = labelled(table), plan_of(label=label)
    rule = Rule.as_decided(counts.axis)
    judgement = judge(counts, plan, rule)
    gaps = tuple(replace(gap, value=undefined if gap.value is None else gap.value) for gap in judgement.gaps)
    return second_opinion(replace(judgement, gaps=gaps), counts, plan, rule)


@settings(max_examples=12)
@given(st.dictionaries(st.sampled_from("abcd"), KINDS, min_size=1), st.booleans())
def test_aif360_computes_the_same_numbers(table: dict[str, tuple[int, ...]], label: bool) -> None:
    opinion = asked(table, label)
    assert opinion.agrees
    assert opinion.largest_difference <= 1e-12
    assert opinion.numbers > 0


def test_every_measure_is_asked_for() -> None:
    opinion = asked(WORLD)
    shares = [name for name, metric in METRICS.items() if metric.is_share]
    assert opinion.measures == len(GAPS) + len(shares)
    assert opinion.numbers == 3 * len(GAPS) + 4 * len(shares)
    assert asked(WORLD, label=False).measures == 3


@pytest.mark.parametrize("wrong", [1e-6, 0.3])
def test_a_wrong_number_is_noticed(wrong: float) -> None:
    counts, plan = labelled(WORLD), plan_of(label=True)
    rule = Rule.as_decided(counts.axis)
    judgement = judge(counts, plan, rule)
    for i, gap in enumerate(judgement.gaps):
        if gap.value is None:
            continue
        gaps = list(judgement.gaps)
        gaps[i] = replace(gap, value=gap.value + wrong)
        opinion = second_opinion(replace(judgement, gaps=tuple(gaps)), counts, plan, rule)
        assert not opinion.agrees, gap.measure
        assert opinion.largest_difference == pytest.approx(wrong)


def test_a_wrong_rate_is_noticed() -> None:
    counts, plan = labelled(WORLD), plan_of(label=True)
    rule = Rule.as_decided(counts.axis)
    judgement: Judgement = judge(counts, plan, rule)
    first = judgement.groups[0]
    rates = {**first.metrics, "accuracy": replace(first.metrics["accuracy"], value=0.123)}
    groups = (replace(first, metrics=rates), *judgement.groups[1:])
    assert not second_opinion(replace(judgement, groups=groups), counts, plan, rule).agrees


def test_what_aif360_leaves_undefined_agrees_only_with_not_measurable() -> None:
    """Other libraries call the true positive rate of a group without positives 0 and so invent a gap."""
    assert asked(WORLD).agrees
    assert not asked(WORLD, undefined=0.0).agrees


def test_it_is_quiet_and_leaves_logging_as_it_was() -> None:
    level = logging.getLogger().level
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asked(WORLD)
    assert logging.getLogger().level == level


def test_nobody_waits_for_what_no_number_needs_and_others_find_aif360_whole() -> None:
    program = """
import sys
from tests.core.metrics.test_aif360 import WORLD, asked
opinion = asked(WORLD)
assert opinion.agrees and opinion.numbers, opinion
print(sorted({name.partition(".")[0] for name in sys.modules} & {"aif360", "matplotlib", "sklearn"}))
from aif360.datasets import RegressionDataset
print(RegressionDataset.__mro__[1].__name__)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout == "[]\nStructuredDataset\n", ran.stderr


def test_crossed_groups_are_compared_in_each_table() -> None:
    counts = labelled({("a", "x"): WORLD["a"], ("b", "x"): WORLD["b"], ("b", "y"): WORLD["none"]}, ("g", "h"))
    plan = plan_of(("g", "h"), label=True)
    rule = Rule.as_decided(counts.axis)
    opinion = second_opinion(judge(counts, plan, rule), counts, plan, rule)
    assert opinion.agrees
    assert opinion.numbers == (1 + 1 + 2) * len(GAPS) + (2 + 2 + 3) * sum(m.is_share for m in METRICS.values())
