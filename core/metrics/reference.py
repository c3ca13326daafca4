"""Whom each group is compared with: resolved once for each table of groups, at the plan's rule (design.md 5)."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from core.counts.counts import Counts
from core.counts.rules import Confusion, Rule, confusion
from core.errors import PlanError
from core.plan.plan import Plan
from core.plan.values import MISSING_GROUP, key

_SMALLEST_SHARE, _SMALLEST_N = 0.02, 30
ANOTHER, IN_PLAN = " Name another reference.", "another value for reference, under [groups]"

By = tuple[str, ...]
References = dict[By, tuple[str, ...]]


def tables(plan: Plan) -> list[By]:
    """The attributes of each table of groups: single ones first, then pairs, and so on as the plan asks."""
    sensitive = plan.groups.sensitive
    return [
        by
        for size in range(1, min(plan.groups.intersections, len(sensitive)) + 1)
        for by in combinations(sensitive, size)
    ]


def resolve(counts: Counts, rule: Rule, plan: Plan) -> References:
    """The reference group of each table, as its values. Raises PlanError where a named value does not occur."""
    return {by: _reference(counts.by(by), confusion(counts, rule, by), plan) for by in tables(plan)}


def _reference(counts: Counts, people: Confusion, plan: Plan) -> tuple[str, ...]:
    attributes, wanted = counts.groups.attributes, plan.groups.reference
    if isinstance(wanted, dict) and all(attribute in wanted for attribute in attributes):
        named = tuple(_named(counts, attribute, wanted[attribute], plan) for attribute in attributes)
        if named not in _values(counts):
            raise PlanError(
                f"Nobody in the table is {' and '.join(named)}, with whom each group is to be compared.{ANOTHER}",
                in_plan=IN_PLAN,
            )
        return named
    candidates = [g for g, values in enumerate(_values(counts)) if MISSING_GROUP not in values] or list(
        range(len(counts.groups))
    )
    n = counts.n.sum(axis=(1, 2))
    if wanted == "most_selected":
        sizable = [g for g in candidates if n[g] >= max(_SMALLEST_N, _SMALLEST_SHARE * counts.people)]
        rates = np.asarray(people.selected) / np.maximum(n, 1)
        candidates = _best(sizable or candidates, rates)
    return min(_values(counts)[g] for g in _best(candidates, n))


def _best(candidates: list[int], measure: np.ndarray) -> list[int]:
    highest = max(measure[g] for g in candidates)
    return [g for g in candidates if measure[g] == highest]


def _values(counts: Counts) -> list[tuple[str, ...]]:
    return [tuple(counts.groups.names(g).values()) for g in range(len(counts.groups))]


def _named(counts: Counts, attribute: str, value: object, plan: Plan) -> str:
    """The group name that a plan's value means."""
    names = counts.groups.values[counts.groups.attributes.index(attribute)]
    if str(value).strip() == MISSING_GROUP:
        raise PlanError(
            f"People whose {attribute} is missing cannot be the reference. Name one of"
            f" {', '.join(name for name in names if name != MISSING_GROUP)}.",
            in_plan=IN_PLAN,
        )
    wanted = str(value).strip()
    joined = plan.groups.join.get(attribute, {})
    wanted = next((name.strip() for name, texts in joined.items() if wanted in map(str.strip, texts)), wanted)
    if wanted in names:
        return wanted
    for decimal in (".", ","):  # counts hold no profile: a name with a decimal comma is tried as a number last
        for name in names:
            if key(name, decimal) == key(value):
                return name
    raise PlanError(
        f'The reference "{value}" does not occur in {attribute}. The values seen are: {", ".join(names)}.',
        in_plan=IN_PLAN,
    )
