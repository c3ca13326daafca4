"""The groups that others are compared with, by name in the plan of a fix."""

from dataclasses import replace

from core.counts.rules import Rule
from core.metrics.reference import resolve
from core.mitigate.plans import with_references
from tests.worlds.people import plan_of, selections


def test_the_comparison_group_stays_when_others_are_selected() -> None:
    plan = plan_of(groups='reference = "most_selected"')
    before = selections({"a": (500, 1000), "b": (300, 1000)})
    after = selections({"a": (500, 1000), "b": (510, 1000)})
    rule = Rule.as_decided(before.axis)
    references = resolve(before, rule, plan)
    assert references == {("g",): ("a",)} and resolve(after, rule, plan) == {("g",): ("b",)}
    named = with_references(plan, references, before)
    assert resolve(after, rule, named) == references
    assert replace(named, groups=plan.groups) == plan


def test_what_is_named_stands_and_a_crossing_of_hardly_anybody_is_not_named() -> None:
    stated = plan_of(groups='reference = {g = "b"}')
    counts = selections({"a": (500, 1000), "b": (300, 1000)})
    assert with_references(stated, {("g",): ("a",)}, counts) == stated
    crossed = plan_of(("g", "h"))
    few = selections({("a", "x"): (9, 20), ("b", "x"): (200, 900), ("a", "y"): (200, 950)}, ("g", "h"))
    references = resolve(few, Rule.as_decided(few.axis), crossed)
    assert references[("g",)] == ("a",) and references[("h",)] == ("y",)
    assert with_references(crossed, references, few).groups.reference == {"g": "a", "h": "y"}
    assert with_references(crossed, {**references, ("h",): ("x",)}, few) == crossed
