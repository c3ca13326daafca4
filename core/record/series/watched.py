"""Which gaps of a series are watched: those that the plan names, else the largest group of each column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.errors import PlanError
from core.metrics.gaps import GAPS
from core.metrics.verdicts import Judgement
from core.plan.parts import MonitorPlan, Watch
from core.plan.plan import Plan
from core.plan.tables.monitor import MOST_WATCHED
from core.plan.values import MISSING_GROUP

Key = tuple[tuple[str, ...], str, tuple[str, ...]]


def watched(monitor: MonitorPlan, plan: Plan, first: Judgement) -> tuple[Key, ...]:
    """What is watched, as (by, measure, values of the group), by a plan and the first audit of it.

    Raises PlanError where a gap that is named is none, or cannot be watched.
    """
    if not monitor.watch:
        return tuple(_defaults(plan, first))[:MOST_WATCHED]
    refuse_unwatchable(replace(plan, monitor=monitor))
    return tuple(_named(watch, plan, first) for watch in monitor.watch)


def refuse_unwatchable(plan: Plan) -> None:
    """Raise PlanError where a plan watches a measure that is none, or that it cannot watch."""
    for watch in plan.monitor.watch:
        measure = GAPS[watch.measure]
        if not measure.is_tested:
            raise PlanError(
                f"[monitor] watch names {watch.measure}, which has no direction to watch. Name another measure."
            )
        if measure.needs_label and plan.data.label is None:
            raise PlanError(
                f"[monitor] watch names {watch.measure}, which needs to know what happened, and the plan names no"
                " label. Name another measure."
            )


def _defaults(plan: Plan, first: Judgement) -> Iterator[Key]:
    """The largest group of each column beside the reference: by size, since choosing by the gap would raise alarms.

    In points, also where the headline is a ratio of the same rates: how far a gap moved can then be said.
    """
    asked = plan.policy.headline
    measure = _in_points(asked if plan.data.label is not None or not GAPS[asked].needs_label else "disparate_impact")
    for column in plan.groups.sensitive:
        by = (column,)
        if by not in first.references:
            continue
        reference = first.references[by][0]
        sizes = {
            values: group.n or 0
            for group in first.groups
            if group.by == by and (values := group.group[column]) not in (reference, MISSING_GROUP)
        }
        if sizes:
            yield by, measure, (min(sizes, key=lambda value: (-sizes[value], value)),)


def _in_points(measure: str) -> str:
    """The difference of the same rates."""
    rates = GAPS[measure].metrics
    alike = (each for each in GAPS.values() if each.metrics == rates and each.kind == "difference" and each.is_tested)
    return next(alike).name


def _named(watch: Watch, plan: Plan, first: Judgement) -> Key:
    """A gap that a plan names, its columns in the plan's order. Raises PlanError where there is none."""
    values = dict(zip(watch.by, watch.group, strict=True))
    by = tuple(column for column in plan.groups.sensitive if column in values)
    group = tuple(values[column] for column in by)
    groups = [tuple(each.group.values()) for each in first.groups if each.by == by]
    if group not in groups:
        raise PlanError(
            f"[monitor] watch names the group {', '.join(group)}, and nobody in the first audit is it. There are:"
            f" {'; '.join(', '.join(each) for each in groups)}."
        )
    if group == first.references.get(by):
        raise PlanError(
            f"[monitor] watch names the group {', '.join(group)}, with which the others are compared. Name one of them."
        )
    return by, watch.measure, group
